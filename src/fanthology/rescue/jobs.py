"""The long work of a rescue, in slices, for the job worker."""

from __future__ import annotations

from datetime import timedelta

from django.core.cache import cache
from django.utils import timezone

from fanthology.base import checks
from fanthology.base.jobs import Again, GiveUp, task
from fanthology.base.jobs import Run as Job
from fanthology.base.models import OutboxEvent
from fanthology.base.outbox import consumer
from fanthology.formats import FormatError

from . import actions, staging, uploads
from .errors import RescueRefused, SeveralSites
from .models import Run
from .publish import publish
from .steps import FAULTS_KEY, STOPPED
from .traces import forget_work
from .undo import undo

FAULTS_SHOWN = 200


def _run(job: Job) -> Run:
    run = Run.objects.select_related("site").filter(pk=job.args["run_id"]).first()
    if run is None:
        raise GiveUp("This run is gone.")
    return run


def _refuse(job: Job, run: Run, error: Exception, state: Run.State) -> None:
    """Say to the keeper why it stopped, also among the jobs, and leave the run where they can choose again."""
    Run.objects.filter(pk=run.pk).update(state=state, error=str(error))
    job.progress(0, 0, f"{STOPPED} {error}")


@task("rescue.examine", called="Look through an old site")
def examine(job: Job) -> Again | None:
    """Read everything once. The parsing happens in a child; this slice lasts as long as the files are long."""
    run = _run(job)
    try:
        uploads.settle_source(run)
        actions.examine(run=run, beat=job.progress, stage=True)
        run.refresh_from_db()
        uploads.seal_sources(run)
    except SeveralSites as error:
        Run.objects.filter(pk=run.pk).update(settings={**run.settings, "choices": list(error.choices)})
        _refuse(job, run, error, Run.State.RECEIVED)
    except (RescueRefused, FormatError) as error:
        _refuse(job, run, error, Run.State.RECEIVED)
    return None


@task("rescue.bring", called="Bring in an old site")
def bring(job: Job) -> Again | None:
    run = _run(job)
    try:
        done = actions.bring_in_staged(
            run=run, beat=job.progress, time_is_up=lambda: job.time_is_up, actor=int(job.args["actor"])
        )
    except RescueRefused as error:
        # What was brought in once stays so: it can still be published and undone.
        _refuse(job, run, error, Run.State.BROUGHT if run.finished_at else Run.State.EXAMINED)
        return None
    if done:
        uploads.hasten_purge(run)
    return None if done else Again()


@task("rescue.publish", called="Publish")
def publish_run(job: Job) -> Again | None:
    """`at_most` 0 = all. Goes on from what still waits."""
    run, at_most = _run(job), int(job.args.get("at_most", 0))
    only = [int(work_id) for work_id in str(job.args.get("only", "")).split(",") if work_id.isdigit()]
    try:
        publish(run=run, only=only or None, at_most=at_most or None, beat=job.progress, actor=int(job.args["actor"]))
    except RescueRefused as error:
        _refuse(job, run, error, Run.State.BROUGHT)
    return None


@task("rescue.undo", called="Undo a rescue")
def undo_run(job: Job) -> Again | None:
    run = _run(job)
    try:
        undo(run=run, force=bool(int(job.args.get("force", 0))), beat=job.progress, actor=int(job.args["actor"]))
    except RescueRefused as error:
        _refuse(job, run, error, Run.State.BROUGHT)
    return None


@consumer("rescue traces", topics=("work.removed",))
def forget_works(events: list[OutboxEvent]) -> None:
    for event in events:
        forget_work(work_id=event.subject_id)


@task("rescue.tidy", every=timedelta(days=1), called="Tidy up after uploads")
def tidy(job: Job) -> Again | None:
    """Open files of runs that are over, and uploads that nobody finished."""
    over = Run.objects.filter(state__in=[Run.State.UNDONE], settings__has_key="paths")
    past = Run.objects.filter(purge_sources_on__lt=timezone.localdate())
    for run_id in {*over.values_list("pk", flat=True), *past.values_list("pk", flat=True)}:
        staging.clear(run_id)
    uploads.forget_stale()
    return None


@task("desk.check", called="Check the archive")
def check(job: Job) -> Again | None:
    """`fanthology check` for the desk; what it found is kept a week."""
    found = []
    for name, fault in checks.faults():
        found.append(
            {
                "check": name,
                "code": fault.code,
                "subject": fault.subject,
                "message": fault.message,
                "can_repair": fault.repair is not None,
            }
        )
        job.checkpoint()
        if len(found) >= FAULTS_SHOWN:
            break
    cache.set(FAULTS_KEY, {"at": timezone.now().isoformat(), "faults": found}, timeout=7 * 86_400)
    return None
