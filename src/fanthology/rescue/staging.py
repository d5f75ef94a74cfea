"""Records put by between examining and bringing in, so that a dump is parsed once and a slice can go on where it stopped.

A file of frames (length, then compressed pickles of the core's plain values), private to this machine: it holds what
the sealed source holds, and goes with it. Only what `base.sandbox` may build comes out again.
"""

from __future__ import annotations

import os
import pickle
import shutil
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from django.conf import settings

from fanthology.formats.dumps.records import Record

from .errors import SourcesGone

_LENGTH = struct.Struct(">Q")
FRAME = 20


def folder_of(run_id: int) -> Path:
    """Where the files of a run lie while it is worked on."""
    return Path(settings.UPLOADS) / f"run-{run_id}"


def staged_path(run_id: int) -> Path:
    return folder_of(run_id) / "records.staged"


def clear(run_id: int) -> None:
    """Remove everything that lies open for a run. The sealed sources stay until their purge date."""
    shutil.rmtree(folder_of(run_id), ignore_errors=True)


class Stage:
    """Writes frames; the file gets its name only when everything is in it."""

    def __init__(self, run_id: int) -> None:
        self._path = staged_path(run_id)
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._draft = self._path.with_suffix(".draft")
        self._file = os.fdopen(os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        self._frame: list[Record] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._write()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._draft.replace(self._path)
        else:
            self._file.close()
            self._draft.unlink(missing_ok=True)

    def put(self, record: Record) -> None:
        self._frame.append(record)
        if len(self._frame) >= FRAME:
            self._write()

    def _write(self) -> None:
        if self._frame:
            packed = zlib.compress(pickle.dumps(self._frame), 1)
            self._file.write(_LENGTH.pack(len(packed)) + packed)
            self._frame = []


def staged(run_id: int, *, start: int = 0) -> Iterator[tuple[list[Record], int]]:
    """The frames from byte `start`, each with the byte at which the next one starts. Raises SourcesGone."""
    try:
        file = staged_path(run_id).open("rb")
    except FileNotFoundError:
        raise SourcesGone("What was read from the files is no longer put by; examine them again.") from None
    with file:
        file.seek(start)
        while length := file.read(_LENGTH.size):
            packed = file.read(_LENGTH.unpack(length)[0])
            frame: Any = pickle.loads(zlib.decompress(packed))  # noqa: S301 - written by ourselves, mode 0600, from sandboxed values
            yield frame, file.tell()


def size(run_id: int) -> int:
    path = staged_path(run_id)
    return path.stat().st_size if path.exists() else 0
