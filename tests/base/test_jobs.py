"""Jobs: claimed by one, held by a lease, finished once, whatever is killed."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from fanthology.base import jobs
from fanthology.base.jobs import Again, Cancelled, GiveUp, LeaseLost, Run
from fanthology.base.models import Job
from fanthology.base.worker import drain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tasks() -> Iterator[None]:
    """Tasks registered by a test are forgotten after it."""
    before = dict(jobs.TASKS)
    yield
    jobs.TASKS.clear()
    jobs.TASKS.update(before)


def nothing(run: Run) -> None:
    """A task that is done at once."""


def state(job: Job) -> str:
    job.refresh_from_db()
    return job.state


def make_due(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now() - timedelta(seconds=1))


def test_a_job_gets_its_ids_and_is_done():
    seen = []
    jobs.task("test.note")(lambda run: seen.append(run.args))
    job = jobs.enqueue("test.note", work_id=7, slug="x")
    drain()
    assert seen == [{"work_id": 7, "slug": "x"}]
    assert state(job) == "done"
    assert job.finished_at


def test_a_key_is_queued_once_while_unfinished():
    jobs.task("test.note")(nothing)
    first = jobs.enqueue("test.note", key="work 7")
    assert jobs.enqueue("test.note", key="work 7") == first
    assert jobs.enqueue("test.note", key="work 8") != first
    drain()
    assert jobs.enqueue("test.note", key="work 7") != first
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(name="test.note", key="work 7")


def test_a_slice_goes_on_where_the_last_one_stopped():
    slices = []

    @jobs.task("test.slices")
    def slices_of_three(run: Run) -> Again | None:
        slices.append(run.job_id)
        return Again() if len(slices) < 3 else None

    job = jobs.enqueue("test.slices")
    drain()
    assert slices == [job.pk] * 3
    assert state(job) == "done"


def test_failures_are_retried_ever_later_and_then_told():
    @jobs.task("test.fails")
    def fails(run: Run) -> None:
        raise ZeroDivisionError("no")

    job = jobs.enqueue("test.fails")
    waits = []
    for _ in range(jobs.ATTEMPTS):
        make_due(job)
        before = timezone.now()
        drain()
        job.refresh_from_db()
        waits.append(round((job.run_after - before).total_seconds()))
    assert state(job) == "failed"
    assert waits[:4] == [5, 10, 20, 40]
    assert job.error == "ZeroDivisionError: no"
    assert jobs.retry(job.pk)
    assert state(job) == "queued"


def test_a_task_may_give_up_at_once():
    @jobs.task("test.gives-up")
    def gives_up(run: Run) -> None:
        raise GiveUp("The dump is gone.")

    job = jobs.enqueue("test.gives-up")
    drain()
    assert (state(job), job.error) == ("failed", "The dump is gone.")


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_at_its_next_checkpoint():
    @jobs.task("test.long")
    def long(run: Run) -> None:
        assert jobs.cancel(run.job_id)
        run.progress(1, 2, "half")
        raise AssertionError("not reached")

    running, waiting = jobs.enqueue("test.long"), jobs.enqueue("test.note")
    assert jobs.cancel(waiting.pk)
    assert state(waiting) == "cancelled"
    drain()
    assert (state(running), running.progress_done, running.note) == ("cancelled", 1, "half")
    assert not jobs.cancel(running.pk)


def test_only_the_holder_of_the_lease_can_go_on_or_finish():
    jobs.task("test.note")(nothing)
    job = jobs.enqueue("test.note")
    run = jobs.claim(["long"])
    assert run
    Job.objects.filter(pk=job.pk).update(lease="somebody-else")
    with pytest.raises(LeaseLost):
        run.progress(1)
    jobs.perform(run)
    assert state(job) == "running"


def test_a_checkpoint_asks_the_database_only_every_few_seconds(django_assert_num_queries):
    jobs.task("test.note")(nothing)
    job = jobs.enqueue("test.note")
    run = jobs.claim(["long"])
    assert run
    with django_assert_num_queries(0):
        run.checkpoint()
    run.renewed -= jobs.RENEW_SECONDS
    Job.objects.filter(pk=job.pk).update(cancel_asked=True)
    with pytest.raises(Cancelled):
        run.checkpoint()


def test_the_time_of_a_slice():
    run = Run(job_id=1, name="x", lane="long", args={}, lease="y")
    assert not run.time_is_up
    run.started -= 10
    assert run.time_is_up


def test_the_reaper_takes_back_what_ran_out_and_leaves_what_is_held():
    jobs.task("test.note")(nothing)
    lost, held = jobs.enqueue("test.note"), jobs.enqueue("test.note")
    jobs.claim(["long"])
    run = jobs.claim(["long"])
    assert run
    Job.objects.filter(pk=lost.pk).update(lease="another-machine", lease_until=timezone.now() - timedelta(seconds=1))
    Job.objects.filter(pk=held.pk).update(lease_until=timezone.now() + timedelta(seconds=1))
    jobs.renew([run])
    held.refresh_from_db()
    assert held.lease_until
    assert held.lease_until > timezone.now() + timedelta(seconds=30)
    assert jobs.reap() == 1
    assert (state(lost), state(held)) == ("queued", "running")


def test_a_job_that_kills_its_workers_fails_in_the_end():
    jobs.task("test.note")(nothing)
    job = jobs.enqueue("test.note")
    for _ in range(jobs.ATTEMPTS):
        make_due(job)
        assert jobs.claim(["long"])
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        assert jobs.reap() == 1
    assert state(job) == "failed"


def test_what_is_due_every_day_is_queued_once_a_day():
    jobs.TASKS.clear()
    jobs.task("test.daily", every=timedelta(days=1))(nothing)
    assert (jobs.schedule(), jobs.schedule()) == (1, 0)
    drain()
    assert jobs.schedule() == 0
    Job.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    assert jobs.schedule() == 1


def test_lanes_do_not_take_each_others_jobs_and_later_ones_wait():
    jobs.task("test.note")(nothing)
    jobs.enqueue("test.note", lane="long")
    jobs.enqueue("test.note", lane="pulse", run_after=timezone.now() + timedelta(hours=1))
    assert jobs.claim(["pulse"]) is None
    assert jobs.claim(["long"])


COUNTING = """
from django.db import transaction
from fanthology.base import jobs
from fanthology.base.models import Job, OutboxEvent
from fanthology.base.worker import drain

