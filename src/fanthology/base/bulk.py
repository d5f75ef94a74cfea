"""For jobs that write much and could be run again: cheaper commits, small transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


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


def _say(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
