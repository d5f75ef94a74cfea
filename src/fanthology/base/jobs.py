"""Work outside requests: rows with leases. Hides the queue, the claim, retries and the reaper.

    @task("rescue.publish", lane="long")
    def publish(run: Run) -> Again | None:
        for batch in batches_left(run.args["run_id"]):
            ...                                   # idempotent; one short transaction per batch
            run.progress(done, total, "Publishing")
            if run.time_is_up:
                return Again()                    # the next slice goes on from what the rows say

A job is claimed by one UPDATE that only one worker can win, held by a lease that its worker renews, and finished by an
UPDATE that only the holder of the lease can make. A worker that dies leaves its lease to run out; then the reaper
queues the job again. So a task may be started more than once and must find out from the database what is left to do.
`worker` runs the lanes; this file knows no threads.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from .failpoints import reach
from .models import Job

Lane = Literal["pulse", "long"]
LANES: tuple[Lane, ...] = ("pulse", "long")
LEASE = timedelta(seconds=60)
RENEW_SECONDS = 5.0
SLICE_SECONDS: dict[str, float] = {"pulse": 0.5, "long": 10.0}
ATTEMPTS = 5
KEPT = timedelta(days=30)
UNFINISHED = (Job.State.QUEUED, Job.State.RUNNING)
log = logging.getLogger("fanthology.jobs")


class Cancelled(Exception):
    """Raised by `Run.checkpoint` after the keeper asked the job to stop."""


class LeaseLost(Exception):
    """Raised by `Run.checkpoint` when the job belongs to another worker by now: stop at once, change nothing."""


class GiveUp(Exception):
    """Raised by a task when trying again cannot help; the message is shown to the keeper."""


@dataclass(frozen=True, slots=True)
class Again:
    """Returned by a task that has more to do: the next slice starts `after` seconds."""

    after: float = 0.0


@dataclass(slots=True)
class Run:
    """One start of a job, as its task sees it. `args` are what `enqueue` was given."""

    job_id: int
    name: str
    lane: str
    args: dict[str, int | str]
    lease: str
    started: float = field(default_factory=time.monotonic)
    renewed: float = field(default_factory=time.monotonic)

    @property
    def time_is_up(self) -> bool:
        """True after this lane's slice (pulse 0.5 s, long 10 s): finish the batch and return `Again()`."""
        return time.monotonic() - self.started >= SLICE_SECONDS[self.lane]

    def progress(self, done: int, total: int = 0, note: str = "") -> None:
        """Show how far it is, and renew the lease. Raises like `checkpoint`."""
        self._hold(progress_done=done, progress_total=total, note=note[:300])

    def checkpoint(self) -> None:
        """Renew the lease when it is five seconds old or older.

        Raises:
            Cancelled: the keeper asked to stop.
            LeaseLost: another worker has the job.
        """
        if time.monotonic() - self.renewed >= RENEW_SECONDS:
            self._hold()

    def _hold(self, **fields: object) -> None:
        held = Job.objects.filter(id=self.job_id, lease=self.lease, state=Job.State.RUNNING)
        if not held.update(lease_until=timezone.now() + LEASE, **fields):
            raise LeaseLost(f"Job {self.job_id} is no longer ours.")
        self.renewed = time.monotonic()
        if held.filter(cancel_asked=True).exists():
            raise Cancelled(f"Job {self.job_id} was asked to stop.")


Work = Callable[[Run], Again | None]


@dataclass(frozen=True, slots=True)
class Task:
    name: str
    lane: Lane
    work: Work
    every: timedelta | None = None
    called: str = ""


TASKS: dict[str, Task] = {}


def task(name: str, *, lane: Lane = "long", every: timedelta | None = None, called: str = "") -> Callable[[Work], Work]:
    """Register the function that does the jobs of this name, `called` so on the keeper's desk.

    With `every`, one is queued that often by itself.
    """

    def register(work: Work) -> Work:
        TASKS[name] = Task(name, lane, work, every, called or name)
        return work

    return register


def enqueue(
    name: str, *, lane: Lane = "long", key: str | None = None, run_after: datetime | None = None, **ids: int | str
) -> Job:
    """Queue a job; it starts after the surrounding transaction commits. With a `key`, the unfinished one is returned if any."""
    start = run_after or timezone.now()
    if key is None:
        return Job.objects.create(name=name, lane=lane, args=ids, run_after=start)
    for _ in range(3):
        if existing := Job.objects.filter(name=name, key=key, state__in=UNFINISHED).first():
            return existing
        try:
            with transaction.atomic():
                return Job.objects.create(name=name, lane=lane, key=key, args=ids, run_after=start)
        except IntegrityError:  # another process was faster; look again
            continue
    raise OperationalError(f"The job {name} could not be queued: {key} keeps changing.")


def unfinished(key: str) -> QuerySet[Job]:
    """The jobs of this key that are queued or running, whatever their names."""
    return Job.objects.filter(key=key, state__in=UNFINISHED)


def cancel(job_id: int) -> bool:
    """Stop a job: at once while it waits, at its next checkpoint while it runs. False when it is over already."""
    waiting = Job.objects.filter(id=job_id, state=Job.State.QUEUED)
    if waiting.update(state=Job.State.CANCELLED, finished_at=timezone.now()):
        return True
    return bool(Job.objects.filter(id=job_id, state=Job.State.RUNNING).update(cancel_asked=True))


