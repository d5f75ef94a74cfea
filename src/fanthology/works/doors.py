"""The way to one work: access, consent, and the stamps of its pages, in one lean query.

    @through_the_door
    def print_page(request, door): ...      # called only for those who may see the work and have consented

Everybody else gets the answer of the door: the login page where logging in would help, the consent page, 410 for a work
that was taken back (451 for legal reasons), and otherwise the same 404 as for what never was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode

from fanthology.base.pages import cached
from fanthology.base.web import render

from .access import GUEST, Answer, Facts, State, Viewer, answer, effective_audience
from .consent import has_consented
from .models import Tombstone, Work
from .viewers import viewer_of

_LARGEST = 2**63 - 1
_LEAN = """
    SELECT work.state, work.audience, work.gate_members, work.unrevealed, work.needs_consent, work.stamp, archive.stamp
    FROM works_work AS work LEFT JOIN base_archive AS archive ON archive.id = 1
    WHERE work.id = %s
"""


@dataclass(frozen=True, slots=True)
class Door:
    """A work that this viewer may see. `stamp` names the state of its pages; `is_author` opens its drafts."""

    work_id: int
    viewer: Viewer
    stamp: str
    is_author: bool
    is_public: bool
    needs_consent: bool

    def work(self) -> Work:
        """The whole row, with its rating and counters."""
        return Work.objects.select_related("rating", "stats").get(pk=self.work_id)


def through_the_door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Turn `view(request, door, …)` into a view of (request, work_id, …)."""

    @wraps(view)
    def guarded(request: HttpRequest, work_id: int, **kwargs: Any) -> HttpResponse:
        row = _row(work_id)
        if row is None:
            return _gone(request, work_id)
        state, audience, gate_members, unrevealed, needs_consent, stamp, archive_stamp = row
        viewer = viewer_of(request)
        authors = _authors(work_id) if viewer.pen_names else frozenset()
        shown_to = effective_audience(audience, gate_members=bool(gate_members))
        facts = Facts(State(state), shown_to, bool(unrevealed), authors)
        match answer(facts, viewer):
            case Answer.MISSING:
                raise Http404
            case Answer.LOG_IN:
                return login_first(request)
        if needs_consent and not has_consented(request):
            return _ask_consent(request, work_id, f"{stamp}.{archive_stamp}")
        door = Door(
            work_id=work_id,
            viewer=viewer,
            stamp=f"{stamp}.{archive_stamp}",
            is_author=bool(authors & viewer.pen_names),
            is_public=answer(facts, GUEST) is Answer.YES,
            needs_consent=bool(needs_consent),
        )
        return view(request, door, **kwargs)

    return guarded


def login_first(request: HttpRequest) -> HttpResponse:
    """To the login page, and back here afterwards."""
    return HttpResponseRedirect(
        f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}", headers={"Cache-Control": "no-store"}
    )


def _row(work_id: int) -> tuple[Any, ...] | None:
    """The lean row, by SQL written once: every kept page asks this, and the ORM needs five times longer to say it."""
    if work_id > _LARGEST:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_LEAN, [work_id])
        found: tuple[Any, ...] | None = cursor.fetchone()
    return found


def _authors(work_id: int) -> frozenset[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pen_name_id FROM works_authorship WHERE work_id = %s", [work_id])
        return frozenset(pen_name for (pen_name,) in cursor.fetchall())


def _gone(request: HttpRequest, work_id: int) -> HttpResponse:
    stone = Tombstone.objects.filter(work_id=work_id).first()
    if stone is None or stone.reason == "undone":
        raise Http404
    status = 451 if stone.reason == "legal" else 410
    page = render(request, "errors/gone.html", {"is_legal": stone.reason == "legal"})
    return HttpResponse(page, status=status, headers={"Cache-Control": "no-store"})


def _ask_consent(request: HttpRequest, work_id: int, stamp: str) -> HttpResponse:
    """The same bytes for everyone at this address: title, rating and warnings, never summary or text."""

    def page() -> str:
        from .cards import cards_for

        work = Work.objects.only("id", "gate_text").get(pk=work_id)
        context = {"card": cards_for([work_id])[0], "gate_text": work.gate_text, "next": request.path}
        return render(request, "reading/consent.html", context)

    response = cached(request, key=f"consent:{request.path}", stamp=stamp, render=page)
    response["X-Robots-Tag"] = "noindex"
    return response
