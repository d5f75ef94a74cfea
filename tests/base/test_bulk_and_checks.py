"""Cheaper commits for jobs that can be run again, and the ground floor's own checks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from fanthology.base import checks
from fanthology.base.bulk import relaxed_sync
from fanthology.base.models import Job


def durability() -> str:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous" if connection.vendor == "sqlite" else "SHOW synchronous_commit")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_commits_are_relaxed_inside_the_block_and_strict_after_it_whatever_happens():
    before = durability()

    def a_job_that_fails() -> None:
        with relaxed_sync():
            assert durability() == ("1" if connection.vendor == "sqlite" else "off")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        a_job_that_fails()
    assert durability() == before
    with transaction.atomic(), relaxed_sync():
        assert durability() == before


@pytest.mark.django_db(transaction=True)
def test_after_writing_much_the_planner_knows_how_full_the_tables_are():
    known = (
        "SELECT COUNT(*) FROM sqlite_stat1 WHERE tbl = 'base_job'"
        if connection.vendor == "sqlite"
        else "SELECT COUNT(last_analyze) FROM pg_stat_user_tables WHERE relname = 'base_job'"
    )
    with relaxed_sync():
        Job.objects.bulk_create(Job(name="desk.check", key=str(number)) for number in range(50))
    with connection.cursor() as cursor:
        cursor.execute(known)
        assert cursor.fetchone()[0]


@pytest.mark.django_db
def test_jobs_that_need_somebody_are_named_and_abandoned_ones_mended():
    now = timezone.now()
    Job.objects.create(name="a", state="running", lease="x", lease_until=now - timedelta(minutes=2))
    Job.objects.create(name="b", run_after=now - timedelta(hours=2))
    Job.objects.create(name="c", state="failed", finished_at=now, error="The dump is gone.")
    Job.objects.create(name="d")
    found = {fault.code: fault for fault in checks.jobs_are_alive()}
    assert set(found) == {"job.abandoned", "job.waiting", "job.failed"}
    assert found["job.failed"].message == "The dump is gone."
    repair = found["job.abandoned"].repair
    assert repair
    repair()
    assert Job.objects.get(name="a").state == "queued"


@pytest.mark.django_db
def test_a_sound_database_has_no_fault_and_checks_can_be_chosen():
    assert list(checks.faults(["database"])) == []
    assert {"database", "blobs", "ledger", "jobs"} <= set(checks.CHECKS)


def test_a_dangling_reference_is_found(archive):
    archive.says("""
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.execute("INSERT INTO base_ledgerdetail (entry_id, salt, text) VALUES (99, 'x', '{}')")
""")
    done = archive.command("check", "database")
    assert done.returncode == 1
    assert "database.dangling" in done.stdout
