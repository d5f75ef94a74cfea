"""One run from end to end: what was found, what it becomes here, by what right, and out into the open."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from fanthology.base.models import Job
from fanthology.base.web import Page, respond
from fanthology.pages.models import CustomPage
from fanthology.tags.models import Kind
from fanthology.works.access import State
from fanthology.works.models import Work
from fanthology.works.policy import in_words

from .. import actions, mapping, uploads
from ..access import keeper_id, keeper_only
from ..errors import RescueRefused
from ..forms import number_in
from ..models import Conflict, Outcome, Run, Site, SourceKey
from ..publish import held_works, waiting_works
from ..report import Account, lost_here
from ..steps import start
from ..undo import throw_away as discard

MOVING = (Run.State.EXAMINING, Run.State.BRINGING, Run.State.PUBLISHING, Run.State.UNDOING)
BATCH = 100
HELD_SHOWN = 10
UNFINISHED = ("queued", "running")


@keeper_only
@require_safe
def all_runs(request: HttpRequest) -> HttpResponse:
    runs = Run.objects.select_related("site").prefetch_related("uploads").order_by("-id")
    return respond(request, "rescue/runs.html", {"page": Page.of(runs, request.GET.get("page"))})


@keeper_only
@require_safe
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    found = get_object_or_404(Run.objects.select_related("site"), pk=run_id)
    asked = request.GET.get("asked", "")
    return respond(request, "rescue/run.html", {**_context(found), "asked": asked if asked in dict(Site.BASES) else ""})


def _context(found: Run) -> dict[str, Any]:
    job = Job.objects.filter(key=f"run-{found.pk}").order_by("-id").first()
    is_moving = bool(job and job.state in UNFINISHED)
    works = Work.objects.filter(
        pk__in=Outcome.objects.filter(run=found, kind="work", object_id__isnull=False).values("object_id")
    )
    report = {**Account().as_json(), **found.report}
    pages = SourceKey.objects.filter(site=found.site, kind="page")
    return {
        "run": found,
        "former": found.site,
        "report": report,
        "lost_here": lost_here(report),
        "bases": Site.BASES,
        "job": job,
        "is_moving": is_moving,
        "uploads": list(found.uploads.order_by("id")),
        "is_complete": uploads.is_complete(found),
        "takes_files": uploads.takes_files(found),
        "choices": found.settings.get("choices", []),
        "can_choose": found.state == Run.State.EXAMINED or found.state in actions.BROUGHT,
        "waiting": len(waiting_works(found.site)) if found.site else 0,
        "held": works.filter(state=State.HELD).count(),
        "held_back": works.filter(state=State.HELD).order_by("id")[:HELD_SHOWN],
        "is_public": works.filter(state=State.POSTED).exists(),
        "in_words": in_words,
        "leads": _leads(found, report),
        "batch": BATCH,
        "pages": CustomPage.objects.filter(pk__in=pages.values("object_id")).order_by("title"),
        "conflicts": Conflict.objects.filter(run=found, resolved="").select_related("source_key")[:50],
        "undone": found.report.get("undone"),
    }


def _leads(found: Run, report: dict[str, Any]) -> dict[str, int]:
    """Old number → the work here, for the stories that the samples of the findings name."""
    named = {sample.get("story", "") for finding in report["findings"] for sample in finding["samples"]}
    keys = SourceKey.objects.filter(
        site=found.site, kind="work", old_id__in=named, object_id__in=Work.objects.values("pk")
    )
    return dict(keys.values_list("old_id", "object_id")) if found.site else {}


@keeper_only
@require_safe
def report(request: HttpRequest, run_id: int) -> HttpResponse:
    found = get_object_or_404(Run, pk=run_id)
    text = json.dumps(found.report, ensure_ascii=False, indent=1)
    name = f"rescue-{found.pk}.json"
    return HttpResponse(
        text, content_type="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@keeper_only
@require_safe
def works(request: HttpRequest, run_id: int) -> HttpResponse:
    """Look through what came in, before and after it is public."""
    found = get_object_or_404(Run.objects.select_related("site"), pk=run_id)
    outcome = request.GET.get("outcome", "")
    rows = Outcome.objects.filter(run=found, kind="work").order_by("id")
    if outcome in dict(Outcome.OUTCOMES):
        rows = rows.filter(outcome=outcome)
    page = Page.of(rows, request.GET.get("page"), size=BATCH)
    states = dict(
        Work.objects.filter(pk__in=[row.object_id for row in page.rows if row.object_id]).values_list("pk", "state")
    )
    context = {
        "run": found,
        "page": page,
        "states": states,
        "choosable": {*waiting_works(found.site), *held_works(found.site)} if found.site else set(),
        "in_words": in_words,
        "outcome": outcome,
        "outcomes": Outcome.OUTCOMES,
    }
    return respond(request, "rescue/works.html", context)


@keeper_only
def mapping_page(request: HttpRequest, run_id: int) -> HttpResponse:
    """What each tag and rating of the old site becomes here."""
    found = get_object_or_404(Run.objects.select_related("site"), pk=run_id)
    if request.method == "POST":
        changed = mapping.save_choices(run=found, chosen=request.POST, actor=keeper_id(request))
        messages.success(request, f"{changed} changed. It takes effect when the works are brought in.")
        return HttpResponseRedirect(request.get_full_path())
    page = Page.of(mapping.lines(found), request.GET.get("page"), size=BATCH)
    kinds = Kind.objects.exclude(pk=Kind.RATING).order_by("position")
    return respond(
        request, "rescue/mapping.html", {"run": found, "page": page, "kinds": kinds, "ratings": mapping.our_ratings()}
    )


@keeper_only
@require_POST
def examine(request: HttpRequest, run_id: int) -> HttpResponse:
    found = get_object_or_404(Run, pk=run_id)
    if found.state in (Run.State.RECEIVED, Run.State.EXAMINED, Run.State.FAILED) and uploads.is_complete(found):
        prefix = request.POST.get("prefix")
        chosen = {
            "encoding": request.POST.get("encoding") or "auto",
            "prefix": prefix if prefix is not None else found.settings.get("prefix"),
        }
        found.settings = {**found.settings, **chosen, "choices": []}
        found.error = ""
        found.save(update_fields=["settings", "error"])
        _start(request, "examine", found)
    return _back(found)


@keeper_only
@require_POST
def basis(request: HttpRequest, run_id: int) -> HttpResponse:
    """By what right: recorded with the site, before anything can be published."""
    found = get_object_or_404(Run.objects.select_related("site"), pk=run_id)
    chosen, note = request.POST.get("basis", ""), request.POST.get("note", "").strip()[:5000]
    if chosen in ("owner-moves", "owner-permits") and not note:
        return HttpResponseRedirect(reverse("rescue-run", args=[found.pk]) + f"?asked={chosen}#permission")
    try:
        actions.record_basis(
            site=found.site or mapping.site_of(found), basis=chosen, note=note, actor=keeper_id(request)
        )
    except RescueRefused as error:
        messages.error(request, str(error))
    return _back(found)


@keeper_only
@require_POST
def bring(request: HttpRequest, run_id: int) -> HttpResponse:
    found = get_object_or_404(Run.objects.select_related("site"), pk=run_id)
    if found.state == Run.State.EXAMINED or found.state in actions.BROUGHT:
        mapping.site_of(found, hosts=request.POST.get("hosts", "").split())
        _start(request, "bring", found)
    return _back(found)


@keeper_only
@require_POST
def publish(request: HttpRequest, run_id: int) -> HttpResponse:
    """The first hundred, all of them, or those chosen on the list."""
    found = get_object_or_404(Run.objects.select_related("site"), pk=run_id)
    if found.site is None or not found.site.basis:
        messages.error(request, "Say first by what right these works are moved here.")
        return _back(found)
    chosen = [work_id for work_id in request.POST.getlist("work") if number_in(work_id)]
    if request.POST.get("which") == "chosen" and not chosen:
        messages.error(request, "Nothing was chosen.")
        return HttpResponseRedirect(reverse("rescue-works", args=[found.pk]))
    at_most = BATCH if request.POST.get("which") == "first" else 0
    _start(request, "publish", found, at_most=at_most, only=",".join(chosen))
    return _back(found)


@keeper_only
def undo(request: HttpRequest, run_id: int) -> HttpResponse:
    """A page asks, a form does it."""
    found = get_object_or_404(Run.objects.select_related("site"), pk=run_id)
    if request.method != "POST":
        return respond(request, "rescue/undo.html", {"run": found, "former": found.site})
    _start(request, "undo", found, force=int(request.POST.get("force") == "1"))
    return _back(found)


@keeper_only
def throw_away(request: HttpRequest, run_id: int) -> HttpResponse:
    """For a run that brought nothing in. A page asks, a form does it."""
    found = get_object_or_404(Run.objects.select_related("site"), pk=run_id)
    if request.method != "POST":
        return respond(request, "rescue/throw_away.html", {"run": found})
    try:
        discard(run=found, actor=keeper_id(request))
    except RescueRefused as error:
        messages.error(request, str(error))
        return _back(found)
    messages.success(request, "Thrown away, with its files.")
    return HttpResponseRedirect(reverse("rescue"))


@keeper_only
@require_POST
def decide(request: HttpRequest, conflict_id: int) -> HttpResponse:
    conflict = get_object_or_404(Conflict.objects.select_related("run"), pk=conflict_id)
    try:
        actions.resolve_conflict(conflict=conflict, choice=request.POST.get("choice", ""), actor=keeper_id(request))
    except RescueRefused as error:
        messages.error(request, str(error))
    return _back(conflict.run)


def _start(request: HttpRequest, name: str, found: Run, **ids: int | str) -> None:
    try:
        start(name, found, actor=keeper_id(request), **ids)
    except RescueRefused as error:
        messages.error(request, str(error))


def _back(found: Run) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("rescue-run", args=[found.pk]))