def retry(job_id: int) -> bool:
    """Queue a failed or cancelled job again, from where its rows say it stopped."""
    over = Job.objects.filter(id=job_id, state__in=[Job.State.FAILED, Job.State.CANCELLED])
    try:
        with transaction.atomic():
            return bool(
                over.update(
                    state=Job.State.QUEUED,
                    attempts=0,
                    error="",
                    cancel_asked=False,
                    finished_at=None,
                    run_after=timezone.now(),
                )
            )
    except IntegrityError:  # one with the same key is under way
        return False


def claim(lanes: Iterable[str]) -> Run | None:
    """Take the oldest job that is due, or None. Among any number of workers exactly one gets it."""
    now = timezone.now()
    due = Job.objects.filter(state=Job.State.QUEUED, lane__in=list(lanes), run_after__lte=now, name__in=TASKS)
    for job in due.order_by("run_after", "id")[:5]:
        lease = _new_lease()
        won = Job.objects.filter(id=job.id, state=Job.State.QUEUED).update(
            state=Job.State.RUNNING,
            lease=lease,
            lease_until=now + LEASE,
            attempts=F("attempts") + 1,
            started_at=now,
        )
        if won:
            return Run(job_id=job.id, name=job.name, lane=job.lane, args=job.args, lease=lease)
    return None


def perform(run: Run) -> None:
    """Do one slice of a claimed job and write down how it ended. Never raises for what the task raised."""
    reach("job.claimed")
    try:
        again = TASKS[run.name].work(run)
    except LeaseLost:
        log.warning("job %s (%s) was taken over by another worker", run.job_id, run.name)
    except Cancelled:
        _finish(run, Job.State.CANCELLED)
    except GiveUp as reason:
        _finish(run, Job.State.FAILED, error=str(reason))
    except Exception as error:  # whatever a task raises is the job's failure, not the worker's
        log.exception("job %s (%s) failed", run.job_id, run.name)
        _fail(run, f"{type(error).__name__}: {error}")
    else:
        reach("job.worked")
        if again is None:
            _finish(run, Job.State.DONE)
        else:
            _requeue(run, after=again.after, attempts=0)
    reach("job.ended")


def renew(runs: Iterable[Run]) -> None:
    """Heartbeat: keep the leases of jobs that this process works on, while their tasks are in a long statement."""
    leases = [run.lease for run in runs]
    if leases:
        Job.objects.filter(lease__in=leases, state=Job.State.RUNNING).update(lease_until=timezone.now() + LEASE)


def reap() -> int:
    """Queue again, or fail, the jobs whose worker is gone. Returns how many."""
    now, reaped = timezone.now(), 0
    for job in Job.objects.filter(state=Job.State.RUNNING):
        if (job.lease_until and job.lease_until < now) or _holder_is_dead(job.lease):
            log.warning("job %s (%s): its worker is gone", job.id, job.name)
            run = Run(job_id=job.id, name=job.name, lane=job.lane, args=job.args, lease=job.lease)
            _fail(run, "The worker that did this job is gone.", after=0.0)
            reaped += 1
    return reaped


def schedule() -> int:
    """Queue every task with `every` whose last job is older than that. Returns how many."""
    now, queued = timezone.now(), 0
    for known in TASKS.values():
        if (
            known.every
            and not Job.objects.filter(name=known.name, key="schedule", created_at__gt=now - known.every).exists()
        ):
            enqueue(known.name, lane=known.lane, key="schedule")
            queued += 1
    return queued


def tidy() -> int:
    """Forget jobs that were done or cancelled a month ago; failed ones stay until the keeper has seen to them."""
    over = [Job.State.DONE, Job.State.CANCELLED]
    return Job.objects.filter(state__in=over, finished_at__lt=timezone.now() - KEPT).delete()[0]


def _held(run: Run) -> dict[str, object]:
    return {"id": run.job_id, "lease": run.lease, "state": Job.State.RUNNING}


def _finish(run: Run, state: Job.State, *, error: str = "") -> None:
    Job.objects.filter(**_held(run)).update(
        state=state, lease="", lease_until=None, finished_at=timezone.now(), error=error
    )


def _requeue(run: Run, *, after: float, **fields: object) -> None:
    start = timezone.now() + timedelta(seconds=after)
    Job.objects.filter(**_held(run)).update(
        state=Job.State.QUEUED, lease="", lease_until=None, run_after=start, **fields
    )


def _fail(run: Run, error: str, *, after: float | None = None) -> None:
    """Retry after 5, 10, 20, 40 … seconds; after five starts without progress the job has failed."""
    job = Job.objects.filter(**_held(run)).first()
    if job is None:
        return
    if job.cancel_asked:
        _finish(run, Job.State.CANCELLED, error=error)
    elif job.attempts >= ATTEMPTS:
        _finish(run, Job.State.FAILED, error=error)
    else:
        _requeue(run, after=2.5 * 2**job.attempts if after is None else after, error=error)


def _place() -> str:
    """Names this machine's process table: equal for two processes exactly when one can see the other's id."""
    namespace = Path("/proc/self/ns/pid")
    seen = str(namespace.readlink()) if namespace.exists() else ""
    return hashlib.sha256(f"{socket.gethostname()}:{seen}".encode()).hexdigest()[:12]


def _new_lease() -> str:
    return f"{_place()}-{os.getpid()}-{secrets.token_hex(16)}"


def _holder_is_dead(lease: str) -> bool:
    """True only when the holder was a process of this machine and is no more: no need to wait for its lease to end."""
    place, _, rest = lease.partition("-")
    pid = rest.partition("-")[0]
    if place != _place() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
