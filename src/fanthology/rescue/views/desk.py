"""The keeper's plain desk: rescues, jobs, checks, and the few settings of an archive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from fanthology.base import jobs as queue
from fanthology.base.models import Archive, Job
from fanthology.base.web import Page, respond
from fanthology.works.access import State
from fanthology.works.models import Work

from ..access import keeper_id, keeper_only
from ..actions import change_archive
from ..forms import ArchiveForm
from ..models import Run
from ..steps import FAULTS_KEY, STOPPED

SHOWN = 5


@keeper_only
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    archive = Archive.current()
    page = Page.of(_worth_seeing(), request.GET.get("page"), size=15)
    faults = cache.get(FAULTS_KEY)
    context = {
        "runs": Run.objects.select_related("site").order_by("-id")[:SHOWN],
        "page": page,
        "called": _called(page.rows),
        "stopped": STOPPED,
        "faults": faults,
        "looked_at": datetime.fromisoformat(faults["at"]) if faults else None,
        "is_checking": Job.objects.filter(name="desk.check", state__in=queue.UNFINISHED).exists(),
        "form": ArchiveForm(
            initial={"name": archive.name, "tagline": archive.tagline, "review_word": archive.review_word}
        ),
        "held": Work.objects.filter(state=State.HELD).count(),
        "hidden": Work.objects.filter(state=State.HIDDEN).count(),
        "waiting": Work.objects.filter(state=State.WAITING).count(),
        "posted": Work.objects.posted().count(),
    }
    return respond(request, "desk/desk.html", context)


@keeper_only
@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """How to begin, for the keeper who has just opened the archive."""
    return respond(request, "desk/welcome.html", {})


@keeper_only
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    queue.enqueue("desk.check", key="desk")
    return _back(request, "The check runs; its result appears here.")


@keeper_only
@require_POST
def settings(request: HttpRequest) -> HttpResponse:
    form = ArchiveForm(request.POST)
    if not form.is_valid():
        messages.error(request, "The archive needs a name.")
        return HttpResponseRedirect(reverse("desk"))
    change_archive(**form.cleaned_data, actor=keeper_id(request))
    return _back(request, "Saved.")


@keeper_only
@require_POST
def job(request: HttpRequest, job_id: int, verb: str) -> HttpResponse:
    """Cancel what waits or runs, retry what failed."""
    done = queue.cancel(job_id) if verb == "cancel" else queue.retry(job_id)
    return _back(request, "Done." if done else "That job is over already.")


def _worth_seeing() -> QuerySet[Job]:
    """Every job but those that come by themselves and went well."""
    by_itself = [task.name for task in queue.TASKS.values() if task.every]
    return Job.objects.exclude(name__in=by_itself, state=Job.State.DONE).order_by("-id")


def _called(jobs: Sequence[Job]) -> dict[int, str]:
    """What each job does, in words, and to which old site."""
    of = {job.pk: job.args.get("run_id") for job in jobs}
    runs = (
        Run.objects.select_related("site")
        .prefetch_related("uploads")
        .in_bulk([run_id for run_id in of.values() if run_id])
    )
    words = {}
    for job in jobs:
        task, run = queue.TASKS.get(job.name), runs.get(of[job.pk])
        does = task.called if task else job.name
        words[job.pk] = does if run is None else f"{does}: {_name(run)}"
    return words


def _name(run: Run) -> str:
    return run.called if run.site or run.report.get("site") else ", ".join(run.file_names[:2]) or run.called


def _back(request: HttpRequest, said: str) -> HttpResponseRedirect:
    messages.success(request, said)
    return HttpResponseRedirect(reverse("desk"))
