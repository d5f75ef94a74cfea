"""Whole archives, streamed: `open_dump` finds out what lies there and yields its records.

    with open_dump(Path("backup.sql.gz"), files=Path("stories.tar.gz")) as dump:
        for record in dump: ...
        dump.counts, dump.findings

Memory stays flat whatever the size of the dump; scratch files stand in the system's temporary folder until `close`.
"""

from __future__ import annotations

import codecs
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from ..context import Limits
from ..errors import Damaged, UnknownFormat
from ..model import Finding
from . import sql
from .efiction import sites
from .efiction.files import TABLE, Texts
from .efiction.rows import Rows
from .efiction.site import EFiction
from .efiction.words import Charset, Words
from .records import Record, RowCount, SiteRecord
from .tree import BROKEN, Member, Tree, dumps_among, is_archive, is_sql, open_tree

DUMP_LIMITS = Limits(total_bytes=64 * 1024**3, ratio=200, ratio_floor=256 * 1024**2, entries=5_000_000)
"""What a whole archive may cost: more in sum than a single story, and no more at once."""

KINDS = ("efiction",)


class Dump:
    """An opened archive. `site` and `prefixes` are known from the start, `counts` and `findings` when iteration has ended.

    `counts` has one account per table ("text files" among them), and every account is balanced. Findings about one
    record stand in that record; those in `findings` are about the dump. Iterate once.
    """

    def __init__(self, kind: str, prefixes: tuple[str, ...], archive: EFiction, resources: ExitStack) -> None:
        self.kind = kind
        self.prefixes = prefixes
        self._archive = archive
        self._resources = resources

    @property
    def site(self) -> SiteRecord:
        return self._archive.site

    @property
    def counts(self) -> dict[str, RowCount]:
        counts = dict(sorted(self._archive.rows.counts.items()))
        if self._archive.texts.given:
            counts[TABLE] = self._archive.texts.account
        return counts

    @property
    def findings(self) -> list[Finding]:
        return self._archive.findings

    def __iter__(self) -> Iterator[Record]:
        return self._archive.records()

    def close(self) -> None:
        """Delete the scratch files."""
        self._resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_dump(
    path: Path,
    *,
    kind: str | None = None,
    files: Path | None = None,
    prefix: str | None = None,
    encoding: str = "auto",
    limits: Limits = DUMP_LIMITS,
) -> Dump:
    """Open the remains of an archive: one SQL file (also packed), a folder or archive of them, text files beside or inside.

    `files` says where the text files lie, if not at `path`. `prefix` chooses one of several archives in a dump.
    Raises UnknownFormat, Damaged, LimitExceeded, and Ambiguous with the prefixes when the caller must choose.
    """
    if encoding != "auto":
        _check_charset(encoding)
    if kind not in (None, *KINDS):
        raise UnknownFormat(f"No dumps of the kind {kind!r} can be read; known are: {', '.join(KINDS)}.")
    with ExitStack() as resources:
        trees = [resources.enter_context(closing(tree)) for tree in _trees(path, files, limits)]
        dumps = _dumps_in(trees)
        faults: list[str] = []
        with closing(_events(dumps, limits)) as events:
            found = sites.confirmed(sites.look(_chunks(dumps, limits, faults)), events)
        if not found.choices():
            _say_why(trees[0], dumps, faults)
        rows = resources.enter_context(closing(Rows(sites.choose(found, prefix), Charset(encoding))))
        for member in dumps:
            _take(rows, member, limits)
        rows.ready()
        rows.findings += _broken(trees)
        others = [member for tree in trees for member in tree.members if member not in dumps]
        texts = Texts(others if others or len(trees) > 1 else None, limits)
        return Dump(KINDS[0], found.choices(), EFiction(rows, texts, Words(rows.charset)), resources.pop_all())


def _dumps_in(trees: Sequence[Tree]) -> list[Member]:
    """Those that lie open; else those in archives beside the texts; else whatever comes first, to say what is wrong with it."""
    packed = (dump for tree in trees[1:] for dump in dumps_among(tree.members))
    return dumps_among(trees[0].members) or list(packed) or list(trees[0].members[:1])


def _broken(trees: list[Tree]) -> Iterator[Finding]:
    for tree in trees:
        if tree.broken:
            message = f"The archive of files is broken: {tree.broken}"
            yield Finding("file.archive-broken", "loss", message, tree.path.name)


def _check_charset(name: str) -> None:
    try:
        codecs.lookup(name)
    except LookupError:
        raise UnknownFormat(f"No charset is called {name!r}.", code="unreadable.unknown-charset") from None


def _trees(path: Path, files: Path | None, limits: Limits) -> Iterator[Tree]:
    """The dump first, then where text files may lie: in `files`, and in archives inside a folder."""
    yield open_tree(path, limits)
    for folder in dict.fromkeys((path, files)):
        if folder is not None and folder != path:
            yield open_tree(folder, limits)
        if folder is not None and folder.is_dir():
            for inner in sorted(folder.rglob("*")):
                if inner.is_file() and not inner.is_symlink() and is_archive(inner.name):
                    yield open_tree(inner, limits)


def _chunks(dumps: list[Member], limits: Limits, faults: list[str]) -> Iterator[bytes]:
    """The bytes of all dump files, for a first look. What is broken goes to `faults`; it is reported when it is read in earnest."""
    for member in dumps:
        try:
            with member.unpacked(limits) as stream:
                while chunk := stream.read(1 << 20):
                    yield chunk
        except BROKEN as error:
            faults.append(f"{member.name} cannot be read: {error}.")
        yield b"\n"


def _events(dumps: list[Member], limits: Limits) -> Generator[sql.Event, None, None]:
    """The statements of all dump files, as far as they can be read, for a second look."""
    for member in dumps:
        with suppress(*BROKEN), member.unpacked(limits) as stream:
            yield from sql.events(stream)


def _say_why(tree: Tree, dumps: list[Member], faults: list[str]) -> None:
    """Raise the plain reason why nothing was found, where there is one; else `choose` says that there is no table."""
    if faults:
        raise Damaged(faults[0])
    if not any(member.size for member in dumps):
        raise UnknownFormat(f"{tree.path.name} is empty: there is nothing in it to read.", code="unreadable.empty")
    if is_archive(tree.path.name) and not any(is_sql(member.name) for member in dumps):
        raise UnknownFormat(
            f"{tree.path.name} holds no database dump. If it holds the story files of an eFiction archive, add the "
            "database (.sql) that belongs to them."
        )


def _take(rows: Rows, member: Member, limits: Limits) -> None:
    try:
        with member.unpacked(limits) as stream:
            rows.take(sql.events(stream), member.name)
    except BROKEN as error:
        message = f"The file is packed and broken; what came before was read ({error})"
        rows.findings.append(Finding("dump.truncated", "loss", message, member.name))
