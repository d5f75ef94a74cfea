"""Where a rescued work came from: the old site, the old address, what was repaired on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from fanthology.base.pages import cached
from fanthology.base.web import render
from fanthology.works.doors import Door, through_the_door
from fanthology.works.languages import language_name

from ..models import Outcome, SourceKey
from ..places import place_in_words

PLACES_NAMED = 4
PRIVATE = ("private.", "person.")
BASIS_IN_WORDS = {
    "owner-moves": "The keeper of the old site moved it here.",
    "owner-permits": "The keeper of the old site permitted the move.",
    "no-owner": "Nobody could be found who keeps the old site; its works are kept here for members.",
    "": "Nobody has written down yet by what right it was moved.",
}


@dataclass(slots=True)
class Joined:
    """Findings of one message: where they are, in words, and some of what was changed."""

    severity: str
    message: str
    where: list[str] = field(default_factory=list)
    changes: list[tuple[str, str]] = field(default_factory=list)
    is_repair: bool = False

    @property
    def places(self) -> str:
        if len(self.where) < PLACES_NAMED:
            return ", ".join(self.where)
        kind = "chapters" if all(where.startswith("chapter") for where in self.where) else "places"
        return f"in {len(self.where)} {kind}"


def _joined(findings: list[dict[str, Any]]) -> list[Joined]:
    """What the same sentence says of several places is said once."""
    joined: dict[str, Joined] = {}
    for found in findings:
        if found["code"].startswith(PRIVATE):
            continue
        one = joined.setdefault(found["message"], Joined(found["severity"], found["message"]))
        where, change = place_in_words(found["where"]), _change(found)
        if where and where not in one.where:
            one.where.append(where)
        one.is_repair |= found["severity"] == "info" and (all(change) or found["code"].endswith("repaired"))
        if any(change) and change not in one.changes and len(one.changes) < PLACES_NAMED:
            one.changes.append(change)
    return list(joined.values())


def _change(found: dict[str, Any]) -> tuple[str, str]:
    """Before and after, for people: a language by its name."""
    after = found["after"]
    return found["before"], language_name(after) if after and found["code"] == "language.guessed" else after


@require_safe
@through_the_door
def origin(request: HttpRequest, door: Door) -> HttpResponse:
    key = SourceKey.objects.filter(kind="work", object_id=door.work_id).select_related("site").first()
    if key is None:
        raise Http404

    def page() -> str:
        outcomes = Outcome.objects.filter(kind="work", object_id=door.work_id).select_related("run").order_by("-run_id")
        newest = outcomes.first()
        findings = _joined(newest.findings if newest else [])
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
