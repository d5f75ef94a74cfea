"""Files on their way in, in pieces that may arrive over days; then sealed, when they have been read.

A piece is appended at the place the sender names, which must be where we stand: after a broken connection the sender
asks how far we are and goes on there. Until it is read a file lies in the run's own folder, mode 0600.
"""

from __future__ import annotations

import datetime as dt
import errno
import itertools
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from fanthology.base import jobs, sealed
from fanthology.formats.dumps.tree import is_archive, is_sql

from .actions import SOURCES_KEPT
from .errors import NotNow, RescueRefused, SourcesGone
from .models import Outcome, Run, SourceKey, Upload
from .sources import Source, holds_sql
from .staging import clear, folder_of

PIECE = 8 * 1024 * 1024
LARGEST = 64 * 1024**3
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM)
_UNSAFE = re.compile(r"[^\w.() -]+")


class OutOfStep(NotNow):
    """The piece does not begin where we stand; `received` says where that is."""

    def __init__(self, received: int) -> None:
        super().__init__(f"We have {received:,} bytes of this file; go on from there.")
        self.received = received


class NoRoom(RescueRefused):
    """The disk of the archive is full, or cannot be written to."""


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise NoRoom(
            f"There is no room for this file on the disk of the archive ({error.strerror}). Make room and send it again."
        ) from error


def new_run(*, actor: int, site: str = "") -> Run:
    return Run.objects.create(started_by_id=actor, settings={"site": site.strip()[:200]})


def has_written(run: Run) -> bool:
    """Whether anything of this run stands in the archive already."""
    written = Outcome.objects.filter(run=run).exists() or SourceKey.objects.filter(last_run=run).exists()
    return written or run.finished_at is not None


def takes_files(run: Run) -> bool:
    """Files come and go until the run is brought in, while no job works with them."""
    still = run.state in (Run.State.RECEIVED, Run.State.EXAMINED) and not has_written(run)
    return still and not jobs.unfinished(f"run-{run.pk}").exists()


def open_again(run_id: int) -> Run:
    """A run whose files may change. What was found in them so far is forgotten: they are examined anew.

    Raises NotNow once it is brought in or worked on, Run.DoesNotExist.
    """
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        if not takes_files(run):
            raise NotNow("The files of this run cannot be changed now: it is being worked on, or has been brought in.")
        if run.state != Run.State.RECEIVED:
            run.state, run.report, run.kind = Run.State.RECEIVED, {}, ""
        run.settings, run.error = {**run.settings, "choices": []}, ""
        run.save(update_fields=["state", "report", "kind", "settings", "error"])
    return run


def remove_file(*, upload: Upload) -> None:
    """Take one file back out of a run, with its sealed copy. Raises NotNow."""
    run = open_again(upload.run_id or 0)
    _delete_sealed(run, {upload.name})
    path_of(upload).unlink(missing_ok=True)
    run.settings = {**run.settings, "prefix": None}
    run.save(update_fields=["settings"])
    upload.delete()


def delete_files(run: Run) -> None:
    """Every file of a run, open and sealed."""
    _delete_sealed(run, {entry["name"] for entry in run.sources})
    clear(run.pk)


def _delete_sealed(run: Run, names: set[str]) -> None:
    for entry in run.sources:
        if entry["name"] in names:
            sealed.delete(entry["sealed"])
    run.sources = [entry for entry in run.sources if entry["name"] not in names]
    run.save(update_fields=["sources"])


def announce(*, run: Run, name: str, size: int, actor: int) -> Upload:
    """A file that is about to come; or the one of this name and size that is on its way already.

    Another file of the same name gets a number: saved pages of two folders are often called alike.
    """
    if not size:
        raise NotNow(f"{_safe(name)} is empty: there is nothing in it to read.")
    if not 0 < size <= LARGEST:
        raise NotNow(f"{_safe(name)} is too large: a file has at most 64 GB.")
    with transaction.atomic():
        Run.objects.select_for_update().get(pk=run.pk)
        taken = {upload.name: upload for upload in run.uploads.all()}
        for free in _numbered(_safe(name)):
            known = taken.get(free)
            if known is None:
                return Upload.objects.create(run=run, name=free, size=size, token=secrets.token_hex(16), by_id=actor)
            if known.size == size:
                return known
    raise AssertionError("the numbers have no end")


def receive(*, upload: Upload, offset: int, piece: BinaryIO, length: int) -> int:
    """Append a piece; returns how many bytes are here now. Raises OutOfStep, NotNow, NoRoom. Durable on return."""
    with transaction.atomic(), _room():
        current = Upload.objects.select_for_update().get(pk=upload.pk)
        path = path_of(current)
        have = min(current.received, path.stat().st_size if path.exists() else 0)
        if offset != have:
            raise OutOfStep(have)
        if length > PIECE or offset + length > current.size:
            raise NotNow("That is more than was announced.")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "r+b") as file:
            file.truncate(offset)
            file.seek(offset)
            while chunk := piece.read(min(1 << 20, length)):
                file.write(chunk)
                length -= len(chunk)
                if not length:
                    break
            file.flush()
            os.fsync(file.fileno())
            current.received = file.tell()
        current.save(update_fields=["received"])
    return current.received


