"""Authors: the list of them, and each one's page."""

from __future__ import annotations

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from fanthology.base.folding import fold
from fanthology.base.pages import cached
from fanthology.base.stamps import list_stamp
from fanthology.base.web import Page, render
from fanthology.people.models import PenName
from fanthology.works.models import Series, Work
from fanthology.works.viewers import circle_of, viewer_of

from ..lists import asked, list_key, listing
from ..meta import absolute

AUTHORS_PER_PAGE = 120


@require_safe
def authors(request: HttpRequest) -> HttpResponse:
    """Everyone who signed a work that the viewer may see, A to Z; `?letter=` or `?q=` narrows the list."""
    letter, wanted = asked(request, "letter", most=1), asked(request, "q", most=60)

    def page() -> str:
        visible = Work.objects.visible_to(viewer_of(request)).posted().filter(anonymous=False)
        signed = PenName.objects.filter(authorship__work__in=visible)
        if letter:
            signed = signed.filter(name_key__startswith=fold(letter))
        if wanted:
            signed = signed.filter(name_key__contains=fold(wanted))
        rows = signed.annotate(works_here=Count("authorship__work", distinct=True)).order_by("name_key", "id")
        shown = Page.of(rows, asked(request, "page", most=6), size=AUTHORS_PER_PAGE)
        context = {"page": shown, "letter": letter, "wanted": wanted, "canonical": absolute("/read/authors/")}
        return render(request, "reading/authors.html", context)

    return cached(
        request,
        key=list_key(request, f"authors:{letter}:{wanted}"),
        stamp=list_stamp(),
        render=page,
        circle=circle_of(request),
    )


@require_safe
def author(request: HttpRequest, slug: str) -> HttpResponse:
    """A pen name's own page. One that signed nothing the viewer may see looks as if it were not there."""

    def page() -> str:
        pen_name = get_object_or_404(PenName, slug=slug.replace("\0", ""))
        viewer = viewer_of(request)
        works = Work.objects.visible_to(viewer).posted().by(pen_name)
        if not works.exists() and not viewer.is_keeper and pen_name.pk not in viewer.pen_names:
            raise Http404
        # A series stands here for a work of theirs that the viewer may see, not for a hidden one beside others' works.
        series = Series.objects.filter(places__confirmed=True, places__work__in=works).distinct().by_title()
        context = {
            "pen_name": pen_name,
            "listing": listing(request, works),
            "series": series,
            "canonical": absolute(request.path),
            "feed": f"/feeds/authors/{pen_name.slug}/",
        }
        return render(request, "reading/author.html", context)

    # In no circle: a pen name that signed nothing has a page for its owner alone.
    return cached(request, key=list_key(request, f"author:{slug}"), stamp=list_stamp(), render=page)
