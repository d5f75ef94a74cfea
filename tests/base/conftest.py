"""An archive of its own for tests that kill processes: a real data directory, real processes, nothing shared."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

SETUP = "import django; django.setup()\n"


@dataclass
class Archive:
    """A prepared data directory; `python` and `command` run in processes of their own and return what came of it."""

    data: Path

    def environment(self, **more: str) -> dict[str, str]:
        bare = {name: value for name, value in os.environ.items() if not name.startswith("FANTHOLOGY_")}
        return bare | {
            "FANTHOLOGY_DATA": str(self.data),
            "FANTHOLOGY_SECRET_KEY": "only-for-tests",
            "DJANGO_SETTINGS_MODULE": "fanthology.config.settings",
            **more,
        }

    def start(self, code: str, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", SETUP + code], env=self.environment(**more), stdout=subprocess.PIPE, text=True
        )

    def python(self, code: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", SETUP + code],
            env=self.environment(**more),
            capture_output=True,
            text=True,
            check=False,
        )

    def says(self, code: str, **more: str) -> str:
        """What the code prints; fails the test when it fails."""
        done = self.python(code, **more)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def command(self, *arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "fanthology", *arguments],
            env=self.environment(**more),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with all tables, made once and copied."""
    archive = Archive(tmp_path_factory.mktemp("prepared") / "data")
    done = archive.command("prepare")
    assert done.returncode == 0, done.stderr
    return archive.data


@pytest.fixture
def archive(prepared: Path, tmp_path: Path) -> Archive:
    shutil.copytree(prepared, tmp_path / "archive")
    return Archive(tmp_path / "archive")
