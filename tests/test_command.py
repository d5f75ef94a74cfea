"""The command as a keeper uses it: real processes, real ports, real signals."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from tests.base.conftest import Archive, archive, prepared  # noqa: F401 - fixtures

STORY = "Title: The Lamp\nAuthor: Mina\n\nThe lamp was lit at six.\n\nNobody came.\n"


Answer = TypeVar("Answer")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(happens: Callable[[], Answer | None], seconds: float = 60) -> Answer:
    """Ask again and again until there is an answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := happens():
            return answer
        time.sleep(0.05)
    raise AssertionError("it never happened")


def children(pid: int) -> dict[int, str]:
    """The live child processes of a process and their command lines."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                found[int(stat.parent.name)] = (stat.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


@pytest.fixture
def served(archive: Archive) -> Iterator[tuple[subprocess.Popen[str], str]]:  # noqa: F811
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "fanthology", "serve", "--port", str(port), "--workers", "1"],
        env=archive.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=60)


def healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_serve_brings_back_what_dies_and_ends_cleanly(served):
    process, address = served
    until(lambda: healthy(address))
    job_worker = until(
        lambda: next((pid for pid, line in children(process.pid).items() if "fanthology work" in line), 0)
    )
    web = [pid for pid in children(process.pid) if pid != job_worker]
    os.kill(job_worker, signal.SIGKILL)
    until(lambda: any("fanthology work" in line for pid, line in children(process.pid).items() if pid != job_worker))
    for pid in web:
        if "fanthology serve" in children(process.pid).get(pid, ""):
            os.kill(pid, signal.SIGKILL)
    until(lambda: healthy(address))
    family = children(process.pid)
    process.terminate()
    assert process.wait(60) == 0
    assert [pid for pid in family if Path(f"/proc/{pid}").exists()] == []
    assert address in process.stdout.read()


def test_ctrl_c_ends_the_whole_family_at_once(served):
    """A terminal sends it to every process of the group; none may take the end of another for an accident."""
    process, address = served
    until(lambda: healthy(address))
    family = until(lambda: found if len(found := children(process.pid)) >= 2 else {})
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(10) == 0
    assert [pid for pid in family if Path(f"/proc/{pid}").exists()] == []
    assert process.stdout.read() == f"The archive is at {address}\n"


def test_a_keeper_is_added_once_and_needs_a_good_password(archive):  # noqa: F811
    assert archive.command("keeper", "add", "mina", stdin="12345\n").returncode == 3
    assert archive.command("keeper", "add", "mina", stdin="a long lamp-lit night\n").returncode == 0
    again = archive.command("keeper", "add", "Mina", stdin="a long lamp-lit night\n")
    assert again.returncode == 3
    assert "Mina" in again.stderr
    assert archive.says("from fanthology.people.models import Person; print(Person.objects.get().is_keeper)") == "True"


def test_a_forgotten_password_is_replaced(archive):  # noqa: F811
    archive.command("keeper", "add", "mina", stdin="a long lamp-lit night\n")
    assert archive.command("keeper", "password", "lucy", stdin="another lamp-lit night\n").returncode == 3
    assert archive.command("keeper", "password", "MINA", stdin="12345\n").returncode == 3
    assert archive.command("keeper", "password", "MINA", stdin="another lamp-lit night\n").returncode == 0
    knows = "from fanthology.people.models import Person; print(Person.objects.get().check_password('another lamp-lit night'))"
    assert archive.says(knows) == "True"


def test_reading_and_converting_need_no_archive(tmp_path):
    nowhere = Archive(tmp_path / "nowhere")
    (tmp_path / "lamp.txt").write_text(STORY)
    done = nowhere.command("read", str(tmp_path / "lamp.txt"))
    assert json.loads(done.stdout)["title"] == "The Lamp"
    assert nowhere.command("convert", str(tmp_path / "lamp.txt"), str(tmp_path / "lamp.epub")).returncode == 0
    assert (tmp_path / "lamp.epub").read_bytes().startswith(b"PK")
    (tmp_path / "lamp.epub").write_text("somebody's own")
    assert nowhere.command("convert", str(tmp_path / "lamp.txt"), str(tmp_path / "lamp.epub")).returncode == 3
    assert (tmp_path / "lamp.epub").read_text() == "somebody's own"
    forced = nowhere.command("convert", "--force", str(tmp_path / "lamp.txt"), str(tmp_path / "lamp.epub"))
    assert forced.returncode == 0
    assert (tmp_path / "lamp.epub").read_bytes().startswith(b"PK")
    unknown = nowhere.command("convert", str(tmp_path / "lamp.txt"), str(tmp_path / "lamp.xyz"))
    assert (unknown.returncode, "Traceback" in unknown.stderr) == (1, False)
    assert not nowhere.data.exists()


def test_what_needs_an_archive_says_so(tmp_path):
    nowhere = Archive(tmp_path / "nowhere")
    for command in (["check"], ["backup", str(tmp_path / "b.tar")], ["export", "--json-lines"], ["reindex"]):
        done = nowhere.command(*command)
        assert (done.returncode, "Traceback" in done.stderr) == (3, False), command
        assert "no archive" in done.stderr


def test_without_a_setting_the_archive_lies_where_make_serve_puts_it(tmp_path):
    nowhere = Archive(tmp_path / "fanthology-data" / "archive")
    environment = nowhere.environment()
    del environment["FANTHOLOGY_DATA"]
    done = subprocess.run(
        [sys.executable, "-m", "fanthology", "check"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"There is no archive in {nowhere.data} yet" in done.stderr


def test_check_speaks_to_people_and_to_programs(archive):  # noqa: F811
    archive.says(
        "from fanthology.base import ledger; from fanthology.base.models import LedgerEntry; ledger.write('x', 'x', 1, actor=None); LedgerEntry.objects.update(verb='y')"
    )
    done = archive.command("check", "ledger")
    assert done.returncode == 1
    assert "ledger.changed: entry 1" in done.stdout
    (fault,) = [json.loads(line) for line in archive.command("check", "ledger", "--json").stdout.splitlines()]
    assert fault == {
        "check": "ledger",
        "code": "ledger.changed",
        "subject": "entry 1",
        "message": "The entry was changed after it was written.",
        "repaired": False,
        "waiting": False,
    }
    assert archive.command("check", "nothing-of-the-kind").returncode == 2
    assert archive.command("check", "blobs", "database", "jobs").stdout == "All is well.\n"


def test_a_dump_without_its_texts_is_not_read_whole(archive):  # noqa: F811
    dump = Path(__file__).parents[1] / "demo" / "saltwick.sql"
    assert archive.command("rescue", str(dump), "--dry-run").returncode == 1
    assert archive.command("rescue", str(dump), "--files", str(dump.parent / "stories"), "--dry-run").returncode == 0


def test_what_waits_for_the_worker_is_no_fault(archive, tmp_path):  # noqa: F811
    """The way of docs/keeper: rescue, check, back up, restore, check."""
    demo = Path(__file__).parents[1] / "demo"
    rescued = archive.command(
        "rescue", str(demo / "saltwick.sql"), "--files", str(demo / "stories"), "--basis", "owner-permits", "--publish"
    )
    assert rescued.returncode == 0, rescued.stderr
    done = archive.command("check")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "All is well."), done.stdout
    assert "waiting: search.away: index: " in done.stdout
    assert "waiting: tags.miscounted: " in done.stdout
    assert archive.command("work", "--once").returncode == 0
    assert archive.command("check").stdout == "All is well.\n"
    assert archive.command("backup", str(tmp_path / "b.tar")).returncode == 0
    again = Archive(tmp_path / "again")
    assert again.command("restore", str(tmp_path / "b.tar")).returncode == 0
    done = again.command("check")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "All is well."), done.stdout
    again.says("from fanthology.tags.models import Tag; Tag.objects.update(posted_uses=99)")
    assert again.command("check", "counters").returncode == 1


def test_an_archive_is_exported_and_nothing_is_overwritten(archive, tmp_path):  # noqa: F811
    target = tmp_path / "works.jsonl"
    assert archive.command("export", "--json-lines", "--out", str(target)).returncode == 0
    assert target.read_bytes() == b""
    assert archive.command("export", "--json-lines", "--out", str(target)).returncode == 3
    assert archive.command("export", "--json-lines").stdout == ""


def test_work_once_does_what_is_due(archive):  # noqa: F811
    archive.says("from fanthology.base import jobs; jobs.enqueue('base.tidy')")
    assert archive.command("work", "--once").returncode == 0
    assert (
        archive.says("from fanthology.base.models import Job; print(Job.objects.get(name='base.tidy').state)") == "done"
    )
