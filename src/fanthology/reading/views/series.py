"""Series: the list of them, and each one with its works and sub-series in order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from fanthology.base.pages import cached
from fanthology.base.stamps import list_stamp
from fanthology.base.web import Page, render
from fanthology.works.access import Viewer
from fanthology.works.cards import Card, cards_for
from fanthology.works.models import DEEPEST, Series, SeriesPlace, Work
from fanthology.works.viewers import circle_of, viewer_of

from ..lists import asked, list_key
from ..meta import absolute


@dataclass(slots=True)
class Shelf:
    """A series with what stands in it, in order: cards and further shelves."""

    series: Series
    held: list[Card | Shelf] = field(default_factory=list)

    def __len__(self) -> int:
        """How many works stand in it, sub-series included."""
        return sum(len(thing) if isinstance(thing, Shelf) else 1 for thing in self.held)

    @property
    def words(self) -> int:
        return sum(thing.words if isinstance(thing, Shelf) else thing.word_count for thing in self.held)


@require_safe
def all_series(request: HttpRequest) -> HttpResponse:
    def page() -> str:
        viewer = viewer_of(request)
        visible = Series.objects.visible_to(viewer)
        # Only what this viewer may see is counted: a hidden part must not show as a number either.
        seen = Q(places__work__in=Work.objects.visible_to(viewer).posted()) | Q(places__subseries__in=visible)
        works = Count("places", filter=seen & Q(places__confirmed=True), distinct=True)
        rows = Series.objects.filter(pk__in=visible.values("pk")).annotate(parts=works).by_title()
        shown = Page.of(rows, asked(request, "page", most=6), size=60)
        return render(request, "reading/series-list.html", {"page": shown, "canonical": absolute("/read/series/")})

    return cached(request, key=list_key(request, "series"), stamp=list_stamp(), render=page, circle=circle_of(request))


@require_safe
def series(request: HttpRequest, series_id: int) -> HttpResponse:
    """One series. It is there for whoever may see at least one work in it; the other places stay silent."""

    def page() -> str:
        viewer = viewer_of(request)
        visible = Series.objects.all() if viewer.is_keeper else Series.objects.visible_to(viewer)
        found = get_object_or_404(visible, pk=series_id)
        shelf = _shelf(found, viewer)
        authors = {author.url: author for card in _cards(shelf) for author in card.authors}
        above = Series.objects.visible_to(viewer).filter(places__subseries=found, places__confirmed=True).distinct()
        context = {
            "shelf": shelf,
            "authors": list(authors.values()),
            "above": above,
            "canonical": absolute(request.path),
            "feed": f"/feeds/series/{found.pk}/",
        }
        return render(request, "reading/series.html", context)

    return cached(request, key=f"series:{series_id}", stamp=list_stamp(), render=page, circle=circle_of(request))


def _cards(shelf: Shelf) -> list[Card]:
    found: list[Card] = []
    for thing in shelf.held:
        found += _cards(thing) if isinstance(thing, Shelf) else [thing]
    return found


def _shelf(top: Series, viewer: Viewer) -> Shelf:
    """Level by level, one query each. A series that stands in several places is opened at the first, and counts once."""
    places: dict[int, list[SeriesPlace]] = defaultdict(list)
    series, level = {top.pk: top}, [top.pk]
    for _ in range(DEEPEST):
        rows = (
            SeriesPlace.objects.filter(series_id__in=level, confirmed=True)
            .select_related("subseries")
            .order_by("position", "id")
        )
        level = []
        for place in rows:
            places[place.series_id].append(place)
            if place.subseries is not None and place.subseries.pk not in series:
                series[place.subseries.pk] = place.subseries
                level.append(place.subseries.pk)
        if not level:
            break
    work_ids = {place.work_id for held in places.values() for place in held if place.work_id}
    visible = Work.objects.visible_to(viewer).posted().filter(pk__in=work_ids).values_list("pk", flat=True)
    cards = {card.id: card for card in cards_for(visible)}

    opened = {top.pk}

    def fill(shelf: Shelf) -> Shelf:
        for place in places[shelf.series.pk]:
            if place.work_id in cards:
                shelf.held.append(cards[place.work_id])
            elif place.subseries_id in series and place.subseries_id not in opened:
                opened.add(place.subseries_id)
                inner = fill(Shelf(series[place.subseries_id]))
                if len(inner):
                    shelf.held.append(inner)
        return shelf

    return fill(Shelf(top))
