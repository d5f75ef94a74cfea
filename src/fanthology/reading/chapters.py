"""The chapters of one work as its reader meets them: headings of all, words of some, in one query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, TextField, Value, When

from fanthology.works.access import Viewer
from fanthology.works.addresses import author_url, chapter_url
from fanthology.works.models import Chapter

_LONG = {"summary": "summary", "notes": "notes", "end_notes": "end_notes", "rendered": "text__rendered"}


@dataclass(frozen=True, slots=True)
class ChapterRow:
    """A chapter's place in the contents; its words (`rendered`, notes) are there only where they were asked for."""

    id: int
    number: int
    title: str
    url: str
    word_count: int
    state: str
    published_on: dt.date | None
    published_precision: str
    contributor: str
    contributor_url: str
    summary: str
    notes: str
    end_notes: str
    rendered: str

    @property
    def heading(self) -> str:
        """Either "Chapter 4", or its title where it has one."""
        return self.title or f"Chapter {self.number}"

    @property
    def has_own_title(self) -> bool:
        return bool(self.title) and self.title.casefold() != f"chapter {self.number}"


@dataclass(frozen=True, slots=True)
class Contents:
    """All chapters that the viewer may read, in order."""

    rows: Sequence[ChapterRow]

    def __iter__(self) -> Iterator[ChapterRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def place_of(self, chapter_id: int) -> int | None:
        return next((place for place, row in enumerate(self.rows) if row.id == chapter_id), None)

    def at(self, place: int) -> ChapterRow | None:
        return self.rows[place] if 0 <= place < len(self.rows) else None


def contents_of(work_id: int, viewer: Viewer, *, is_author: bool, words_of: int | str | None = None) -> Contents:
    """Headings of every readable chapter, and the words of one (its id) or of "all" in the same query.

    Numbers are places among the readable chapters, so that a draft in the middle leaves no gap for others.
    """
    rows = Chapter.objects.filter(work_id=work_id).readable_by(viewer, is_author=is_author).in_order()
    long = {f"long_{name}": _words(path, words_of) for name, path in _LONG.items()}
    columns = (
        "pk",
        "title",
        "word_count",
        "state",
        "published_on",
        "published_precision",
        "contributor__name",
        "contributor__slug",
        "work__anonymous",
    )
    found = rows.annotate(**long).values(*columns, *long)
    return Contents([_row(work_id, number, row) for number, row in enumerate(found, start=1)])


def _words(path: str, words_of: int | str | None) -> F | Case | Value:
    if words_of == "all":
        return F(path)
    if words_of is None:
        return Value("", output_field=TextField())
    return Case(When(pk=words_of, then=F(path)), default=Value(""), output_field=TextField())


def _row(work_id: int, number: int, row: dict[str, Any]) -> ChapterRow:
    if row["work__anonymous"]:
        row["contributor__name"] = row["contributor__slug"] = None
    return ChapterRow(
        id=row["pk"],
        number=number,
        title=row["title"],
        url=chapter_url(work_id, row["pk"]),
        word_count=row["word_count"],
        state=row["state"],
        published_on=row["published_on"],
        published_precision=row["published_precision"],
        contributor=row["contributor__name"] or "",
        contributor_url=author_url(row["contributor__slug"]) if row["contributor__slug"] else "",
        **{name: row[f"long_{name}"] or "" for name in _LONG},
    )
