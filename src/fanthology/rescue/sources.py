"""What a keeper hands over → a stream of records: a dump with its text files, or loose files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from fanthology.base.sandbox import iterate_dump, list_archive
from fanthology.formats import Finding
from fanthology.formats.dumps import DUMP_LIMITS
from fanthology.formats.dumps.records import Record, RowCount, SiteRecord
from fanthology.formats.dumps.tree import begins_as_sql, is_archive, is_sql
from fanthology.formats.errors import Ambiguous, FormatError, Unreadable

from .errors import NothingFound, SeveralSites, SourcesGone
from .loose import LooseFiles


class Stream(Protocol):
    """Records in order; `site` is known on entering, `counts` and `findings` after the last record."""

    @property
    def kind(self) -> str: ...
    @property
    def site(self) -> SiteRecord: ...
    @property
    def counts(self) -> dict[str, RowCount]: ...
    @property
    def findings(self) -> list[Finding]: ...

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def __iter__(self) -> Iterator[Record]: ...


@dataclass(frozen=True, slots=True)
class Source:
    """One former site's remains: `paths` (a dump is one path), where its text files are, and what the keeper chose."""

    paths: tuple[Path, ...]
    kind: str = "auto"
    files: Path | None = None
    prefix: str | None = None
    encoding: str = "auto"
    site: str = ""

    @property
    def is_dump(self) -> bool:
        return self.kind not in ("auto", "files") or (
            self.kind == "auto" and any(holds_sql(path) for path in self.paths)
        )

    def open(self) -> Stream:
        """Raises SeveralSites, NothingFound, SourcesGone."""
        for path in self.paths:
            if not path.exists():
                raise SourcesGone(f"{path.name} is not there.")
        if not self.is_dump:
            loose = LooseFiles(self.paths, site=self.site or _name_of(self.paths[0]))
            loose.check(texts_alone=self.kind == "files")
            return loose
        kind = None if self.kind == "auto" else self.kind
        # The sandbox gives up the current directory: only absolute paths mean anything in there.
        return iterate_dump(
            self.paths[0].absolute(),
            kind=kind,
            files=self.files.absolute() if self.files else None,
            prefix=self.prefix,
            encoding=self.encoding,
            limits=DUMP_LIMITS,
        )

    def fingerprint(self) -> str:
        """Tells the same remains from others: over the bytes of single files, names and sizes in folders."""
        digest = hashlib.sha256(repr((self.kind, self.prefix, self.encoding, self.site)).encode())
        for path in (*self.paths, *((self.files,) if self.files else ())):
            if path.is_dir():
                for inner in sorted(path.rglob("*")):
                    if inner.is_file():
                        digest.update(
                            f"{inner.relative_to(path)}\0{inner.stat().st_size}\0{inner.stat().st_mtime_ns}\n".encode()
                        )
            else:
                with path.open("rb") as file:
                    while piece := file.read(1 << 20):
                        digest.update(piece)
        return digest.hexdigest()

    def as_settings(self) -> dict[str, object]:
        return {
            "paths": [str(path) for path in self.paths],
            "kind": self.kind,
            "files": str(self.files) if self.files else "",
            "prefix": self.prefix,
            "encoding": self.encoding,
            "site": self.site,
        }

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> Source:
        paths, files = settings.get("paths"), settings.get("files")
        return cls(
            paths=tuple(Path(str(path)) for path in paths) if isinstance(paths, list) else (),
            kind=str(settings.get("kind") or "auto"),
            files=Path(str(files)) if files else None,
            prefix=None if settings.get("prefix") is None else str(settings["prefix"]),
            encoding=str(settings.get("encoding") or "auto"),
            site=str(settings.get("site") or ""),
        )


@contextmanager
def opened(source: Source) -> Iterator[Stream]:
    """The open stream of a source; the core's refusals in the words of a rescue."""
    try:
        with source.open() as stream:
            yield stream
    except Ambiguous as error:
        raise SeveralSites(error.message, choices=error.choices) from error
    except Unreadable as error:
        raise NothingFound(error.message) from error


def sources_of(
    paths: Sequence[Path], *, kind: str = "auto", files: Path | None = None, **choices: str | None
) -> list[Source]:
    """Each dump is a source of its own; all loose files together are one. A dump takes text files from a folder beside it."""
    if kind == "files":
        return [_source(tuple(paths), kind=kind, files=files, **choices)]
    dumps = [path for path in paths if kind != "auto" or holds_sql(path)]
    loose = tuple(path for path in paths if path not in dumps)
    found = [_source((path,), kind=kind, files=files, **choices) for path in dumps]
    return found + ([_source(loose, kind="files", files=None, **choices)] if loose else [])


def _source(paths: tuple[Path, ...], *, kind: str, files: Path | None, **choices: str | None) -> Source:
    return Source(
        paths, kind, files, choices.get("prefix"), choices.get("encoding") or "auto", choices.get("site") or ""
    )


def holds_sql(path: Path) -> bool:
    """By name, else by the first bytes; archives, and those inside a folder, are looked into in the sandbox."""
    if not path.is_dir():
        return is_sql(path.name) or _begins_as_sql(path)
    inside = [inner for inner in _first(path.rglob("*"), 20_000) if inner.is_file() and not inner.is_symlink()]
    return any(is_sql(inner.name) for inner in inside) or any(
        _begins_as_sql(inner) for inner in inside if inner.parent == path or is_archive(inner.name)
    )


def _begins_as_sql(path: Path) -> bool:
    if is_archive(path.name):
        with suppress(FormatError):  # what is wrong with it is said when it is read
            return list_archive(path).holds_sql
        return False
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return begins_as_sql(stream)


def _first(paths: Iterable[Path], number: int) -> Iterator[Path]:
    for _, path in zip(range(number), paths, strict=False):
        yield path


def _name_of(path: Path) -> str:
    return (path.absolute().name if path.is_dir() else path.absolute().parent.name).replace("-", " ").replace(
        "_", " "
    ).strip().title() or "Loose files"
