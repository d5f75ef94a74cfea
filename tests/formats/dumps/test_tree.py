"""Where a dump may lie and what is wrong with it there: every refusal gives its plain reason."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from fanthology.formats.dumps import DUMP_LIMITS, open_dump
from fanthology.formats.dumps.tree import Listing, Member, begins_as_sql, dumps_among, listing
from fanthology.formats.errors import Damaged, UnknownFormat
from tests import efiction_dump

from .conftest import rescue
from .test_efiction import packed

SITE: dict[str, list[dict[str, Any]]] = {
    "authors": [{"uid": 2, "penname": "Ann"}],
    "stories": [{"sid": 1, "title": "The Lamp", "uid": 2}],
    "chapters": [{"chapid": 7, "sid": 1, "uid": 2, "title": "One", "storytext": "<p>It burns.</p>"}],
}


def zipped(**members: bytes) -> bytes:
    """A ZIP whose members are stored as they are; `a_b` stands for the name a.b."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return out.getvalue()


def member_at(path: Path) -> Member:
    return Member(path.name, path.stat().st_size, lambda: path.open("rb"))


def broken_member() -> bytes:
    """A ZIP of a member that is found damaged when it is read, and of a dump; neither name says what it is."""
    return zipped(aa=b"unmistakable words", bb=efiction_dump.dump(SITE)).replace(b"unmistakable", b"unmistakeabl")


def test_a_dump_without_its_ending_is_found_beside_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "backup.zip"
    path.write_bytes(broken_member())
    rescued = rescue(path)
    assert rescued.story(1).story.title == "The Lamp"
    assert listing(path, DUMP_LIMITS) == Listing(("aa", "bb"), holds_sql=True)


def test_a_listing_names_what_lies_there_and_whether_a_dump_does(tmp_path: Path) -> None:
    texts = tmp_path / "texts.zip"
    texts.write_bytes(zipped(part10_txt=b"Ten.", part2_txt=b"Two."))
    assert listing(texts, DUMP_LIMITS) == Listing(("part2.txt", "part10.txt"), holds_sql=False)
    assert listing(tmp_path, DUMP_LIMITS) == Listing(("texts.zip",), holds_sql=False)


def test_a_listing_of_an_archive_cut_short_says_so(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name in ("a.sql", "b.txt"):
            info = tarfile.TarInfo(name)
            info.size = 2000
            archive.addfile(info, io.BytesIO(b"x" * 2000))
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(out.getvalue())[:-9])
    found = listing(tmp_path / "a.tar.gz", DUMP_LIMITS)
    assert (found.names, found.holds_sql) == (("a.sql", "b.txt"), True)
    assert found.broken == "it ends in the middle"


def test_the_dump_in_an_archive_inside_the_folder_is_read_with_the_texts_beside_it(tmp_path: Path) -> None:
    tables = SITE | {"chapters": [SITE["chapters"][0] | {"storytext": ""}]}
    (tmp_path / "backup.zip").write_bytes(packed("zip", efiction_dump.dump(tables)))
    text = tmp_path / "stories" / "2" / "7.txt"
    text.parent.mkdir(parents=True)
    text.write_text("From the folder.", encoding="utf-8")
    assert str(rescue(tmp_path).story(1).story.chapters[0].text) == "<p>From the folder.</p>"


@pytest.mark.parametrize(
    ("name", "data", "kind", "reason"),
    [
        ("a.sql.gz", gzip.compress(b"INSERT INTO t VALUES (1);" * 9)[:11], Damaged, "a.sql.gz cannot be read: it ends"),
        ("a.zip", zipped(story_txt=b"Once upon a time."), UnknownFormat, "a.zip holds no database dump"),
        ("a.zip", zipped(a_sql=b"Once upon a time."), UnknownFormat, "no table of an eFiction archive"),
        ("a.zip", zipped(a_sql=b"x" * 99)[:-9], Damaged, "a.zip is a ZIP archive that is cut short or damaged"),
        ("a.sql", b"", UnknownFormat, "a.sql is empty"),
    ],
)
def test_what_holds_no_archive_is_refused_with_the_reason(
    tmp_path: Path, name: str, data: bytes, kind: type[Exception], reason: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(kind, match=reason):
        open_dump(path)


def test_what_was_packed_large_comes_out_whole(tmp_path: Path) -> None:
    """bzip2 gives nothing until a block of up to 900,000 bytes is there: many reads of the file for the first byte."""
    noise = random.Random(7).randbytes(200_000)
    path = tmp_path / "noise.bz2"
    path.write_bytes(packed("bz2", noise))
    with member_at(path).unpacked(DUMP_LIMITS) as stream:
        assert b"".join(iter(lambda: stream.read(1 << 16), b"")) == noise


def test_a_dump_is_known_by_its_name_before_its_beginning(tmp_path: Path) -> None:
    (tmp_path / "by-name.sql").write_bytes(b"Not one statement.")
    (tmp_path / "by-beginning").write_bytes(b"-- a comment\nCREATE TABLE t (a int);")
    members = [member_at(path) for path in sorted(tmp_path.iterdir())]
    assert [member.name for member in dumps_among(members)] == ["by-name.sql"]
    assert [member.name for member in dumps_among(members[:1])] == ["by-beginning"]
    assert not begins_as_sql(io.BytesIO(b"A diary entry: CREATE TABLE"))
