"""Letting out one work that is held, hidden or waiting, after a keeper looked at it.

What the rules only suspect is released by two keepers, or, where there is but one, by a second look a day later. The looks
stand in the ledger. What the rules refuse is never released.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from fanthology.base import ledger
from fanthology.base.models import LedgerEntry
from fanthology.base.pages import touch_archive
from fanthology.people.models import Person
from fanthology.works.access import Audience, State
from fanthology.works.actions import post_works, release_works, set_state
from fanthology.works.models import Work
from fanthology.works.policy import Verdict, rule_of

from .errors import NoBasis, NotNow
from .models import Site, SourceKey
from .publish import announce

LOOKED = "held work looked at"
SECOND_LOOK_AFTER = dt.timedelta(hours=24)


def site_of_work(work: Work) -> Site | None:
    """The former site a work came from; None for one that was written here."""
    key = SourceKey.objects.filter(kind="work", object_id=work.pk).select_related("site").first()
    return key.site if key else None


def release_work(*, work: Work, actor: int) -> bool:
    """Make a held, hidden or waiting work public, by the right of the site it came from.

    Returns False where this was the first of two looks: it is written down, and the work stays held.
    Raises NoBasis for a site without a recorded permission, NotNow for what is in another state or refused for good.
    """
    site = site_of_work(work)
    if site is not None and not site.basis:
        raise NoBasis("Nothing of its old site is published before you say by what right.")
    with transaction.atomic():
        current = Work.objects.select_for_update().get(pk=work.pk)
        if current.state not in (State.HELD, State.HIDDEN, State.WAITING):
            raise NotNow("Only a work that is held, hidden or waiting can be made public here.")
        if current.state == State.HELD and not _is_looked_at(current, actor):
            ledger.write(LOOKED, "work", current.pk, actor=actor, reason=current.hold_reason)
            return False
        if current.state == State.HIDDEN:
            set_state(work=current, state=State.WAITING, actor=actor)
        release_works(work_ids=[current.pk], actor=actor)
        members_only = site is not None and not site.has_owner
        post_works(work_ids=[current.pk], audience=Audience.MEMBERS if members_only else None, actor=actor)
        if site is not None:
            announce(site)
        touch_archive()
    return True


def _is_looked_at(work: Work, actor: int) -> bool:
    """Whether this look is enough. Raises NotNow for what the archive refuses."""
    rule = rule_of(work.hold_reason)
    if rule is None:
        return True
    if rule.verdict is Verdict.REFUSE:
        raise NotNow(rule.words)
    return rule.looks < 2 or _was_looked_at(work, actor)


def _was_looked_at(work: Work, actor: int) -> bool:
    """Whether another keeper looked since it was last released, or the only keeper a day ago."""
    about = LedgerEntry.objects.filter(subject="work", subject_id=work.pk)
    released = about.filter(verb="work released").order_by("-number").values_list("number", flat=True).first()
    looks = about.filter(verb=LOOKED, number__gt=released or 0)
    if Person.objects.filter(is_keeper=True, is_active=True).exclude(pk=actor).exists():
        return looks.exclude(actor=actor).exists()
    return looks.filter(at__lte=timezone.now() - SECOND_LOOK_AFTER).exists()


def hide_work(*, work: Work, actor: int) -> None:
    """Take a public or waiting work out of sight, for everybody but its authors and keepers. Raises NotNow for others."""
    with transaction.atomic():
        current = Work.objects.select_for_update().get(pk=work.pk)
        if current.state not in (State.POSTED, State.WAITING):
            raise NotNow("Only a work that is public or waiting can be hidden.")
        set_state(work=current, state=State.HIDDEN, actor=actor)
        touch_archive()
