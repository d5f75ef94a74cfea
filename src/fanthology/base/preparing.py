"""Brings an archive's data directory up to the installed version: folders, tables, static files. Safe to repeat.

`fanthology serve` runs it at every start, in a process that ends, so that its memory does not stay. Several starts at
once wait for each other.
"""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection

from .models import Archive


def prepare() -> None:
    """Everything that must be there before the first request."""
    with _alone():
        for place in (settings.BLOBS, settings.INDEX, settings.UPLOADS, settings.SCRATCH):
            Path(place).mkdir(parents=True, exist_ok=True)
        with _one_migration_at_a_time():
            call_command("migrate", verbosity=0, interactive=False)
        if settings.PROFILE == "scaled":
            call_command("createcachetable", verbosity=0)
        collect_static_files()
        Archive.current()


def collect_static_files() -> bool:
    """Hash and compress the package's static files into the data directory; False when they are there already."""
    target = Path(settings.STATIC_ROOT)
    built, mark = _static_digest(), target / ".built"
    if mark.exists() and mark.read_text() == built:
        return False
    target.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False)
    mark.write_text(built)
    return True


def _static_digest() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            digest.update(f"{name}\0".encode())
            digest.update(Path(storage.path(name)).read_bytes())
    return digest.hexdigest()


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time on this data directory."""
    Path(settings.DATA).mkdir(mode=0o700, parents=True, exist_ok=True)
    with (Path(settings.DATA) / "prepare.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _one_migration_at_a_time() -> Iterator[None]:
    """One machine at a time where several share a PostgreSQL."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [0xFA47])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [0xFA47])