def receive_whole(*, run: Run, file: UploadedFile[Any], actor: int) -> Upload:
    """A file from a plain form, without JavaScript. Raises NotNow, and NoRoom with nothing kept."""
    upload = announce(run=run, name=file.name or "file", size=file.size or 0, actor=actor)
    path = path_of(upload)
    try:
        with _room():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                for chunk in file.chunks():
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
    except NoRoom:
        path.unlink(missing_ok=True)
        upload.delete()
        raise
    upload.received = upload.size
    upload.save(update_fields=["received"])
    return upload


def path_of(upload: Upload) -> Path:
    """Dumps and what goes with them lie in two folders, so that the reader of a dump finds its texts."""
    folder = "dump" if is_sql(upload.name) else "loose-files"
    return folder_of(upload.run_id or 0) / folder / upload.name


def is_complete(run: Run) -> bool:
    uploads = list(run.uploads.all())
    return bool(uploads) and all(upload.received == upload.size for upload in uploads)


def settle_source(run: Run) -> Source:
    """What the uploads of a run are together: a dump with its texts, one archive, or loose files. Raises SourcesGone."""
    uploads = list(run.uploads.order_by("id"))
    if run.sources and not all(path_of(upload).exists() for upload in uploads):
        unseal(run)
    if not is_complete(run):
        raise SourcesGone("Not all files are here yet.")
    dumps = [path_of(upload) for upload in uploads if is_sql(upload.name)]
    texts = [path_of(upload) for upload in uploads if not is_sql(upload.name)]
    chosen = {
        "prefix": run.settings.get("prefix"),
        "encoding": str(run.settings.get("encoding") or "auto"),
        "site": str(run.settings.get("site") or ""),
    }
    misnamed = None if dumps else next((path for path in texts if not is_archive(path.name) and holds_sql(path)), None)
    if misnamed:
        texts.remove(misnamed)
    together = texts[0].parent if len(texts) > 1 else texts[0] if texts else None
    if misnamed:
        source = Source((misnamed,), "auto", together, **chosen)
    elif dumps:
        # A dump in several files (one a table, one a part) is read as one: their folder.
        source = Source((dumps[0] if len(dumps) == 1 else dumps[0].parent,), "auto", together, **chosen)
    else:
        source = Source((together or folder_of(run.pk),), "auto", None, **chosen)
    run.settings = {**run.settings, **source.as_settings()}
    run.source_sha256 = source.fingerprint()
    run.save(update_fields=["settings", "source_sha256"])
    return source


def seal_sources(run: Run) -> None:
    """Encrypt what was uploaded, with a purge date, and remove the open files."""
    purge_on = run.purge_sources_on or timezone.localdate() + SOURCES_KEPT
    known = {entry["name"] for entry in run.sources}
    for upload in run.uploads.order_by("id"):
        path = path_of(upload)
        if not path.exists():
            continue
        if upload.name not in known:
            with path.open("rb") as file:
                locked = sealed.seal(file, purge_on=purge_on)
            run.sources = [
                *run.sources,
                {"name": upload.name, "sealed": locked.name, "size": upload.size, "purge_on": purge_on.isoformat()},
            ]
            run.purge_sources_on = purge_on
            run.save(update_fields=["sources", "purge_sources_on"])
        path.unlink()


def hasten_purge(run: Run) -> None:
    """Seal again, with the run's earlier purge date, what was sealed for longer."""
    wanted = run.purge_sources_on
    if wanted is None:
        return
    for number, entry in enumerate(run.sources):
        if dt.date.fromisoformat(entry["purge_on"]) <= wanted:
            continue
        with sealed.open_sealed(entry["sealed"]) as source:
            again = sealed.seal(source, purge_on=wanted)
        run.sources[number] = {**entry, "sealed": again.name, "purge_on": wanted.isoformat()}
        run.save(update_fields=["sources"])
        sealed.delete(entry["sealed"])


def unseal(run: Run) -> None:
    """Lay the sealed files open again, to read them anew. Raises SourcesGone after their purge date."""
    by_name = {entry["name"]: entry["sealed"] for entry in run.sources}
    for upload in run.uploads.all():
        path = path_of(upload)
        if path.exists():
            continue
        try:
            with sealed.open_sealed(by_name.get(upload.name, "")) as source:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                    while chunk := source.read(1 << 20):
                        out.write(chunk)
        except sealed.Unopenable as error:
            raise SourcesGone(str(error)) from error


def forget_stale(*, older_than: dt.timedelta = dt.timedelta(days=14)) -> int:
    """Runs that never got past their upload and that nobody touched for two weeks. Returns how many."""
    stale = Run.objects.filter(state=Run.State.RECEIVED, site=None, made_at__lt=timezone.now() - older_than)
    gone = list(stale.values_list("pk", flat=True))
    for run_id in gone:
        clear(run_id)
    Run.objects.filter(pk__in=gone).delete()
    return len(gone)


def _numbered(name: str) -> Iterator[str]:
    yield name
    stem, dot, ending = name.partition(".")
    for number in itertools.count(2):
        yield f"{stem} ({number}){dot}{ending}"


def _safe(name: str) -> str:
    """A plain file name: no folders, no control characters, nothing that begins with a dot."""
    bare = _UNSAFE.sub("_", name.replace("\\", "/").rpartition("/")[2]).lstrip(". ")
    stem, dot, ending = bare.rpartition(".")
    return (f"{stem[:150]}{dot}{ending[:20]}" if dot else bare[:150]) or "file"
