"""Packed files that mean no good, handed over in the browser and on the command line: one plain sentence, nothing else."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from fanthology.formats.__main__ import read_files
from fanthology.rescue.models import Site
from fanthology.works.models import Work
from tests import efiction_dump
from tests.rescue import old_site
from tests.rescue.test_pages import do, hand_over, keeper  # noqa: F401 - a fixture

MIB = 1 << 20
DUMP = efiction_dump.dump(old_site.TABLES)


def zipped(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # two members of one name are the point
        for name, data in members:
            archive.writestr(name, data)
    return packed.getvalue()


def tarred(*members: tuple[str, bytes, bytes, str]) -> bytes:
    """(name, data, type, link) each."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, data, kind, link in members:
            info = tarfile.TarInfo(name)
            info.size, info.type, info.linkname = len(data), kind, link
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def locked() -> bytes:
    """A zip whose member says that it is encrypted."""
    data = bytearray(zipped(("dump.sql", DUMP)))
    data[6] |= 1
    data[data.find(b"PK\1\2") + 8] |= 1
    return bytes(data)


def says_of_itself(size: int) -> bytes:
    """A zip whose member of 1 MiB says that it has `size` bytes."""
    data = bytearray(zipped(("dump.sql", bytes(MIB))))
    place = data.find(b"PK\1\2") + 24
    data[place : place + 4] = size.to_bytes(4, "little")
    return bytes(data)


def zeros(before: bytes = b"") -> bytes:
    """272 MiB out of 300 KB: packed parts in a row, as gzip allows."""
    return gzip.compress(before) + gzip.compress(bytes(16 * MIB)) * 17


def tar_head(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size = size
    return info.tobuf()


TRAPS: dict[str, tuple[Callable[[], bytes], str]] = {
    "ratio.zip": (lambda: says_of_itself(300 * MIB), "that is a trap"),
    "lying.zip": (lambda: says_of_itself(10), "cannot be read"),
    "locked.zip": (locked, "encrypted"),
    "cut.zip": (lambda: zipped(("dump.sql", DUMP))[:900], "cut short"),
    "empty.zip": (zipped, "is empty"),
    "stories.zip": (lambda: zipped(("stories/2/7.txt", b"The lamp burned low.")), "Add the database (.sql)"),
    "bomb.sql.gz": (zeros, "that is a trap"),
    "bomb.tar.gz": (lambda: zeros(tar_head("dump.sql", 272 * MIB)), "that is a trap"),
    "links.tar": (
        lambda: tarred(
            ("dump.sql", b"", tarfile.SYMTYPE, "/etc/passwd"),
            ("hard.sql", b"", tarfile.LNKTYPE, "/etc/passwd"),
            ("device.sql", b"", tarfile.CHRTYPE, ""),
            ("pipe.sql", b"", tarfile.FIFOTYPE, ""),
        ),
        "is empty",
    ),
    "wrong.sql": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "no table of an eFiction archive"),
}  # fmt: skip


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_is_named_in_the_browser_and_nothing_comes_of_it(keeper: Client, tmp_path: Path, name: str) -> None:  # noqa: F811
    made, words = TRAPS[name]
    run = hand_over(keeper, made(), name)
    page = do(keeper, run, "examine")
    assert words in run.error
    assert words in page
    assert run.state == "received"
    assert not Work.objects.exists()
    assert not Site.objects.exists()
    assert not run.sources


UNREAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "many.zip": (lambda: zipped(*((f"{number}.txt", b"") for number in range(1_000))), "is empty"),
    "deep.zip": (
        lambda: zipped(("a.zip", zipped(("b.zip", zipped(("dump.sql", DUMP)))))),
        "Unpack it and read the files in it one by one.",
    ),
}


@pytest.mark.parametrize("name", UNREAD)
def test_what_holds_nothing_to_read_is_listed(keeper: Client, name: str) -> None:  # noqa: F811
    made, words = UNREAD[name]
    page = do(keeper, hand_over(keeper, made(), name), "examine")
    assert "Nothing here could be read" in page
    assert words in page
    assert not Work.objects.exists()


@pytest.mark.parametrize("name", [*TRAPS, *UNREAD, "wrong.zip", "nothing.txt"])
def test_a_trap_is_named_on_the_command_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    plain = {"wrong.zip": b"Title: The Lamp\n\nNot packed at all.\n", "nothing.txt": b""}
    traps = TRAPS | UNREAD
    path.write_bytes(traps[name][0]() if name in traps else plain[name])
    said = io.StringIO()
    code = read_files([path], out=said)
    answers = [json.loads(line) for line in said.getvalue().splitlines()]
    if name == "wrong.zip":  # words are words, whatever the file is called
        assert code == 0
        assert "Not packed at all." in answers[0]["chapters"][0]["text"]
        return
    assert code == 1
    assert [answer["error"]["code"].partition(".")[0] for answer in answers] in (["unreadable"], ["limit"])


def test_names_that_climb_and_names_that_are_twice_are_only_labels(keeper: Client, tmp_path: Path) -> None:  # noqa: F811
    """A dump in a hostile wrapping is read; what is wrapped around it lands nowhere."""
    wrapped = tarred(
        ("../../dump.sql", DUMP, tarfile.REGTYPE, ""),
        (f"{tmp_path}/absolute.txt", b"x", tarfile.REGTYPE, ""),
        ("../../climbed.txt", b"x", tarfile.REGTYPE, ""),
    )
    twins = zipped(("dump.sql", DUMP), ("notes.txt", b"one"), ("notes.txt", b"two"), ("..\\..\\climbed.txt", b"x"))
    for name, data in (("site.tar", wrapped), ("site.zip", twins)):
        run = hand_over(keeper, data, name)
        do(keeper, run, "examine")
        assert (run.state, run.error) == ("examined", ""), name
    assert not [path for path in tmp_path.rglob("*") if path.name in ("absolute.txt", "climbed.txt", "notes.txt")]


def test_an_upload_of_nothing_is_refused(keeper: Client) -> None:  # noqa: F811
    assert keeper.post("/rescue/uploads/", {"name": "dump.sql", "size": "0"}).status_code == 400
