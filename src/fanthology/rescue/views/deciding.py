"""What a keeper decides about one work, one page of an old site, or who must never be brought in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fanthology.base.web import Page, respond
from fanthology.pages.actions import show_page
from fanthology.pages.models import CustomPage
from fanthology.works.access import State
from fanthology.works.actions import allow_import, forbid_import, withdraw_work
from fanthology.works.models import DoNotImport, Work
from fanthology.works.policy import in_words, rule_of

from ..access import keeper_id, keeper_only
from ..errors import RescueRefused
from ..forms import DoNotImportForm, TakeBackForm
from ..release import hide_work, release_work, site_of_work

asks_then_acts = require_http_methods(["GET", "HEAD", "POST"])


@keeper_only
@require_safe
def held_works(request: HttpRequest) -> HttpResponse:
    """Works of every site that wait for somebody's decision, or those that were put out of sight."""
    state = State.HIDDEN if request.GET.get("state") == State.HIDDEN.value else State.HELD
    page = Page.of(Work.objects.filter(state=state).order_by("id"), request.GET.get("page"), size=50)
    reasons = {work.pk: in_words(work.hold_reason) for work in page.rows if work.hold_reason}
    return respond(request, "desk/held.html", {"page": page, "reasons": reasons, "state": state.value})


@keeper_only
@require_safe
def work(request: HttpRequest, work_id: int) -> HttpResponse:
    """Everything a keeper can do with one work."""
    found = get_object_or_404(Work, pk=work_id)
    rule = rule_of(found.hold_reason)
    context = {
        "work": found,
        "former": site_of_work(found),
        "reason": in_words(found.hold_reason),
        "needs_two": bool(rule and rule.looks > 1),
    }
    return respond(request, "desk/work.html", context)


@keeper_only
@require_POST
def release(request: HttpRequest, work_id: int) -> HttpResponse:
    found = get_object_or_404(Work, pk=work_id)
    try:
        is_public = release_work(work=found, actor=keeper_id(request))
    except RescueRefused as error:
        messages.error(request, str(error))
    else:
        first_look = (
            "Your look is written down. Another keeper releases it, or, where there is none, you do in 24 hours."
        )
        messages.success(request, "It is public now." if is_public else first_look)
    return _to_work(found)


@keeper_only
@require_POST
def hide(request: HttpRequest, work_id: int) -> HttpResponse:
    found = get_object_or_404(Work, pk=work_id)
    try:
        hide_work(work=found, actor=keeper_id(request))
        messages.success(request, "It is hidden now: only its authors and keepers see it.")
    except RescueRefused as error:
        messages.error(request, str(error))
    return _to_work(found)


@keeper_only
@asks_then_acts
def take_back(request: HttpRequest, work_id: int) -> HttpResponse:
    """A page asks and says what stays; a form does it, for good."""
    found = get_object_or_404(Work, pk=work_id)
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        status = 400 if form.is_bound else 200
        return respond(request, "desk/take-back.html", {"work": found, "form": form}, status=status)
    withdraw_work(work=found, reason=form.cleaned_data["reason"], actor=keeper_id(request))
    messages.success(request, "It is taken back. Its address says that it is gone.")
    return HttpResponseRedirect(reverse("desk"))


@keeper_only
@asks_then_acts
def do_not_import(request: HttpRequest) -> HttpResponse:
    """Who asked never to be brought in: only digests are kept, so what is added or taken off is said in full each time."""
    form = DoNotImportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if request.POST.get("do") == "allow":
            gone = allow_import(**form.cleaned_data, actor=keeper_id(request))
            messages.success(request, "Taken off the list." if gone else "That did not stand on the list.")
        else:
            new = forbid_import(**form.cleaned_data, actor=keeper_id(request))
            messages.success(request, "It will not be brought in again." if new else "That stood on the list already.")
        return HttpResponseRedirect(reverse("desk-do-not-import"))
    page = Page.of(DoNotImport.objects.order_by("-id"), request.GET.get("page"), size=50)
    status = 400 if form.is_bound else 200
    return respond(request, "desk/do-not-import.html", {"form": form, "page": page}, status=status)


@keeper_only
@asks_then_acts
def old_page(request: HttpRequest, page_id: int) -> HttpResponse:
    """A page of an old site as its readers would see it, and whether they do."""
    found = get_object_or_404(CustomPage, pk=page_id)
    if request.method != "POST":
        return respond(request, "desk/page.html", {"page": found})
    is_public = request.POST.get("public") == "1"
    show_page(page=found, is_public=is_public, actor=keeper_id(request))
    messages.success(request, "It is public now." if is_public else "It is private now.")
    return HttpResponseRedirect(reverse("desk-page", args=[found.pk]))


def _to_work(found: Work) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("desk-work", args=[found.pk]))
