"""Rows of a dump put aside on disk until what they belong to has come by: memory stays flat.

A dump's tables come in any order and chapters may precede their stories, so every row that will be carried over waits
in a temporary SQLite file, deleted on close. It is scratch paper: no journal, no fsync, never read by anybody else.
"""

from __future__ import annotations

import marshal
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .sql import Value

Stored = tuple[int, tuple[Value, ...]]
"""A row as it waits: number of its layout, values."""

Identity = int | str

BATCH = 500


class Spool:
    """`put` rows while reading the dump, `ready` once, then `rows` (by identity) and `group` as often as wanted."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="fanthology-dump-", ignore_cleanup_errors=True)
        self._db = sqlite3.connect(
            Path(self._folder.name) / "rows.sqlite", isolation_level=None, check_same_thread=False
        )
        for pragma in (
            "journal_mode=OFF",
            "synchronous=OFF",
            "locking_mode=EXCLUSIVE",
            "cache_size=-16000",
            "temp_store=FILE",
        ):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute("BEGIN")
        self._waiting: dict[str, list[tuple[Identity, int, bytes]]] = {}
        self._bytes = 0

    def put(self, table: str, identity: Identity, group: int, layout: int, values: tuple[Value, ...]) -> None:
        """Keep one row; a later row of the same identity takes the earlier one's place."""
        data = marshal.dumps((layout, values))
        self._waiting.setdefault(table, []).append((identity, group, data))
        self._bytes += len(data) + 100
        if self._bytes > 4 * 1024 * 1024:
            self._flush()

    def _flush(self) -> None:
        for table, rows in self._waiting.items():
            self._db.execute(
                f'CREATE TABLE IF NOT EXISTS "{table}" (at INTEGER PRIMARY KEY, id UNIQUE, grp INTEGER, data BLOB)'
            )
            self._db.executemany(
                f'INSERT INTO "{table}" (id, grp, data) VALUES (?, ?, ?) '  # noqa: S608 - names of our own tables
                "ON CONFLICT (id) DO UPDATE SET grp = excluded.grp, data = excluded.data",
                rows,
            )
        self._waiting.clear()
        self._bytes = 0

    def ready(self) -> None:
        """All rows are in: make groups fast to find."""
        self._flush()
        for table in self.tables():
            self._db.execute(f'CREATE INDEX IF NOT EXISTS "{table}_grp" ON "{table}" (grp)')
        self._db.execute("COMMIT")

    def tables(self) -> list[str]:
        return [
            name for (name,) in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]

    def count(self, table: str) -> int:
        """Rows of one table that differ in identity."""
        if table not in self.tables():
            return 0
        (number,) = self._db.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608
        return int(number)

    def rows(self, table: str) -> Iterator[Stored]:
        """All rows by identity: the same order whatever the order of the dump."""
        if table in self.tables():
            for (data,) in self._db.execute(f'SELECT data FROM "{table}" ORDER BY id'):  # noqa: S608
                yield marshal.loads(data)  # noqa: S302 - written by ourselves a moment ago

    def group(self, table: str, group: int) -> list[Stored]:
        """The rows that belong together (chapters of one story), in the order of the dump."""
        if table not in self.tables():
            return []
        cursor = self._db.execute(f'SELECT data FROM "{table}" WHERE grp = ? ORDER BY at', (group,))  # noqa: S608
        return [marshal.loads(data) for (data,) in cursor]  # noqa: S302

    def groups(self, table: str) -> Iterator[tuple[int, int]]:
        """(group, rows in it), ascending."""
        if table in self.tables():
            yield from self._db.execute(f'SELECT grp, count(*) FROM "{table}" GROUP BY grp ORDER BY grp')  # noqa: S608

    def close(self) -> None:
        self._db.close()
        self._folder.cleanup()
