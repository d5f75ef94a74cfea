"""An old address → a response: one place, a choice between several, gone, or nothing."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from fanthology.base.web import render
from fanthology.works.access import GUEST
from fanthology.works.viewers import viewer_of

from . import addresses
from .addresses import Asked, Leads

KEPT = "public, max-age=86400"


def asked_of(request: HttpRequest) -> Asked:
    return addresses.asked(request.path_info, request.META.get("QUERY_STRING", ""), getattr(request, "old_host", ""))


def redirect_for(request: HttpRequest) -> HttpResponse | None:
    """The response for an old address, or None where nothing answers to it."""
    viewer = viewer_of(request) if hasattr(request, "user") else GUEST
    found = addresses.answers(asked_of(request), viewer)
    if not found:
        return None
    if len(found) > 1:
        page = render(request, "rescue/which.html", {"found": found})
        return HttpResponse(page, status=300, headers={"Cache-Control": "no-store"})
    return _lead(request, found[0])


def _lead(request: HttpRequest, leads: Leads) -> HttpResponse:
    if leads.gone:
        page = render(request, "errors/gone.html", {"is_legal": leads.gone == "legal"})
        return HttpResponse(page, status=451 if leads.gone == "legal" else 410, headers={"Cache-Control": "no-store"})
    base = settings.BASE_URL if getattr(request, "is_former_host", False) else ""
    response = HttpResponseRedirect(base + leads.url)
    response.status_code = 301 if leads.permanent else 302
    response["Cache-Control"] = KEPT if leads.permanent else "private, no-store"
    return response
