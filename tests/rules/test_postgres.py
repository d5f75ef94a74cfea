"""The same migrations on SQLite and on PostgreSQL: the same tables, columns and named constraints, both ways."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import cluster, programs

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(programs() is None, reason="PostgreSQL's server programs are not installed"),
]

# Run in a process of its own for each database, since Django's settings belong to a process.
PICTURE = """
import json, django
django.setup()
from django.apps import apps
from django.core.management import call_command
from django.db import connection

call_command("migrate", verbosity=0)
picture = {}
with connection.cursor() as cursor:
    for model in apps.get_models():
        if not model.__module__.startswith("fanthology."):
            continue
        table = model._meta.db_table
        columns = connection.introspection.get_table_description(cursor, table)
        held = connection.introspection.get_constraints(cursor, table)
        ours = {constraint.name for constraint in model._meta.constraints} | {index.name for index in model._meta.indexes}
        picture[table] = {
            "columns": sorted([column.name, bool(column.null_ok)] for column in columns),
            "held": sorted(name for name in held if name in ours),
            "ours": sorted(ours),
        }
print(json.dumps(picture))
call_command("migrate", "reviews", "zero", verbosity=0)
call_command("migrate", "reviews", verbosity=0)
"""


def run(data: Path, *arguments: str, **more: str) -> str:
    """What this Python prints when it is run with `arguments`, on an archive of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FANTHOLOGY_")} | {
        "FANTHOLOGY_DATA": str(data),
        "FANTHOLOGY_SECRET_KEY": "only-for-tests",
        "DJANGO_SETTINGS_MODULE": "fanthology.config.settings",
        **more,
    }
    data.mkdir(parents=True, exist_ok=True)
    result = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def picture(data: Path, **more: str) -> dict[str, dict[str, list[object]]]:
    return dict(json.loads(run(data, "-c", PICTURE, **more).splitlines()[0]))


@pytest.fixture
def address() -> Iterator[str]:
    with cluster() as address:
        yield address


def test_both_databases_hold_the_same(address: str, tmp_path: Path):
    small = picture(tmp_path / "sqlite")
    large = picture(tmp_path / "postgres", FANTHOLOGY_DATABASE_URL=address)
    assert set(small) == set(large)
    for table in small:
        assert small[table]["columns"] == large[table]["columns"], table
        assert small[table]["held"] == small[table]["ours"], f"SQLite lacks a constraint of {table}"
        assert large[table]["held"] == large[table]["ours"], f"PostgreSQL lacks a constraint of {table}"


@pytest.mark.slow
def test_a_whole_rescue_gives_the_same_stories(address: str, tmp_path: Path):
    """The demo archive moves into both databases; every work comes out of both alike."""
    exported = []
    for name, more in (("sqlite", {}), ("postgres", {"FANTHOLOGY_DATABASE_URL": address})):
        data = tmp_path / name
        run(data, "-m", "fanthology", "demo", "--prepare-only", **more)
        exported.append(
            [json.loads(line) for line in run(data, "-m", "fanthology", "export", "--json-lines", **more).splitlines()]
        )
        assert "All is well." in run(data, "-m", "fanthology", "check", **more)
    small, large = exported
    assert len(small) >= 24
    assert small == large
