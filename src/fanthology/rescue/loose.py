"""Loose files (saved pages, texts, a folder or an archive of them) as records of a former site, so that one ingest serves all.

Every file is read in the sandbox. What cannot be read is a finding and a row of the account, never an exception.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath, PurePosixPath
from typing import Self

from fanthology.base.folding import fold
from fanthology.base.sandbox import list_archive, read_file
from fanthology.formats import Chapter, Finding, FormatError, Story
from fanthology.formats.dumps.records import (
    PersonRecord,
    Record,
    ReviewRecord,
    RowCount,
    SeriesRecord,
    SiteRecord,
    StoryRecord,
    TagKind,
    TagRecord,
)
from fanthology.formats.dumps.tree import is_archive
from fanthology.formats.errors import Damaged

from .errors import NothingFound

_KINDS: tuple[tuple[TagKind, str], ...] = (
    ("warning", "warnings"),
    ("category", "categories"),
    ("fandom", "fandoms"),
    ("relationship", "relationships"),
    ("character", "characters"),
    ("additional", "additional_tags"),
)
_CHAPTER = re.compile(r"(?:\A|/)\d+/\d+\.(?:txt|html?)\Z", re.IGNORECASE)
_FURNITURE = frozenset({"README.MD", "THUMBS.DB", "DESKTOP.INI"})


@dataclass(frozen=True, slots=True)
class Unlisted:
    """An archive that cannot be looked into, or not to its end."""

    name: str
    error: FormatError


class LooseFiles:
    """Iterate once; `counts` and `findings` are complete afterwards. `unread` counts files that hold no story."""

    kind = "files"
    prefixes: tuple[str, ...] = ()

    def __init__(self, paths: Iterable[Path], *, site: str) -> None:
        self.paths = list(paths)
        self.site = SiteRecord(name=site, software="files")
        self.counts: dict[str, RowCount] = {"files": RowCount()}
        self.findings: list[Finding] = []
        self.unread = 0
        self._people: dict[str, str] = {}
        self._tags: set[tuple[str, str]] = set()
        self._reviews: list[ReviewRecord] = []
        self._series: dict[str, SeriesRecord] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held open."""

    def __iter__(self) -> Iterator[Record]:
        yield self.site
        seen: set[str] = set()
        for leaf in self._leaves:
            if isinstance(leaf, Unlisted):
                self.counts["files"].rows += 1
                self._unread(leaf.name, leaf.error)
            elif leaf.name in seen:
                self.counts["files"].rows += 1
                self._leave_out("another file of the same name was read")
                self.findings.append(Finding("file.several", "loss", "Several files have this name", leaf.name))
            else:
                seen.add(leaf.name)
                yield from self._file(leaf)
        yield from self._series.values()
        yield from self._reviews

    @cached_property
    def _leaves(self) -> tuple[Leaf | Unlisted, ...]:
        return tuple(_leaves(self.paths))

    def check(self, *, texts_alone: bool) -> None:
        """Raise NothingFound, in plain words, where no story can come of these files; with `texts_alone` chapters may."""
        if not self._leaves:
            raise NothingFound(f"{self.paths[0].name} is empty: there is nothing in it to read.")
        first = self._leaves[0]
        if len(self._leaves) == 1 and isinstance(first, Unlisted) and isinstance(first.error, FormatError):
            raise NothingFound(first.error.message)
        chapters = sum(_CHAPTER.search(leaf.name) is not None for leaf in self._leaves)
        if not texts_alone and 2 * chapters > len(self._leaves):
            raise NothingFound(
                "These are the story files of an eFiction archive: titles, authors and order stand in its database. "
                "Add the database (.sql) that belongs to them."
            )

    def _leave_out(self, reason: str) -> None:
        account = self.counts["files"]
        account.left_out[reason] = account.left_out.get(reason, 0) + 1

    def _unread(self, name: str, error: FormatError | OSError) -> None:
        self.unread += 1
        message = error.message if isinstance(error, FormatError) else f"It cannot be opened: {error.strerror}."
        code = error.code if isinstance(error, FormatError) else "unreadable.file"
        self._leave_out("it could not be read")
        self.findings.append(Finding("file.unread", "loss", message, name, before=code))

    def _file(self, leaf: Leaf) -> Iterator[Record]:
        account = self.counts["files"]
        account.rows += 1
        name = leaf.name
        try:
            reading = read_file(leaf.path, name=name, member=leaf.member)
        except (FormatError, OSError) as error:
            self._unread(name, error)
            return
        account.taken += 1
        self.findings.extend(
            replace(finding, where=f"{name}: {finding.where}".rstrip(": ")) for finding in reading.findings
        )
        for number, story in enumerate(reading.stories):
            yield from self._story(story, _key(story, name, number))

    def _story(self, story: Story, key: str) -> Iterator[Record]:
        authors = []
        for author in story.authors:
            person = f"name:{fold(author.name)}"
            if fold(author.name) and person not in authors:
                authors.append(person)
            if fold(author.name) and person not in self._people:
                self._people[person] = author.name
                yield PersonRecord(key=person, name=author.name)
        tags = []
        for kind, field in _KINDS:
            for name in getattr(story, field):
                place = (kind, fold(name))
                if not place[1]:
                    continue
                tags.append(place)
                if place not in self._tags:
                    self._tags.add(place)
                    yield TagRecord(
                        key=place[1], source=kind, name=name, kind=kind, mapped=name if kind == "warning" else None
                    )
        yield StoryRecord(key=key, story=story, authors=tuple(authors), tags=tuple(dict.fromkeys(tags)))
        self._remember(story, key, authors)

    def _remember(self, story: Story, key: str, authors: list[str]) -> None:
        for place in story.series:
            name = f"series:{fold(place.title)}"
            known = self._series.get(name) or SeriesRecord(
                key=name, title=place.title, author=authors[0] if authors else None
            )
            self._series[name] = replace(known, places=(*known.places, ("story", key, True)))
        for number, review in enumerate(story.reviews):
            chapter = next((chapter for chapter in story.chapters if chapter.position == review.chapter), None)
            self._reviews.append(
                ReviewRecord(
                    key=f"{key}!{number}",
                    target=("story", key),
                    author=review.author or "",
                    chapter_key=_chapter_key(key, chapter) if chapter else None,
                    text=review.text,
                    date=review.date,
                    stars=review.stars,
                    reply=review.replies[0].text if review.replies else review.text.__class__(""),
                )
            )


