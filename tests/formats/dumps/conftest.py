"""Opening what a test builds, and the shared dumps of a real eFiction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from fanthology.formats.dumps import open_dump
from fanthology.formats.dumps.records import (
    FavouriteRecord,
    PersonRecord,
    Record,
    ReviewRecord,
    RowCount,
    SeriesRecord,
    SiteRecord,
    StoryRecord,
    TagRecord,
)
from fanthology.formats.model import Finding
from tests import efiction_dump

SHARED = Path(__file__).parents[4] / "shared" / "data" / "efiction"


@dataclass
class Rescued:
    """All that came out of a dump."""

    site: SiteRecord
    prefixes: tuple[str, ...]
    records: list[Record]
    counts: dict[str, RowCount]
    findings: list[Finding]

    def all(self, kind: type) -> list:
        return [record for record in self.records if isinstance(record, kind)]

    def story(self, key: str | int) -> StoryRecord:
        return next(record for record in self.all(StoryRecord) if record.key == str(key))

    def person(self, key: str | int) -> PersonRecord:
        return next(record for record in self.all(PersonRecord) if record.key == str(key))

    def review(self, key: str | int) -> ReviewRecord:
        return next(record for record in self.all(ReviewRecord) if record.key == str(key))

    def series(self, key: str | int) -> SeriesRecord:
        return next(record for record in self.all(SeriesRecord) if record.key == str(key))

    def tag(self, source: str, key: str | int) -> TagRecord:
        return next(record for record in self.all(TagRecord) if (record.source, record.key) == (source, str(key)))

    def favourites(self) -> list[FavouriteRecord]:
        return self.all(FavouriteRecord)

    def count(self, table: str) -> RowCount:
        return self.counts[table]


def rescue(path: Path, **choices) -> Rescued:
    """Open, read to the end, check the books, close."""
    with open_dump(path, **choices) as dump:
        records = list(dump)
        result = Rescued(dump.site, dump.prefixes, records, dump.counts, dump.findings)
    unbalanced = {table: count for table, count in result.counts.items() if not count.balanced}
    assert not unbalanced
    return result


@pytest.fixture
def dumped(tmp_path: Path) -> Callable[..., Rescued]:
    """Write a dump of the given tables, with text files if given, and read it."""

    def build(tables: dict, *, files: dict[str, bytes] | None = None, read: dict | None = None, **shape) -> Rescued:
        path = tmp_path / "dump.sql"
        path.write_bytes(efiction_dump.dump(tables, **shape))
        choices = dict(read or {})
        if files is not None:
            choices["files"] = tmp_path / "files"
            for name, data in files.items():
                target = tmp_path / "files" / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
        return rescue(path, **choices)

    return build


def _shared(dump: str, files: str) -> Rescued:
    if not (SHARED / dump).exists():
        pytest.skip("the shared data is not beside this checkout")
    return rescue(SHARED / dump, files=SHARED / files)


@pytest.fixture(scope="session")
def site_a() -> Rescued:
    return _shared("efiction.sql", "stories-siteA.tar.gz")


@pytest.fixture(scope="session")
def site_a_backup() -> Rescued:
    return _shared("admin-backup.sql", "stories-siteA.tar.gz")


@pytest.fixture(scope="session")
def site_b() -> Rescued:
    return _shared("efiction-utf8mb4-files.sql", "stories-siteB.tar.gz")


def codes(findings) -> set[str]:
    return {finding.code for finding in findings}


def named(findings, code: str) -> list[Finding]:
    return [finding for finding in findings if finding.code == code]
