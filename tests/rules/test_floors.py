"""Imports only go down, and nobody may forget to say on which floor a new room stands."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.rules.tree import ROOT, SOURCE, tracked

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
FLOORS = next(contract for contract in CONTRACTS if contract["name"] == "Floors inside an app")


def test_no_import_goes_up():
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[result.stdout.find("Contracts") :]


def test_every_room_has_its_inner_floors_guarded():
    rooms = {f"fanthology.{path.parent.name}" for path in tracked("src/fanthology/*/apps.py")}
    assert rooms == set(FLOORS["containers"])


def test_the_core_stands_alone():
    """Nothing of a framework is loaded by the core, not even by way of a package that it uses."""
    code = (
        "import sys, fanthology.formats\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules} & {'django', 'requests', 'httpx', 'tantivy'}))\n"
        "print(*sorted(name for name in sys.modules if name.startswith('fanthology.') and '.formats' not in name))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == []


@pytest.mark.parametrize("path", tracked("tests/*.py", "tests/**/*.py"), ids=lambda path: str(path.relative_to(ROOT)))
def test_folders_of_tests_are_packages(path):
    """Two rooms may both have a test_models.py; without this pytest would mix them up."""
    if path.name.startswith("test_"):
        assert (path.parent / "__init__.py").exists()


def test_every_room_is_a_package():
    folders = {path.parent for path in tracked("src/fanthology/*.py", "src/fanthology/**/*.py")}
    assert sorted(str(folder.relative_to(SOURCE)) for folder in folders if not (folder / "__init__.py").exists()) == []
