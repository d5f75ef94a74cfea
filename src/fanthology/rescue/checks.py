"""What must hold between a former site and what it became here."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from fanthology.base.checks import check
from fanthology.base.faults import Fault
from fanthology.base.jobs import UNFINISHED
from fanthology.base.models import Job
from fanthology.base.sealed import Unopenable, open_sealed
from fanthology.gatherings.models import Challenge
from fanthology.pages.models import News
from fanthology.people.models import PenName
from fanthology.tags.models import Tag
from fanthology.works.models import Series, Tombstone, Work

from .models import OldAddress, Run, SourceKey

MOVING = (Run.State.EXAMINING, Run.State.BRINGING, Run.State.PUBLISHING, Run.State.UNDOING)
BEFORE = {
    Run.State.EXAMINING: Run.State.RECEIVED,
    Run.State.BRINGING: Run.State.EXAMINED,
    Run.State.PUBLISHING: Run.State.BROUGHT,
    Run.State.UNDOING: Run.State.BROUGHT,
}
KINDS: dict[str, Any] = {
    "work": Work,
    "person": PenName,
    "series": Series,
    "tag": Tag,
    "challenge": Challenge,
    "news": News,
}


@check("old ids")
def old_ids_mean_something() -> Iterator[Fault]:
    """A work that was taken back leaves a stone; a chapter taken out here keeps its old id, so that it stays out."""
    for kind, model in KINDS.items():
        dangling = SourceKey.objects.filter(kind=kind).exclude(Exists(model.objects.filter(pk=OuterRef("object_id"))))
        if kind == "work":
            dangling = dangling.exclude(object_id__in=Tombstone.objects.values("work_id"))
        for key in dangling.iterator():
            message = f"The old {kind} {key.old_id} leads to nothing here and nobody took it back."
            yield Fault("old-id.dangling", f"old id {key.pk}", message, key.delete if kind == "tag" else None)


@check("old addresses")
def old_addresses_lead_somewhere() -> Iterator[Fault]:
    for row in OldAddress.objects.iterator():
        found = re.fullmatch(r"/read/(\d+)/.*", row.target)
        if found is None:
            continue
        work_id = int(found[1])
        if not Work.objects.filter(pk=work_id).exists() and not Tombstone.objects.filter(work_id=work_id).exists():
            message = f"{row.host}{row.path} leads to {row.target}, where nothing is."
            yield Fault("old-address.dead", f"old address {row.pk}", message, row.delete)


@check("rescues")
def rescues_are_at_rest_or_at_work() -> Iterator[Fault]:
    for run in Run.objects.filter(state__in=MOVING, pk__in=Run.objects.filter(uploads__isnull=False).values("pk")):
        if not Job.objects.filter(key=f"run-{run.pk}", state__in=UNFINISHED).exists():
            message = "Its job is gone in the middle; it can be started again from its page."
            yield Fault("run.stopped", f"rescue {run.pk}", message, partial(_put_back, run))
    for run in Run.objects.exclude(sources=[]).filter(purge_sources_on__gte=timezone.localdate()):
        for entry in run.sources:
            try:
                open_sealed(entry["sealed"]).close()
            except Unopenable as error:
                yield Fault("source.missing", f"rescue {run.pk}", f"{entry['name']}: {error}")
    known = {f"run-{pk}" for pk in Run.objects.values_list("pk", flat=True)}
    for folder in Path(settings.UPLOADS).glob("run-*"):
        if folder.name not in known:
            message = "Files of a rescue that no longer exists."
            yield Fault("upload.orphan", folder.name, message, partial(shutil.rmtree, folder, ignore_errors=True))


def _put_back(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(state=BEFORE[Run.State(run.state)])
