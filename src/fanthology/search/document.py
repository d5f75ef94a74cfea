"""What every engine is given and asked for: neutral values between the index and its adapters."""

from __future__ import annotations

from dataclasses import dataclass, field

from fanthology.works.dates import LONG_AGO

from .query import All, Node

UNDATED = {"updated": int(LONG_AGO.timestamp()), "published": 0}
FACET_KINDS = ("rating", "warning", "category", "fandom", "character", "relationship", "additional")


@dataclass(frozen=True, slots=True)
class Document:
    """A posted work as it is searched. `found_under` are the ids of all canonical tags that find it, `facets` the
    canonical tags of the work itself by kind. Dates: `updated` seconds since 1970, `published` YYYYMMDD; unknown ones are
    `UNDATED`, below every other.
    `complete` 1, 0 or 2 (unknown). `title_order` and `author_order` sort as numbers.
    """

    id: int
    title: str
    authors: str
    tags: str
    series: str
    summary: str
    body: str
    found_under: tuple[int, ...] = ()
    facets: dict[str, tuple[int, ...]] = field(default_factory=dict)
    language: str = ""
    words: int = 0
    chapters: int = 0
    updated: int = 0
    published: int = 0
    kudos: int = 0
    reviews: int = 0
    complete: int = 2
    crossover: int = 0
    members_only: int = 0
    warnings_unknown: int = 0
    title_order: int = 0
    author_order: int = 0


@dataclass(frozen=True, slots=True)
class TagIs:
    """Resolved: the work is found under any of these tags. No ids = a name nobody knows: its words are looked for in the tags."""

    ids: tuple[int, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One question to an engine. `include` are ANDed, each group of `any_of` is ORed (a work has one rating only).

    `leave_out_unknown_warnings` also leaves out works that may contain what is excluded: nobody stated their warnings.
    """

    node: Node = field(default_factory=All)
    tags: dict[str, TagIs] = field(default_factory=dict)
    include: tuple[int, ...] = ()
    any_of: tuple[tuple[int, ...], ...] = ()
    exclude: tuple[int, ...] = ()
    leave_out_unknown_warnings: bool = False
    members: bool = False
    sort: str = "best"
    offset: int = 0
    limit: int = 20
    facets: bool = True
    buckets: int = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """`ids` of one page in order, the exact `total`, and per facet the counts: tag id → works (languages: code → works)."""

    ids: tuple[int, ...]
    total: int
    facets: dict[str, dict[int, int]] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    complete: dict[int, int] = field(default_factory=dict)


class EngineAway(Exception):
    """There is no index to ask: none was built yet, or it is another database's."""
