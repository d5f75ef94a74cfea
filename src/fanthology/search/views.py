"""The browse page and the page that explains its language."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Subquery
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from fanthology.base.models import Archive, OutboxEvent
from fanthology.base.pages import cached
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

    edits, database_id, position = _state()
    stamp = f"{edits}.{position}.{index.state(database_id)}.{timezone.localdate()}"
    return cached(request, key=f"{choice.address}:{sees_adult}", stamp=stamp, render=page, circle=circle_of(request))


@require_safe
def how_to_search(request: HttpRequest) -> HttpResponse:
    stamp = f"{Archive.current().stamp}.{settings.BASE_URL}"
    return cached(
        request, key="search help", stamp=stamp, render=lambda: render(request, "search/help.html", {"fields": FIELDS})
    )


def _state() -> tuple[int, object, int]:
    """The archive's stamp and database id, and the last news in the outbox, in one lean query: kept pages cost little else."""
    last = Subquery(OutboxEvent.objects.order_by("-pk").values("pk")[:1])
    row = Archive.objects.filter(pk=1).annotate(last=last).values_list("stamp", "database_id", "last").first()
    return row or (1, Archive.current().database_id, 0)
