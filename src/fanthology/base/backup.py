"""Backup and restore: the database and the blobs in one tar, taken while the site runs.

What makes it consistent: deletion of blobs is paused, then the database is copied, then the blobs are; so every blob
that the copy knows is still there when its turn comes. Not in it: the search index and caches (derived), sealed
sources and their key (they must not spread), and the erasure journal (it must be newer than the backup, not as old).

The tar holds `manifest.json`, the database (`database.sqlite3` or `database.dump`), `keys/*`, `blobs/<sha256>` and, last,
`contents.json` with the size and hash of each, without which a restore refuses it: a cut-off file is no backup.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

import fanthology

from . import blobs, erasures, jobs, keys, ledger
from .failpoints import reach
from .models import Archive, Blob, Job

FORMAT = 1
PIECE = 1024 * 1024
Progress = Callable[[int, int, str], None]


class Refused(Exception):
    """The backup cannot be made or taken back; the message says why. Nothing was changed."""


@dataclass(slots=True)
class Made:
    """What went into a backup; `lost` names blobs that were missing or changed, which no backup can mend."""

    path: Path
    size: int = 0
    blobs: int = 0
    lost: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Restored:
    archive: str
    made_at: str
    blobs: int
    erased_again: int


def backup(path: Path, *, progress: Progress) -> Made:
    """Write a whole backup to `path`, which appears only when it is complete and on the platter.

    Raises:
        Refused: the file exists already, or the database cannot be copied.
    """
    if path.exists():
        raise Refused(f"{path} exists already; a backup overwrites nothing.")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with blobs.paused_deletion(), tempfile.TemporaryDirectory(dir=_scratch()) as scratch:
            made = _write(draft, path, Path(scratch), progress)
        draft.replace(path)
        blobs.fsync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)
    reach("backup.finished")
    return made


def restore(path: Path, *, force: bool = False, progress: Progress) -> Restored:
    """Make this data directory what the backup was; then erase again what was taken back since.

    Raises:
        Refused: the file is no whole backup, or an archive is here already (and not `force`).
    """
    if _is_occupied() and not force:
        raise Refused("There is an archive here already. Use another FANTHOLOGY_DATA, or --force to lose what is here.")
    if strange := erasures.unknown():
        raise Refused(f"The erasure journal names {', '.join(sorted(strange))}, which this version cannot erase again.")
    with tempfile.TemporaryDirectory(dir=_scratch()) as scratch:
        manifest = _unpack(path, Path(scratch), progress)
        _put_database(Path(scratch))
    call_command("migrate", verbosity=0, interactive=False)
    erased = _begin_new_life()
    return Restored(str(manifest["archive"]), str(manifest["made_at"]), Blob.objects.count(), erased)


def _write(draft: Path, path: Path, scratch: Path, progress: Progress) -> Made:
    contents: dict[str, dict[str, Any]] = {}
    made = Made(path)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        with tarfile.open(fileobj=out, mode="w|") as tar:
            progress(0, 0, "Copying the database")
            database = _copy_database(scratch)
            reach("backup.database")
            _add(tar, "manifest.json", io.BytesIO(_manifest()), contents)
            with database.open("rb") as file:
                _add(tar, database.name, file, contents)
            for key in sorted(Path(settings.KEYS).glob("*.key")):
                if key.name not in keys.STAYS_HERE:
                    _add(tar, f"keys/{key.name}", io.BytesIO(key.read_bytes()), contents)
            _add_blobs(tar, contents, made, progress)
            _add(tar, "contents.json", io.BytesIO(json.dumps(contents).encode()), {})
        out.flush()
        os.fsync(out.fileno())
        made.size = out.tell()
    _verify_references(database, contents, made)
    return made


def _add_blobs(tar: tarfile.TarFile, contents: dict[str, dict[str, Any]], made: Made, progress: Progress) -> None:
    """Every blob there is now: all that the database copy knows, and perhaps a few newer ones."""
    known = list(Blob.objects.order_by("sha256").values_list("sha256", flat=True))
    for number, sha256 in enumerate(known, start=1):
        reach("backup.blob")
        progress(number, len(known), "Blobs")
        try:
            with blobs.open_blob(sha256) as file:
                found = _add(tar, f"blobs/{sha256}", file, contents)
        except blobs.Missing:
            made.lost.append(sha256)
            continue
        made.blobs += 1
        if found != sha256:
            made.lost.append(sha256)
            del contents[f"blobs/{sha256}"]


def _verify_references(database: Path, contents: dict[str, dict[str, Any]], made: Made) -> None:
    """Every blob that the copied database knows must have come along."""
    if database.suffix != ".sqlite3":
        return
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as copy:
        needed = {row[0] for row in copy.execute("SELECT sha256 FROM base_blob")}
    copy.close()
    there = {name.removeprefix("blobs/") for name in contents}
    made.lost = sorted({*made.lost, *(needed - there)})


def _manifest() -> bytes:
    last = ledger.head()
    return json.dumps(
        {
            "fanthology": "backup",
            "format": FORMAT,
            "version": fanthology.__version__,
            "made_at": timezone.now().isoformat(),
            "archive": Archive.current().name,
            "ledger": {"number": last.number, "sha256": last.sha256} if last else None,
        }
    ).encode()


def _copy_database(scratch: Path) -> Path:
    """A consistent copy that blocks no writer."""
    if connection.vendor == "sqlite":
        copy = scratch / "database.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(copy)])
        return copy
    copy = scratch / "database.dump"
    _run_postgres("pg_dump", "--format=custom", f"--file={copy}")
    return copy


def _run_postgres(program: str, *arguments: str) -> None:
    wanted = settings.DATABASES["default"]
    environment = {
        "PGHOST": wanted["HOST"],
        "PGPORT": wanted["PORT"],
        "PGUSER": wanted["USER"],
        "PGPASSWORD": wanted["PASSWORD"],
    }
    found = shutil.which(program)
    if found is None:
        raise Refused(f"{program} is not installed; it comes with PostgreSQL's client programs.")
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program, arguments of ours
        [found, f"--dbname={connection.settings_dict['NAME']}", *arguments],
        env={**os.environ, **{name: value for name, value in environment.items() if value}},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refused(f"{program} failed: {done.stderr.strip()}")


def _add(tar: tarfile.TarFile, name: str, file: BinaryIO, contents: dict[str, dict[str, Any]]) -> str:
    """Put one file in, note its size and hash, and return the hash."""
    member = tarfile.TarInfo(name)
    member.size = file.seek(0, io.SEEK_END)
    member.mode, member.mtime = 0o600, int(timezone.now().timestamp())
    file.seek(0)
    hashing = _Counting(file)
    tar.addfile(member, hashing)
    sha256 = hashing.digest.hexdigest()
    contents[name] = {"size": member.size, "sha256": sha256}
    return sha256


class _Counting(io.RawIOBase):
    """A stream that remembers the size and hash of what was read from it."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.digest, self.size = hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        piece: bytes = self._file.read(size)
        self.digest.update(piece)
        self.size += len(piece)
        return piece


