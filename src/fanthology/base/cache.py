"""The caches of both profiles, shared by all processes, never truth.

Django's own backends either live in one process or count without a lock. These have an atomic `add` and `incr`, which
the limits of `members` lean on. The embedded profile's is a SQLite file of its own, so that the counting of every login
stays out of the archive's database; losing the file costs nothing but the counts.
"""

from __future__ import annotations

import base64
import pickle
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.db import DatabaseCache
from django.db import connections, router, transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS cache (key TEXT PRIMARY KEY, value BLOB NOT NULL, expires REAL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS cache_expires ON cache (expires);
"""
FRESH = "(expires IS NULL OR expires > ?)"


# ruff: noqa: S608 - nothing is ever put into a statement but the constant FRESH and the name of our own table
class SqliteCache(BaseCache):
    """`LOCATION` is the file. Values are pickled by ourselves for ourselves; no request can write one directly."""

    def __init__(self, location: str | Path, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._path = Path(location)
        self._local = threading.local()

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        row = self._run(
            f"SELECT value FROM cache WHERE key = ? AND {FRESH}", self._key(key, version), time.time()
        ).fetchone()
        return default if row is None else pickle.loads(row[0])  # noqa: S301 - written by `set` alone

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._run(
            "INSERT OR REPLACE INTO cache VALUES (?, ?, ?)",
            self._key(key, version),
            pickle.dumps(value),
            self.get_backend_timeout(timeout),
        )

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Set, unless a fresh value is there: among any number of processes exactly one is told True."""
        statement = (
            "INSERT INTO cache VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value,"
            " expires = excluded.expires WHERE cache.expires <= ?"
        )
        key, now = self._key(key, version), time.time()
        return self._run(statement, key, pickle.dumps(value), self.get_backend_timeout(timeout), now).rowcount > 0

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Count up, atomically, keeping the time at which the count expires. Raises ValueError for a missing key."""
        whole = self._key(key, version)
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            row = connection.execute(
                f"SELECT value FROM cache WHERE key = ? AND {FRESH}", (whole, time.time())
            ).fetchone()
            if row is None:
                raise ValueError(f"Key {key!r} not found")
            value: int = pickle.loads(row[0]) + delta  # noqa: S301 - written by `set` alone
            connection.execute("UPDATE cache SET value = ? WHERE key = ?", (pickle.dumps(value), whole))
        finally:
            connection.execute("COMMIT")
        return value

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        statement = f"UPDATE cache SET expires = ? WHERE key = ? AND {FRESH}"
        return (
            self._run(statement, self.get_backend_timeout(timeout), self._key(key, version), time.time()).rowcount > 0
        )

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._run("DELETE FROM cache WHERE key = ?", self._key(key, version)).rowcount > 0

    def clear(self) -> None:
        self._run("DELETE FROM cache")

    def tidy(self) -> int:
        """Drop what has expired; returns how many rows."""
        return self._run("DELETE FROM cache WHERE expires <= ?", time.time()).rowcount

    def close(self, **_: Any) -> None:
        """Called by Django after each request; the connection stays, as opening costs more than asking."""

    def _key(self, key: str, version: int | None) -> str:
        return self.make_and_validate_key(key, version=version)

    def _run(self, statement: str, *values: Any) -> sqlite3.Cursor:
        return self._connection().execute(statement, values)

    def _connection(self) -> sqlite3.Connection:
        """One per thread, in autocommit. Synchronous OFF: a cache may lose its last second to a power cut."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            found = sqlite3.connect(self._path, timeout=20, isolation_level=None)
            found.execute("PRAGMA journal_mode = WAL")
            found.execute("PRAGMA synchronous = OFF")
            found.executescript(SCHEMA)
            self._local.connection = found
        return found


class SharedCache(DatabaseCache):
    """The scaled profile's: Django's table in the archive's database, with the one verb that it has no lock for."""

    _table: str

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Count up, atomically, keeping the time at which the count expires. Raises ValueError for a missing key."""
        whole = self.make_and_validate_key(key, version=version)
        database = router.db_for_write(self.cache_model_class)
        table = connections[database].ops.quote_name(self._table)
        with transaction.atomic(using=database), connections[database].cursor() as cursor:
            cursor.execute(
                f"SELECT value FROM {table} WHERE cache_key = %s AND expires > now() FOR UPDATE",
                [whole],
            )
            row = cursor.fetchone()
            if row is None:
                raise ValueError(f"Key {key!r} not found")
            value: int = pickle.loads(base64.b64decode(row[0])) + delta  # noqa: S301 - written by `set` alone
            pickled = base64.b64encode(pickle.dumps(value)).decode("ascii")
            cursor.execute(f"UPDATE {table} SET value = %s WHERE cache_key = %s", [pickled, whole])
        return value
