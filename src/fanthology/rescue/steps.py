"""The steps of a rescue as jobs, by name: so that a page can start one without knowing how it is done."""

from __future__ import annotations

from django.db import transaction

from fanthology.base import jobs as queue

from .errors import NotNow
from .models import Run

FAULTS_KEY = "desk:faults"
STOPPED = "It stopped:"


def start(name: str, run: Run, *, actor: int, **ids: int | str) -> None:
    """Queue one step of a run; a step that is queued already is not queued twice. Raises NotNow while another goes on."""
    key, step = f"run-{run.pk}", f"rescue.{name}"
    with transaction.atomic():
        Run.objects.select_for_update().get(pk=run.pk)
        if queue.unfinished(key).exclude(name=step).exists():
            raise NotNow("Another step of this run goes on; wait until it is done, or cancel it.")
        queue.enqueue(step, key=key, lane="long", run_after=None, run_id=run.pk, actor=actor, **ids)
