"""The reader's word that they want to see works for adults: one cookie, the same page for everyone who has not given it.

Works rated Mature or Explicit, not rated, of unknown rating, or gated by their former site ask for it, on every channel
that shows their text: work, chapters, whole work, print, reviews, origin and downloads. Lists show their cards (title,
tags and the summary written for lists); feeds, which have no gate, leave their summaries out.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

COOKIE = "adults"
GIVEN = "yes"
A_YEAR = 60 * 60 * 24 * 365


def has_consented(request: HttpRequest) -> bool:
    return request.COOKIES.get(COOKIE) == GIVEN


def remember_consent(response: HttpResponse, *, always: bool, secure: bool) -> None:
    """Until the browser closes, or for a year on this device."""
    response.set_cookie(COOKIE, GIVEN, max_age=A_YEAR if always else None, secure=secure, httponly=True, samesite="Lax")


def forget_consent(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")
