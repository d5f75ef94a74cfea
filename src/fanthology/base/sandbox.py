"""Where untrusted files are read: a few child processes with little memory, little time and no network.

`read_file` uses a pool (a process per file would cost 40 ms each); `iterate_dump` gives a whole dump a child of its own and
streams its records. Whatever happens in there comes back as a `FormatError`: a child that dies is replaced, its file
tried once more in a fresh one, and then called `Damaged`. Children answer in a form that can only build the core's
plain values, so a file that takes over its reader gains nothing here.
"""

from __future__ import annotations

import atexit
import dataclasses
import io
import logging
import pickle
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from django.conf import settings

from fanthology.formats import errors
from fanthology.formats.context import DEFAULT, Limits
from fanthology.formats.dumps.records import Record, RowCount, SiteRecord
from fanthology.formats.dumps.tree import Listing
from fanthology.formats.errors import Damaged, FormatError, LimitExceeded
from fanthology.formats.model import Finding, Reading

FILE_SECONDS = 60
DUMP_SECONDS = 1800
START_SECONDS = 30
FILES_PER_CHILD = 300
log = logging.getLogger("fanthology.sandbox")
T = TypeVar("T")


class Died(Exception):
    """A child ended, or fell silent for too long, in the middle of its work. `late` tells which."""

    def __init__(self, *, late: bool) -> None:
        super().__init__("late" if late else "ended")
        self.late = late


def read_file(path: Path, *, name: str, url: str = "", member: str = "", limits: Limits = DEFAULT) -> Reading:
    """Read one untrusted file of any known format, or with `member` one inside an archive. `name` and `url` are hints.

    Raises:
        FormatError: from the core's tree; `Damaged` for a file that ends its reader twice, `LimitExceeded` for one
            that needs more than 60 seconds or the sandbox's memory.
    """
    return pool().read(path.absolute(), name=name, url=url, member=member, limits=limits)


def list_archive(path: Path) -> Listing:
    """What lies in an untrusted archive. Raises FormatError: it is broken, or larger than a whole archive may be."""
    return pool().list(path.absolute())


def iterate_dump(
    path: Path,
    *,
    kind: str | None = None,
    files: Path | None = None,
    prefix: str | None = None,
    encoding: str = "auto",
    limits: Limits | None = None,
) -> DumpStream:
    """Open a whole dump in a child of its own; a context manager. Raises like `open_dump`, when it is entered.

    Without `limits` they are what `open_dump` allows a whole archive.
    """
    choices: dict[str, Any] = {
        "kind": kind,
        "files": files and files.absolute(),
        "prefix": prefix,
        "encoding": encoding,
    }
    return DumpStream(path=path.absolute(), **choices, **({"limits": limits} if limits else {}))


class DumpStream:
    """The records of a dump, in order, as its child sends them; never more than a batch in memory.

    `kind`, `site` and `prefixes` are known on entering, `counts` and `findings` after the last record.
    """

    def __init__(self, **choices: Any) -> None:
        self.kind = ""
        self.site = SiteRecord(name="")
        self.prefixes: tuple[str, ...] = ()
        self.counts: dict[str, RowCount] = {}
        self.findings: list[Finding] = []
        self._choices = choices
        self._child: Child | None = None

    def __enter__(self) -> Self:
        self._child = Child(cpu=DUMP_SECONDS)
        try:
            self._child.ask("dump", **self._choices)
            self.kind, self.site, self.prefixes = self._next("opened")
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[Record]:
        while (batch := self._next("batch", "end")) and isinstance(batch, list):
            for pickled in batch:
                yield _unpacked(pickled)
        self.counts, self.findings = batch or self._next("end")

    def close(self) -> None:
        """End the child, wherever it is."""
        if self._child:
            self._child.kill()
            self._child = None

    def _next(self, *wanted: str) -> Any:
        if self._child is None:
            raise Damaged("The dump is closed.")
        try:
            what, value = self._child.hear(DUMP_SECONDS)
        except Died as end:
            raise _as_error(end, "the dump") from end
        if what not in wanted:
            raise Damaged(f"The reader of the dump said {what!r} where {wanted[0]!r} was due.")
        return value


