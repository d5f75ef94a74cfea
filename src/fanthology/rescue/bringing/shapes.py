"""The comparable shape of works and chapters: the same whether it comes from a record or from our own rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fanthology.formats import Chapter as StoryChapter
from fanthology.formats import Markup
from fanthology.formats.dumps.records import StoryRecord
from fanthology.people.models import PenName
from fanthology.tags.models import Tag
from fanthology.works.access import Audience, State
from fanthology.works.actions import Arrival, Header, NewChapter, Tagged
from fanthology.works.dates import change_text, date_text, known_date, last_change
from fanthology.works.models import Chapter, Work
from fanthology.works.policy import Decision

from ..digests import digests_of, whole

NO_TEXT = "it has no text"


@dataclass(slots=True)
class Prepared:
    """A story in the shape it will have here, before anything is written."""

    record: StoryRecord
    arrival: Arrival
    decision: Decision
    fields: dict[str, object]
    chapter_fields: list[dict[str, object]]

    @property
    def outcome(self) -> str:
        return "held" if self.arrival.state is State.HELD else "added"


def work_fields(
    header: Header, authors: Iterable[int], tags: Iterable[Tagged], *, hidden: bool, chapters: Iterable[str]
) -> dict[str, object]:
    """The comparable form of a work: the same whether it comes from a record or from our rows ."""
    return {
        "title": header.title,
        "summary": header.summary,
        "notes": header.notes,
        "end_notes": header.end_notes,
        "disclaimer": header.disclaimer,
        "spoilers": header.spoilers,
        "beta_credits": list(header.beta_credits),
        "archive_permission": header.archive_permission,
        "labels": [list(pair) for pair in header.labels],
        "language": header.language,
        "warnings_as_written": list(header.warnings_as_written),
        "rating": [header.rating.pk if header.rating else None, header.rating_as_written],
        "warnings_stated": header.warnings_stated,
        "gates": [header.gate_adults, header.gate_members, header.gate_text],
        "complete": header.complete,
        "expected_chapters": header.expected_chapters,
        "is_round_robin": header.is_round_robin,
        "is_featured": header.is_featured,
        "published": date_text(*known_date(header.published)),
        "revised_at": change_text(header.revised_at, header.revised_precision),
        "authors": list(dict.fromkeys(authors)),
        "tags": list(dict.fromkeys(tagged.tag.pk for tagged in tags)),
        "hidden": hidden,
        "chapters": list(chapters),
    }


def chapter_fields(chapter: NewChapter) -> dict[str, object]:
    return {
        "title": chapter.title,
        "text": hashlib.sha256(chapter.markup.encode()).hexdigest(),
        "summary": chapter.summary,
        "notes": chapter.notes,
        "end_notes": chapter.end_notes,
        "contributor": chapter.contributor.pk if chapter.contributor else None,
        "hidden": chapter.state is State.HIDDEN,
    }


def chapter_key(record: StoryRecord, chapter: StoryChapter) -> str:
    """The old software's own id of a chapter; where it had none, its place in its story."""
    ids = dict(chapter.source_ids)
    if "chapid" in ids:
        return ids["chapid"]
    return f"{record.key}/chapter:{ids['chapter']}" if "chapter" in ids else f"{record.key}#{chapter.position}"


def old_places(record: StoryRecord, chapter: StoryChapter) -> Iterable[str]:
    """`chapter=M` of old addresses counts by the old number; kept only where that is not the number here."""
    old = dict(chapter.source_ids).get("inorder")
    if old is not None and old != str(chapter.position):
        yield f"{record.key}/{old}"


def whole_digest(ready: Prepared) -> str:
    """One digest for the work and all its chapters: equal means nothing to do."""
    record = ready.record
    places = [place for chapter in record.story.chapters for place in old_places(record, chapter)]
    beside = {"of chapters": ready.chapter_fields, "challenges": list(record.challenges), "places": places}
    return whole(digests_of({**ready.fields, **beside}))


def fields_here(work: Work, keys: Mapping[int, str]) -> dict[str, object]:
    """`work_fields` of what stands here now. `keys` chapter id → old key; chapters written here have none."""
    tags = [Tagged(line.tag, line.as_written) for line in work.work_tags.select_related("tag")]
    authors = work.authorship.order_by("position", "id").values_list("pen_name_id", flat=True)
    order = work.chapters.order_by("position").values_list("pk", flat=True)
    chapters = [keys.get(chapter, f"here:{chapter}") for chapter in order]
    return work_fields(header_here(work), authors, tags, hidden=work.state == State.HIDDEN, chapters=chapters)


def header_here(work: Work) -> Header:
    """What a work says about itself now, as `change_header` takes it."""
    same = {name: getattr(work, name) for name in Header.__slots__ if hasattr(work, name)}
    return Header(
        **{
            **same,
            "beta_credits": tuple(work.beta_credits),
            "labels": tuple((label, value) for label, value in work.labels),
            "warnings_as_written": tuple(work.warnings_as_written),
            "origin_ids": tuple((name, old_id) for name, old_id in work.origin_ids),
            "audience": Audience(work.audience),
            "published": date_text(work.published_on, work.published_precision),
        }
    )


def chapter_here(chapter: Chapter) -> NewChapter:
    return NewChapter(
        position=chapter.position,
        markup=Markup(chapter.text.markup),
        title=chapter.title,
        summary=chapter.summary,
        notes=chapter.notes,
        end_notes=chapter.end_notes,
        word_count=chapter.word_count,
        published=date_text(chapter.published_on, chapter.published_precision),
        contributor=PenName(pk=chapter.contributor_id) if chapter.contributor_id else None,
        state=State(chapter.state),
    )


def header_with(header: Header, fields: Mapping[str, Any]) -> Header:
    """A header with some fields in their comparable form put in."""
    changes: dict[str, Any] = {name: value for name, value in fields.items() if name in _SIMPLE}
    if "rating" in fields:
        rating, changes["rating_as_written"] = fields["rating"]
        changes["rating"] = Tag.objects.filter(pk=rating).first() if rating else None
    if "gates" in fields:
        changes["gate_adults"], changes["gate_members"], changes["gate_text"] = fields["gates"]
    if "labels" in fields:
        changes["labels"] = tuple((label, value) for label, value in fields["labels"])
    for name in ("beta_credits", "warnings_as_written"):
        if name in fields:
            changes[name] = tuple(fields[name])
    if "revised_at" in fields or "published" in fields:
        told = fields.get("revised_at", change_text(header.revised_at, header.revised_precision))
        published = fields.get("published", header.published)
        changes["revised_at"], changes["revised_precision"] = last_change(told, published)
    return replace(header, **changes)


_SIMPLE = frozenset(
    [
        "title",
        "summary",
        "notes",
        "end_notes",
        "disclaimer",
        "spoilers",
        "archive_permission",
        "language",
        "warnings_stated",
        "complete",
        "expected_chapters",
        "is_round_robin",
        "is_featured",
        "published",
    ]
)


def brief(finding: object) -> dict[str, object]:
    """A finding as JSON, its samples cut to 300 characters."""
    shown = ("code", "severity", "message", "where", "before", "after", "count")
    return {name: (value[:300] if isinstance(value := getattr(finding, name), str) else value) for name in shown}
