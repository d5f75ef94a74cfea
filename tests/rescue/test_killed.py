"""kill -9 in the middle of a rescue: the next run completes it, and the archive is what an undisturbed one would be."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rescue import old_site

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
    "rescue_item": "kind, old_id, outcome",
    "rescue_site": "name, basis",
    "rescue_tagmapping": "source, old_id, name",
}


def command(data: Path, dump: Path, *, fail_at: str = "", report: Path | None = None) -> int:
    environment = {
        **os.environ,
        "FANTHOLOGY_DATA": str(data),
        "FANTHOLOGY_FAIL_AT": fail_at,
        "DJANGO_SETTINGS_MODULE": "fanthology.config.settings",
    }
    environment.pop("FANTHOLOGY_DATABASE_URL", None)
    arguments = [
        "rescue",
        str(dump),
        "--basis",
        "owner-moves",
        "--publish",
        *(["--report", str(report)] if report else []),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "fanthology", *arguments], env=environment, capture_output=True, check=False
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
