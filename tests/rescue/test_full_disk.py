"""A full disk: an upload says so, keeps what was there, and goes on when there is room; a command says so and ends."""

from __future__ import annotations

import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fanthology.rescue.models import Run, Upload
from fanthology.rescue.uploads import path_of
from tests.rescue import old_site
from tests.rescue.test_killed import command, environment
from tests.rescue.test_pages import keeper  # noqa: F401 - a fixture


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file of this process can grow beyond `size` bytes: the kernel answers as a full disk does, with an error."""
    before, ignored = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


MIB = 1 << 20


@pytest.fixture
def upload(keeper: Client) -> Upload:  # noqa: F811
    place = keeper.post("/rescue/uploads/", {"name": "a.sql", "size": 6 * MIB}).json()
    assert keeper.put(f"{place['url']}?offset=0", b"a" * MIB).json()["received"] == MIB
    return Upload.objects.get()


def test_a_piece_without_room_is_refused_and_taken_later(keeper: Client, upload: Upload) -> None:  # noqa: F811
    where = f"/rescue/uploads/{upload.token}/"
    with room_for(2 * MIB):
        answer = keeper.put(f"{where}?offset={MIB}", b"b" * 5 * MIB)
    assert answer.status_code == 507
    assert "no room" in answer.json()["error"]
    assert keeper.get(where).json()["received"] == MIB, "nothing of the half piece counts"
    assert keeper.put(f"{where}?offset={MIB}", b"b" * 5 * MIB).json()["received"] == 6 * MIB
    assert path_of(upload).read_bytes() == b"a" * MIB + b"b" * 5 * MIB


def test_a_form_without_room_says_so_and_leaves_no_half_file(keeper: Client) -> None:  # noqa: F811
    file = SimpleUploadedFile("a.sql", b"a" * 900_000)
    with room_for(500_000):
        answer = keeper.post("/rescue/new/", {"files": file})
    assert answer.status_code == 507
    assert "no room" in answer.content.decode()
    assert not [upload for upload in Upload.objects.all() if upload.received or path_of(upload).exists()]
    assert not Run.objects.exists()


@pytest.mark.slow
def test_a_rescue_without_room_says_so_and_goes_on_later(tmp_path: Path) -> None:
    data, dump = tmp_path / "data", old_site.write_dump(tmp_path)
    added = [sys.executable, "-m", "fanthology", "keeper", "add", "mina"]
    subprocess.run(added, env=environment(data), input=b"seven grey herons\n", check=True)
    size = (data / "archive.sqlite3").stat().st_size
    asked = [sys.executable, "-m", "fanthology", "rescue", str(dump), "--basis", "owner-moves", "--publish"]
    with room_for(size + 40_000):
        full = subprocess.run(asked, env=environment(data), capture_output=True, text=True, check=False)
    assert full.returncode == 3
    assert "Traceback" not in full.stderr
    assert "make room on its disk" in " ".join(full.stderr.split())
    assert command(data, dump) == 0
    with closing(sqlite3.connect(data / "archive.sqlite3")) as connection:
        titles = [row[0] for row in connection.execute("SELECT title FROM works_work ORDER BY title")]
    assert titles == sorted({*titles}), "nothing is there twice"
    assert {"The Lamp", "The Rope", "Unseen", "Nobody's", "Empty"} <= {*titles}
