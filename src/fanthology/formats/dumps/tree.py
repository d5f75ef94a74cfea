"""Files of a dump wherever they lie: one file, a directory, a tar (plain or packed) or a zip. Never unpacked to disk by name.

`open_tree(path)` lists members; a member's bytes come as a stream or whole. Names inside archives are labels, not paths:
nothing is ever written under them, links and devices are not followed.
"""

from __future__ import annotations

import bz2
import codecs
import io
import lzma
import re
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from ..context import Limits
from ..errors import Damaged, LimitExceeded, UnknownFormat

BROKEN = (EOFError, OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError, RuntimeError)
"""What the standard library raises for packed files that are cut short, damaged, encrypted or packed in unknown ways."""

_PACKED = re.compile(r"\.(gz|bz2|xz|lzma)\Z", re.IGNORECASE)
_TAR = re.compile(r"\.(tar|tgz|tbz2?|txz|tar\.(gz|bz2|xz|lzma))\Z", re.IGNORECASE)
_SQL = (".sql", ".mysql", ".dump")
_SQL_BEGINS = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:(?:--|#)[^\n]*\s+|/\*.*?\*/;?\s*)*"
    rb"(?:(?:CREATE|DROP) +(?:TABLE|DATABASE)|(?:INSERT|REPLACE) +(?:IGNORE +)?INTO|LOCK +TABLES|USE +`|SET +[\w@]+ *=)",
    re.IGNORECASE | re.DOTALL,
)
_HEAD = 4096
_LOOKED_INTO = 300
_DIGITS = re.compile(r"(\d+)")
_CHUNK = 1 << 20
_PACKED_STEP = 1 << 16


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a tree: its name with `/`, its size in bytes, and how to open it."""

    name: str
    size: int
    open: Callable[[], BinaryIO]

    def read(self, limit: int) -> bytes:
        """All its bytes; LimitExceeded beyond `limit`, Damaged when the archive is broken here."""
        if self.size > limit:
            raise LimitExceeded(
                f"{self.name} has {self.size:,} bytes; at most {limit:,} are read at once.", code="limit.size"
            )
        try:
            with self.open() as stream:
                data = stream.read()
        except BROKEN as error:
            raise Damaged(f"{self.name} cannot be read out of its archive: {error}.") from error
        return data

    @contextmanager
    def unpacked(self, limits: Limits) -> Iterator[BinaryIO]:
        """Its bytes as a stream: gzip, bzip2 and xz undone, UTF-16 as UTF-8, and measured against the limits."""
        with self.open() as packed, _unpack(packed) as stream:
            yield cast("BinaryIO", _Measured(stream, self.name, self.size, limits))


class Tree:
    """The members of a file, directory or archive, in natural order. Packed tars keep a temporary copy until `close`.

    `broken` says what is wrong with a tar that is cut short; its members up to there are listed.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path = path
        self.limits = limits
        self.broken = ""
        self._stack = ExitStack()
        self.members: tuple[Member, ...] = ()
        try:
            self.members = tuple(sorted(self._counted(), key=lambda member: natural(member.name)))
        except BROKEN as error:
            self.close()
            raise Damaged(f"{path.name} cannot be opened: {error}.") from error
        except LimitExceeded:
            self.close()
            raise

    def close(self) -> None:
        """Let go of files; members cannot be read any more."""
        self._stack.close()

    def _counted(self) -> Iterator[Member]:
        for count, member in enumerate(self._all(), 1):
            if count > self.limits.entries:
                message = f"{self.path.name} holds more than {self.limits.entries:,} files."
                raise LimitExceeded(message, code="limit.entries")
            yield member

    def _all(self) -> Iterator[Member]:
        if self.path.is_dir():
            return self._directory()
        if zipfile.is_zipfile(self.path):
            return self._zip()
        with self.path.open("rb") as stream:
            if stream.read(4) == b"PK\3\4":
                raise Damaged(f"{self.path.name} is a ZIP archive that is cut short or damaged.")
        if _is_tar(self.path):
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
                _check_ratio(info.filename, info.file_size, info.compress_size, self.limits)
                yield Member(info.filename.replace("\\", "/"), info.file_size, partial(_open_zipped, archive, info))

    def _tar(self) -> Iterator[Member]:
        """A packed tar cannot be read in any order, so what it holds is laid into one temporary file first."""
        plain = cast("BinaryIO", self._stack.enter_context(self.path.open("rb")))
        if _packing(_peek(plain)) is not None:
            plain = self._laid_out(plain)
        archive = self._stack.enter_context(tarfile.open(fileobj=plain, mode="r:"))  # noqa: SIM115 - the stack closes it
        try:
            for info in archive:
                if info.isreg():
                    yield Member(info.name.removeprefix("./"), info.size, partial(_open_tarred, archive, info))
        except BROKEN as error:
            self.broken = str(error)

    def _laid_out(self, packed: BinaryIO) -> BinaryIO:
        target = cast("BinaryIO", self._stack.enter_context(tempfile.TemporaryFile()))  # noqa: SIM115 - the stack closes it
        with _unpack(packed) as stream:
            measured = _Measured(stream, self.path.name, self.path.stat().st_size, self.limits)
            try:
                while chunk := measured.read(_CHUNK):
                    target.write(chunk)
            except BROKEN as error:
                self.broken = str(error)
        target.seek(0)
        return target


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in a file, folder or archive: the names of its files in natural order, and whether a dump is among them.

    `broken` says what is wrong with an archive that is cut short; the names up to there are listed.
    """

    names: tuple[str, ...]
    holds_sql: bool
    broken: str = ""


def listing(path: Path, limits: Limits) -> Listing:
    """List without reading more than the beginnings of some files. Raises like `open_tree`."""
    with closing(open_tree(path, limits)) as tree:
        return Listing(
            tuple(member.name for member in tree.members), bool(dumps_among(tree.members)), broken=tree.broken
        )


def dumps_among(members: Sequence[Member]) -> list[Member]:
    """The dumps among files: by name; where no name says so, by how the first few hundred begin."""
    named = [member for member in members if is_sql(member.name)]
    return named or [member for member in members[:_LOOKED_INTO] if _member_begins_as_sql(member)]


def open_tree(path: Path, limits: Limits) -> Tree:
    """The files at `path`. Raises UnknownFormat when nothing is there, Damaged, LimitExceeded."""
    if not path.exists():
        raise UnknownFormat(f"There is nothing at {path.name}.")
    return Tree(path, limits)


def natural(name: str) -> list[tuple[int, str]]:
    """A sort key by which part_2 comes before part_10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _DIGITS.split(name)]


