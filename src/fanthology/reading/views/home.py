"""The front door, the maps of the house, and what machines ask for first."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Max, Min
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from fanthology.base.pages import cached
from fanthology.base.stamps import list_stamp
from fanthology.base.web import render
from fanthology.pages.models import CustomPage, News
from fanthology.people.models import Person
from fanthology.tags.models import Kind, Tag
from fanthology.works.access import GUEST, Viewer
from fanthology.works.addresses import work_url
from fanthology.works.cards import cards_for
from fanthology.works.models import Authorship, Work
from fanthology.works.viewers import circle_of, viewer_of

from ..lists import asked, list_key, listing
from ..meta import absolute

NEW_ON_HOME = 8
FANDOMS_ON_HOME = 12
SITEMAP_SIZE = 50_000
MOST_PARTS = 50_000


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    def page() -> str:
        viewer = viewer_of(request)
        visible = Work.objects.visible_to(viewer).posted()
        new = visible.newly_arrived().values_list("pk", flat=True)[:NEW_ON_HOME]
        cards = cards_for(new)
        works = visible.count()
        signed = Authorship.objects.filter(work__in=visible.filter(anonymous=False))
        context = {
            "cards": cards or cards_for(visible.newest().values_list("pk", flat=True)[:NEW_ON_HOME]),
            "has_new": bool(cards),
            "moved_in": _moved_in(viewer),
            "works": works,
            "authors": signed.aggregate(number=Count("pen_name", distinct=True))["number"],
            "fandoms": Tag.objects.of_kind(Kind.FANDOM).canonical().in_use().most_used()[:FANDOMS_ON_HOME],
            "fandom_count": Tag.objects.of_kind(Kind.FANDOM).canonical().in_use().count(),
            "news": News.objects.shown().filter(origin="").newest()[:3],
            "is_unclaimed": not works and not Person.objects.filter(is_keeper=True).exists(),
            "canonical": absolute("/"),
        }
        return render(request, "reading/home.html", context)

    return cached(request, key="home", stamp=list_stamp(), render=page, circle=circle_of(request))


@require_safe
def surprise(request: HttpRequest) -> HttpResponse:
    """Some work, any work, that asks nothing first: chosen by a random id, so it costs the same in a large archive."""
    works = Work.objects.visible_to(viewer_of(request)).posted().filter(needs_consent=False)
    ends = works.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return HttpResponseRedirect("/browse/")
    start = ends["first"] + secrets.randbelow(ends["last"] - ends["first"] + 1)
    chosen = works.filter(pk__gte=start).order_by("pk").values_list("pk", flat=True).first()
    response = HttpResponseRedirect(work_url(chosen or ends["first"]))
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def moved_in(request: HttpRequest) -> HttpResponse:
    """What came from former archives: the list of them, and with `?from=` the works of one."""
    origin = asked(request, "from", most=200)

    def page() -> str:
        viewer = viewer_of(request)
        works = Work.objects.visible_to(viewer).posted().filter(origin=origin)
        context = {
            "origin": origin,
            "listing": listing(request, works) if origin else None,
            "sites": _moved_in(viewer, most=None),
        }
        return render(request, "reading/moved.html", context)

    return cached(
        request, key=list_key(request, f"moved:{origin}"), stamp=list_stamp(), render=page, circle=circle_of(request)
    )


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """For people: every door of the house on one page."""

    def page() -> str:
        context = {
            "pages": CustomPage.objects.filter(is_public=True).order_by("title"),
            "canonical": absolute("/sitemap/"),
        }
        return render(request, "reading/sitemap.html", context)

    return cached(request, key="sitemap", stamp=list_stamp(), render=page, circle=circle_of(request))


@require_safe
def sitemap_xml(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """For search engines: an index, and each part with at most 50,000 public works that do not mind being found."""
    if number is not None and not 1 <= number <= MOST_PARTS:
        raise Http404
    public = Work.objects.visible_to(GUEST).filter(hide_from_search_engines=False, needs_consent=False).order_by("pk")

    def page() -> str:
        if number is None:
            parts = range(1, -(-public.count() // SITEMAP_SIZE) + 1)
            urls = [absolute(reverse("sitemap-part", args=[part])) for part in parts]
            return render(request, "reading/sitemap-index.xml", {"urls": urls})
        works = public.values_list("pk", "revised_at", "revised_precision", "published_on")
        rows = works[(number - 1) * SITEMAP_SIZE : number * SITEMAP_SIZE]
        if not rows:
            raise Http404
        told = [(absolute(work_url(pk)), when if said or published else None) for pk, when, said, published in rows]
        return render(request, "reading/sitemap.xml", {"rows": told})

    return cached(
        request,
        key=f"sitemap.xml:{number}",
        stamp=list_stamp(),
        render=page,
        content_type="application/xml; charset=utf-8",
    )


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    text = render(request, "reading/robots.txt", {"sitemap": absolute("/sitemap.xml")})
    return HttpResponse(
        text, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=3600"}
    )


def _moved_in(viewer: Viewer, *, most: int | None = 4) -> list[Mapping[str, Any]]:
    """One line for each former site: bulk arrivals are announced here and nowhere else."""
    arrived = Work.objects.visible_to(viewer).posted().filter(arrived_in_bulk=True).exclude(origin="")
    rows = arrived.values("origin").annotate(
        works=Count("pk"), when=Max("posted_at"), first=Min("published_on"), last=Max("published_on")
    )
    return list(rows.order_by("-when", "origin")[:most])
