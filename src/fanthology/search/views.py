"""The browse page and the page that explains its language."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from fanthology.base.models import Archive
from fanthology.base.pages import cached
from fanthology.base.stamps import list_stamp
from fanthology.base.web import render
from fanthology.works.consent import has_consented
from fanthology.works.viewers import circle_of, viewer_of

from . import browsing, index
from .choice import Choice
from .query import FIELDS


@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    choice = Choice.of(request.GET)
    sees_adult = has_consented(request)

    def page() -> str:
        today = timezone.localdate()
        found = browsing.browse(choice, viewer=viewer_of(request), today=today, sees_adult=sees_adult)
        return render(request, "search/browse.html", {"found": found, "choice": found.choice})

    stamp = f"{list_stamp()}.{index.state()}.{timezone.localdate()}"
    return cached(request, key=f"{choice.address}:{sees_adult}", stamp=stamp, render=page, circle=circle_of(request))


@require_safe
def how_to_search(request: HttpRequest) -> HttpResponse:
    stamp = f"{Archive.current().stamp}.{settings.BASE_URL}"
    return cached(
        request, key="search help", stamp=stamp, render=lambda: render(request, "search/help.html", {"fields": FIELDS})
    )
