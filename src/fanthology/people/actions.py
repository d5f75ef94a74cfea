"""What is done to people and pen names, one verb each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from fanthology.base import ledger, outbox
from fanthology.base.folding import fold, slug_of
from fanthology.base.pages import touch_archive

from .models import PenName, Person


class LoginTaken(ValueError):
    """Another account has this login (case and accents do not count)."""


def add_keeper(*, login: str, password: str, email: str = "") -> Person:
    """An account that may do everything, with a pen name of the same name. Raises LoginTaken."""
    with transaction.atomic():
        if Person.objects.filter(login_key=fold(login)).exists():
            raise LoginTaken(f"There is an account named {login} already.")
        person = Person(login=login.strip(), email=email, is_keeper=True)
        person.set_password(password)
        person.save()
        PenName.objects.create(
            person=person, name=login.strip(), slug=free_slug(login), status=PenName.Status.OWNED, is_default=True
        )
        ledger.write("keeper added", "person", person.pk, actor=person.pk)
    return person


def change_password(*, login: str, password: str, actor: int | None = None) -> Person:
    """Give an account a new password; every session of it ends, because sessions hold a digest of the old one.

    Raises Person.DoesNotExist.
    """
    with transaction.atomic():
        person = Person.objects.get_by_natural_key(login)
        person.set_password(password)
        person.save()
        ledger.write("password changed", "person", person.pk, actor=actor)
    return person


def change_pen_name(
    *,
    pen_name: PenName,
    name: str | None = None,
    bio: str | None = None,
    joined: tuple[dt.date | None, str] | None = None,
    actor: int | None = None,
) -> PenName:
    """What a pen name is called and says of itself; None stays as it is. `joined` is a date with its precision.

    Its name stands on pages of works, reviews, series, news and challenges, so every kept page is stale from now on;
    works, their downloads and search follow `pen-name.changed`. Its address stays: old links must.
    """
    with transaction.atomic():
        current = PenName.objects.select_for_update().get(pk=pen_name.pk)
        current.name = current.name if name is None else name
        current.bio = current.bio if bio is None else bio
        current.joined_on, current.joined_precision = joined or (current.joined_on, current.joined_precision)
        current.stamp += 1
        current.save()
        touch_archive()
        if name is not None:
            outbox.publish("pen-name.changed", "pen name", current.pk)
        if actor is not None:
            ledger.write("pen name changed", "pen name", current.pk, actor=actor)
    return current


def free_slug(name: str) -> str:
    """The slug of a new pen name: the plain one, or with the next free number behind it."""
    plain = slug_of(name, fallback="pen-name")
    taken = set(PenName.objects.filter(slug__startswith=plain).values_list("slug", flat=True))
    return _next_free(plain, taken)


def add_unclaimed_pen_names(*, newcomers: Iterable[PenName]) -> list[PenName]:
    """Save pen names (name, bio, joined_on, origin set) that came with a rescue and belong to nobody here yet."""
    with transaction.atomic():
        made = list(newcomers)
        plain = {slug_of(pen_name.name, fallback="pen-name") for pen_name in made}
        taken = set(PenName.objects.filter(slug__in=plain).values_list("slug", flat=True))
        if taken:
            for slug in list(taken):
                taken.update(PenName.objects.filter(slug__startswith=f"{slug}-").values_list("slug", flat=True))
        for pen_name in made:
            pen_name.status = PenName.Status.UNCLAIMED
            pen_name.person = None
            pen_name.name_key = fold(pen_name.name)
            pen_name.slug = _next_free(slug_of(pen_name.name, fallback="pen-name"), taken)
            taken.add(pen_name.slug)
        return PenName.objects.bulk_create(made)


def _next_free(plain: str, taken: set[str]) -> str:
    slug, number = plain, 1
    while slug in taken:
        number += 1
        slug = f"{plain}-{number}"
    return slug
