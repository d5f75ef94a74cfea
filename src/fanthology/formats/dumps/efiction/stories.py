"""Stories of eFiction put together again: a header row, its chapters in order, their text from the database or a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ... import shape, transforms
from ...model import Author, Chapter, Finding, Markup, SeriesPlace, Source, Story
from ..records import RatingRecord, SiteRecord, StoryRecord, TagRecord
from .files import Texts
from .rows import NOWHERE, Fields, Rows
from .schema import COLUMNS
from .words import Report, Words, is_truncated

ORPHAN = "its story is not in the dump"
TAG_COLUMNS = (
    ("catid", "categories"),
    ("classes", "classes"),
    ("gid", "genres"),
    ("wid", "warnings"),
    ("charid", "characters"),
)


KNOWN_COLUMNS = frozenset(column.split(":")[0] for layout in COLUMNS["stories"] for column in layout.split()) | {
    "gid",
    "wid",
}


@dataclass(slots=True)
class Known:
    """What the records so far are called, for those that refer to them."""

    people: dict[str, str] = field(default_factory=dict)
    ratings: dict[str, RatingRecord] = field(default_factory=dict)
    tags: dict[tuple[str, str], TagRecord] = field(default_factory=dict)
    challenges: dict[str, str] = field(default_factory=dict)
    stories: dict[str, dict[str, int]] = field(default_factory=dict)  # sid → chapid → position
    series: set[str] = field(default_factory=set)
    news: set[str] = field(default_factory=set)

    def tag(self, source: str, key: str) -> TagRecord | None:
        """A tag by its number. Columns of 2.x (genres, warnings) that outlived an update hold numbers of classes."""
        found = self.tags.get((source, key))
        return self.tags.get(("classes", key)) if found is None and source in ("genres", "warnings") else found

    def named(self, name: str) -> str | None:
        """The key of the rating of that name, where old rows hold the name instead of the id."""
        folded = name.casefold()
        return next((key for key, rating in self.ratings.items() if rating.name.casefold() == folded), None)

    def challenges_of(self, row: Fields, report: Report) -> tuple[str, ...]:
        """The keys of the challenges that a story or series answers; those that are not in the dump are reported."""
        named = row.ids("challenges")
        for key in named:
            if key not in self.challenges:
                message = "It answers a challenge that is not in the dump"
                report.add(Finding("challenge.dangling", "warning", message, "challenges", before=key))
        return tuple(key for key in named if key in self.challenges)


@dataclass(slots=True)
class Draft:
    """A story on its way: what was found about it while its parts are gathered."""

    row: Fields
    key: str
    report: Report = field(default_factory=Report)
    hidden: set[int] = field(default_factory=set)
    contributors: dict[int, str] = field(default_factory=dict)
    chapters: list[Chapter] = field(default_factory=list)
    labels: list[tuple[str, str]] = field(default_factory=list)


class Stories:
    """All stories of a site, one at a time; when the last has come, orphans and stray files are reported."""

    def __init__(
        self, rows: Rows, texts: Texts, words: Words, known: Known, site: SiteRecord, findings: list[Finding]
    ) -> None:
        self.rows = rows
        self.texts = texts
        self.words = words
        self.known = known
        self.site = site
        self.findings = findings
        self.one_is_a_flag = self._one_is_a_flag()
        self.series = self._series_places()

    def records(self) -> Iterator[StoryRecord]:
        for row in self.rows.rows("stories"):
            self.rows.taken("stories")
            yield self._story(Draft(row, row.word("sid")))
        self._orphans("chapters", "chapter.orphan", "loss", "Chapters of a story that is not in the dump")
        self._orphans("coauthors", "coauthor.orphan", "warning", "Co-authors of a story that is not in the dump")
        self.findings += self.texts.strays()

    def _orphans(self, table: str, code: str, severity: str, message: str) -> None:
        for group, number in self.rows.spool.groups(table):
            if str(group) not in self.known.stories:
                self.rows.left_out(table, ORPHAN, number)
                rows = self.rows.group(table, group)
                if table == "chapters":
                    self.texts.leave(row.number("chapid") or 0 for row in rows)
                name = self.words.plain(rows[0]["title"], Report(), "") if rows[0].has("title") else ""
                place = "stories[?]" if group == NOWHERE else f"stories[{group}]"
                self.findings.append(Finding(code, severity, message, place, before=name, count=number))  # type: ignore[arg-type]

    # -- one story

    def _story(self, draft: Draft) -> StoryRecord:
        row, report = draft.row, draft.report
        self.known.stories[draft.key] = {}
        self._chapters(draft)
        authors, missing = self._authors(draft)
        tags = self._tags(draft)
        rating = self._rating(draft)
        title = self.words.plain(row["title"], report, "title")
        if not title:
            report.add(Finding("story.untitled", "warning", "The story has no title", "title"))
        story = Story(
            title=title,
            chapters=tuple(draft.chapters),
            authors=tuple(self._author(key) for key in authors),
            summary=self._prose(row, "summary", "summary", report),
            notes=self._prose(row, "storynotes", "notes", report),
            rating=self.known.ratings[rating].mapped if rating else None,
            rating_as_written=self.known.ratings[rating].name if rating else self._rating_in_words(row, report),
            warnings=_distinct(tag.mapped for tag in tags if tag.kind == "warning"),
            warnings_as_written=_names(tags, "warning"),
            categories=_distinct(tag.mapped for tag in tags if tag.kind == "category"),
            fandoms=_names(tags, "fandom"),
            characters=_names(tags, "character"),
            relationships=_names(tags, "relationship"),
            additional_tags=_names(tags, "additional"),
            published=_day(row, "date", report),
            updated=_day(row, "updated", report),
            complete=row.is_set("completed") if row.has("completed") else None,
            word_count=sum(chapter.word_count for chapter in draft.chapters),
            series=tuple(self.series.get(draft.key, ())),
            labels=(*draft.labels, *self._more_columns(row)),
            source=self._source(draft.key),
        )
        language, findings = shape.language_of(story)
        for finding in findings:
            report.add(finding)
        story = replace(story, language=language, findings=report.done())
        return StoryRecord(
            key=draft.key,
            story=story,
            authors=authors,
            missing_authors=missing,
            tags=tuple((tag.source, tag.key) for tag in tags),
            rating=rating,
            visible=not row.has("validated") or row.is_set("validated"),
            hidden_chapters=frozenset(draft.hidden),
            chapter_authors=tuple(sorted(draft.contributors.items())),
            challenges=self.known.challenges_of(draft.row, draft.report),
            round_robin=row.is_set("rr"),
            featured=row.word("featured") == "1",
            reads=max(row.number("count") or 0, 0),
        )

    def _prose(self, row: Fields, column: str, where: str, report: Report) -> Markup:
        if is_truncated(row[column]):
            report.add(_truncated(where))
        return self.words.marked(row[column], report, where)

    def _source(self, key: str) -> Source:
        url = f"{self.site.url}/viewstory.php?sid={key}" if self.site.url else None
        return Source(
            url=url,
            software=f"efiction {self.site.version}".strip(),
            ids=(("sid", key),),
            format="efiction-dump",
            reader="efiction-dump 1",
        )

    def _more_columns(self, row: Fields) -> Iterator[tuple[str, str]]:
        """Columns that an add-on put into the table: kept as labels, for nobody here knows what they mean."""
        for column in row.layout.places.keys() - KNOWN_COLUMNS:
            value = self.words.plain(row[column], Report(), column)
            if value not in ("", "0"):
                yield column, value

    # -- people

    def _author(self, key: str) -> Author:
        url = f"{self.site.url}/viewuser.php?uid={key}" if self.site.url else None
        return Author(self.known.people[key], url, self.site.name or None)

    def _authors(self, draft: Draft) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """(keys of the authors that are known, keys of those that are not); the main author first."""
        keys = list(dict.fromkeys(key for key in (draft.row.key("uid"), *self._coauthors(draft)) if key))
        known = tuple(key for key in keys if key in self.known.people)
        missing = tuple(key for key in keys if key not in self.known.people)
        if missing or not keys:
            message = (
                "An author of this story is not in the dump"
                if missing
                else "The dump does not say who wrote this story"
            )
            draft.report.add(Finding("author.unknown", "warning", message, "authors", before=", ".join(missing)))
        return known, missing

    def _coauthors(self, draft: Draft) -> list[str]:
        rows = self.rows.group("coauthors", int(draft.key))
        self.rows.merged("coauthors", len(rows))
        keys = [row.key("uid") for row in rows]
        written = draft.row.ids("coauthors")
        listed = [key for key in written if key.isdecimal()]
        if listed != ["1"] or not self.one_is_a_flag:
            keys += listed
        elif not rows:
            message = "It is marked as written together, and no co-author is named"
            draft.report.add(Finding("coauthor.missing", "warning", message, "authors"))
        if len(listed) < len(written):
            named = self.words.plain(draft.row["coauthors"], draft.report, "authors")
            message = "Co-authors are written there by name and not by number; they were not linked"
            draft.report.add(Finding("coauthor.missing", "warning", message, "authors", before=named))
        return keys

    def _one_is_a_flag(self) -> bool:
        """Whether a 1 in stories.coauthors says "there are some", for a table names them, and not member 1.

        Sites that were updated have both: a table, and lists of members in stories from before. Any other number is a member.
        """
        return bool(self.rows.spool.count("coauthors")) or not any(
            len(row.ids("coauthors")) > 1 or (row.number("coauthors") or 0) > 1 for row in self.rows.rows("stories")
        )

    # -- chapters

    def _chapters(self, draft: Draft) -> None:
        rows = self.rows.group("chapters", int(draft.key))
        rows.sort(key=lambda row: (row.number("inorder") or 0, row.number("chapid") or 0))
        self._check_order(rows, draft.report)
        for position, row in enumerate(rows, 1):
            self.rows.taken("chapters")
            self.known.stories[draft.key][row.word("chapid")] = position
            draft.chapters.append(self._chapter(draft, row, position))
            if row.has("validated") and not row.is_set("validated"):
                draft.hidden.add(position)
            contributor = row.key("uid")
            if contributor and contributor != draft.row.key("uid"):
                draft.contributors[position] = contributor
                if contributor not in self.known.people:
                    draft.report.add(
                        Finding(
                            "author.unknown",
                            "warning",
                            "Who wrote this chapter is not in the dump",
                            f"chapters[{position - 1}]",
                            before=contributor,
                        )
                    )
        if not rows:
            draft.report.add(Finding("story.empty", "loss", "The dump holds no chapter of this story", "chapters"))

    def _check_order(self, rows: list[Fields], report: Report) -> None:
        numbers = [row.number("inorder") or 0 for row in rows]
        if numbers != list(range(1, len(numbers) + 1)):
            message = "The numbers of its chapters have gaps or repeat; they were counted anew in their old order"
            report.add(Finding("chapter.order", "warning", message, "chapters", before=", ".join(map(str, numbers))))

    def _chapter(self, draft: Draft, row: Fields, position: int) -> Chapter:
        report, place = draft.report, f"chapters[{position - 1}]"
        text = self._text(draft, row, f"{place}.text")
        return Chapter(
            position=position,
            text=text,
            title=self.words.plain(row["title"], report, f"{place}.title"),
            notes=self._prose(row, "notes", f"{place}.notes", report),
            end_notes=self._prose(row, "endnotes", f"{place}.end_notes", report),
            word_count=transforms.word_count(text),
            source_ids=(("chapid", row.word("chapid")), ("inorder", row.word("inorder"))),
        )

    def _text(self, draft: Draft, row: Fields, where: str) -> Markup:
        """The text of a chapter, from the database or a file. Of two that differ, the longer is taken."""
        report, stored = draft.report, row["storytext"]
        folders = tuple(dict.fromkeys((row.word("uid"), draft.row.word("uid"))))
        file = self.texts.of(row.number("chapid") or 0, folders, report.findings, where)
        in_database = self.words.raw(stored, report, where) if not isinstance(stored, int) else str(stored)
        if file is None:
            if not in_database.strip():
                self._missing(row, report, where)
            source = stored
            text = in_database
        else:
            source, text = self._chosen(file[0], stored, in_database, report, where)
        if is_truncated(source):
            report.add(_truncated(where, row.number("wordcount") or 0))
        cleaned = self.words.cleaned(text, report, where, private=False)
        if "@" in cleaned:
            _, count = transforms.mask_contacts_in(cleaned)
            if count:
                message = (
                    "What looks like an address of a person stands in the text of the story; it was left as written"
                )
                report.add(Finding("private.in-text", "warning", message, where, count=count))
        return transforms.scene_breaks(cleaned)

    def _chosen(self, data: bytes, stored: object, in_database: str, report: Report, where: str) -> tuple[bytes, str]:
        in_file = self.words.raw(data.removeprefix(b"\xef\xbb\xbf"), report, where)
        if not in_database.strip() or " ".join(in_database.split()) == " ".join(in_file.split()):
            return data, in_file
        file_wins = len(in_file) >= len(in_database)
        kept, other = (in_file, in_database) if file_wins else (in_database, in_file)
        message = f"Database and file hold different texts; the longer, from the {'file' if file_wins else 'database'}, was taken"
        report.add(Finding("text.two-versions", "warning", message, where, before=other[:200], after=kept[:200]))
        return (data, in_file) if file_wins else (stored if isinstance(stored, bytes) else b"", in_database)

    def _missing(self, row: Fields, report: Report, where: str) -> None:
        words = row.number("wordcount") or 0
        message = "The text of this chapter is neither in the database nor among the files"
        if words:
            message += f"; it had {words:,} words"
        if not self.texts.given:
            message += " (no files were given)"
        report.add(Finding("text.missing", "loss", message, where))

    # -- tags, rating, series

    def _tags(self, draft: Draft) -> list[TagRecord]:
        found = []
        for column, source in TAG_COLUMNS:
            for key in draft.row.ids(column):
                tag = self.known.tag(source, key)
                if tag is not None:
                    found.append(tag)
                    continue
                message = f"It names a tag that is not in the table {source}"
                draft.report.add(Finding("tag.dangling", "warning", message, "tags", before=key))
                draft.labels.append((column, key))
        return found

    def _rating(self, draft: Draft) -> str | None:
        """The key of the rating: by id, or by name where older rows hold the name."""
        written = self.words.plain(draft.row["rid"], draft.report, "rating")
        if written in self.known.ratings:
            return written
        named = self.known.named(written) if written else None
        if named is None and written not in ("", "0"):
            draft.report.add(
                Finding(
                    "rating.unknown", "warning", "Its rating is not in the table of ratings", "rating", before=written
                )
            )
        elif written == "0":
            draft.report.add(Finding("rating.unknown", "info", "The old site held no rating for it", "rating"))
        return named

    def _rating_in_words(self, row: Fields, report: Report) -> str | None:
        written = self.words.plain(row["rid"], report, "rating")
        return written if written and not written.isdecimal() else None

    def _series_places(self) -> dict[str, list[SeriesPlace]]:
        """Story key → its places in series."""
        titles = {
            row.word("seriesid"): self.words.plain(row["title"], Report(), "") for row in self.rows.rows("series")
        }
        found: dict[str, list[SeriesPlace]] = {}
        for row in self.rows.rows("inseries"):
            if row.key("sid") and row.word("seriesid") in titles:
                series = row.word("seriesid")
                url = f"{self.site.url}/viewseries.php?seriesid={series}" if self.site.url else None
                found.setdefault(row.key("sid"), []).append(
                    SeriesPlace(titles[series], row.number("inorder") or None, url)
                )
        return found


def _names(tags: list[TagRecord], kind: str) -> tuple[str, ...]:
    return _distinct(tag.name for tag in tags if tag.kind == kind)


def _distinct(names: Iterator[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _day(row: Fields, column: str, report: Report) -> str | None:
    date = row.date(column)
    if date is None:
        report.add(Finding("date.unknown", "info", "The old site held no such date", column, before=row.word(column)))
    return date[:10] if date else None


def _truncated(where: str, words: int = 0) -> Finding:
    message = "The text fills its column to the last byte: the old database cut off the rest"
    if words:
        message += f"; it was recorded with {words:,} words"
    return Finding("text.truncated", "loss", message, where)
