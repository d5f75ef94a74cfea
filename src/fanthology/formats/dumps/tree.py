"""Files of a dump wherever they lie: one file, a directory, a tar (plain or packed) or a zip. Never unpacked to disk by name.

`open_tree(path)` lists members; a member's bytes come as a stream or whole. Names inside archives are labels, not paths:
nothing is ever written under them, links and devices are not followed.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from ..context import Limits
from ..errors import Damaged, LimitExceeded, UnknownFormat

BROKEN = (
    EOFError,
    OSError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
    RuntimeError,
    NotImplementedError,
)
"""What the standard library raises for packed files that are cut short, damaged or encrypted."""

_PACKED = re.compile(r"\.(gz|bz2|xz|lzma)\Z", re.I)
_TAR = re.compile(r"\.(tar|tgz|tbz2?|txz|tar\.(gz|bz2|xz|lzma))\Z", re.I)
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a tree: its name with `/`, its size in bytes (unpacked), its time (seconds, 0 = unknown)."""

    name: str
    size: int
    time: int
    open: Callable[[], BinaryIO]

    def read(self, limit: int) -> bytes:
        """All its bytes; LimitExceeded beyond `limit`, Damaged when the archive is broken here."""
        if self.size > limit:
            raise LimitExceeded(
                f"{self.name} has {self.size:,} bytes; at most {limit:,} are read at once.", code="limit.size"
            )
        try:
            with self.open() as stream:
                data = stream.read(limit + 1)
        except BROKEN as error:
            raise Damaged(f"{self.name} cannot be read out of its archive: {error}.") from error
        if len(data) > limit:
            raise LimitExceeded(f"{self.name} is longer than it claims.", code="limit.size")
        return data


class Tree:
    """The members of a directory or archive. A context: packed tars keep a temporary copy until it is left."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path = path
        self.limits = limits
        self._stack = ExitStack()
        self.members: tuple[Member, ...] = ()
        try:
            self.members = tuple(sorted(self._list(), key=lambda member: natural(member.name)))
        except BROKEN as error:
            self.close()
            raise Damaged(f"{path.name} cannot be opened: {error}.") from error
        except LimitExceeded:
            self.close()
            raise

    def close(self) -> None:
        self._stack.close()

    def _list(self) -> Iterator[Member]:
        for count, member in enumerate(self._all(), 1):
            if count > self.limits.entries:
                raise LimitExceeded(
                    f"{self.path.name} holds more than {self.limits.entries:,} files.", code="limit.entries"
                )
            yield member

    def _all(self) -> Iterator[Member]:
        if self.path.is_dir():
            return self._directory()
        if zipfile.is_zipfile(self.path):
            return self._zip()
        if is_tar(self.path):
            return self._tar()
        return iter((_file(self.path, self.path.name),))

    def _directory(self) -> Iterator[Member]:
        for path in self.path.rglob("*"):
            if path.is_file() and not path.is_symlink():
                yield _file(path, path.relative_to(self.path).as_posix())

    def _zip(self) -> Iterator[Member]:
        archive = self._stack.enter_context(zipfile.ZipFile(self.path))
        for info in archive.infolist():
            if not info.is_dir():
                self._check_ratio(info.filename, info.file_size, info.compress_size)
                yield Member(
                    info.filename.replace("\\", "/"),
                    info.file_size,
                    _zip_time(info),
                    lambda info=info: cast("BinaryIO", archive.open(info)),
                )  # type: ignore[misc]

    def _check_ratio(self, name: str, size: int, packed: int) -> None:
        if size > self.limits.ratio_floor and size > self.limits.ratio * max(packed, 1):
            raise LimitExceeded(
                f"{name} unpacks to {size:,} bytes from {packed:,}: this looks like a trap.", code="limit.ratio"
            )

    def _tar(self) -> Iterator[Member]:
        """A packed tar cannot be read in any order, so its text is laid into one temporary file first."""
        plain = self._stack.enter_context(self.path.open("rb"))
        if not tarfile_is_plain(self.path):
            plain = cast("io.BufferedReader", self._unpacked(plain))
        archive = self._stack.enter_context(tarfile.open(fileobj=plain, mode="r:"))
        for info in archive:
            if info.isreg():
                yield Member(
                    info.name.removeprefix("./"),
                    info.size,
                    int(info.mtime),
                    lambda info=info: cast("BinaryIO", archive.extractfile(info)),
                )  # type: ignore[misc]

    def _unpacked(self, packed: BinaryIO) -> BinaryIO:
        target = self._stack.enter_context(tempfile.TemporaryFile(prefix="fanthology-tar-"))
        with unpack(packed) as stream, suppress(EOFError):
            size = 0
            while chunk := stream.read(1 << 20):
                size += len(chunk)
                self._check_ratio(self.path.name, size, self.path.stat().st_size)
                if size > self.limits.total_bytes:
                    raise LimitExceeded(
                        f"{self.path.name} unpacks to more than {self.limits.total_bytes:,} bytes.", code="limit.size"
                    )
                target.write(chunk)
        target.seek(0)
        return cast("BinaryIO", target)


def open_tree(path: Path, limits: Limits) -> Tree:
    """The files at `path`. Raises UnknownFormat when nothing is there, Damaged, LimitExceeded."""
    if not path.exists():
        raise UnknownFormat(f"There is nothing at {path.name}.")
    return Tree(path, limits)


def natural(name: str) -> list[tuple[int, str]]:
    """A sort key by which part_2 comes before part_10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _DIGITS.split(name)]


def is_tar(path: Path) -> bool:
    return bool(_TAR.search(path.name)) or (path.is_file() and _has_tar_magic(path))


def _has_tar_magic(path: Path) -> bool:
    with path.open("rb") as stream:
        try:
            return unpack(stream).read(265)[257:262] == b"ustar"
        except BROKEN:
            return False


def tarfile_is_plain(path: Path) -> bool:
    with path.open("rb") as stream:
        return _packing(stream.read(6)) is None


def _packing(head: bytes) -> Callable[[BinaryIO], BinaryIO] | None:
    if head.startswith(b"\x1f\x8b"):
        return lambda stream: cast("BinaryIO", gzip.GzipFile(fileobj=stream))
    if head.startswith(b"BZh"):
        return lambda stream: cast("BinaryIO", bz2.BZ2File(stream))
    if head.startswith((b"\xfd7zXZ", b"\x5d\0\0")):
        return lambda stream: cast("BinaryIO", lzma.LZMAFile(stream))
    return None


def unpack(stream: BinaryIO) -> BinaryIO:
    """The stream, unpacked if it is gzip, bzip2 or xz by its first bytes; UTF-16 text comes as UTF-8. Needs seek."""
    packing = _packing(stream.read(6))
    stream.seek(0)
    return packing(stream) if packing else stream


def is_sql(name: str) -> bool:
    """Whether a file of this name may hold SQL."""
    return _PACKED.sub("", name).lower().endswith((".sql", ".mysql", ".dump", ".bak"))


def _file(path: Path, name: str) -> Member:
    stat = path.stat()
    return Member(name, stat.st_size, int(stat.st_mtime), lambda: path.open("rb"))


def _zip_time(info: zipfile.ZipInfo) -> int:
    year, month, day, *_ = info.date_time
    return ((year - 1970) * 12 + month) * 2_629_746 + day * 86_400
