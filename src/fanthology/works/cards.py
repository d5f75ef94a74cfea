"""The work card: what a list says of a work, read for a whole page of works in five queries.

    cards = cards_for(ids_or_works)        # in the order given; the caller has already asked who may see them

A card knows nothing of who looks: an anonymous work's card has no author for anybody.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from fanthology.people.models import PenName
from fanthology.tags.models import Kind

from .access import Audience, effective_audience
from .addresses import author_url, series_url, tag_url, work_url
from .models import Authorship, SeriesPlace, Work, WorkTag

NO_WARNINGS = "No Archive Warnings Apply"
UNSAID_WARNING = "Creator Chose Not To Use Archive Warnings"
NOT_STATED = "Warnings not stated on the old site"
RATING_NOT_STATED = "Rating not stated"
_NOTHING = frozenset({"none", "n/a"})
_NO_WARNINGS = frozenset({NO_WARNINGS.casefold(), "no warnings", "no warning"})
_RATING_SHAPES = {
    "General Audiences": ("G", "general"),
    "Teen And Up Audiences": ("T", "teen"),
    "Mature": ("M", "mature"),
    "Explicit": ("E", "explicit"),
}
_COLUMNS = [
    "id",
    "title",
    "summary",
    "language",
    "rating__name",
    "rating_as_written",
    "warnings_stated",
    "needs_consent",
    "state",
    "audience",
    "gate_members",
    "anonymous",
    "complete",
    "expected_chapters",
    "chapter_count",
    "word_count",
    "published_on",
    "published_precision",
    "revised_at",
    "revised_precision",
    "posted_at",
    "origin",
    "arrived_in_bulk",
    "stats__kudos",
    "stats__reviews",
]


@dataclass(frozen=True, slots=True)
class Signed:
    """A pen name in a by-line."""

    name: str
    url: str
    is_here: bool
    origin: str


@dataclass(frozen=True, slots=True)
class CardTag:
    """A tag as its author wrote it; `url` leads to the canonical one. `role` is for relationships."""

    name: str
    url: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Sign:
    """A rating or warning: words, and the class and letter that give it a shape."""

    words: str
    shape: str
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Part `number` of a series."""

    title: str
    url: str
    number: int


@dataclass(slots=True)
class Card:
    """All that a list says of one work. `summary` and nothing else is markup; `tags` are by kind id, in the author's order."""

    id: int
    title: str
    url: str
    summary: str
    language: str
    rating: Sign
    needs_consent: bool
    state: str
    is_members_only: bool
    is_anonymous: bool
    complete: bool | None
    chapter_count: int
    expected_chapters: int | None
    word_count: int
    published_on: dt.date | None
    published_precision: str
    revised_at: dt.datetime
    revised_precision: str
    posted_at: dt.datetime | None
    origin: str
    arrived_in_bulk: bool
    kudos: int
    reviews: int
    warnings_stated: bool
    authors: list[Signed] = field(default_factory=list)
    tags: dict[int, list[CardTag]] = field(default_factory=lambda: defaultdict(list))
    places: list[Place] = field(default_factory=list)

    @property
    def date_is_known(self) -> bool:
        """Whether anybody said when it was published or changed."""
        return bool(self.revised_precision) or self.published_on is not None

    @property
    def told_at(self) -> dt.datetime:
        """For feeds, where no entry may be without a date: its own date, else when it was posted here."""
        return self.revised_at if self.date_is_known else self.posted_at or self.revised_at

    @property
    def warnings(self) -> list[Sign]:
        """Never empty: what is not said is said to be unsaid."""
        named = [warning_sign(tag.name) for tag in self.tags[Kind.WARNING]]
        return named or [Sign(UNSAID_WARNING if self.warnings_stated else NOT_STATED, "unsaid")]

    @property
    def fandoms(self) -> list[CardTag]:
        return self.tags[Kind.FANDOM]

    @property
    def categories(self) -> list[CardTag]:
        return self.tags[Kind.CATEGORY]

    @property
    def relationships(self) -> list[CardTag]:
        return self.tags[Kind.RELATIONSHIP]

    @property
    def characters(self) -> list[CardTag]:
        return self.tags[Kind.CHARACTER]

    @property
    def additional(self) -> list[CardTag]:
        """Additional tags, and those of kinds that a keeper made."""
        own = [tag for kind, tags in self.tags.items() if kind > Kind.ADDITIONAL for tag in tags]
        return [*self.tags[Kind.ADDITIONAL], *own]

    @property
    def chapters(self) -> str:
        """Chapters there and expected: "7/?", "1/1", "12/12"."""
        expected = self.expected_chapters or (self.chapter_count if self.complete else None)
        return f"{self.chapter_count}/{expected or '?'}"

    @property
    def completion(self) -> Sign:
        if self.complete is None:
            return Sign("Not said whether complete", "unknown")
        return Sign("Complete", "full") if self.complete else Sign("In progress", "half")

    @property
    def absent_from(self) -> str:
        """The former site's name where nobody of the by-line is here; "" else."""
        here = self.is_anonymous or not self.authors or any(signed.is_here for signed in self.authors)
        return "" if here else self.origin or self.authors[0].origin


