"""The waist: what every reader makes and every writer is given.

Plain frozen values. Text fields are plain Unicode (NFC, no markup, trimmed) or `Markup`; unknown is None for
scalars, () for lists, "" for markup. The JSON form is a public contract (docs/developer/story-json.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


class Markup(str):
    """A canonical, sanitised, well-formed XHTML fragment. Only `markup.clean` makes one from foreign text."""

    __slots__ = ()


EMPTY = Markup("")

RATINGS = ("Not Rated", "General Audiences", "Teen And Up Audiences", "Mature", "Explicit")
WARNINGS = (
    "Creator Chose Not To Use Archive Warnings",
    "No Archive Warnings Apply",
    "Graphic Depictions Of Violence",
    "Major Character Death",
    "Rape/Non-Con",
    "Underage Sex",
)
CATEGORIES = ("F/F", "F/M", "Gen", "M/M", "Multi", "Other")

Severity = Literal["info", "warning", "loss"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a reader noticed, did or could not do. `where` is a path such as `chapters[0].text`."""

    code: str
    severity: Severity
    message: str
    where: str = ""
    before: str = ""
    after: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Author:
    """A by-line as the source gives it. `archived_by` is who uploaded it for the author, never the author."""

    name: str
    url: str | None = None
    site: str | None = None
    archived_by: str | None = None


@dataclass(frozen=True, slots=True)
class SeriesPlace:
    title: str
    position: int | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """`stars` are on the ten-point scale of half stars (1..10); None = not given. `date` is ISO 8601 at the source's precision.

    `chapter` is the position of the chapter reviewed, or None for the whole work.
    """

    author: str | None
    text: Markup = EMPTY
    signed: bool = False
    date: str | None = None
    chapter: int | None = None
    stars: int | None = None
    replies: tuple[Review, ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    position: int
    text: Markup
    title: str = ""
    summary: Markup = EMPTY
    notes: Markup = EMPTY
    end_notes: Markup = EMPTY
    published: str | None = None
    word_count: int = 0
    source_ids: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where the bytes came from and how they were read. `ids` are the old software's own, such as ("sid", "12")."""

    url: str | None = None
    software: str | None = None
    ids: tuple[tuple[str, str], ...] = ()
    captured_at: str | None = None
    sha256: str | None = None
    bytes: int | None = None
    format: str | None = None
    confidence: float | None = None
    decoder: str | None = None
    reader: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """A whole story. Dates are ISO strings at the source's precision ("2003", "2003-11", "2003-11-02")."""

    title: str
    chapters: tuple[Chapter, ...] = ()
    authors: tuple[Author, ...] = ()
    summary: Markup = EMPTY
    notes: Markup = EMPTY
    end_notes: Markup = EMPTY
    disclaimer: Markup = EMPTY
    spoilers: Markup = EMPTY
    rating: str | None = None
    rating_as_written: str | None = None
    warnings: tuple[str, ...] = ()
    warnings_as_written: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    fandoms: tuple[str, ...] = ()
    characters: tuple[str, ...] = ()
    relationships: tuple[str, ...] = ()
    additional_tags: tuple[str, ...] = ()
    language: str | None = None
    published: str | None = None
    updated: str | None = None
    complete: bool | None = None
    expected_chapters: int | None = None
    word_count: int = 0
    series: tuple[SeriesPlace, ...] = ()
    gifts: tuple[str, ...] = ()
    inspired_by: tuple[str, ...] = ()
    beta: tuple[str, ...] = ()
    archive_permission: str = ""
    reviews: tuple[Review, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    source: Source = Source()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """What `sniff` thinks: a format name of the registry and how sure it is, 0..1."""

    format: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What `read` returns. `findings` are about the input as a whole; each story carries its own."""

    stories: tuple[Story, ...]
    format: str
    confidence: float
    decoder: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """What a writer may say about the archive that writes. All optional; equal inputs give equal bytes.

    `identifier` a stable id of this work (a urn:uuid is derived from it), `work_url` its public address,
    `modified` an ISO instant for dcterms:modified, `byline_note` the line under an unclaimed author's name.
    """

    identifier: str = ""
    site_name: str = ""
    site_url: str = ""
    work_url: str = ""
    modified: str = ""
    byline_note: str = ""
    updates_note: str = ""
