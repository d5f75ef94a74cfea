"""Backup and restore: consistent while the site runs, whole or refused, and what was erased stays erased."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import signal
import tarfile
from pathlib import Path

import pytest

from tests.base.conftest import Archive

FILL = """
from fanthology.base import blobs, jobs, ledger, keys
from fanthology.base.models import *
Archive.objects.update(name="Saltwick")
for n in range(20): blobs.put(f"blob {n}".encode(), media_type="text/plain")
for n in range(5): ledger.write("test", "n", n, actor=None, words="secret")
keys.key("names"); keys.key("sealed")
"""
STATE = """
from fanthology.base import checks, ledger
from fanthology.base.models import *
print(Archive.current().name, Blob.objects.count(), ledger.head().number, [fault.code for _, fault in checks.faults(["database", "blobs", "ledger"])])
"""

WRITE = """
from fanthology.works.actions import *
def write(title):
    return add_work(header=Header(title=title), authors=[], tags=[], chapters=[])
"""
LEFT = "print(sorted(Work.objects.values_list('title', flat=True)), list(Tombstone.objects.values_list('work_id', flat=True)))"


@pytest.fixture
def filled(archive: Archive) -> Archive:
    archive.says(FILL)
    return archive


@pytest.fixture
def elsewhere(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "elsewhere")


def database_id(archive: Archive) -> str:
    return archive.says("from fanthology.base.models import Archive; print(Archive.current().database_id)")


def test_a_round_trip(filled, elsewhere, tmp_path):
    done = filled.command("backup", str(tmp_path / "b.tar"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "b.tar").stat().st_mode & 0o077 == 0
    done = elsewhere.command("restore", str(tmp_path / "b.tar"))
    assert done.returncode == 0, done.stderr
    assert elsewhere.says(STATE) == filled.says(STATE) == "Saltwick 20 5 []"
    assert database_id(elsewhere) != database_id(filled)
    queued = "from fanthology.base.models import Job; print(Job.objects.get(name='search.rebuild').state)"
    assert elsewhere.says(queued) == "queued"
    assert (elsewhere.data / "keys/names.key").read_bytes() == (filled.data / "keys/names.key").read_bytes()


def test_who_refused_is_still_known_on_the_new_machine(archive, elsewhere, tmp_path):
    archive.says("from fanthology.works.actions import forbid_import; forbid_import(email='mina@example.org')")
    archive.command("backup", str(tmp_path / "b.tar"))
    asked = "from fanthology.works.actions import is_import_forbidden as asked; print(asked(email='mina@example.org'), asked(email='a@b.example'))"
    another = {"FANTHOLOGY_SECRET_KEY": "another-machine"}
    assert elsewhere.command("restore", str(tmp_path / "b.tar"), **another).returncode == 0
    assert elsewhere.says(asked, **another) == "True False"


def test_what_must_not_travel_does_not(filled, tmp_path):
    filled.says(
        "import io, datetime; from fanthology.base import sealed, erasures; sealed.seal(io.BytesIO(b'x'), purge_on=datetime.date.max); erasures.remember('work', 1)"
    )
    filled.command("backup", str(tmp_path / "b.tar"))
    with tarfile.open(tmp_path / "b.tar") as tar:
        names = tar.getnames()
    assert {name.partition("/")[0] for name in names} == {
        "manifest.json",
        "database.sqlite3",
        "keys",
        "blobs",
        "contents.json",
    }
    assert [name for name in names if name.startswith("keys/")] == ["keys/names.key"]


def test_nothing_is_overwritten_unasked(filled, tmp_path):
    (tmp_path / "b.tar").write_text("precious")
    assert filled.command("backup", str(tmp_path / "b.tar")).returncode == 3
    assert (tmp_path / "b.tar").read_text() == "precious"
    filled.command("backup", str(tmp_path / "c.tar"))
    filled.says("from fanthology.base.models import Archive; Archive.objects.update(name='Newer')")
    assert filled.command("restore", str(tmp_path / "c.tar")).returncode == 3
    assert filled.says(STATE).startswith("Newer")
    assert filled.command("restore", "--force", str(tmp_path / "c.tar")).returncode == 0
    assert filled.says(STATE).startswith("Saltwick")


@pytest.mark.parametrize("harm", ["cut", "flip", "stranger", "format"])
def test_a_damaged_backup_is_refused_and_changes_nothing(filled, elsewhere, tmp_path, harm):
    good, bad = tmp_path / "b.tar", tmp_path / "bad.tar"
    filled.command("backup", str(good))
    data = bytearray(good.read_bytes())
    if harm == "cut":
        data = data[: len(data) // 2]
    elif harm == "flip":
        data[data.index(b"blob 7")] ^= 1
    bad.write_bytes(data)
    if harm in ("stranger", "format"):
        rewrite(good, bad, stranger=harm == "stranger")
    done = elsewhere.command("restore", str(bad))
    assert done.returncode == 3, done.stderr
    assert not (elsewhere.data / "archive.sqlite3").exists()


def member_of(tar: tarfile.TarFile, member: tarfile.TarInfo | str) -> bytes:
    file = tar.extractfile(member)
    assert file
    return file.read()


def rewrite(good: Path, bad: Path, *, stranger: bool) -> None:
    """The same backup with a file that climbs out, or of a format of the future."""
    with tarfile.open(good) as old, tarfile.open(bad, "w") as new:
        contents = json.loads(member_of(old, "contents.json"))
        manifest = json.loads(member_of(old, "manifest.json")) | {"format": 99}
        changed = json.dumps(manifest).encode()
        if not stranger:
            contents["manifest.json"] = {"size": len(changed), "sha256": hashlib.sha256(changed).hexdigest()}
        for member in old:
            data = member_of(old, member)
            if member.name == "manifest.json" and not stranger:
                data = changed
            if member.name == "contents.json":
                data = json.dumps(contents).encode()
            if member.name == "database.sqlite3" and stranger:
                member.name = "../../climbed"
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))


def test_lost_blobs_are_named_and_the_rest_is_saved(filled, elsewhere, tmp_path):
    blobs = sorted((filled.data / "blobs").glob("??/??/*"))
    blobs[0].unlink()
    blobs[1].write_bytes(b"rot")
    done = filled.command("backup", str(tmp_path / "b.tar"))
    assert done.returncode == 1
    assert blobs[0].name in done.stderr
    assert blobs[1].name in done.stderr
    assert elsewhere.command("restore", str(tmp_path / "b.tar")).returncode == 0
    assert elsewhere.says(STATE) == "Saltwick 20 5 ['blob.missing', 'blob.missing']"


@pytest.mark.parametrize("point", ["backup.database:1", "backup.blob:10"])
def test_a_killed_backup_leaves_no_backup_and_no_lock(filled, tmp_path, point):
    killed = filled.command("backup", str(tmp_path / "b.tar"), FANTHOLOGY_FAIL_AT=point)
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "b.tar").exists()
    delete = "from datetime import timedelta; from fanthology.base import blobs; print(blobs.delete_unused(grace=timedelta(-1)))"
    assert filled.command("backup", str(tmp_path / "b.tar")).returncode == 0
    assert filled.says(delete) == "20"


def test_a_restore_killed_before_its_switch_can_be_repeated(filled, elsewhere, tmp_path):
    filled.command("backup", str(tmp_path / "b.tar"))
    killed = elsewhere.command("restore", str(tmp_path / "b.tar"), FANTHOLOGY_FAIL_AT="restore.before-switch:1")
    assert killed.returncode == -signal.SIGKILL
    assert elsewhere.command("restore", str(tmp_path / "b.tar")).returncode == 0
    assert elsewhere.says(STATE) == "Saltwick 20 5 []"


def test_a_backup_while_blobs_come_and_go_is_whole(filled, elsewhere, tmp_path):
    """Somebody puts and deletes without pause; what the backup's database knows is in the backup."""
    busy = filled.start("""
from datetime import timedelta
from itertools import count
from fanthology.base import blobs
print("busy", flush=True)
for n in count():
    blobs.put(f"new {n}".encode(), media_type="text/plain")
    if n % 10 == 0:
        blobs.delete_unused(grace=timedelta(-1))
""")
    try:
        assert busy.stdout.readline() == "busy\n"
        done = filled.command("backup", str(tmp_path / "b.tar"))
    finally:
        os.kill(busy.pid, signal.SIGKILL)
        busy.communicate()
    assert done.returncode == 0, done.stderr
    assert elsewhere.command("restore", str(tmp_path / "b.tar")).returncode == 0
    assert elsewhere.says(STATE).endswith("5 []")


