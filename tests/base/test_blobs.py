"""Blobs: whole or not there, durable in the right order, never deleted under somebody's feet."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from fanthology.base import blobs, checks
from fanthology.base.models import Blob

pytestmark = pytest.mark.django_db


def age(sha256: str, **by: int) -> None:
    Blob.objects.filter(pk=sha256).update(put_at=timezone.now() - timedelta(**by))


@hypothesis_settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.binary(max_size=5000))
def test_what_is_put_is_read(data):
    blob = blobs.put(io.BytesIO(data), media_type="text/plain")
    assert blob.sha256 == hashlib.sha256(data).hexdigest()
    assert blobs.read(blob.sha256) == data
    assert blobs.path_of(blob.sha256).parent.name == blob.sha256[2:4]


def test_equal_bytes_are_one_file_and_become_fresh_again():
    first = blobs.put(b"same", media_type="text/plain")
    age(first.sha256, days=9)
    blobs.put(b"same", media_type="text/html")
    assert Blob.objects.get().put_at > timezone.now() - timedelta(minutes=1)
    assert len(list(blobs.files())) == 1


def test_too_much_leaves_nothing(settings):
    with pytest.raises(blobs.TooLarge):
        blobs.put(io.BytesIO(b"x" * 1001), media_type="text/plain", largest=1000)
    assert not Blob.objects.exists()
    assert [path for path in Path(settings.BLOBS).rglob("*") if path.is_file() and path.stat().st_size] == []


def test_a_stream_that_breaks_leaves_nothing(settings):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise OSError("the line went dead")

    with pytest.raises(OSError, match="dead"):
        blobs.put(Broken(), media_type="text/plain")
    assert list(Path(settings.BLOBS).glob("drafts/*")) == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "g" * 64])
def test_only_hashes_are_names(name):
    with pytest.raises(blobs.Missing):
        blobs.path_of(name)


def test_a_missing_file_says_so():
    with pytest.raises(blobs.Missing):
        blobs.open_blob("a" * 64)


def test_deletion_takes_what_is_old_and_nobody_needs(monkeypatch):
    monkeypatch.setattr(blobs, "_REFERENCES", [])
    fresh, old, needed = (blobs.put(data, media_type="text/plain").sha256 for data in (b"fresh", b"old", b"needed"))
    blobs.references(lambda _: {needed, "f" * 64})
    age(old, days=2)
    age(needed, days=2)
    assert blobs.delete_unused() == 1
    assert {path.name for path in blobs.files()} == {fresh, needed}
    assert set(Blob.objects.values_list("pk", flat=True)) == {fresh, needed}


def test_a_foreign_key_of_any_room_is_a_reference():
    from django.apps import apps

    model, field = next(
        (model, field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Blob
    )
    needed = blobs.put(b"needed", media_type="text/plain")
    assert blobs.used({needed.sha256}) == set()
    assert model._base_manager.filter(**{field.name: needed}).count() == 0


def test_nothing_is_deleted_while_a_backup_runs():
    old = blobs.put(b"old", media_type="text/plain").sha256
    age(old, days=2)
    with blobs.paused_deletion():
        assert blobs.delete_unused() == 0
    assert blobs.delete_unused() == 1


PUT = "from fanthology.base import blobs; blobs.put(b'hello' * 1000, media_type='text/plain')"


@pytest.mark.parametrize("point", ["blob.written", "blob.renamed", "blob.stored", "blob.kept"])
def test_a_row_always_has_its_whole_file(archive, point):
    killed = archive.python(PUT, FANTHOLOGY_FAIL_AT=f"{point}:1")
    assert killed.returncode == -signal.SIGKILL
    look = "from fanthology.base import checks; print([fault.code for _, fault in checks.faults(['blobs'])])"
    assert archive.says(look) == "[]"
    archive.says(PUT)
    assert archive.says("from fanthology.base.models import Blob; print(Blob.objects.count())") == "1"


def test_a_crash_between_row_and_file_leaves_a_file_that_check_finds(archive):
    archive.says(PUT)
    delete = (
        "from datetime import timedelta; from fanthology.base import blobs; blobs.delete_unused(grace=timedelta(-1))"
    )
    assert archive.python(delete, FANTHOLOGY_FAIL_AT="blob.row-deleted:1").returncode == -signal.SIGKILL
    orphan = next(path for path in (archive.data / "blobs").glob("??/??/*"))
    os.utime(orphan, (0, 0))
    look = "from fanthology.base import checks; print([fault.code for _, fault in checks.faults(['blobs'])])"
    assert archive.says(look) == "['blob.orphan']"
    assert archive.command("check", "blobs", "--repair").returncode == 0
    assert not orphan.exists()


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_the_order_of_writing(archive):
    """File → fsync → rename → fsync of the folder → the row: as the kernel saw it."""
    trace = archive.data / "trace"
    code = "import django; django.setup()\nfrom fanthology.base.models import Archive\nArchive.current()\n" + PUT
    subprocess.run(
        [
            "strace",
            "-f",
            "-y",
            "-e",
            "trace=fsync,fdatasync,rename,renameat,renameat2,write,pwrite64",
            "-o",
            trace,
            sys.executable,
            "-c",
            code,
        ],
        env=archive.environment(),
        check=True,
    )
    lines = trace.read_text().splitlines()

    def first(pattern: str, after: int = -1) -> int:
        found = [number for number, line in enumerate(lines) if number > after and re.search(pattern, line)]
        assert found, f"{pattern} never happened after line {after}"
        return found[0]

    written = first(r"fsync\(\d+<.*/blobs/drafts/")
    renamed = first(r"rename.*/blobs/drafts/.*/blobs/../../[0-9a-f]{64}", written)
    settled = first(r"fsync\(\d+<.*/blobs/[0-9a-f]{2}/[0-9a-f]{2}>", renamed)
    row = first(r"write64\(\d+<.*archive\.sqlite3-wal", settled)
    assert not [line for line in lines[renamed:settled] if "sqlite3-wal" in line]
    assert first(r"f(data)?sync\(\d+<.*archive\.sqlite3-wal", row)


def test_check_finds_what_is_missing_changed_or_left_over():
    whole, gone, changed = (blobs.put(data, media_type="text/plain").sha256 for data in (b"whole", b"gone", b"changed"))
    blobs.path_of(gone).unlink()
    blobs.path_of(changed).write_bytes(b"chanced")
    stray = blobs.path_of("0" * 64)
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"")
    os.utime(stray, (0, 0))
    found = {(fault.code, fault.subject) for fault in checks.blobs_are_whole()}
    assert found == {("blob.missing", gone), ("blob.changed", changed), ("blob.orphan", "0" * 64)}
    assert whole not in {subject for _, subject in found}
