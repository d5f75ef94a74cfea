"""Challenges: the list of them, and each one with the works and series that answered it."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from fanthology.base.pages import cached
from fanthology.base.stamps import list_stamp
from fanthology.base.web import Page, render
from fanthology.works.access import Viewer
from fanthology.works.cards import cards_for
from fanthology.works.models import Series, Work
from fanthology.works.viewers import circle_of, viewer_of

from .models import Challenge


@require_safe
def challenges(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("page", "")[:6]

    def page() -> str:
        shown = _open_to(viewer_of(request)).order_by("title", "pk")
        return render(request, "gatherings/challenges.html", {"page": Page.of(shown, asked, size=60)})

    return cached(request, key=f"challenges:{asked}", stamp=list_stamp(), render=page, circle=circle_of(request))


@require_safe
def challenge(request: HttpRequest, challenge_id: int) -> HttpResponse:
    asked = request.GET.get("page", "")[:6]

    def page() -> str:
        viewer = viewer_of(request)
        found = get_object_or_404(
            _open_to(viewer).select_related("challenger").prefetch_related("tags"), pk=challenge_id
        )
        works = Work.objects.visible_to(viewer).posted().filter(challenge_responses__challenge=found).newest()
        shown = Page.of(works.values_list("pk", flat=True), asked, size=20)
        series = Series.objects.visible_to(viewer).filter(challenge_responses__challenge=found).by_title()
        context = {"challenge": found, "page": shown, "cards": cards_for(shown.rows), "series": series}
        return render(request, "gatherings/challenge.html", context)

    return cached(
        request, key=f"challenge:{challenge_id}:{asked}", stamp=list_stamp(), render=page, circle=circle_of(request)
    )


def _open_to(viewer: Viewer) -> QuerySet[Challenge]:
    return Challenge.objects.filter(Q() if viewer.is_keeper else Q(is_public=True))
