"""Who may use the keeper's pages: keepers. Guests may log in first; to every other member there is nothing here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from fanthology.works.viewers import member_of

View = Callable[..., HttpResponse]


def keeper_only(view: View) -> View:
    """A guest who asks for a page is asked who they are; the rest get the same 404 as for an address that never was."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        member = member_of(request)
        if member is None and request.method in ("GET", "HEAD"):
            return redirect_to_login(request.get_full_path())
        if member is None or not member.is_keeper:
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(guarded)


def keeper_id(request: HttpRequest) -> int:
    """The id of the keeper who asks; only behind `keeper_only`."""
    member = member_of(request)
    if member is None:
        raise Http404
    return member.pk
