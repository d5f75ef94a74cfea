"""Stories in, stories out: the whole face of the core. Bytes go in, plain values come out; no Django, no network, no clock.

from fanthology.formats import read, write

reading = read(data, name="story.html")
write(reading.stories[0], "epub", out=file)
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from . import registry
from .context import DEFAULT, Context, Limits
from .errors import FormatError
from .model import Chapter, Finding, Guess, Markup, Reading, Story, WriteOptions
from .registry import sniff

if TYPE_CHECKING:
    from .dumps import open_dump

__all__ = [
    "Chapter",
    "Finding",
    "FormatError",
    "Guess",
    "Limits",
    "Markup",
    "Reading",
    "Story",
    "WriteOptions",
    "open_dump",
    "read",
    "sniff",
    "write",
]


def read(data: bytes, *, name: str = "", url: str = "", limits: Limits = DEFAULT) -> Reading:
    """Read one file. `name` and `url` are hints about where the bytes came from and are never opened.

    Returns a Reading with at least one story, each with its source facts filled in. Raises a FormatError: UnknownFormat
    when no reader takes the bytes, NotAStory for login pages and the like, Damaged, LimitExceeded.
    """
    context = Context(name=name, url=url, limits=limits)
    context.check_size(len(data))
    guess = registry.recognise(data, name)
    reading = registry.reader_for(guess.format)(registry.mark_utf16(data), context)
    reading = replace(reading, format=guess.format, confidence=guess.confidence)
    return replace(reading, stories=tuple(_with_source(story, reading, data, url) for story in reading.stories))


def write(story: Story, format: str, *, out: BinaryIO, options: WriteOptions | None = None) -> None:
    """Write `story` as `format` ("epub", "html", "text", "json") to the binary file `out`. Raises Unwritable."""
    registry.writer_for(format)(story, out, options or WriteOptions())


def _with_source(story: Story, reading: Reading, data: bytes, url: str) -> Story:
    """The facts about the bytes. Our own JSON tells of an earlier source and keeps it."""
    source = story.source
    if reading.format == "json" and source.sha256:
        return story
    version = registry.format_named(reading.format).version
    return replace(
        story,
        source=replace(
            source,
            url=source.url or url or None,
            sha256=hashlib.sha256(data).hexdigest(),
            bytes=len(data),
            format=reading.format,
            confidence=reading.confidence,
            decoder=reading.decoder or None,
            reader=f"{reading.format} {version}",
        ),
    )


def __getattr__(name: str) -> object:
    """`open_dump` is imported when it is first asked for: reading one file needs nothing of it."""
    if name == "open_dump":
        from .dumps import open_dump

        return open_dump
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