def _is_occupied() -> bool:
    if connection.vendor == "sqlite":
        return Path(connection.settings_dict["NAME"]).exists()
    return bool(connection.introspection.table_names())


def _unpack(path: Path, scratch: Path, progress: Progress) -> dict[str, Any]:
    """Bring blobs and keys into place and the database into `scratch`; nothing that can be seen changes yet.

    No member is ever extracted by its name: each goes where its kind belongs.
    """
    seen: dict[str, dict[str, Any]] = {}
    kept: dict[str, bytes] = {}
    try:
        with tarfile.open(path, mode="r|*") as tar:
            for number, member in enumerate(tar, start=1):
                progress(number, 0, "Unpacking")
                stream = tar.extractfile(member)
                if stream is None:
                    raise Refused(f"{member.name!r} has no business in a backup.")
                seen[member.name] = _take(member.name, _Counting(stream), scratch, kept)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise Refused(f"{path} cannot be read as a backup: {error}") from error
    _compare(seen, kept)
    manifest: dict[str, Any] = json.loads(kept["manifest.json"])
    if manifest.get("format") != FORMAT:
        raise Refused(f"The backup is of format {manifest.get('format')!r}; this version reads format {FORMAT}.")
    for name, value in kept.items():
        if name.startswith("keys/"):
            _put_key(name.removeprefix("keys/"), value)
    return manifest


def _take(name: str, stream: _Counting, scratch: Path, kept: dict[str, bytes]) -> dict[str, Any]:
    folder, _, rest = name.rpartition("/")
    if name in ("database.sqlite3", "database.dump"):
        with (scratch / name).open("wb") as out:
            shutil.copyfileobj(stream, out, PIECE)
    elif folder == "blobs":
        blobs.store(stream)  # type: ignore[arg-type]
    elif name in ("manifest.json", "contents.json") or (folder == "keys" and rest.endswith(".key")):
        kept[name] = stream.read()
    else:
        raise Refused(f"{name!r} has no business in a backup.")
    return {"size": stream.size, "sha256": stream.digest.hexdigest()}


def _compare(seen: dict[str, dict[str, Any]], kept: dict[str, bytes]) -> None:
    """The file must be what the backup said it wrote, to the last byte."""
    if "contents.json" not in kept or "manifest.json" not in kept:
        raise Refused("The backup is cut off: its table of contents is missing.")
    del seen["contents.json"]
    wanted = json.loads(kept["contents.json"])
    wrong = sorted(name for name in wanted if seen.get(name) != wanted[name])
    if wrong:
        raise Refused(
            f"The backup is damaged: {', '.join(wrong[:5])} {'is' if len(wrong) == 1 else 'are'} not as written."
        )


def _put_key(name: str, value: bytes) -> None:
    target = Path(settings.KEYS) / name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(value)
        os.fsync(out.fileno())


def _put_database(scratch: Path) -> None:
    """The switch: from here on the archive is the backup's."""
    connection.close()
    if connection.vendor != "sqlite":
        if not (scratch / "database.dump").exists():
            raise Refused("The backup holds a SQLite database, and this archive runs on PostgreSQL.")
        _run_postgres("pg_restore", "--clean", "--if-exists", "--no-owner", str(scratch / "database.dump"))
        return
    copy = scratch / "database.sqlite3"
    if not copy.exists():
        raise Refused("The backup holds a PostgreSQL database, and this archive runs on SQLite.")
    database = Path(connection.settings_dict["NAME"])
    for leftover in ("-wal", "-shm"):
        Path(f"{database}{leftover}").unlink(missing_ok=True)
    reach("restore.before-switch")
    copy.replace(database)
    blobs.fsync_folder(database.parent)


def _begin_new_life() -> int:
    """What was under way elsewhere is not under way here; the index is another database's; what is erased stays so."""
    Archive.objects.filter(id=1).update(database_id=uuid.uuid4())
    Job.objects.filter(state=Job.State.RUNNING).update(state=Job.State.QUEUED, lease="", lease_until=None)
    Session.objects.all().delete()
    shutil.rmtree(settings.INDEX, ignore_errors=True)
    erased = erasures.replay()
    jobs.enqueue("search.rebuild", key="search.rebuild")
    return erased


def _scratch() -> Path:
    """On the data directory's own file system, so that files move into place by a rename."""
    place = Path(settings.SCRATCH)
    place.mkdir(parents=True, exist_ok=True)
    return place