def is_archive(name: str) -> bool:
    """Whether a file of this name may hold a folder of files."""
    return bool(_TAR.search(name)) or name.lower().endswith(".zip")


def is_sql(name: str) -> bool:
    """Whether a file of this name may hold SQL."""
    return _PACKED.sub("", name).lower().endswith(_SQL)


def begins_as_sql(stream: BinaryIO) -> bool:
    """Whether the first 4 KiB, comments aside, begin as a dump does, whatever the file is called."""
    return _SQL_BEGINS.match(stream.read(_HEAD)) is not None


def _member_begins_as_sql(member: Member) -> bool:
    try:
        with member.open() as stream:
            return begins_as_sql(stream)
    except BROKEN:
        return False


def _is_tar(path: Path) -> bool:
    if _TAR.search(path.name):
        return True
    with path.open("rb") as stream:
        return stream.read(265)[257:262] == b"ustar"


def _file(path: Path, name: str) -> Member:
    return Member(name, path.stat().st_size, lambda: path.open("rb"))


def _open_zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO:
    return cast("BinaryIO", archive.open(info))


def _open_tarred(archive: tarfile.TarFile, info: tarfile.TarInfo) -> BinaryIO:
    return cast("BinaryIO", archive.extractfile(info))


def _check_ratio(name: str, size: int, packed: int, limits: Limits) -> None:
    if size > limits.ratio_floor and size > limits.ratio * max(packed, 1):
        raise LimitExceeded(f"{name} unpacks to {size:,} bytes from {packed:,}: that is a trap.", code="limit.ratio")


