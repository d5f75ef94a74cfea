"""The format table: what each format is called, how it is recognised, and which function reads or writes it.

Readers and writers are named as text and imported when first used, so that starting a command costs nothing.
`sniff` never raises; `recognise` raises the typed refusal that `read` shows to people.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePath
from typing import BinaryIO, cast

from .context import Context
from .errors import UnknownFormat, Unwritable
from .model import Guess, Reading, Story, WriteOptions

Reader = Callable[[bytes, Context], Reading]
Writer = Callable[[Story, BinaryIO, WriteOptions], None]

HEAD = 512 * 1024
"""How many bytes a sniffer looks at. Captured pages carry some hundred kilobytes of style sheet before their body."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What a sniffer sees: the head of the file in lower case, without NULs, and the file's extension (".html")."""

    head: bytes
    extension: str


@dataclass(frozen=True, slots=True)
class Format:
    """One line of the table. `reader` and `writer` are module names below this package, "" where there is none."""

    name: str
    extensions: tuple[str, ...]
    sniffer: Callable[[Sample], float] | None = None
    reader: str = ""
    writer: str = ""
    version: int = 1


def _story_json(sample: Sample) -> float:
    if sample.head.lstrip()[:1] not in (b"{", b"["):
        return 0.0
    return 1.0 if b'"fanthology-story/' in sample.head else 0.0


_OTW_META = re.compile(rb"""<dl[^>]{0,200}class=["']?[^"'>]{0,100}\bwork meta group\b""")
_OTW_DOWNLOAD = re.compile(rb"""<div[^>]{0,100}\bid=["']?preface["'\s>]""")
_OTW_SITE = re.compile(
    rb"""<body[^>]{0,200}class=["']?logged-(?:in|out)|\bid=["']main["'][^>]{0,100}class=["'](?:works|chapters|user_sessions|errors|session)-"""
    rb"""|/stylesheets/skins/skin_|\bname=["']keywords["'] content=["']fanfiction, transformative works"""
)


def _otwarchive(sample: Sample) -> float:
    if b"<" not in sample.head:
        return 0.0
    if _OTW_META.search(sample.head):
        return 0.98
    if _OTW_DOWNLOAD.search(sample.head) and (b"posted originally on" in sample.head or b'class="tags"' in sample.head):
        return 0.98
    return 0.9 if _OTW_SITE.search(sample.head) else 0.0


_HTML_SURE = re.compile(rb"<!doctype\s{1,20}html|<html[\s>]|<head[\s>]|<body[\s>]|<meta\s")
_HTML_TAG = re.compile(
    rb"</?(?:p|br|b|i|em|strong|u|a|hr|div|span|font|center|h[1-6]|table|td|tr|ul|ol|li|pre|blockquote|title|dd|dl|dt)\b[^<>]{0,500}>"
)


def _html(sample: Sample) -> float:
    if _HTML_SURE.search(sample.head[:100_000]):
        return 0.8
    tags = len(_HTML_TAG.findall(sample.head[:100_000]))
    if sample.extension in {".html", ".htm", ".xhtml", ".shtml"}:
        return 0.7 if tags else 0.3
    return 0.6 if tags >= 4 else 0.0


def _text(sample: Sample) -> float:
    return 0.5 if sample.extension in {".txt", ".text", ""} else 0.4


FORMATS: tuple[Format, ...] = (
    # name    extensions    sniffer    reader    writer
    Format("json", (".json", ".jsonl"), _story_json, "readers.json", "writers.json"),
    Format("otwarchive", (), _otwarchive, "readers.otwarchive"),
    Format("html", (".html", ".htm", ".xhtml", ".shtml"), _html, "readers.html", "writers.html"),
    Format("text", (".txt", ".text"), _text, "readers.text", "writers.text"),
    Format("epub", (".epub",), None, "", "writers.epub"),
)
"""In order of detection: the first sniffer with the highest confidence wins."""

_BY_NAME = {entry.name: entry for entry in FORMATS}

_UNPACK = "Unpack it and read the files in it one by one."
_SAVE_AS = "Open it in the program it was made with and save it as HTML or plain text."
_DUMP = "It is a whole archive, not one story: use the rescue, or open_dump."

_FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    # first bytes                  what it looks like         what to do
    (b"PK\x03\x04", "a ZIP container (EPUB, DOCX, ODT or a plain archive)", _UNPACK),
    (b"PK\x05\x06", "an empty ZIP archive", "There is nothing in it to read."),
    (b"\x1f\x8b", "a gzip file", _UNPACK),
    (b"BZh", "a bzip2 file", _UNPACK),
    (b"\xfd7zXZ\x00", "an xz file", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file", _UNPACK),
    (b"%PDF-", "a PDF", "Copy its text into a text file; a PDF does not say where paragraphs end."),
    (b"{\\rtf", "an RTF document", _SAVE_AS),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office document", _SAVE_AS),
    (b"SQLite format 3\x00", "an SQLite database", _DUMP),
    (b"\x89PNG\r\n", "a PNG image", "A picture holds no text that could be read."),
    (b"\xff\xd8\xff", "a JPEG image", "A picture holds no text that could be read."),
    (b"GIF87a", "a GIF image", "A picture holds no text that could be read."),
    (b"GIF89a", "a GIF image", "A picture holds no text that could be read."),
    (b"II*\x00", "a TIFF image", "A picture holds no text that could be read."),
    (b"WARC/", "a web archive (WARC)", _DUMP),
    (b"filedesc://", "a web archive (ARC)", _DUMP),
    (b"%!PS", "a PostScript file", _SAVE_AS),
    (b"\xffWPC", "a WordPerfect document", _SAVE_AS),
    (b"ITSF", "a compiled help file (CHM)", _UNPACK),
    (b"\x7fELF", "a program", "Choose the story itself."),
    (b"MZ\x90\x00", "a program", "Choose the story itself."),
    (b"ID3", "a sound file", "Sound holds no text that could be read."),
    (b"OggS", "a sound file", "Sound holds no text that could be read."),
    (b"RIFF", "a sound or picture file", "It holds no text that could be read."),
)

