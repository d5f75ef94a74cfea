"""What must hold between works, chapters, tags and series and cannot be one row's constraint; and what stays erased."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from functools import partial

from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from fanthology.base.checks import check
from fanthology.base.erasures import replays
from fanthology.base.faults import Fault
from fanthology.base.ids import start_above
from fanthology.base.outbox import is_behind

from .access import State
from .actions import purge_works
from .counts import recount_tags
from .models import Series, SeriesPlace, Text, Tombstone, Work, WorkStats

NOTHING = hashlib.sha256(b"").hexdigest()


@check("works")
def works_have_words() -> Iterator[Fault]:
    for work_id in (
        Work.objects.filter(state=State.POSTED.value)
        .exclude(chapters__state=State.POSTED.value)
        .values_list("pk", flat=True)
    ):
        yield Fault("work.empty", f"work {work_id}", "It is posted and has no posted chapter.")
    # A chapter that came without words (a rescue's report names them) has the digest of nothing; one that lost them has not.
    lost = Text.objects.filter(markup="", current_in__state=State.POSTED.value).exclude(sha256=NOTHING)
    for chapter in lost.values_list("current_in__pk", flat=True):
        yield Fault("chapter.empty", f"chapter {chapter}", "It is posted and its words are gone; a backup has them.")
    for text in Text.objects.filter(revisions__isnull=True, current_in__isnull=True).only("pk"):
        yield Fault("text.unused", f"text {text.pk}", "No chapter or revision has these words.", text.delete)
    for work_id in Work.objects.filter(stats__isnull=True).values_list("pk", flat=True):
        yield Fault(
            "work.uncounted",
            f"work {work_id}",
            "It has no counters.",
            partial(WorkStats.objects.create, work_id=work_id),
        )


@check("counters")
def counters_are_right() -> Iterator[Fault]:
    shown = Q(chapters__state=State.POSTED.value)
    counted = Work.objects.annotate(
        number=Count("chapters", filter=shown), length=Coalesce(Sum("chapters__word_count", filter=shown), 0)
    )
    for work in counted.exclude(number=F("chapter_count"), length=F("word_count")):
        yield Fault(
            "work.miscounted",
            f"work {work.pk}",
            "Its chapters or words are counted wrongly.",
            partial(_recount, work),
        )
    waiting = is_behind("tag counts")
    wrong = recount_tags(dry=True)
    if wrong:
        message = "Their uses are counted when the worker runs." if waiting else "Their uses are counted wrongly."
        yield Fault("tags.miscounted", f"{wrong} tag{'s' if wrong > 1 else ''}", message, recount_tags, waiting=waiting)


@check("series")
def series_are_no_circles() -> Iterator[Fault]:
    below: dict[int, set[int]] = {}
    for series_id, subseries_id in SeriesPlace.objects.filter(subseries__isnull=False).values_list(
        "series_id", "subseries_id"
    ):
        below.setdefault(series_id, set()).add(subseries_id or 0)
    for series_id in Series.objects.values_list("pk", flat=True):
        seen, waiting = set[int](), list(below.get(series_id, ()))
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                waiting.extend(below.get(one, ()))
        if series_id in seen:
            yield Fault("series.circular", f"series {series_id}", "It holds itself through its sub-series.")


def _recount(work: Work) -> None:
    shown = list(work.chapters.filter(state=State.POSTED.value).values_list("word_count", flat=True))
    Work.objects.filter(pk=work.pk).update(chapter_count=len(shown), word_count=sum(shown), stamp=F("stamp") + 1)


@replays("work")
def withdraw_again(work_id: int, erased_at: dt.datetime) -> bool:
    """After a restore: a work that was taken back goes again. True when the backup had brought it back.

    Whether or not it was back, its address says that it is gone, and its id is nobody else's.
    """
    with transaction.atomic():
        start_above(Work, work_id)
        if Work.objects.filter(pk=work_id, made_at__gt=erased_at).exists():
            return False  # a restore without the journal gave the id to a newcomer
        Tombstone.objects.get_or_create(work_id=work_id, defaults={"reason": "withdrawn"})
        return bool(purge_works(work_ids=[work_id]))