@jobs.task("test.count")
def count(run):
    for number in range(1, 21):
        with transaction.atomic():
            if not OutboxEvent.objects.filter(topic="test", subject_id=number).exists():
                OutboxEvent.objects.create(topic="test", subject="number", subject_id=number)
        reach("test.counted")

from fanthology.base.failpoints import reach
"""
COUNTED = "print(OutboxEvent.objects.filter(topic='test').count(), Job.objects.get(name='test.count').state)"


@pytest.mark.parametrize("point", ["job.claimed:1", "test.counted:1", "test.counted:13", "job.worked:1", "job.ended:1"])
def test_kill_9_anywhere_and_the_next_worker_finishes_it_exactly_once(archive, point):
    archive.says(COUNTING + "jobs.enqueue('test.count')")
    killed = archive.python(COUNTING + "drain()", FANTHOLOGY_FAIL_AT=point)
    assert killed.returncode == -signal.SIGKILL
    # No waiting for a lease: the dead worker's process was one of this machine.
    assert archive.says(COUNTING + "drain();" + COUNTED) == "20 done"


RACE = """
import sys
from fanthology.base import jobs
from fanthology.base.models import OutboxEvent
from fanthology.base.worker import drain

@jobs.task("test.race")
def race(run):
    OutboxEvent.objects.create(topic="test", subject="race", subject_id=run.args["number"])
"""


def test_two_workers_never_do_the_same_job(archive):
    archive.says(RACE + "[jobs.enqueue('test.race', number=number) for number in range(200)]")
    workers = [archive.start(RACE + "print(drain())") for _ in range(2)]
    done = [int(worker.communicate()[0]) for worker in workers]
    assert sum(done) == 200
    counted = "print(OutboxEvent.objects.count(), OutboxEvent.objects.values('subject_id').distinct().count())"
    assert archive.says(RACE + counted) == "200 200"


def test_a_lane_has_one_worker_in_an_embedded_archive(archive):
    code = """
from pathlib import Path
from fanthology.base.worker import AlreadyWorking, work, _only_one
with _only_one("pulse"):
    try:
        work(("pulse",), once=True)
    except AlreadyWorking as error:
        print("refused")
    work(("long",), once=True)
"""
    assert archive.says(code) == "refused"


def test_the_pulse_goes_on_while_a_long_job_runs(archive):
    """The long lane sleeps in a statement of its own; the pulse lane answers meanwhile, and SIGTERM ends both."""
    code = """
import os, signal, threading
from fanthology.base import jobs
from fanthology.base.worker import work
beaten = threading.Event()

@jobs.task("test.long")
def long(run):
    assert beaten.wait(20), "the pulse lane never ran"
    os.kill(os.getpid(), signal.SIGTERM)

@jobs.task("test.beat", lane="pulse")
def beat(run):
    beaten.set()

jobs.enqueue("test.long")
def later():
    jobs.enqueue("test.beat", lane="pulse")
threading.Timer(0.5, later).start()
work()
print(sorted(jobs.Job.objects.exclude(key="schedule").values_list("name", "state")))
"""
    assert archive.says(code) == "[('test.beat', 'done'), ('test.long', 'done')]"
