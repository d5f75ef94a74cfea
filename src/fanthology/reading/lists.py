"""Pages of work cards: what a list of works needs, whoever asks and whatever it lists."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, OrderBy
from django.http import HttpRequest

from fanthology.base.web import Page
from fanthology.works.cards import Card, cards_for
from fanthology.works.models import WorkQuerySet

SIZE = 20
ORDERS: dict[str, tuple[str, tuple[str | OrderBy, ...]]] = {
    "updated": ("recently updated", ("-revised_at", "-id")),
    "title": ("title", ("title_key", "id")),
    "words": ("most words", ("-word_count", "-id")),
    "kudos": ("most kudos", ("-stats__kudos", "-id")),
    "published": ("first published", (F("published_on").asc(nulls_last=True), "id")),
}


@dataclass(frozen=True, slots=True)
class Listing:
    page: Page
    cards: list[Card]
    order: str

    @property
    def orders(self) -> list[tuple[str, str]]:
        return [(name, words) for name, (words, _) in ORDERS.items()]


def listing(request: HttpRequest, works: WorkQuerySet) -> Listing:
    """The asked page of these works in the asked order: a count, the ids, and the cards."""
    order = request.GET.get("sort", "")
    order = order if order in ORDERS else "updated"
    page = Page.of(
        works.order_by(*ORDERS[order][1]).values_list("pk", flat=True), asked(request, "page", most=6), size=SIZE
    )
    return Listing(page, cards_for(page.rows), order)


def list_key(request: HttpRequest, name: str) -> str:
    """The page's key: its address and the two parameters that change it, cut short."""
    return f"{name}:{asked(request, 'sort', most=12)}:{asked(request, 'page', most=6)}"


def asked(request: HttpRequest, name: str, *, most: int) -> str:
    """A word from the query string, cut to `most` characters and without NULs, which no database likes to be asked for."""
    return request.GET.get(name, "").replace("\0", "")[:most]
