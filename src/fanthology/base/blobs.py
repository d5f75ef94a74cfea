"""Bytes kept on disk under their SHA-256. Hides the order of writing, deduplication and deletion.

The order is the promise: write a draft on the same file system, fsync it, rename it into place, fsync the folder, and
only then the row. A row therefore always has its whole file; a crash leaves at most a file without a row, which
`fanthology check` finds. Files are never changed; equal bytes are one file.

A blob may be deleted when nothing refers to it: no foreign key of any room, and no function registered with
`@references`. Fresh blobs (put within a day) stay, as their row may be about to be referred to.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from .failpoints import reach
from .models import Blob

PIECE = 1024 * 1024
LARGEST = 2 * 1024**3
GRACE = timedelta(days=1)


class TooLarge(ValueError):
    """More bytes than the caller allows; nothing was kept."""


class Missing(LookupError):
    """There is no such blob, or its file is gone."""


References = Callable[[set[str]], Iterable[str]]
_REFERENCES: list[References] = []


def references(found: References) -> References:
    """Register a function that says which of the given hashes its room still needs. Foreign keys need no function."""
    _REFERENCES.append(found)
    return found


def put(data: bytes | BinaryIO, *, media_type: str, largest: int = LARGEST) -> Blob:
    """Keep bytes, or a stream read to its end; the same bytes twice are one blob.

    Raises:
        TooLarge: there are more than `largest` bytes.
        OSError: the disk is full or broken; nothing is half-kept.
    """
    with _deletion_waits():
        sha256, size = store(BytesIO(data) if isinstance(data, bytes) else data, largest)
        reach("blob.stored")
        blob, made = Blob.objects.get_or_create(sha256=sha256, defaults={"size": size, "media_type": media_type})
        if not made:
            Blob.objects.filter(sha256=sha256).update(put_at=timezone.now())
    reach("blob.kept")
    return blob


def read(sha256: str) -> bytes:
    """All bytes of a blob. Raises `Missing`."""
    with open_blob(sha256) as file:
        return file.read()


def open_blob(sha256: str) -> BinaryIO:
    """The blob as a seekable file; close it. Raises `Missing`."""
    try:
        return path_of(sha256).open("rb")
    except FileNotFoundError:
        raise Missing(f"The file of blob {sha256} is not there.") from None


def path_of(sha256: str) -> Path:
    """Where the bytes of this hash stand, or would stand."""
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise Missing(f"{sha256!r} is not the name of a blob.")
    return Path(settings.BLOBS) / sha256[:2] / sha256[2:4] / sha256


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files() -> Iterator[Path]:
    """Every file that stands where a blob would, drafts left out; sorted within each folder."""
    for folder in sorted(Path(settings.BLOBS).glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]")):
        yield from sorted(folder.iterdir())


def delete_unused(*, grace: timedelta = GRACE) -> int:
    """Delete every blob that nothing refers to and nobody put within `grace`. Returns how many.

    Does nothing (0) while a backup runs or somebody is just putting a blob: it will be called again.
    """
    before = timezone.now() - grace
    deleted = 0
    last = ""
    while batch := list(
        Blob.objects.filter(sha256__gt=last, put_at__lt=before)
        .order_by("sha256")
        .values_list("sha256", flat=True)[:500]
    ):
        last = batch[-1]
        unused = set(batch) - used(set(batch))
        deleted += sum(_delete(sha256, before) for sha256 in sorted(unused))
    return deleted


def used(hashes: set[str]) -> set[str]:
    """Which of the given hashes some room refers to."""
    found: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:  # noqa: SLF001 - Django's documented door
            if field.related_model is Blob:
                here = model._base_manager.filter(**{f"{field.name}__in": hashes})  # noqa: SLF001
                found.update(here.values_list(field.attname, flat=True).distinct())
    for registered in _REFERENCES:
        found.update(set(registered(hashes)) & hashes)
    return found


@contextmanager
def paused_deletion() -> Iterator[None]:
    """While the block runs, no process deletes a blob: what a backup needs. Putting goes on."""
    with _deletion_waits():
        yield


def store(stream: BinaryIO, largest: int = LARGEST) -> tuple[str, int]:
    """Bring bytes to their place, durably, without a row: for `put` and for a restore. Returns hash and size."""
    drafts = Path(settings.BLOBS) / "drafts"
    drafts.mkdir(parents=True, exist_ok=True)
    draft = drafts / secrets.token_hex(16)
    try:
        sha256, size = _write(draft, stream, largest)
        reach("blob.written")
        place = path_of(sha256)
        if not (place.exists() and place.stat().st_size == size):
            _make_folder(place.parent)
            draft.replace(place)
            reach("blob.renamed")
        # Also where the file stood already: whoever renamed it may not have come to this line yet.
        fsync_folder(place.parent)
    finally:
        draft.unlink(missing_ok=True)
    return sha256, size


def _write(draft: Path, stream: BinaryIO, largest: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with draft.open("xb") as out:
        while piece := stream.read(PIECE):
            size += len(piece)
            if size > largest:
                raise TooLarge(f"There are more than {largest:,} bytes; nothing was kept.")
            digest.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest(), size


def _make_folder(folder: Path) -> None:
    """Make a folder and its parents, each durably: a folder is an entry in the one above."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    fsync_folder(folder.parent)


def fsync_folder(folder: Path) -> None:
    """Make the names in a folder durable: without it a renamed file may be gone after a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _deletion_waits() -> Iterator[None]:
    """Held shared by whoever puts or backs up. A deletion never waits for it, so it cannot deadlock with the database."""
    with _lock_file().open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def _delete(sha256: str, before: datetime) -> bool:
    """Row first, then file, unless somebody puts this blob meanwhile or refers to it.

    The lock is tried inside the transaction and never waited for: whoever puts a blob may hold the one and want the other.
    """
    with _lock_file().open("ab") as lock:
        with transaction.atomic():
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            if used({sha256}) or not Blob.objects.filter(sha256=sha256, put_at__lt=before).delete()[0]:
                return False
        reach("blob.row-deleted")
        path_of(sha256).unlink(missing_ok=True)
    return True


def _lock_file() -> Path:
    lock = Path(settings.BLOBS) / "deletion.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    return lock
