"""A story as plain text: a header block of labels, then the chapters; one paragraph per line, blank lines between."""

from __future__ import annotations

import re
from typing import BinaryIO, Final

from ..markup import plain_text
from ..model import Chapter, Markup, Story, WriteOptions
from . import addresses, byline, facts, heading, title

_EMPHASIS: Final = re.compile(r"</?(?:em|i|cite)(?: [^>]*)?>")
_STRENGTH: Final = re.compile(r"</?(?:strong|b)(?: [^>]*)?>")


def write(story: Story, out: BinaryIO, options: WriteOptions) -> None:
    """UTF-8, lines ended as on Unix, _emphasis_ and *strength* as in mail. The header's labels are those the text reader knows."""
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
    rows += addresses(story, options)
    rows += [("Archive", options.byline_note)] if options.byline_note else []
    return "\n".join(f"{label}: {' '.join(value.split())}" for label, value in rows)


def _section(label: str, markup: Markup) -> list[str]:
    text = _words(markup)
    return [f"{label}: {text}"] if text else []


def _chapter(chapter: Chapter, *, alone: bool) -> list[str]:
    parts = [] if alone and not chapter.title else [heading(chapter)]
    parts += _section("Chapter Summary", chapter.summary)
    parts += _section("Chapter Notes", chapter.notes)
    parts.append(_words(chapter.text))
    return parts + _section("Chapter End Notes", chapter.end_notes)


def _words(markup: Markup) -> str:
    return plain_text(Markup(_STRENGTH.sub("*", _EMPHASIS.sub("_", markup))))
