"""The face: its names, the facts it fills in, and its command line."""

from __future__ import annotations

import hashlib
import json
from io import StringIO
from pathlib import Path

import pytest

from fanthology import formats
from fanthology.formats import __main__ as command
from fanthology.formats.errors import Ambiguous, UnknownFormat

TEXT = b"Title: The Lamp\nAuthor: Jane\n\nIt was dark.\n"


def test_all_is_what_it_says() -> None:
    assert sorted(formats.__all__) == formats.__all__
    assert set(formats.__all__) == {
        "Chapter", "Finding", "FormatError", "Guess", "Limits", "Markup", "Reading", "Story", "WriteOptions", "open_dump", "read", "sniff", "write",
    }  # fmt: skip
    assert all(getattr(formats, name) is not None for name in formats.__all__)
    with pytest.raises(AttributeError):
        _ = formats.nothing


def test_source_facts() -> None:
    reading = formats.read(TEXT, name="lamp.txt", url="http://example.test/lamp.txt")
    source = reading.stories[0].source
    assert source.sha256 == hashlib.sha256(TEXT).hexdigest()
    assert (source.bytes, source.format, source.decoder, source.reader) == (len(TEXT), "text", "utf-8", "text 1")
    assert source.url == "http://example.test/lamp.txt"
    assert (reading.format, reading.confidence) == ("text", source.confidence)


def test_read_prints_stories_and_errors_in_their_places(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes(TEXT)
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04")
    out = StringIO()
    assert command.read_files([tmp_path, tmp_path / "missing.txt"], out=out) == 1
    objects = [json.loads(line) for line in out.getvalue().splitlines()]
    assert objects[0]["error"]["code"] == "unreadable.foreign"
    assert objects[1]["title"] == "The Lamp"
    assert objects[2]["error"]["code"] == "unreadable.file"
    assert set(objects[0]["error"]) == {"code", "message", "file"}


def test_json_reads_back_equal(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_bytes(TEXT)
    first, again = StringIO(), StringIO()
    assert command.read_files([tmp_path / "in.txt"], out=first) == 0
    (tmp_path / "in.json").write_text(first.getvalue(), encoding="utf-8")
    assert command.read_files([tmp_path / "in.json"], out=again) == 0
    assert again.getvalue() == first.getvalue()


@pytest.mark.parametrize(
    "text",
    ['{"schema": "fanthology-story/1"', '{"schema": "fanthology-story/1"}', '{"schema": "fanthology-story/1", "title": 5}', '["fanthology-story/1"]',
     '{"schema": "fanthology-story/1", "title": "x", "chapters": [{}]}', '{"schema": "fanthology-story/2", "title": "x"}', "[" * 5000 + '"fanthology-story/1'],
)  # fmt: skip
def test_broken_json_is_refused(text: str) -> None:
    with pytest.raises(formats.FormatError) as refusal:
        formats.read(text.encode(), name="x.json")
    assert refusal.value.code == "unreadable.damaged"


def test_foreign_json_cannot_smuggle_script() -> None:
    data = {
        "schema": "fanthology-story/1",
        "title": "x",
        "chapters": [{"position": 1, "text": "<p>a<script>evil()</script></p>"}],
    }
    assert formats.read(json.dumps(data).encode()).stories[0].chapters[0].text == "<p>a</p>"


def test_convert_refuses_several_stories_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_bytes(TEXT)
    out = StringIO()
    command.read_files([tmp_path / "in.txt"] * 2, out=out)
    (tmp_path / "two.json").write_text(out.getvalue(), encoding="utf-8")
    with pytest.raises(Ambiguous):
        command.convert(tmp_path / "two.json", tmp_path / "out.json")
    with pytest.raises(UnknownFormat):
        command.convert(tmp_path / "in.txt", tmp_path / "out.xyz")
    assert sorted(path.name for path in tmp_path.iterdir() if "out" in path.name) == []


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lamp.txt"
    path.write_bytes(TEXT)
    assert command.main(["sniff", str(path)]) == 0
    assert "text (0.50)" in capsys.readouterr().out
    assert command.main(["lint", str(path)]) == 0
    assert command.main(["read", str(path)]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "The Lamp"
    assert command.main(["write", str(tmp_path / "none.txt"), str(tmp_path / "o.json")]) == 1
    with pytest.raises(SystemExit) as usage:
        command.main(["dance"])
    assert usage.value.code == 2