def test_what_was_erased_after_the_backup_is_erased_again(filled, tmp_path):
    room = """
from fanthology.base import erasures, ledger
@erasures.replays("n")
def again(number, erased_at):
    return bool(ledger.erase("n", number, actor=None))
"""
    filled.command("backup", str(tmp_path / "b.tar"))
    filled.says(room + "ledger.erase('n', 3, actor=None); erasures.remember('n', 3)")
    with (filled.data / "erasures.jsonl").open("a") as journal:
        journal.write('{"at": "2026-')  # a power cut in the middle of the next line
    take_back = (
        room
        + f"""
from pathlib import Path
from fanthology.base.backup import restore
restore(Path({str(tmp_path / "b.tar")!r}), force=True, progress=lambda *_: None)
print([bool(ledger.details_of(entry)) for entry in ledger.LedgerEntry.objects.filter(subject='n', verb='test')], ledger.verify())
"""
    )
    assert filled.says(take_back) == "[True, True, True, False, True] []"


def test_two_restores_with_one_journal(archive: Archive, tmp_path: Path) -> None:
    archive.says(WRITE + "write('Kept')")
    archive.command("backup", str(tmp_path / "old.tar"))
    archive.says(WRITE + "withdraw_work(work=write('Taken back'))")
    assert archive.command("restore", "--force", str(tmp_path / "old.tar")).returncode == 0
    archive.says(WRITE + "write('Newcomer')")
    archive.command("backup", str(tmp_path / "new.tar"))
    assert archive.command("restore", "--force", str(tmp_path / "new.tar")).returncode == 0
    assert archive.says(WRITE + LEFT) == "['Kept', 'Newcomer'] [2]"


def test_a_journal_nobody_can_replay_stops_the_restore(filled, tmp_path):
    filled.command("backup", str(tmp_path / "b.tar"))
    filled.says("from fanthology.base import erasures; erasures.remember('unheard-of', 3)")
    filled.says("from fanthology.base.models import Archive; Archive.objects.update(name='Newer')")
    assert filled.command("restore", "--force", str(tmp_path / "b.tar")).returncode == 3
    assert filled.says(STATE).startswith("Newer")


def test_copying_the_folder_is_found_out(filled, tmp_path):
    """The id of the database is what tells an index of another life from ours."""
    shutil.copytree(filled.data, tmp_path / "copy")
    assert database_id(Archive(tmp_path / "copy")) == database_id(filled)