def _key(story: Story, name: str, number: int) -> str:
    """The old software's own id where the page tells it, else the file's name: what makes a second run safe."""
    ids = dict(story.source.ids)
    if "work" in ids:
        return f"work:{ids['work']}"
    return f"file:{name}" + (f"#{number}" if number else "")


def _chapter_key(key: str, chapter: Chapter) -> str:
    own = dict(chapter.source_ids).get("chapter")
    return f"{key}/chapter:{own}" if own else f"{key}#{chapter.position}"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One file: where it lies, its name inside an archive ("" = it lies open), and its name within what was given."""

    path: Path
    member: str
    name: str


def _leaves(paths: Iterable[Path]) -> Iterator[Leaf | Unlisted]:
    """In the order of their names; no links, no hidden files. An archive is looked into where it lies."""
    for path in paths:
        if not path.is_dir():
            yield from _leaves_of(path, path.name, alone=True)
            continue
        for inner in sorted(path.rglob("*")):
            name = inner.relative_to(path)
            if inner.is_file() and not inner.is_symlink() and not _is_furniture(name):
                yield from _leaves_of(inner, name.as_posix(), alone=False)


def _leaves_of(path: Path, name: str, *, alone: bool) -> Iterator[Leaf | Unlisted]:
    if not is_archive(name):
        yield Leaf(path, "", name)
        return
    try:
        found = list_archive(path)
    except FormatError as error:
        yield Unlisted(name, error)
        return
    for member in found.names:
        if not _is_furniture(PurePosixPath(member)):
            yield Leaf(path, member, member if alone else f"{name}/{member}")
    if found.broken:
        yield Unlisted(name, Damaged(f"The archive of files is broken: {found.broken}", code="file.archive-broken"))


def _is_furniture(name: PurePath) -> bool:
    """Files that systems and rescuers leave beside what people wrote."""
    return (
        any(part.startswith(".") or part == "__MACOSX" for part in name.parts if part != "..")
        or name.name.upper() in _FURNITURE
    )
