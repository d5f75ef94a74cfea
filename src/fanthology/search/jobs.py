"""What search does by itself: follow the outbox in the pulse lane, and build the index where there is none."""

from __future__ import annotations

from datetime import timedelta

from fanthology.base import jobs, outbox
from fanthology.base.models import OutboxEvent

from . import index


@outbox.consumer("search", topics=("work.", "tag."))
def follow(events: list[OutboxEvent]) -> None:
    """Without an index the news may pass: the rebuild that is asked for here reads the database itself."""
    if index.is_away():
        jobs.enqueue("search.rebuild", lane="long", key="search.rebuild")
    else:
        index.drain(events)


@jobs.task("search.rebuild", lane="long", called="Build the search index")
def rebuild(run: jobs.Run) -> None:
    def progress(done: int, total: int) -> None:
        run.progress(done, total, "works indexed")
        run.checkpoint()

    index.rebuild(progress)


@jobs.task("search.watch", lane="pulse", every=timedelta(minutes=1), called="See that search is there")
def watch(run: jobs.Run) -> None:
    """A new archive, a restored one and one with a newer schema get their index without being asked."""
    if index.is_away():
        jobs.enqueue("search.rebuild", lane="long", key="search.rebuild")