def _packing(head: bytes) -> Callable[[BinaryIO], BinaryIO] | None:
    """How to undo the packing that the first bytes show."""
    if head.startswith(b"\x1f\x8b"):
        return lambda stream: cast("BinaryIO", _Inflated(stream, _Gunzip))
    if head.startswith(b"BZh"):
        return lambda stream: cast("BinaryIO", _Inflated(stream, bz2.BZ2Decompressor))
    if head.startswith((b"\xfd7zXZ", b"\x5d\0\0")):
        return lambda stream: cast("BinaryIO", _Inflated(stream, lzma.LZMADecompressor))
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return lambda stream: cast("BinaryIO", _Narrowed(stream))
    return None


@contextmanager
def _unpack(stream: BinaryIO) -> Iterator[BinaryIO]:
    """The stream, unpacked if its first bytes say so. Who opened it closes it."""
    packing = _packing(_peek(stream))
    yield packing(stream) if packing else stream


def _peek(stream: BinaryIO) -> bytes:
    """The first bytes, unread: files, members of a tar and of a zip can all do that."""
    return cast("io.BufferedReader", stream).peek(6)


class _Gunzip:
    """zlib's way to unpack gzip, with the face of the other two."""

    def __init__(self) -> None:
        self._engine = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._engine.eof

    @property
    def unused_data(self) -> bytes:
        return self._engine.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._engine.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._engine.decompress(self._engine.unconsumed_tail + data, max_length)


class _Inflated:
    """A packed stream, read in bounded steps. What stands before a break in the file is handed out before the error."""

    def __init__(
        self, stream: BinaryIO, engine: Callable[[], _Gunzip | bz2.BZ2Decompressor | lzma.LZMADecompressor]
    ) -> None:
        self._stream = stream
        self._new = engine
        self._engine = engine()

    def read(self, size: int) -> bytes:
        """About `size` bytes, b"" at the end. Raises EOFError when the file is cut short."""
        while True:
            data = b""
            if self._engine.eof:  # another packed part may follow, or padding
                data = self._engine.unused_data or self._stream.read(_PACKED_STEP)
                if not data.strip(b"\0"):
                    return b""
                self._engine = self._new()
            elif self._engine.needs_input:
                data = self._stream.read(_PACKED_STEP)
                if not data:
                    raise EOFError("it ends in the middle")
            unpacked = self._engine.decompress(data, size)
            if unpacked:
                return unpacked


class _Narrowed:
    """UTF-16 (what a Windows shell makes of `mysqldump > file`) as UTF-8."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-16")("replace")

    def read(self, size: int) -> bytes:
        """At least one byte until the end; about `size`."""
        chunk = self._stream.read(size)
        text = self._decoder.decode(chunk, final=not chunk)
        return text.encode("utf-8", "replace") if text or not chunk else self.read(size)


class _Measured:
    """A stream that stops being read when it grows beyond the limits."""

    def __init__(self, stream: BinaryIO, name: str, packed: int, limits: Limits) -> None:
        self._stream = stream
        self._name = name
        self._packed = packed
        self._limits = limits
        self._size = 0

    def read(self, size: int) -> bytes:
        """The next bytes. Raises LimitExceeded."""
        chunk = self._stream.read(size)
        self._size += len(chunk)
        _check_ratio(self._name, self._size, self._packed, self._limits)
        if self._size > self._limits.total_bytes:
            message = f"{self._name} has more than {self._limits.total_bytes:,} bytes."
            raise LimitExceeded(message, code="limit.size")
        return chunk
