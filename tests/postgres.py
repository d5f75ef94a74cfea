"""A throw-away PostgreSQL: a whole cluster of its own in a temporary folder, gone afterwards.

    python -m tests.postgres .venv/bin/pytest tests/works      runs a command with FANTHOLOGY_DATABASE_URL set

Needs the server's programs (Debian: postgresql); as root it runs them as the user `postgres`, as they insist.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "fanthology"
# Nothing here outlives the run, so nothing waits for a disk.
OPTIONS = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c listen_addresses=127.0.0.1"


def programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`, the newest version's; None where no server is installed."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: int(path.parents[1].name.partition(".")[0]), default=None)
    found = newest or (Path(which) if (which := shutil.which("initdb")) else None)
    return found.resolve().parent if found else None


@contextmanager
def cluster() -> Iterator[str]:
    """The address (FANTHOLOGY_DATABASE_URL) of an empty database."""
    folder = programs()
    if folder is None:
        raise FileNotFoundError("PostgreSQL's server programs are not installed.")
    as_server: list[str] = []
    place = Path(tempfile.mkdtemp(prefix="fanthology-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(place, "postgres")
        as_server = ["runuser", "-u", "postgres", "--"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def run(program: str, *arguments: str) -> None:
        result = subprocess.run(
            [*as_server, folder / program, *arguments], cwd=place, capture_output=True, text=True, check=False
        )
        if result.returncode:
            log = place / "log"
            raise RuntimeError(f"{program}: {result.stdout}{result.stderr}{log.read_text() if log.exists() else ''}")

    try:
        run("initdb", "-D", f"{place}/data", "-U", NAME, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        # pg_ctl keeps its output open in the server, so the server's words go to a log of their own.
        run(
            "pg_ctl",
            "-D",
            f"{place}/data",
            "-w",
            "-l",
            f"{place}/log",
            "-o",
            f"-p {port} -k {place} {OPTIONS}",
            "start",
        )
        try:
            run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", NAME, NAME)
            yield f"postgresql://{NAME}@127.0.0.1:{port}/{NAME}"
        finally:
            run("pg_ctl", "-D", f"{place}/data", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def main(command: list[str]) -> int:
    with cluster() as address:
        environment = os.environ | {"FANTHOLOGY_DATABASE_URL": address}
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
