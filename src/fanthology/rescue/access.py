"""Who may use the keeper's pages: keepers. To everybody else there is nothing here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from fanthology.works.viewers import member_of

View = Callable[..., HttpResponse]


def keeper_only(view: View) -> View:
    """The same 404 for guests and members as for an address that never was."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        member = member_of(request)
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
