"""The steps of a rescue as jobs, by name: so that a page can start one without knowing how it is done."""

from __future__ import annotations

from fanthology.base import jobs as queue

from .models import Run

FAULTS_KEY = "desk:faults"


def start(name: str, run: Run, *, actor: int, **ids: int | str) -> None:
    """Queue one step of a run; a step that is queued already is not queued twice."""
    queue.enqueue(f"rescue.{name}", key=f"run-{run.pk}", lane="long", run_after=None, run_id=run.pk, actor=actor, **ids)
