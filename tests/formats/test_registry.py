"""The format table: recognising, refusing by name, loading on demand."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanthology.formats import Guess, read, sniff
from fanthology.formats.context import Limits
from fanthology.formats.errors import FormatError, LimitExceeded, UnknownFormat, Unwritable
from fanthology.formats.registry import FORMATS, format_for_name, reader_for, writer_for


@pytest.mark.parametrize(
    ("data", "name", "want"),
    [
        (b'{"schema": "fanthology-story/1"}', "", "json"),
        (b'{"a": 1}', "a.txt", "text"),
        (b"<html><body><p>x</p>", "", "html"),
        (b"<HTML>", "", "html"),
        (b"<p>one<p>two<br>three<hr>", "", "html"),
        (b"She said <i>no</i>.", "a.txt", "text"),
        (b"plain", "story.html", "text"),
        ("<html><p>x".encode("utf-16"), "", "html"),
        ("<html><p>some more words".encode("utf-16-le"), "", "html"),
        (b'<dl class="work meta group">', "", "otwarchive"),
        (b'<div id="preface"><p class="message">Posted originally on the', "", "otwarchive"),
        (b"a", "", "text"),
    ],
)
def test_sniff(data: bytes, name: str, want: str) -> None:
    assert sniff(data, name).format == want


@pytest.mark.parametrize(
    ("data", "code", "word"),
    [
        (b"", "unreadable.empty", "empty"),
        (b"\x00" * 5000, "unreadable.empty", "empty"),
        (b" \r\n\x1a", "unreadable.empty", "empty"),
        (b"PK\x03\x04zzzz", "unreadable.foreign", "ZIP"),
        (b"%PDF-1.4", "unreadable.foreign", "PDF"),
        (b"{\\rtf1 x}", "unreadable.foreign", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "unreadable.foreign", "Office"),
        (b"SQLite format 3\x00", "unreadable.foreign", "SQLite"),
        (b"\x89PNG\r\n\x1a\n", "unreadable.foreign", "PNG"),
        (b"WARC/1.0\r\n", "unreadable.foreign", "WARC"),
        (b"-- MySQL dump 10\nINSERT INTO `a` VALUES (1);\n", "unreadable.dump", "rescue"),
        (b"%FILES = (\n", "unreadable.dump", "rescue"),
        (b"From: <Saved>\nContent-Type: multipart/related\n\nx", "unreadable.foreign", "MHTML"),
        (bytes(range(1, 32)) * 40, "unreadable.binary", "binary"),
    ],
)
def test_refused_by_name(data: bytes, code: str, word: str) -> None:
    assert sniff(data) == Guess("unknown", 0.0)
    with pytest.raises(UnknownFormat, match=word) as refusal:
        read(data)
    assert refusal.value.code == code


def test_size_limit() -> None:
    with pytest.raises(LimitExceeded) as refusal:
        read(b"x" * 11, limits=Limits(input_bytes=10))
    assert refusal.value.code == "limit.size"


def test_every_line_of_the_table_loads() -> None:
    for entry in FORMATS:
        if entry.reader:
            assert callable(reader_for(entry.name))
        if entry.writer:
            assert callable(writer_for(entry.name))
    assert len({entry.name for entry in FORMATS}) == len(FORMATS)


def test_what_is_not_in_the_table() -> None:
    with pytest.raises(UnknownFormat, match="no format called"):
        reader_for("sanskrit")
    with pytest.raises(UnknownFormat, match="but not read"):
        reader_for("epub")
    with pytest.raises(Unwritable):
        writer_for("otwarchive")
    with pytest.raises(UnknownFormat, match=r"\.xyz"):
        format_for_name("a.xyz")


def test_readers_load_only_when_asked() -> None:
    code = "import sys, fanthology.formats; sys.exit('selectolax' in sys.modules or 'fanthology.formats.readers.html' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@given(st.binary(max_size=400), st.sampled_from(["", "a.html", "a.txt", "a.json"]))
def test_sniff_never_raises(data: bytes, name: str) -> None:
    sniff(data, name)


@given(
    st.binary(max_size=600) | st.text(max_size=300).map(str.encode), st.sampled_from(["", "a.html", "a.txt", "a.json"])
)
def test_no_bytes_crash_a_reader(data: bytes, name: str) -> None:
    try:
        reading = read(data, name=name)
    except FormatError:
        return
    assert all(story.title and story.source.sha256 for story in reading.stories)