def cards_for(works: Iterable[int | Work]) -> list[Card]:
    """The cards of these works in this order, in five queries. Ids that name no work are left out."""
    ids = [work.pk if isinstance(work, Work) else work for work in works]
    if not ids:
        return []
    cards = {row["id"]: _card(row) for row in Work.objects.filter(pk__in=ids).values(*_COLUMNS)}
    _sign(cards)
    _tag(cards)
    _place(cards)
    return [cards[pk] for pk in ids if pk in cards]


def signed(pen_name: PenName) -> Signed:
    return Signed(
        pen_name.name, author_url(pen_name.slug), pen_name.status != PenName.Status.UNCLAIMED, pen_name.origin
    )


def rating_sign(name: str | None) -> Sign:
    """The shape of a rating; None is one that nobody stated."""
    letter, shape = _RATING_SHAPES.get(name or "", ("–" if name else "?", "unrated"))
    return Sign(name or RATING_NOT_STATED, shape, letter)


def warning_sign(name: str) -> Sign:
    """The shape of a warning: "none", "unsaid" or "named", for old sites say "None" where others say it in four words."""
    if name.casefold() in _NOTHING:  # alone on a card, "None" would say nothing
        return Sign(f"Warnings: {name}", "none")
    none = name.casefold() in _NO_WARNINGS
    return Sign(name, "none" if none else "unsaid" if name == UNSAID_WARNING else "named")


def _card(row: dict[str, Any]) -> Card:
    return Card(
        url=work_url(row["id"]),
        rating=rating_sign(row["rating__name"]),
        is_members_only=effective_audience(row["audience"], gate_members=row["gate_members"]) is Audience.MEMBERS,
        is_anonymous=row["anonymous"],
        kudos=row["stats__kudos"] or 0,
        reviews=row["stats__reviews"] or 0,
        **{
            name: row[name]
            for name in [
                "id",
                "title",
                "summary",
                "language",
                "needs_consent",
                "state",
                "complete",
                "chapter_count",
                "expected_chapters",
                "word_count",
                "published_on",
                "published_precision",
                "revised_at",
                "revised_precision",
                "posted_at",
                "origin",
                "arrived_in_bulk",
                "warnings_stated",
            ]
        },
    )


def _sign(cards: dict[int, Card]) -> None:
    rows = Authorship.objects.filter(work_id__in=[pk for pk, card in cards.items() if not card.is_anonymous])
    for work_id, name, slug, status, origin in rows.order_by("position", "id").values_list(
        "work_id", "pen_name__name", "pen_name__slug", "pen_name__status", "pen_name__origin"
    ):
        cards[work_id].authors.append(Signed(name, author_url(slug), status != PenName.Status.UNCLAIMED, origin))


def _tag(cards: dict[int, Card]) -> None:
    rows = WorkTag.objects.filter(work_id__in=cards).order_by("position", "id")
    for work_id, name, role, kind, tag_id, slug, synonym_of, its_slug in rows.values_list(
        "work_id",
        "as_written",
        "role",
        "tag__kind_id",
        "tag_id",
        "tag__slug",
        "tag__synonym_of_id",
        "tag__synonym_of__slug",
    ):
        url = tag_url(synonym_of or tag_id, its_slug or slug)
        cards[work_id].tags[kind].append(CardTag(name, url, role))


def _place(cards: dict[int, Card]) -> None:
    rows = SeriesPlace.objects.filter(work_id__in=cards, confirmed=True).order_by("series__title_key")
    for work_id, number, series_id, title in rows.values_list("work_id", "position", "series_id", "series__title"):
        if work_id is not None:
            cards[work_id].places.append(Place(title, series_url(series_id), number))
