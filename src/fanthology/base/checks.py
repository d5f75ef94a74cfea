"""The archive's fsck: a registry of checks, and the ground floor's own. Rooms register theirs in their `checks.py`.

@check("counters")
def counters() -> Iterator[Fault]:
yield Fault("counters.work", "work 12", "The word count is 900 and should be 1,000.", repair=...)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from . import blobs, jobs, ledger
from .faults import Fault
from .models import Blob, Job

Check = Callable[[], Iterable[Fault]]
CHECKS: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Register a check under the name that `fanthology check` prints."""

    def register(function: Check) -> Check:
        CHECKS[name] = function
        return function

    return register


def faults(names: Iterable[str] = ()) -> Iterator[tuple[str, Fault]]:
    """Every fault of the checks named, or of all; with the name of its check."""
    for name in names or CHECKS:
        for fault in CHECKS[name]():
            yield name, fault


@check("database")
def database_is_sound() -> Iterator[Fault]:
    """SQLite's own check of its pages, and of every foreign key."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check(20)")
        for (message,) in cursor.fetchall():
            if message != "ok":
                yield Fault("database.damaged", "database", str(message))
        cursor.execute("PRAGMA foreign_key_check")
        for table, row, target, _ in cursor.fetchall():
            yield Fault("database.dangling", f"{table} {row}", f"It refers to a row of {target} that does not exist.")


@check("blobs")
def blobs_are_whole() -> Iterator[Fault]:
    """Every row has its file, every file its row, and every file still is what its name says."""
    known: set[str] = set()
    for sha256, size in Blob.objects.values_list("sha256", "size").iterator(chunk_size=2000):
        known.add(sha256)
        path = blobs.path_of(sha256)
        if not path.exists():
            yield Fault("blob.missing", sha256, "The file is not there; bring it back from a backup.")
        elif path.stat().st_size != size or blobs.digest_of(path) != sha256:
            yield Fault("blob.changed", sha256, "The file is not what its name says; bring it back from a backup.")
    yield from _files_nobody_knows(known)


def _files_nobody_knows(known: set[str]) -> Iterator[Fault]:
    """Leftovers of a crash; those of the last hour may be somebody's who is just writing."""
    settled = time.time() - 3600
    for path in blobs.files():
        if path.name not in known and path.stat().st_mtime < settled:
            yield Fault("blob.orphan", path.name, "A file that no row knows.", repair=partial(_delete_orphan, path))
    for draft in Path(settings.BLOBS).glob("drafts/*"):
        if draft.stat().st_mtime < settled:
            yield Fault(
                "blob.draft",
                draft.name,
                "A file that was never finished.",
                repair=partial(draft.unlink, missing_ok=True),
            )


def _delete_orphan(path: Path) -> None:
    """Delete a file, unless somebody has put these very bytes meanwhile."""
    if not Blob.objects.filter(sha256=path.name).exists():
        path.unlink(missing_ok=True)


@check("ledger")
def ledger_is_unbroken() -> Iterable[Fault]:
    return ledger.verify()


@check("jobs")
def jobs_are_alive() -> Iterator[Fault]:
    """Leases that ran out and were not reaped; work that waits and nobody does; failed jobs."""
    now = timezone.now()
    for job in Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=now - timedelta(minutes=1)):
        yield Fault("job.abandoned", f"job {job.pk} ({job.name})", "Its worker is gone.", repair=jobs.reap)
    for job in Job.objects.filter(state=Job.State.QUEUED, run_after__lt=now - timedelta(hours=1)):
        yield Fault(
            "job.waiting", f"job {job.pk} ({job.name})", "It has waited for more than an hour: is a worker running?"
        )
    for job in Job.objects.filter(state=Job.State.FAILED):
        yield Fault("job.failed", f"job {job.pk} ({job.name})", job.error or "It failed without a word.")
