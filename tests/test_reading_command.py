"""`fanthology read` and `convert` on files that nobody vouches for: readers are children, and one that dies is an error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

STORY = "Title: The Lamp\nAuthor: Mina\n\nThe lamp was lit at six.\n\nNobody came.\n"
MEGABYTE = 1024 * 1024


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """One that needs far more memory than its reader may have, and a story."""
    greedy, story = tmp_path / "greedy.txt", tmp_path / "lamp.txt"
    greedy.write_bytes(b"word word\n" * (5 * MEGABYTE))
    story.write_text(STORY)
    return greedy, story


def fanthology(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "FANTHOLOGY_DATA": str(place / "nowhere"), "FANTHOLOGY_SANDBOX_MB": "256"}
    for name in ("FANTHOLOGY_SECRET_KEY", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "fanthology", *arguments]
    return subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_a_file_that_breaks_its_reader_is_an_error_and_the_next_is_read(files, tmp_path):
    greedy, story = files
    done = fanthology(tmp_path, "read", str(greedy), str(story), str(tmp_path / "gone.txt"))
    broken, read, gone = map(json.loads, done.stdout.splitlines())
    assert broken["error"]["code"] in {"limit.memory", "unreadable.crash"}
    assert read["title"] == "The Lamp"
    assert gone["error"]["code"] == "unreadable.file"
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert {path.name for path in tmp_path.iterdir()} == {"greedy.txt", "lamp.txt"}, "and nothing was made"


def test_nothing_is_converted_from_a_file_that_breaks_its_reader(files, tmp_path):
    done = fanthology(tmp_path, "convert", str(files[0]), str(tmp_path / "big.epub"))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert not (tmp_path / "big.epub").exists()


def test_a_limit_that_is_no_number_is_said(files, tmp_path, monkeypatch):
    monkeypatch.setenv("FANTHOLOGY_SANDBOX_WORKERS", "many")
    done = fanthology(tmp_path, "read", str(files[1]))
    assert (done.returncode, done.stdout) == (2, "")
    assert "FANTHOLOGY_SANDBOX_WORKERS" in done.stderr
