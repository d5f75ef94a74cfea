"""From a request to the neutral `Viewer` that the access rule speaks of, and to the circle that shares kept pages."""

from __future__ import annotations

from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpRequest

from fanthology.base.pages import is_guest
from fanthology.people.models import Person

from .access import GUEST, Viewer

# SQL written once: every page of a member asks this, and the ORM needs ten times longer to say it.
_PEN_NAMES = """
    SELECT id, EXISTS (SELECT 1 FROM works_authorship WHERE works_authorship.pen_name_id = people_penname.id)
    FROM people_penname WHERE person_id = %s
"""


def viewer_of(request: HttpRequest) -> Viewer:
    """Who asks. Guests cost no query; a member's pen names are read once per request."""
    return _known(request)[0]


def circle_of(request: HttpRequest) -> str | None:
    """The name of the circle of people who see every page alike, for `base.pages.cached`.

    Guests, members who signed nothing and keepers who signed nothing are a circle each; whoever writes is a circle of one,
    for they alone see their drafts. None while a message waits for this person: the page that shows it is nobody else's.
    """
    viewer, has_signed = _known(request)
    if not viewer.is_member:
        return ""
    if len(get_messages(request)):
        return None
    if has_signed:
        return f"{viewer.person} {viewer.is_keeper} {sorted(viewer.pen_names)}"
    return "keeper" if viewer.is_keeper else "member"


def member_of(request: HttpRequest) -> Person | None:
    """The account that is logged in; no session is opened for those who carry none."""
    if is_guest(request):
        return None
    return request.user if isinstance(request.user, Person) and request.user.is_authenticated else None


def _known(request: HttpRequest) -> tuple[Viewer, bool]:
    """The viewer, and whether one of their pen names signs a work: one query, asked once per request."""
    known: tuple[Viewer, bool] | None = getattr(request, "_viewer", None)
    if known is None:
        known = _looked_up(member_of(request))
        request._viewer = known  # type: ignore[attr-defined]  # noqa: SLF001 - once per request
    return known


def _looked_up(person: Person | None) -> tuple[Viewer, bool]:
    if person is None:
        return GUEST, False
    with connection.cursor() as cursor:
        cursor.execute(_PEN_NAMES, [person.pk])
        mine: dict[int, bool] = dict(cursor.fetchall())
    return Viewer(person=person.pk, is_keeper=person.is_keeper, pen_names=frozenset(mine)), any(mine.values())
