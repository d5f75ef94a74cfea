"""From a request to the neutral `Viewer` that the access rule speaks of."""

from __future__ import annotations

from django.http import HttpRequest

from fanthology.base.pages import is_guest
from fanthology.people.models import PenName, Person

from .access import GUEST, Viewer


def viewer_of(request: HttpRequest) -> Viewer:
    """Who asks. Guests cost no query; a member's pen names are read once per request."""
    known = getattr(request, "_viewer", None)
    if isinstance(known, Viewer):
        return known
    person = member_of(request)
    viewer = GUEST
    if person is not None:
        mine = PenName.objects.filter(person=person).values_list("pk", flat=True)
        viewer = Viewer(person=person.pk, is_keeper=person.is_keeper, pen_names=frozenset(mine))
    request._viewer = viewer  # type: ignore[attr-defined]  # noqa: SLF001 - once per request
    return viewer


def member_of(request: HttpRequest) -> Person | None:
    """The account that is logged in; no session is opened for those who carry none."""
    if is_guest(request):
        return None
    return request.user if isinstance(request.user, Person) and request.user.is_authenticated else None
