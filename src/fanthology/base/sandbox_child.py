"""The inside of the sandbox: a process of its own that reads one untrusted file after another.

Started by `sandbox` as `python -m fanthology.base.sandbox_child FD MEMORY CPU`. Knows the core and nothing of Django,
the database or the keys. Before the first byte of a file it gives up memory beyond MEMORY bytes, CPU beyond CPU seconds
per step, core dumps, and the network where the kernel lets it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pickle
import resource
import sys
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from fanthology.formats.errors import Damaged, FormatError, LimitExceeded

IDLE_SECONDS = 60
BATCH_RECORDS = 64
BATCH_BYTES = 1024 * 1024
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000

_archives: dict[tuple[Any, ...], tuple[Any, dict[str, Any]]] = {}


def main() -> None:
    """Serve requests until the parent hangs up or asks nothing for a minute."""
    descriptor, memory, cpu = (int(argument) for argument in sys.argv[1:4])
    connection = Connection(descriptor)
    network = not _leave_network()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        _send(connection, "ready", network)
        while connection.poll(IDLE_SECONDS):
            verb, arguments = pickle.loads(connection.recv_bytes())  # noqa: S301 - from our own parent
            allow_cpu(cpu)
            _answer(connection, verb, arguments, cpu)


def allow_cpu(seconds: int) -> None:
    """From now on, that many seconds of CPU; the kernel ends the process after them."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, hard))


def _answer(connection: Connection, verb: str, arguments: dict[str, Any], cpu: int) -> None:
    try:
        if verb == "read":
            _send(connection, "answer", _read(**arguments))
        elif verb == "list":
            _send(connection, "answer", _list(**arguments))
        else:
            _stream(connection, cpu, **arguments)
    except FormatError as error:
        _send(connection, "refused", (type(error).__name__, error.message, error.code, getattr(error, "choices", ())))
    except MemoryError:
        # What is left of the heap is of no use to anybody: say it and end.
        _send(
            connection, "refused", (LimitExceeded.__name__, "Reading this needs too much memory.", "limit.memory", ())
        )
        os._exit(0)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        raise
    except Exception as error:  # noqa: BLE001 - a reader's own mistake must not look like the end of the world
        _send(connection, "failed", (type(error).__name__, "".join(traceback.format_tb(error.__traceback__)[-4:])))


def _read(*, path: Path, member: str, name: str, url: str, limits: Any) -> Any:
    from fanthology.formats import read

    if member:
        data = _in_archive(path, member).read(limits.input_bytes)
        return read(data, name=name, url=url, limits=limits)
    size = path.stat().st_size
    if size > limits.input_bytes:
        raise LimitExceeded(
            f"The file has {size:,} bytes; at most {limits.input_bytes:,} are read at once.", code="limit.size"
        )
    return read(path.read_bytes(), name=name, url=url, limits=limits)


def _in_archive(path: Path, member: str) -> Any:
    """A file of an archive; the archive stays open, as more of its files are asked for as a rule."""
    from fanthology.formats.dumps import DUMP_LIMITS
    from fanthology.formats.dumps.tree import open_tree

    stat = path.stat()
    wanted = (path, stat.st_ino, stat.st_mtime_ns, stat.st_size)
    if wanted not in _archives:
        for tree, _ in _archives.values():
            tree.close()
        _archives.clear()
        tree = open_tree(path, DUMP_LIMITS)
        _archives[wanted] = (tree, {found.name: found for found in tree.members})
    found = _archives[wanted][1].get(member)
    if found is None:
        raise Damaged(f"{member} is not in {path.name} any more.")
    return found


def _list(*, path: Path) -> Any:
    from fanthology.formats.dumps import DUMP_LIMITS
    from fanthology.formats.dumps.tree import listing

    return listing(path, DUMP_LIMITS)


def _stream(connection: Connection, cpu: int, *, path: Path, **choices: Any) -> None:
    """Open a dump and send its records in batches; the parent's slowness holds us up, so nothing piles up."""
    from fanthology.formats.dumps import open_dump

    with open_dump(path, **choices) as dump:
        _send(connection, "opened", (dump.kind, dump.site, tuple(dump.prefixes)))
        batch: list[bytes] = []
        weight = 0
        for record in dump:
            batch.append(pickle.dumps(record, protocol=pickle.HIGHEST_PROTOCOL))
            weight += len(batch[-1])
            if len(batch) >= BATCH_RECORDS or weight >= BATCH_BYTES:
                _send(connection, "batch", batch)
                batch, weight = [], 0
                allow_cpu(cpu)
        _send(connection, "batch", batch)
        _send(connection, "end", (dict(dump.counts), list(dump.findings)))


def _send(connection: Connection, what: str, value: object) -> None:
    connection.send_bytes(pickle.dumps((what, value), protocol=pickle.HIGHEST_PROTOCOL))


def _leave_network() -> bool:
    """Move into an empty network name space; False where the kernel or a container forbids it."""
    try:
        unshare = ctypes.CDLL(None, use_errno=True).unshare
    except (OSError, AttributeError):
        return False
    return bool(unshare(CLONE_NEWNET) == 0 or unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)


if __name__ == "__main__":
    main()
