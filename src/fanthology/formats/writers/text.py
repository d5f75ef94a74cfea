"""A story as plain text: a header block of labels, then the chapters; one paragraph per line, blank lines between."""

from __future__ import annotations

from typing import BinaryIO

from ..markup import plain_text
from ..model import Chapter, Markup, Story, WriteOptions
from . import addresses, byline, facts, heading, title


def write(story: Story, out: BinaryIO, options: WriteOptions) -> None:
    """UTF-8, lines ended as on Unix. The header's labels are those that the text reader knows."""
    parts = [_header(story, options)]
    parts += _section("Summary", story.summary)
    parts += _section("Disclaimer", story.disclaimer)
    parts += _section("Notes", story.notes)
    for chapter in story.chapters:
        parts += _chapter(chapter, alone=len(story.chapters) == 1)
    parts += _section("End Notes", story.end_notes)
    out.write(("\n\n".join(parts) + "\n").encode("utf-8", "replace"))


def _header(story: Story, options: WriteOptions) -> str:
    rows = [("Title", title(story)), ("Author", byline(story)), *facts(story, options)]
    rows += [("Address", url) for url in addresses(story, options)]
    rows += [("Archive", options.byline_note)] if options.byline_note else []
    return "\n".join(f"{label}: {' '.join(value.split())}" for label, value in rows)


def _section(label: str, markup: Markup) -> list[str]:
    text = plain_text(markup)
    return [f"{label}: {text}"] if text else []


def _chapter(chapter: Chapter, *, alone: bool) -> list[str]:
    parts = [] if alone and not chapter.title else [heading(chapter)]
    parts += _section("Chapter Summary", chapter.summary)
    parts += _section("Chapter Notes", chapter.notes)
    parts.append(plain_text(chapter.text))
    return parts + _section("Chapter End Notes", chapter.end_notes)