class Child:
    """One process of the sandbox, seen from outside."""

    def __init__(self, *, cpu: int) -> None:
        ours, theirs = socket.socketpair()
        self.scratch = tempfile.mkdtemp(prefix="fanthology-")
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own module, with numbers as arguments
                [
                    sys.executable,
                    "-m",
                    f"{__package__}.sandbox_child",
                    str(theirs.fileno()),
                    str(settings.SANDBOX_MEMORY),
                    str(cpu),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                # Secrets stand in our environment; the child needs none of it.
                env={
                    "PYTHONPATH": ":".join(place for place in sys.path if place),
                    "TMPDIR": self.scratch,
                    "LANG": "C.UTF-8",
                    "PATH": "/usr/bin:/bin",
                },
                cwd=self.scratch,
            )
        self.connection = Connection(ours.detach())
        self.files = 0
        self.network = bool(self.hear(START_SECONDS)[1])
        if self.network:
            log.info(
                "this kernel does not let the sandbox give up the network: readers are pure, but nothing enforces it"
            )

    @property
    def is_well(self) -> bool:
        return self.process.poll() is None and self.files < FILES_PER_CHILD

    def ask(self, verb: str, **arguments: Any) -> None:
        self.files += 1
        try:
            self.connection.send_bytes(pickle.dumps((verb, arguments)))
        except OSError as error:
            raise Died(late=False) from error

    def hear(self, seconds: float) -> tuple[str, Any]:
        """The next message. Raises `Died`, or the `FormatError` that the child reports."""
        try:
            if not self.connection.poll(seconds):
                raise Died(late=True)
            what, value = _Loader(io.BytesIO(self.connection.recv_bytes())).load()
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise Died(late=False) from error
        if what == "refused":
            raise _rebuilt(*value)
        if what == "failed":
            log.error("a reader failed with %s:\n%s", *value)
            raise Damaged(
                f"The reader of this format could not cope with the file ({value[0]}).", code="unreadable.reader-failed"
            )
        return what, value

    def kill(self) -> None:
        self.connection.close()
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.scratch, ignore_errors=True)


class Pool:
    """At most `size` children that read single files; made when needed, given back, thrown away after 300 files."""

    def __init__(self, size: int) -> None:
        self._places = threading.Semaphore(size)
        self._idle: list[Child] = []
        self._lock = threading.Lock()

    def read(self, path: Path, *, name: str, url: str, limits: Limits, member: str = "") -> Reading:
        return self._answer(Reading, "read", path=path, member=member, name=name, url=url, limits=limits)

    def list(self, path: Path) -> Listing:
        return self._answer(Listing, "list", path=path)

    def _answer(self, wanted: type[T], verb: str, **arguments: Any) -> T:
        with self._places:
            try:
                return self._try(self._take(), wanted, verb, **arguments)
            except Died as end:
                if end.late:
                    raise _as_error(end, "the file") from end
            try:  # alone, in a fresh child: the first may have suffered from the files before
                return self._try(Child(cpu=FILE_SECONDS), wanted, verb, **arguments)
            except Died as end:
                raise _as_error(end, "the file") from end

    def close(self) -> None:
        with self._lock:
            while self._idle:
                self._idle.pop().kill()

    def _try(self, child: Child, wanted: type[T], verb: str, **arguments: Any) -> T:
        try:
            child.ask(verb, **arguments)
            _, answer = child.hear(FILE_SECONDS)
        except FormatError:
            self._give_back(child)
            raise
        except BaseException:
            child.kill()
            raise
        self._give_back(child)
        if not isinstance(answer, wanted):
            raise Damaged(f"The reader answered with something that is not a {wanted.__name__.lower()}.")
        return answer

    def _take(self) -> Child:
        with self._lock:
            while self._idle:
                child = self._idle.pop()
                if child.is_well:
                    return child
                child.kill()
        return Child(cpu=FILE_SECONDS)

    def _give_back(self, child: Child) -> None:
        if not child.is_well:
            child.kill()
            return
        with self._lock:
            self._idle.append(child)


_pool: Pool | None = None
_pool_lock = threading.Lock()


def pool() -> Pool:
    """The pool of this process, made at the first file."""
    global _pool  # noqa: PLW0603 - one per process is the point
    with _pool_lock:
        if _pool is None:
            _pool = Pool(settings.SANDBOX_WORKERS)
            atexit.register(_pool.close)
        return _pool


def _unpacked(pickled: bytes) -> Any:
    try:
        return _Loader(io.BytesIO(pickled)).load()
    except pickle.UnpicklingError as error:
        raise Damaged(f"The reader of the dump sent what it may not: {error}") from error


class _Loader(pickle.Unpickler):
    """Unpickles the core's plain values and nothing else: no function is ever called by name."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "builtins" and name in ("frozenset", "set"):
            return frozenset if name == "frozenset" else set
        if module.startswith("fanthology.formats.") and "." not in name:
            found = getattr(sys.modules.get(module), name, None)
            if isinstance(found, type) and (dataclasses.is_dataclass(found) or issubclass(found, str)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} has no business here")


def _rebuilt(name: str, message: str, code: str, choices: tuple[str, ...]) -> FormatError:
    """The error of the child, of the same class, with the same words."""
    kind = getattr(errors, str(name), Damaged)
    if kind is errors.Ambiguous:
        return errors.Ambiguous(str(message), choices=tuple(choices), code=str(code))
    if isinstance(kind, type) and issubclass(kind, FormatError):
        return kind(str(message), code=str(code))
    return Damaged(str(message), code=str(code))


def _as_error(end: Died, what: str) -> FormatError:
    if end.late:
        return LimitExceeded(f"Reading {what} takes too long.", code="limit.time")
    return Damaged(
        f"Reading {what} ended its reader, twice or for good; it may be damaged or made to do harm.",
        code="unreadable.crash",
    )
