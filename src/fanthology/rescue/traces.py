"""What a rescue noted of a work goes when the work goes: its title and findings, and what was listed of a newer dump.

The old number stays, so that a later run knows not to bring it again.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from fanthology.works.models import Chapter, Work

from .models import Conflict, Outcome, Run


def forget_work(*, work_id: int) -> None:
    """Clear what rescues noted of a work that is gone; one that is here is left alone."""
    if Work.objects.filter(pk=work_id).exists():
        return
    with transaction.atomic():
        told = Outcome.objects.filter(kind="work", object_id=work_id).exclude(title="")
        titles = set(told.values_list("title", flat=True))
        for run in Run.objects.select_for_update().filter(pk__in=told.values("run")):
            run.report = _without(run.report, titles)
            run.save(update_fields=["report"])
        told.update(title="", findings=[])
        Conflict.objects.filter(source_key__kind="work", source_key__object_id=work_id).delete()
        chapters = Chapter.objects.values("pk")
        Conflict.objects.filter(source_key__kind="chapter").exclude(source_key__object_id__in=chapters).delete()


def _without(told: Any, titles: set[str]) -> Any:
    """A report without the samples and words of works with these titles; its sums stay as they were."""
    if isinstance(told, dict):
        return {name: _without(value, titles) for name, value in told.items()}
    if isinstance(told, list):
        return [_without(line, titles) for line in told if not _is_about(line, titles)]
    return told


def _is_about(line: Any, titles: set[str]) -> bool:
    """Samples name their story; what vanished is told as “old number: title”."""
    title = line.get("title") if isinstance(line, dict) else str(line).partition(": ")[2]
    return title in titles