_SQL_DUMP = re.compile(
    rb"(?mi)^\s{0,20}(?:-- (?:MySQL|MariaDB|phpMyAdmin) |(?:INSERT INTO|CREATE TABLE|DROP TABLE)\s{1,5}[`\"\w])"
)
_AUTOMATED = re.compile(rb"\A\s{0,200}%FILES\s{0,5}=\s{0,5}\(")
_MHTML = re.compile(rb"(?mi)^content-type:\s{0,5}multipart/related")
_ALLOWED_CONTROLS = frozenset(b"\t\n\r\x08\x0b\x0c\x1a\x1b")


def format_named(name: str) -> Format:
    """The line of the table called `name`. Raises UnknownFormat when there is none."""
    try:
        return _BY_NAME[name]
    except KeyError:
        known = ", ".join(_BY_NAME)
        raise UnknownFormat(f"There is no format called “{name}”. Known formats: {known}.") from None


def format_for_name(name: str) -> Format:
    """The format whose extension the file name `name` ends with. Raises UnknownFormat when there is none."""
    extension = PurePath(name).suffix.lower()
    for entry in FORMATS:
        if extension in entry.extensions:
            return entry
    raise UnknownFormat(f"The ending “{extension}” of {PurePath(name).name} belongs to no known format.")


def reader_for(name: str) -> Reader:
    """The function that reads the format `name`. Raises UnknownFormat when it cannot be read."""
    entry = format_named(name)
    if not entry.reader:
        raise UnknownFormat(f"The format “{name}” can be written but not read.")
    return cast("Reader", import_module(f".{entry.reader}", __package__).read)


def writer_for(name: str) -> Writer:
    """The function that writes the format `name`. Raises Unwritable when it cannot be written."""
    entry = _BY_NAME.get(name)
    if entry is None or not entry.writer:
        known = ", ".join(entry.name for entry in FORMATS if entry.writer)
        raise Unwritable(
            f"Stories cannot be written as “{name}”. Formats that can be written: {known}.", code="unwritable.format"
        )
    return cast("Writer", import_module(f".{entry.writer}", __package__).write)


def mark_utf16(data: bytes) -> bytes:
    """UTF-16 without a byte order mark gets one: every second byte of its first kilobyte is NUL."""
    head = data[:1024]
    if len(head) < 8 or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data
    half = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > half * 0.7 and even < half * 0.1:
        return b"\xff\xfe" + data
    if even > half * 0.7 and odd < half * 0.1:
        return b"\xfe\xff" + data
    return data


def sniff(data: bytes, name: str = "") -> Guess:
    """What `data` most probably is. Never raises: what no reader takes is Guess("unknown", 0.0)."""
    try:
        return recognise(data, name)
    except UnknownFormat:
        return Guess("unknown", 0.0)


def recognise(data: bytes, name: str = "") -> Guess:
    """The format of `data`, by content first and extension second. Raises UnknownFormat that says what it looks like."""
    data = mark_utf16(data)
    _refuse_foreign(data)
    sample = Sample(_readable_head(data).lower(), PurePath(name).suffix.lower())
    best = Guess("unknown", 0.0)
    for entry in FORMATS:
        confidence = entry.sniffer(sample) if entry.sniffer else 0.0
        if confidence > best.confidence:
            best = Guess(entry.name, confidence)
    return best


def _readable_head(data: bytes) -> bytes:
    """The first bytes as an ASCII-compatible encoding, so that one set of patterns serves UTF-16 as well."""
    head = data[:HEAD]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head.decode("utf-16", "replace").encode("utf-8", "replace")
    return head.replace(b"\x00", b"")


def _refuse_foreign(data: bytes) -> None:
    """Raise UnknownFormat for what is empty, binary, packed or a whole archive."""
    if not data.strip(b"\x00\x1a \t\r\n\x0b\x0c") or data in (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"):
        raise UnknownFormat("The file is empty: there is nothing in it to read.", code="unreadable.empty")
    for magic, what, advice in _FOREIGN:
        if data.startswith(magic):
            raise UnknownFormat(f"This looks like {what}. {advice}", code="unreadable.foreign")
    head = data[:HEAD]
    if _AUTOMATED.search(head) or (_SQL_DUMP.search(head[:20_000]) and len(_SQL_DUMP.findall(head)) > 1):
        raise UnknownFormat(f"This looks like a database dump. {_DUMP}", code="unreadable.dump")
    if _MHTML.search(head[:4000]):
        raise UnknownFormat(
            "This looks like a saved web page in one file (MHTML). Save the page as HTML instead.",
            code="unreadable.foreign",
        )
    if _is_binary(data):
        raise UnknownFormat("This is binary data of an unknown kind, not text.", code="unreadable.binary")


def _is_binary(data: bytes) -> bool:
    """More than one control character in twenty. UTF-16 with its mark is text."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return False
    head = data.rstrip(b"\x00\x1a")[:65_536]
    controls = sum(count for byte in range(32) if byte not in _ALLOWED_CONTROLS and (count := head.count(byte)))
    return controls * 20 > len(head)
