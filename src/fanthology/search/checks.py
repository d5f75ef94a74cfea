"""Whether the index says what the database says."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from fanthology.base.checks import check
from fanthology.base.faults import Fault
from fanthology.base.outbox import is_behind
from fanthology.works.access import State
from fanthology.works.models import Work

from . import index
from .document import EngineAway


@check("search")
def index_agrees() -> Iterator[Fault]:
    waiting = is_behind("search")
    posted = set(Work.objects.filter(state=State.POSTED.value, unrevealed=False).values_list("pk", flat=True))
    try:
        indexed = index.engine().ids()
    except EngineAway:
        if not posted:
            return  # a new archive: the worker builds the index within a minute
        yield Fault(
            "search.away",
            "index",
            "The search index is built when the worker runs; until then browsing works, searching does not.",
            index.rebuild,
            waiting=True,  # a build that failed is found as a failed job
        )
        return
    for work_id in sorted(posted - indexed):
        yield Fault(
            "search.missing",
            f"work {work_id}",
            "A posted work is not found by search.",
            partial(index.refresh, [work_id]),
            waiting=waiting,
        )
    for work_id in sorted(indexed - posted):
        yield Fault(
            "search.stray",
            f"work {work_id}",
            "Search finds a work that is not posted.",
            partial(index.refresh, [work_id]),
            waiting=waiting,
        )
