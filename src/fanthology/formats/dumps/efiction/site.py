"""A whole eFiction site out of its database dump and its text files → records, in the order of `records.py`.

Everything that people wrote is carried over or reported; every row of every table is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from ... import transforms
from ...model import CATEGORIES, EMPTY, Finding, Markup
from ..records import (
    ChallengeRecord,
    FavouriteRecord,
    NewsRecord,
    PageRecord,
    PersonRecord,
    Private,
    RatingRecord,
    Record,
    ReviewRecord,
    SeriesRecord,
    SiteRecord,
    TagKind,
    TagRecord,
)
from .files import Texts
from .kinds import kind_of
from .rows import Fields, Rows
from .stories import Known, Stories
from .words import Report, Words, masked_name, split_response

NO_REVIEW = frozenset({"No Review", "no review", "Keine Review", "Keine Rezension", "Pas de review", "Sin comentario"})
LETTERS = frozenset({"nothankyou", "thankyou", "noletter", "yesletter"})
FURNITURE = frozenset({"maintenance", "lostpassword", "newaccount"})
GATES = ((1, "warn"), (2, "adults"), (4, "members"))
OPENNESS = ("closed", "moderated", "open")
Place = tuple[Literal["story", "series"], str, bool]
GONE_STORY = "its story is not in the dump"
GONE_SERIES = "its series is not in the dump"
GONE_PERSON = "its member is not in the dump"


class EFiction:
    """One site. `site` is known at once; iterate once for the records; then `rows.counts` and `findings` are complete."""

    def __init__(self, rows: Rows, texts: Texts, words: Words) -> None:
        self.rows = rows
        self.texts = texts
        self.words = words
        self.known = Known()
        self.findings = rows.findings
        self.settings = rows.settings()
        words.charset.language = self.settings.word("language") if self.settings else ""
        self.site = self._site()
        # Without settings nobody knows where the site stood. From the root of whatever archive this comes to, its
        # relative links are old addresses, which the archive leads on.
        words.base_url = f"{self.site.url}/"
        self.likes = self.settings is not None and self.settings.word("ratings") in ("2", "3")

    def records(self) -> Iterator[Record]:
        yield self.site
        yield from self.ratings()
        yield from self.tags()
        yield from self.people()
        yield from self.challenges()
        yield from Stories(self.rows, self.texts, self.words, self.known, self.site, self.findings).records()
        yield from self.series()
        yield from self.reviews()
        yield from self.favourites()
        yield from self.news()
        yield from self.comments()
        yield from self.pages()

    def _site(self) -> SiteRecord:
        settings, report = self.settings, Report(self.findings)
        if settings is None:
            self.findings.append(Finding("site.unnamed", "warning", "The dump holds no settings of the site"))
            return SiteRecord(name="", software="efiction", prefix=self.rows.prefix)
        return SiteRecord(
            name=self.words.plain(settings["sitename"], report, "site.name"),
            url=settings.word("url").rstrip("/"),
            slogan=self.words.plain(settings["slogan"], report, "site.slogan"),
            software="efiction",
            version=settings.word("version"),
            language=settings.word("language"),
            prefix=self.rows.prefix,
        )

    # -- words of the site

    def ratings(self) -> Iterator[RatingRecord]:
        for row in self.rows.rows("ratings"):
            report = Report(self.findings)
            where = f"ratings[{row.word('rid')}]"
            name = self.words.plain(row["rating"], report, where)
            bits = row.number("ratingwarning") or 0
            rating = RatingRecord(
                key=row.word("rid"),
                name=name,
                gates=frozenset(gate for bit, gate in GATES if bits & bit),
                warning_text=self.words.plain(row["warningtext"], report, where),
                mapped=transforms.map_rating(name),
            )
            self.known.ratings[rating.key] = rating
            self.rows.taken("ratings")
            yield rating

    def tags(self) -> Iterator[TagRecord]:
        for tag in (*self.categories(), *self.characters(), *self.classes()):
            self.known.tags[tag.source, tag.key] = tag
            yield tag

    def categories(self) -> Iterator[TagRecord]:
        rows = list(self.rows.rows("categories"))
        keys = {row.key("catid") for row in rows}
        for row in rows:
            report = Report(self.findings)
            where = f"categories[{row.word('catid')}]"
            parent = row.key("parentcatid")
            if parent and parent not in keys:
                report.add(
                    Finding("tag.orphan", "warning", "Its parent category is not in the dump", where, before=parent)
                )
            self.rows.taken("categories")
            yield TagRecord(
                key=row.word("catid"),
                source="categories",
                name=self.words.plain(row["category"], report, where),
                kind="fandom",
                description=self.words.marked(row["description"], report, where),
                parent=parent if parent in keys else None,
                locked=row.is_set("locked"),
            )

    def characters(self) -> Iterator[TagRecord]:
        categories = {row.word("catid") for row in self.rows.rows("categories")}
        for row in self.rows.rows("characters"):
            report = Report(self.findings)
            where = f"characters[{row.word('charid')}]"
            fandom = row.key("catid")
            self.rows.taken("characters")
            yield TagRecord(
                key=row.word("charid"),
                source="characters",
                name=self.words.plain(row["charname"], report, where),
                kind="character",
                description=self.words.marked(row["bio"], report, where),
                fandom=fandom if fandom in categories else None,
            )

    def classes(self) -> Iterator[TagRecord]:
        types: dict[str, tuple[str, str]] = {}
        report = Report(self.findings)
        for row in self.rows.rows("classtypes"):
            where = f"classtypes[{row.word('classtype_id')}]"
            title = self.words.plain(row["classtype_title"], report, where)
            types[row.word("classtype_id")] = (self.words.plain(row["classtype_name"], report, where), title)
            self.rows.merged("classtypes")
        for row in self.rows.rows("classes"):
            name, title = types.get(row.word("class_type"), ("", ""))
            self.rows.taken("classes")
            yield self._class(row["class_name"], row.word("class_id"), "classes", title or name, kind_of(title, name))
        for row in self.rows.rows("genres"):
            self.rows.taken("genres")
            yield self._class(row["genre"], row.word("gid"), "genres", "Genres", "additional")
        for row in self.rows.rows("warnings"):
            self.rows.taken("warnings")
            yield self._class(row["warning"], row.word("wid"), "warnings", "Warnings", "warning")

    def _class(self, value: bytes | int | None, key: str, source: str, group: str, kind: TagKind) -> TagRecord:
        name = self.words.plain(value, Report(self.findings), f"{source}[{key}]")
        if kind in ("relationship", "additional") and name in CATEGORIES:
            return TagRecord(key, source, name, "category", group, mapped=name)
        return TagRecord(
            key, source, name, kind, group, mapped=transforms.map_warning(name) if kind == "warning" else None
        )

    # -- people

    def people(self) -> Iterator[PersonRecord]:
        preferences = self._preferences()
        information = self._information()
        names: dict[str, str] = {}
        addresses: dict[str, str] = {}
        for row in self.rows.rows("authors"):
            person = self._person(
                row, preferences.pop(row.word("uid"), None), information.pop(row.word("uid"), {}), names, addresses
            )
            self.known.people[person.key] = person.name
            self.rows.taken("authors")
            yield person
        if not names and self.rows.spool.count("stories"):
            message = (
                "The members stand in tables of other software (a forum, perhaps): the dump does not name the authors"
            )
            self.findings.append(Finding("people.elsewhere", "loss", message))
        if preferences:
            self.rows.left_out("authorprefs", GONE_PERSON, len(preferences))
        if information:
            self.rows.left_out("authorinfo", GONE_PERSON, sum(len(info) for info in information.values()))

    def _preferences(self) -> dict[str, Fields]:
        return {row.word("uid"): row for row in self.rows.rows("authorprefs")}

    def _information(self) -> dict[str, dict[str, str]]:
        """What members filled in, by member and name of the field."""
        fields: dict[str, str] = {}
        report = Report(self.findings)
        for row in self.rows.rows("authorfields"):
            fields[row.word("field_id")] = self.words.plain(row["field_name"], report, "authorfields")
            self.rows.merged("authorfields")
        found: dict[str, dict[str, str]] = {}
        for row in self.rows.rows("authorinfo"):
            label = fields.get(row.word("field"), f"field {row.word('field')}")
            found.setdefault(row.word("uid"), {})[label] = self.words.plain(row["info"], report, "authorinfo")
        return found

    def _person(
        self,
        row: Fields,
        preferences: Fields | None,
        information: dict[str, str],
        names: dict[str, str],
        addresses: dict[str, str],
    ) -> PersonRecord:
        report = Report()
        key = row.word("uid")
        name = self.words.plain(row["penname"], report, "name")
        email = row.word("email").casefold()
        for seen, value, code, message in (
            (names, name.casefold(), "person.same-name", "Another member has the same pen name"),
            (addresses, email, "person.same-address", "Another member gave the same e-mail address"),
        ):
            if value and value in seen:
                report.add(Finding(code, "warning", message, f"people[{key}]", before=seen[value], after=key))
            seen.setdefault(value, key)
        if not name:
            report.add(Finding("person.unnamed", "warning", "The member has no pen name", f"people[{key}]"))
        if preferences is None:
            report.add(Finding("person.no-preferences", "info", "The member has no preferences row", f"people[{key}]"))
        else:
            self.rows.merged("authorprefs")
        self.rows.merged("authorinfo", len(information))
        website = row.word("website") or next(
            (info for label, info in information.items() if label.casefold() in ("website", "web site", "homepage")), ""
        )
        shown = masked_name(name)
        if shown != name:
            report.add(Finding("private.redacted", "info", "Addresses of people were masked", "name"))
        return PersonRecord(
            key=key,
            name=shown,
            bio=self.words.marked(row["bio"], report, "bio"),
            joined=day(row.date("date")),
            website=website,
            trusted=preferences is not None and preferences.is_set("validated"),
            level=(preferences.number("level") or 0) if preferences else 0,
            beta_reader=information.get("betareader", "").casefold() in ("yes", "1"),
            private=Private(
                email=self.words.plain(row["email"], Report(), ""),
                pen_name=name if shown != name else "",
                real_name=self.words.plain(row["realname"], Report(), ""),
                password_hash="" if row.word("password") == "0" else row.word("password"),
                contacts=tuple(
                    (label, info)
                    for label, info in information.items()
                    if info and label.casefold() not in ("website", "betareader")
                ),
            ),
            findings=report.done(),
        )

    def challenges(self) -> Iterator[ChallengeRecord]:
        for row in self.rows.rows("challenges"):
            report = Report()
            key, uid = row.word("chalid"), row.key("uid")
            title = self.words.plain(row["title"], report, "title")
            self.known.challenges[key] = title
            self.rows.taken("challenges")
            yield ChallengeRecord(
                key=key,
                title=title,
                summary=self.words.marked(row["summary"], report, "summary"),
                challenger=masked_name(self.words.plain(row["challenger"], report, "challenger")),
                challenger_key=uid if uid in self.known.people else None,
                tags=self.tag_keys(row, report, "tags"),
                findings=report.done(),
            )

    def tag_keys(self, row: Fields, report: Report, where: str) -> tuple[tuple[str, str], ...]:
        """The tags of a row in the form's order; ids that lead nowhere are reported."""
        found = []
        for column, source in (
            ("catid", "categories"),
            ("classes", "classes"),
            ("genres", "genres"),
            ("warnings", "warnings"),
            ("characters", "characters"),
        ):
            for key in row.ids(column):
                tag = self.known.tag(source, key)
                if tag is not None:
                    found.append((tag.source, tag.key))
                else:
                    report.add(
                        Finding(
                            "tag.dangling",
                            "warning",
                            f"It names a tag that is not in the table {source}",
                            where,
                            before=key,
                        )
                    )
        return tuple(found)

    # -- series

    def series(self) -> Iterator[SeriesRecord]:
        rows = list(self.rows.rows("series"))
        self.known.series = {row.word("seriesid") for row in rows}
        inside: dict[str, list[str]] = {}
        for row in rows:
            report = Report()
            key, uid = row.word("seriesid"), row.key("uid")
            if uid and uid not in self.known.people:
                report.add(
                    Finding(
                        "author.unknown",
                        "warning",
                        "The member who made this series is not in the dump",
                        "author",
                        before=uid,
                    )
                )
            self.rows.taken("series")
            yield SeriesRecord(
                key=key,
                title=self.words.plain(row["title"], report, "title"),
                summary=self.words.marked(row["summary"], report, "summary"),
                author=uid if uid in self.known.people else None,
                openness=OPENNESS[min(max(row.number("isopen") or 0, 0), 2)],  # type: ignore[arg-type]
                places=tuple(self._places(int(key), inside, report)),
                tags=self.tag_keys(row, report, "tags"),
                challenges=self.known.challenges_of(row, report),
                findings=report.done(),
            )
        for group, number in self.rows.spool.groups("inseries"):
            if str(group) not in self.known.series:
                self.rows.left_out("inseries", GONE_SERIES, number)

    def _places(self, key: int, inside: dict[str, list[str]], report: Report) -> Iterator[Place]:
        """What the series holds, in order. A series inside itself, at any depth, would never end: it is left out."""
        for row in sorted(self.rows.group("inseries", key), key=lambda row: row.number("inorder") or 0):
            story, series = row.key("sid"), row.key("subseriesid")
            confirmed = not row.has("confirmed") or row.is_set("confirmed")
            if story in self.known.stories:
                place: Place = ("story", story, confirmed)
            elif story:
                self._no_place(
                    "series.dangling", f"Story {story} of this series is not in the dump", GONE_STORY, report
                )
                continue
            elif series not in self.known.series:
                self._no_place(
                    "series.dangling",
                    f"Series {series or '?'} inside this series is not in the dump",
                    GONE_SERIES,
                    report,
                )
                continue
            elif _reaches(inside, series, str(key)):
                self._no_place(
                    "series.circle",
                    f"Series {series} contains this series",
                    "a series cannot stand inside itself",
                    report,
                )
                continue
            else:
                inside.setdefault(str(key), []).append(series)
                place = ("series", series, confirmed)
            self.rows.merged("inseries")
            yield place

    def _no_place(self, code: str, message: str, reason: str, report: Report) -> None:
        report.add(Finding(code, "warning", message, "places"))
        self.rows.left_out("inseries", reason)

    # -- what readers left

    def reviews(self) -> Iterator[ReviewRecord]:
        for row in self.rows.rows("reviews"):
            code = row.word("type").upper() or "ST"
            target = row.word("item")
            if code not in ("ST", "SE"):
                self.rows.left_out("reviews", f"a review of something of an add-on ({code})")
            elif code == "ST" and target not in self.known.stories:
                self.rows.left_out("reviews", GONE_STORY)
            elif code == "SE" and target not in self.known.series:
                self.rows.left_out("reviews", GONE_SERIES)
            else:
                self.rows.taken("reviews")
                yield self._review(row, code, target)

    def _review(self, row: Fields, code: str, target: str) -> ReviewRecord:
        report = Report()
        uid, chapter = row.key("uid"), row.key("chapid")
        if uid and uid not in self.known.people:
            report.add(
                Finding(
                    "review.author-gone", "info", "The member who signed this is not in the dump", "author", before=uid
                )
            )
        if code == "ST" and chapter and chapter not in self.known.stories[target]:
            report.add(
                Finding(
                    "review.chapter-gone",
                    "warning",
                    "The chapter it speaks of is not in the dump",
                    "chapter",
                    before=chapter,
                )
            )
            chapter = ""
        text, reply = split_response(self.words.raw(row["review"], report, "text"), answered=row.is_set("respond"))
        stars = row.number("rating")
        if self.likes and stars in (0, 1):
            report.add(
                Finding(
                    "review.like" if stars else "review.dislike",
                    "info",
                    "The old site counted likes, not stars",
                    "stars",
                )
            )
            stars = None
        return ReviewRecord(
            key=row.word("reviewid"),
            target=("story" if code == "ST" else "series", target),
            author=masked_name(self.words.plain(row["reviewer"], report, "author")),
            author_key=uid if uid in self.known.people else None,
            chapter_key=chapter or None,
            text=EMPTY if text.strip() in NO_REVIEW else self.words.cleaned(text, report, "text"),
            date=row.date("date"),
            stars=stars if stars is not None and 1 <= stars <= 10 else None,
            reply=self.words.cleaned(reply, report, "reply"),
            findings=report.done(),
        )

    def favourites(self) -> Iterator[FavouriteRecord]:
        kinds: dict[str, tuple[str, Callable[[str], bool]]] = {
            "ST": ("story", lambda key: key in self.known.stories),
            "AU": ("author", lambda key: key in self.known.people),
            "SE": ("series", lambda key: key in self.known.series),
        }
        for row in self.rows.rows("favorites"):
            kind, exists = kinds.get(row.word("type").upper(), ("", bool))
            if not kind:
                self.rows.left_out("favorites", "a favourite of a kind of an add-on")
            elif row.word("uid") not in self.known.people:
                self.rows.left_out("favorites", GONE_PERSON)
            elif not exists(row.word("item")):
                self.rows.left_out("favorites", f"the {kind} it names is not in the dump")
            else:
                self.rows.taken("favorites")
                where = f"favourites[{row.word('uid')}:{row.word('type')}:{row.word('item')}]"
                comment = self.words.marked(row["comments"], Report(self.findings), where)
                yield FavouriteRecord(row.word("uid"), kind, row.word("item"), comment)  # type: ignore[arg-type]

    # -- what the keepers wrote

    def news(self) -> Iterator[NewsRecord]:
        for row in self.rows.rows("news"):
            report = Report()
            self.known.news.add(row.word("nid"))
            self.rows.taken("news")
            yield NewsRecord(
                key=row.word("nid"),
                title=self.words.plain(row["title"], report, "title"),
                text=self.words.marked(row["story"], report, "text"),
                author=masked_name(self.words.plain(row["author"], report, "author")),
                date=row.date("time"),
                findings=report.done(),
            )

    def comments(self) -> Iterator[ReviewRecord]:
        for row in self.rows.rows("comments"):
            if row.word("nid") not in self.known.news:
                self.rows.left_out("comments", "its news is not in the dump")
                continue
            report, uid = Report(), row.key("uid")
            self.rows.taken("comments")
            yield ReviewRecord(
                key=f"comment-{row.word('cid')}",
                target=("news", row.word("nid")),
                author=self.known.people.get(uid, ""),
                author_key=uid if uid in self.known.people else None,
                text=self.words.marked(row["comment"], report, "text"),
                date=row.date("time"),
                findings=report.done(),
            )

    def pages(self) -> Iterator[PageRecord]:
        """Custom pages. Several may bear one name: the old site showed the first, and the others keep their number."""
        seen: set[str] = set()
        for row in self.rows.rows("messages"):
            name = row.word("message_name")
            if name.casefold() in LETTERS:
                self.rows.left_out("messages", "a letter that the old software sent")
            elif name.casefold() in FURNITURE:
                self.rows.left_out("messages", "furniture of the old software")
            else:
                report = Report()
                self.rows.taken("messages")
                text: Markup = self.words.marked(row["message_text"], report, "text")
                key = name if name and name not in seen else f"{name}#{row.word('message_id')}"
                seen.add(name)
                yield PageRecord(
                    key, self.words.plain(row["message_title"], report, "title") or key, text, report.done()
                )


def _reaches(inside: dict[str, list[str]], start: str, goal: str) -> bool:
    """Whether series `goal` is `start` or stands somewhere inside it."""
    waiting, seen = [start], set()
    while waiting:
        key = waiting.pop()
        if key == goal:
            return True
        if key not in seen:
            seen.add(key)
            waiting += inside.get(key, ())
    return False


def day(date: str | None) -> str | None:
    """The date without its time of day: nobody wrote a story at a second."""
    return date[:10] if date else None
