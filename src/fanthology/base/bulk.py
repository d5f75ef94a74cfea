"""For jobs that write much and could be run again: cheaper commits, small transactions."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

BUSY_SECONDS = 0.05
GAP_SECONDS = 0.025
"""SQLite's waiting writers look again after at most 25 ms while they wait less than 130 ms in all, then every 100 ms."""

_gave_way_at = 0.0


def give_way() -> None:
    """Call between two transactions of a long job: now and then it leaves the database free, so that people's writes pass.

    SQLite has one writer and no queue: who writes batch after batch would keep everybody else out. PostgreSQL has rows.
    """
    global _gave_way_at  # noqa: PLW0603 - one writer per process is what this is about
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    if time.monotonic() - _gave_way_at > BUSY_SECONDS:
        time.sleep(GAP_SECONDS)
        _gave_way_at = time.monotonic()


@contextmanager
def relaxed_sync() -> Iterator[None]:
    """Commits in this block may be lost by a power cut (never torn): about half the cost on SQLite.

    Only for jobs that find out by themselves what is left to do. People's writes stay fully synchronous. Inside an
    open transaction the level of durability is already decided and this does nothing.
    """
    if connection.in_atomic_block:
        yield
        return
    relaxed, strict = (
        ("PRAGMA synchronous = NORMAL", "PRAGMA synchronous = FULL")
        if connection.vendor == "sqlite"
        else ("SET synchronous_commit = off", "RESET synchronous_commit")
    )
    _say(relaxed)
    try:
        yield
    finally:
        _say(strict)
    learn_sizes()


def learn_sizes() -> None:
    """Tell the planner how full tables and indexes are: 30 ms for 200,000 works. Call after writing or removing much.

    Without it SQLite takes every index for a good one: twenty works asked for by id cost a walk over 200,000 (58 ms, not 1).
    """
    if connection.in_atomic_block:
        return
    if connection.vendor == "sqlite":
        _say("PRAGMA analysis_limit = 10000")
    _say("ANALYZE")


def _say(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
