"""The sources of rescues, sealed: they hold addresses and password hashes of people who are not here.

A source is encrypted in pieces (AES-256-GCM, one random key prefix per file, pieces numbered and the last one marked,
so that nothing can be cut off, swapped or mixed) with `keys/sealed.key`, kept outside every backup, and purged on its
date. Whoever loses the key has lost the sources; the archive itself does not need them.

File: one line of JSON (the purge date and nonce prefix, authenticated with every piece), then pieces of 1 MiB + 16 bytes.
"""

from __future__ import annotations

import io
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from .keys import key

PIECE = 1024 * 1024
TAG = 16


class Unopenable(ValueError):
    """The sealed source is not there, was changed, or belongs to another key."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed source: its name (32 hex digits) and the day on which it will be purged."""

    name: str
    purge_on: date


def seal(source: BinaryIO, *, purge_on: date) -> Sealed:
    """Encrypt a stream, read to its end, in flat memory. Durable on return; nothing is left on an error."""
    name = secrets.token_hex(16)
    header = _header(purge_on, secrets.token_hex(7))
    path = _path(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(header)
            for sealed in _sealed_pieces(source, header):
                out.write(sealed)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return Sealed(name, purge_on)


def open_sealed(name: str) -> BinaryIO:
    """The source as a readable stream, decrypted piece by piece; close it. Raises `Unopenable`, also while reading."""
    try:
        file = _path(name).open("rb")
    except FileNotFoundError:
        raise Unopenable("The sealed source is gone: purged, or never on this machine.") from None
    return io.BufferedReader(_Opened(file), buffer_size=PIECE)


def delete(name: str) -> bool:
    """Purge one source now; False when it was gone already."""
    path = _path(name)
    existed = path.exists()
    path.unlink(missing_ok=True)
    return existed


def kept() -> Iterator[Sealed]:
    """Every sealed source on this machine."""
    for path in sorted(Path(settings.SEALED).glob("*.sealed")):
        with path.open("rb") as file:
            yield Sealed(path.stem, _read_header(file.readline(4096))[0])


def purge(today: date) -> int:
    """Delete every source whose day has come. Returns how many."""
    return sum(delete(source.name) for source in list(kept()) if source.purge_on <= today)


class _Opened(io.RawIOBase):
    """Decrypts while it is read; each piece is checked before a byte of it is given out."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._header = file.readline(4096)
        _, self._prefix = _read_header(self._header)
        self._cipher = AESGCM(key("sealed"))
        self._number = 0
        self._next = file.read(PIECE + TAG)
        self._plain = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._plain and self._number >= 0:
            self._plain = memoryview(self._open_piece())
        size = min(len(buffer), len(self._plain))
        buffer[:size] = self._plain[:size]
        self._plain = self._plain[size:]
        return size

    def close(self) -> None:
        self._file.close()
        super().close()

    def _open_piece(self) -> bytes:
        piece, self._next = self._next, self._file.read(PIECE + TAG)
        last = not self._next
        try:
            plain = self._cipher.decrypt(_nonce(self._prefix, self._number, last=last), piece, self._header)
        except InvalidTag:
            raise Unopenable("The sealed source was changed, cut off, or sealed with another key.") from None
        self._number = -1 if last else self._number + 1
        return plain


def _sealed_pieces(source: BinaryIO, header: bytes) -> Iterator[bytes]:
    _, prefix = _read_header(header)
    cipher = AESGCM(key("sealed"))
    number, piece = 0, _whole_piece(source)
    while True:
        following = _whole_piece(source)
        yield cipher.encrypt(_nonce(prefix, number, last=not following), piece, header)
        if not following:
            return
        number, piece = number + 1, following


def _whole_piece(source: BinaryIO) -> bytes:
    """Exactly PIECE bytes, fewer only at the end: raw streams may give less than asked."""
    parts: list[bytes] = []
    wanted = PIECE
    while wanted and (part := source.read(wanted)):
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts)


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def _header(purge_on: date, prefix: str) -> bytes:
    return json.dumps({"fanthology": "sealed 1", "purge_on": purge_on.isoformat(), "prefix": prefix}).encode() + b"\n"


def _read_header(line: bytes) -> tuple[date, bytes]:
    try:
        header = json.loads(line)
        return date.fromisoformat(header["purge_on"]), bytes.fromhex(header["prefix"])
    except (ValueError, KeyError, TypeError):
        raise Unopenable("This is not a sealed source.") from None


def _path(name: str) -> Path:
    if len(name) != 32 or not set(name) <= set("0123456789abcdef"):
        raise Unopenable(f"{name!r} is not the name of a sealed source.")
    return Path(settings.SEALED) / f"{name}.sealed"
