"""Loose files (saved pages, texts, a folder of them) as records of a former site, so that one ingest serves all.

Every file is read in the sandbox. What cannot be read is a finding and a row of the account, never an exception.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Self

from fanthology.base.folding import fold
from fanthology.base.sandbox import read_file
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

_KINDS: tuple[tuple[TagKind, str], ...] = (
    ("warning", "warnings"),
    ("category", "categories"),
    ("fandom", "fandoms"),
    ("relationship", "relationships"),
    ("character", "characters"),
    ("additional", "additional_tags"),
)
_FURNITURE = frozenset({"README.MD", "THUMBS.DB", "DESKTOP.INI"})


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
        for path, name in _files(self.paths):
            yield from self._file(path, name)
        yield from self._series.values()
        yield from self._reviews

    def _file(self, path: Path, name: str) -> Iterator[Record]:
        account = self.counts["files"]
        account.rows += 1
        try:
            reading = read_file(path, name=name)
        except (FormatError, OSError) as error:
            self.unread += 1
            message = error.message if isinstance(error, FormatError) else f"It cannot be opened: {error.strerror}."
            code = error.code if isinstance(error, FormatError) else "unreadable.file"
            account.left_out["it could not be read"] = account.left_out.get("it could not be read", 0) + 1
            self.findings.append(Finding("file.unread", "loss", message, name, before=code))
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


def _files(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """(path, name within what was given), in the order of their names; no links, no hidden files."""
    for path in paths:
        if path.is_dir():
            for inner in sorted(path.rglob("*")):
                name = inner.relative_to(path)
                hidden = any(part.startswith(".") for part in name.parts) or inner.name.upper() in _FURNITURE
                if inner.is_file() and not inner.is_symlink() and not hidden:
                    yield inner, name.as_posix()
        else:
            yield path, path.name
