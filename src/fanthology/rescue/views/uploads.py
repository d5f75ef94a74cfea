"""Files come in: in one form without JavaScript, or piece by piece, going on where it broke off."""

from __future__ import annotations

import io

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from fanthology.base.web import respond

from .. import uploads
from ..access import keeper_id, keeper_only
from ..errors import NotNow, RescueRefused
from ..forms import number_in
from ..models import Run, Upload


@keeper_only
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The beginning: hand the files over."""
    if request.method != "POST":
        return respond(request, "rescue/new.html", {"fault": ""})
    files = request.FILES.getlist("files")
    if not files:
        return respond(request, "rescue/new.html", {"fault": "Choose at least one file."}, status=400)
    run = uploads.new_run(actor=keeper_id(request), site=request.POST.get("site", ""))
    return _receive_all(request, run)


@keeper_only
@require_POST
def more(request: HttpRequest, run_id: int) -> HttpResponse:
    """Further files for a run that has not been brought in."""
    return _changed(request, run_id) or _receive_all(request, get_object_or_404(Run, pk=run_id))


@keeper_only
@require_POST
def remove(request: HttpRequest, run_id: int, upload_id: int) -> HttpResponse:
    """Take a file back that was handed over by mistake."""
    upload = get_object_or_404(Upload, pk=upload_id, run_id=run_id)
    answer = _changed(request, run_id)
    if answer is None:
        uploads.remove_file(upload=upload)
    return answer or HttpResponseRedirect(reverse("rescue-run", args=[run_id]))


def _changed(request: HttpRequest, run_id: int) -> HttpResponse | None:
    """Opens the files of a run again; the answer when they cannot be changed any more."""
    get_object_or_404(Run, pk=run_id)
    try:
        uploads.open_again(run_id)
    except NotNow as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("rescue-run", args=[run_id]))
    return None


def _receive_all(request: HttpRequest, run: Run) -> HttpResponse:
    try:
        for file in request.FILES.getlist("files"):
            uploads.receive_whole(run=run, file=file, actor=keeper_id(request))
    except RescueRefused as error:
        if not run.uploads.exists():
            run.delete()
        return respond(request, "rescue/new.html", {"fault": str(error)}, status=_status(error))
    return HttpResponseRedirect(reverse("rescue-run", args=[run.pk]))


@keeper_only
@require_POST
def announce(request: HttpRequest) -> HttpResponse:
    """`name`, `size` and perhaps `run` → where to send the pieces, and how many bytes are here already."""
    size = number_in(request.POST.get("size", ""))
    if size is None:
        return JsonResponse({"error": "How long is the file?"}, status=400)
    try:
        run = _run_asked_for(request)
        upload = uploads.announce(run=run, name=request.POST.get("name", ""), size=size, actor=keeper_id(request))
    except NotNow as error:
        return JsonResponse({"error": str(error)}, status=400)
    return JsonResponse(
        {
            "run": run.pk,
            "received": upload.received,
            "piece": uploads.PIECE,
            "url": reverse("rescue-piece", args=[upload.token]),
            "page": reverse("rescue-run", args=[run.pk]),
        }
    )


@keeper_only
@require_http_methods(["GET", "HEAD", "PUT", "POST"])
def piece(request: HttpRequest, token: str) -> HttpResponse:
    """GET: how far we are. PUT `?offset=N` with at most 8 MiB: append. 409 with `received` when the offset is not ours."""
    upload = get_object_or_404(Upload, token=token)
    if request.method in ("GET", "HEAD"):
        return JsonResponse({"received": upload.received, "size": upload.size})
    offset = number_in(request.GET.get("offset", ""))
    if offset is None or upload.run_id is None:
        return JsonResponse({"error": "Where does this piece begin?"}, status=400)
    _open_run(upload.run_id)
    body = request.body
    try:
        received = uploads.receive(upload=upload, offset=offset, piece=io.BytesIO(body), length=len(body))
    except uploads.OutOfStep as error:
        return JsonResponse({"received": error.received, "size": upload.size}, status=409)
    except RescueRefused as error:
        return JsonResponse({"error": str(error)}, status=_status(error))
    return JsonResponse({"received": received, "size": upload.size})


def _status(error: RescueRefused) -> int:
    return 507 if isinstance(error, uploads.NoRoom) else 400


def _run_asked_for(request: HttpRequest) -> Run:
    """The run that the file belongs to, or a new one."""
    asked = request.POST.get("run", "")
    if asked:
        return uploads.open_again(get_object_or_404(Run, pk=number_in(asked) or 0).pk)
    return uploads.new_run(actor=keeper_id(request), site=request.POST.get("site", ""))


def _open_run(run_id: int) -> Run:
    """A run that still takes files."""
    run = Run.objects.filter(pk=run_id, state=Run.State.RECEIVED).first()
    if run is None:
        raise Http404
    return run
