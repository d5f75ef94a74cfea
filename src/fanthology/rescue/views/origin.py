"""Where a rescued work came from: the old site, the old address, what was repaired on the way."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from fanthology.base.pages import cached
from fanthology.base.web import render
from fanthology.works.doors import Door, through_the_door

from ..models import Outcome, SourceKey

PRIVATE = ("private.", "person.")
BASIS_IN_WORDS = {
    "owner-moves": "The keeper of the old site moved it here.",
    "owner-permits": "The keeper of the old site permitted the move.",
    "no-owner": "Nobody could be found who keeps the old site; its works are kept here for members.",
    "": "Nobody has written down yet by what right it was moved.",
}


@require_safe
@through_the_door
def origin(request: HttpRequest, door: Door) -> HttpResponse:
    key = SourceKey.objects.filter(kind="work", object_id=door.work_id).select_related("site").first()
    if key is None:
        raise Http404

    def page() -> str:
        outcomes = Outcome.objects.filter(kind="work", object_id=door.work_id).select_related("run").order_by("-run_id")
        newest = outcomes.first()
        findings = [found for found in (newest.findings if newest else []) if not found["code"].startswith(PRIVATE)]
        context = {
            "work": door.work(),
            "former": key.site,
            "basis": BASIS_IN_WORDS[key.site.basis],
            "brought_on": [outcome.run.made_at for outcome in outcomes],
            "findings": findings,
        }
        return render(request, "rescue/origin.html", context)

    return cached(
        request, key=f"origin:{door.work_id}", stamp=f"{door.stamp}.{key.site.stamp}.{key.last_run_id}", render=page
    )
