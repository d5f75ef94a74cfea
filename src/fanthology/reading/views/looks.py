"""Two small choices that a device remembers: how pages look, and that its reader wants works for adults."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from fanthology.base import web
from fanthology.works.consent import forget_consent, has_consented, remember_consent

from ..looks import COOKIE, FACES, LEADINGS, MEASURES, SIZES, THEMES, Look
from ..origins import is_from_here, safe_next

A_YEAR = 60 * 60 * 24 * 365
_CHOICES = {
    "theme": THEMES,
    "size": range(len(SIZES)),
    "face": list(FACES),
    "leading": list(LEADINGS),
    "measure": list(MEASURES),
}


@require_safe
def stylesheet(request: HttpRequest) -> HttpResponse:
    """`/look.css`: this device's own colours and sizes, asked for with every page and mostly answered by 304."""
    css = Look.from_cookie(request.COOKIES.get(COOKIE, "")).as_css()
    etag = f'"{hashlib.sha256(css.encode()).hexdigest()[:16]}"'
    same = etag in request.headers.get("If-None-Match", "")
    response: HttpResponse = (
        HttpResponseNotModified() if same else HttpResponse(css, content_type="text/css; charset=utf-8")
    )
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Cookie"
    return response


@csrf_exempt  # the form stands on kept pages; `is_from_here` says why that is enough
def look(request: HttpRequest) -> HttpResponse:
    """The page of all choices, and where the reader's Aa form leads."""
    current = Look.from_cookie(request.COOKIES.get(COOKIE, ""))
    if request.method != "POST":
        context = {
            "look": current,
            "choices": _CHOICES,
            "next": safe_next(request, ""),
            "has_consented": has_consented(request),
        }
        return web.respond(request, "reading/look.html", context)
    if not is_from_here(request):
        return web.forbidden(request)
    for name in _CHOICES:
        current = current.changed(name, request.POST.get(name, ""))
    response = HttpResponseRedirect(safe_next(request, "/look/"))
    response.set_cookie(
        COOKIE, current.as_cookie(), max_age=A_YEAR, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
    )
    return response


@csrf_exempt  # the consent page is the same bytes for everyone; see `is_from_here`
@require_POST
def consent(request: HttpRequest) -> HttpResponse:
    """Yes for this visit, yes for always, or never mind after all."""
    if not is_from_here(request):
        return web.forbidden(request)
    response = HttpResponseRedirect(safe_next(request))
    if request.POST.get("answer") == "forget":
        forget_consent(response)
    else:
        always = request.POST.get("answer") == "always"
        remember_consent(response, always=always, secure=settings.SESSION_COOKIE_SECURE)
    return response
