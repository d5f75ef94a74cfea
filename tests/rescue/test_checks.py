"""Each fault that can stand between a former site and what it became is found, and mended where that is safe."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.utils import timezone

from fanthology.base.checks import faults
from fanthology.rescue.models import OldAddress, Run, SourceKey, Upload
from fanthology.works.actions import purge_works, withdraw_work
from fanthology.works.models import Work
from tests import factories

MINE = ("old ids", "old addresses", "rescues")


def codes() -> list[str]:
    return sorted(fault.code for _, fault in faults(MINE))


def test_nothing_is_wrong_after_a_rescue(run: Run) -> None:
    assert codes() == []
    withdraw_work(work=Work.objects.get(title="The Rope"))
    assert codes() == []


def test_every_fault_is_found_and_mended(run: Run, data: Path) -> None:
    assert run.site is not None
    purge_works(work_ids=[Work.objects.get(title="The Lamp").pk])
    tag = SourceKey.objects.filter(kind="tag")[0]
    SourceKey.objects.filter(pk=tag.pk).update(object_id=10**6)
    OldAddress.objects.create(site=run.site, path="/gone.html", target="/read/999999/")
    OldAddress.objects.create(site=run.site, path="/page.html", target="/about/rules/")
    stopped = Run.objects.create(state="bringing")
    Upload.objects.create(run=stopped, name="dump.sql", size=1, token="t", by=factories.make_keeper())
    Run.objects.filter(pk=run.pk).update(
        sources=[{"name": "dump.sql", "sealed": "0" * 32, "size": 1, "purge_on": "2099-01-01"}],
        purge_sources_on=timezone.localdate(),
    )
    (Path(settings.UPLOADS) / "run-999999").mkdir(parents=True)
    assert codes() == [
        "old-address.dead",
        "old-id.dangling",
        "old-id.dangling",
        "run.stopped",
        "source.missing",
        "upload.orphan",
    ]
    for _, fault in list(faults(MINE)):
        if fault.repair:
            fault.repair()
    assert codes() == ["old-id.dangling", "source.missing"]
    stopped.refresh_from_db()
    assert stopped.state == "examined"
