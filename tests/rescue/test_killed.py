"""kill -9 in the middle of a rescue: the next run completes it, and the archive is what an undisturbed one would be."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from tests.rescue import old_site
from tests.test_command import free_port, healthy, until

POINTS = [
    "rescue.people:1",
    "rescue.challenges:1",
    "rescue.works-written:1",
    "rescue.works:1",
    "rescue.series:2",
    "rescue.series-placed:1",
    "rescue.reviews:1",
    "rescue.favourites:1",
    "rescue.news:1",
    "rescue.before-end:1",
    "rescue.published-batch:1",
]
TABLES = {
    "works_work": "title, state, audience, word_count, chapter_count, revised_at, rating_as_written, gate_members, needs_consent",
    "works_chapter": "position, title, state, word_count, anchor",
    "works_text": "sha256, markup",
    "works_revision": "number",
    "works_worktag": "as_written, position",
    "works_authorship": "position",
    "works_series": "title, openness",
    "works_seriesplace": "position, confirmed",
    "people_penname": "name, slug, status, bio",
    "reviews_review": "text, guest_name, stars, by_author, written_at",
    "tags_tag": "kind_id, name, disambiguator",
    "tags_tagparent": "1",
    "tags_tagclosure": "1",
    "gatherings_challenge": "title, is_public",
    "gatherings_challengeresponse": "1",
    "pages_news": "title, origin, is_public",
    "pages_newscomment": "text",
    "pages_custompage": "slug, is_public",
    "rescue_sourcekey": "kind, old_id, digest",
    "rescue_formermember": "old_id, favourites",
    "rescue_outcome": "kind, old_id, outcome",
    "rescue_site": "name, basis",
    "rescue_tagmapping": "source, old_id, name",
}


def environment(data: Path, fail_at: str = "") -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if name != "FANTHOLOGY_DATABASE_URL"}
    return bare | {
        "FANTHOLOGY_DATA": str(data),
        "FANTHOLOGY_FAIL_AT": fail_at,
        "DJANGO_SETTINGS_MODULE": "fanthology.config.settings",
    }


def command(data: Path, dump: Path, *, fail_at: str = "", report: Path | None = None) -> int:
    arguments = [
        "rescue",
        str(dump),
        "--basis",
        "owner-moves",
        "--publish",
        *(["--report", str(report)] if report else []),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "fanthology", *arguments],
        env=environment(data, fail_at),
        capture_output=True,
        check=False,
    )
    return done.returncode


def rows(data: Path) -> dict[str, list[tuple]]:
    with sqlite3.connect(data / "archive.sqlite3") as connection:
        return {
            table: sorted(connection.execute(f"SELECT {columns} FROM {table}"), key=repr)
            for table, columns in TABLES.items()
        }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("undisturbed")
    dump = old_site.write_dump(folder)
    assert command(folder / "data", dump, report=folder / "report.json") == 0
    return folder, dump


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_killed_rescue_is_completed_by_the_next(undisturbed: tuple[Path, Path], tmp_path: Path, point: str) -> None:
    whole, dump = undisturbed
    data = tmp_path / "data"
    assert command(data, dump, fail_at=point) == -signal.SIGKILL
    assert command(data, dump, report=tmp_path / "report.json") == 0
    assert rows(data) == rows(whole / "data")
    if point != "rescue.published-batch:1":  # there the rescue itself was complete, and its second run a run of its own
        mine, theirs = (json.loads((folder / "report.json").read_text()) for folder in (tmp_path, whole))
        assert mine["here"] == theirs["here"]
        assert mine["tables"] == theirs["tables"]


class Visitor:
    """A keeper's browser without JavaScript: cookies, forms with their token, nothing else."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.open = build_opener(HTTPCookieProcessor()).open

    def get(self, path: str) -> str:
        with self.open(self.address + path, timeout=60) as answer:
            return str(answer.read().decode())

    def post(self, form_on: str, path: str, files: dict[str, bytes] | None = None, **fields: str) -> str:
        """Send a form of a page, as soon as it has one: none is shown while the job before is at its last strokes."""
        token = until(lambda: re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(form_on)))
        parts = [
            f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in {**fields, "csrfmiddlewaretoken": token[1]}.items()
        ]
        for name, data in (files or {}).items():
            head = f'--edge\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
            parts.append(head.encode() + data + b"\r\n")
        body = b"".join(parts) + b"--edge--\r\n"
        asked = Request(self.address + path, body, {"Content-Type": "multipart/form-data; boundary=edge"})
        with self.open(asked, timeout=60) as answer:
            return str(answer.read().decode())


@contextmanager
def serving(data: Path, port: int, *, fail_at: str = "") -> Iterator[None]:
    """`fanthology serve` with all its children; whatever is left of them is killed at the end, as by a power cut."""
    arguments = [sys.executable, "-m", "fanthology", "serve", "--port", str(port), "--workers", "1"]
    with (data / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            arguments, env=environment(data, fail_at), stdout=log, stderr=log, start_new_session=True
        )
    try:
        until(lambda: healthy(f"http://127.0.0.1:{port}"))
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(60)


def one(data: Path, question: str) -> Any:
    with closing(sqlite3.connect(data / "archive.sqlite3")) as connection:
        return connection.execute(question).fetchone()[0]


def without_the_keeper(found: dict[str, list[tuple]]) -> dict[str, list[tuple]]:
    """The keeper has a pen name too; and digests are of rows with their ids, which begin one later for that."""
    names = [row for row in found["people_penname"] if row[0] != "mina"]
    return {**found, "people_penname": names, "rescue_sourcekey": [row[:2] for row in found["rescue_sourcekey"]]}


@pytest.mark.slow
def test_a_power_cut_in_a_rescue_started_in_the_browser(undisturbed: tuple[Path, Path], tmp_path: Path) -> None:
    """Kill -9 of everything at once while works come in: started again, it goes on by itself, nothing lost or doubled."""
    whole, dump = undisturbed
    data, port, page = tmp_path / "data", free_port(), "/rescue/1/"
    fanthology, password = [sys.executable, "-m", "fanthology"], "seven grey herons"
    subprocess.run(
        [*fanthology, "keeper", "add", "mina"], env=environment(data), input=password.encode() + b"\n", check=True
    )
    keeper = Visitor(f"http://127.0.0.1:{port}")
    with serving(data, port, fail_at="rescue.series:2"):
        keeper.post("/account/login/", "/account/login/", login="mina", password=password)
        keeper.post("/rescue/new/", "/rescue/new/", files={dump.name: dump.read_bytes()})
        keeper.post(page, f"{page}examine/")
        until(lambda: one(data, "SELECT state FROM rescue_run") == "examined")
        keeper.post(page, f"{page}basis/", basis="owner-moves", note="A letter of 3 May 2026.")
        keeper.post(page, f"{page}bring/")
        until(lambda: one(data, "SELECT count(*) FROM works_work"))
    assert one(data, "SELECT state FROM rescue_run") == "bringing"
    with serving(data, port):
        until(lambda: one(data, "SELECT state FROM rescue_run") == "brought")
        keeper.post(page, f"{page}publish/", which="all")
        until(lambda: one(data, "SELECT state FROM rescue_run") == "published")
        check = [*fanthology, "check"]  # clean as soon as search has heard of everything
        until(lambda: subprocess.run(check, env=environment(data), capture_output=True, check=False).returncode == 0)
    assert without_the_keeper(rows(data)) == without_the_keeper(rows(whole / "data"))
