"""Atom feeds of works: all new ones, and those of a tag, an author or a series. They show what any guest may see.

Works that moved in together are no news, so the feed of new works leaves them out; the other feeds hold them, by date.
Works behind the consent page stand here with their title and facts only: a feed has no gate.
"""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from fanthology.base.pages import cached
from fanthology.base.stamps import list_stamp
from fanthology.base.web import render
from fanthology.people.models import PenName
from fanthology.tags.models import Tag
from fanthology.works.access import GUEST
from fanthology.works.addresses import author_url, series_url, tag_url
from fanthology.works.cards import cards_for
from fanthology.works.models import Series, Work, WorkQuerySet, tags_known_to

LENGTH = 25


@require_safe
def new_works(request: HttpRequest) -> HttpResponse:
    return _feed(request, "New works", "/", _public().newly_arrived())


@require_safe
def of_tag(request: HttpRequest, tag_id: int) -> HttpResponse:
    tag = get_object_or_404(Tag, pk=tag_id)
    tag = get_object_or_404(tags_known_to(GUEST), pk=tag.synonym_of_id or tag.pk)
    return _feed(request, str(tag), tag_url(tag.pk, tag.slug), _public().in_tag(tag.pk).newest())


@require_safe
def of_author(request: HttpRequest, slug: str) -> HttpResponse:
    pen_name = get_object_or_404(PenName, slug=slug.replace("\0", ""))
    works = _public().by(pen_name)
    if not works.exists():
        raise Http404
    return _feed(request, f"Works by {pen_name.name}", author_url(slug), works.newest())


@require_safe
def of_series(request: HttpRequest, series_id: int) -> HttpResponse:
    series = get_object_or_404(Series.objects.visible_to(GUEST), pk=series_id)
    works = _public().filter(series_places__series=series, series_places__confirmed=True).distinct()
    return _feed(request, series.title, series_url(series_id), works.newest())


@require_safe
def about_feeds(request: HttpRequest) -> HttpResponse:
    return cached(request, key="feeds", stamp=list_stamp(), render=lambda: render(request, "feeds/about.html", {}))


def _public() -> WorkQuerySet:
    return Work.objects.visible_to(GUEST).filter(hide_from_search_engines=False)


def _feed(request: HttpRequest, title: str, about: str, works: WorkQuerySet) -> HttpResponse:
    def page() -> str:
        cards = cards_for(works.values_list("pk", flat=True)[:LENGTH])
        base = settings.BASE_URL.rstrip("/")
        updated = max((card.told_at for card in cards), default=None)
        context = {
            "title": title,
            "base": base,
            "about": about,
            "path": request.path,
            "cards": cards,
            "updated": updated,
        }
        return render(request, "feeds/works.xml", context)

    return cached(
        request,
        key=f"feed:{request.path}",
        stamp=list_stamp(),
        render=page,
        content_type="application/atom+xml; charset=utf-8",
    )
