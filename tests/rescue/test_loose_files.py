"""Files of other kinds: each story a work of the site that they are said to come from."""

from __future__ import annotations

import shutil
import warnings
import zipfile
from pathlib import Path

import pytest
from django.test import Client

from fanthology.people.models import PenName
from fanthology.rescue.actions import bring_in, record_basis, start_run
from fanthology.rescue.command import rescue as command
from fanthology.rescue.models import OldAddress, Run
from fanthology.rescue.publish import publish
from fanthology.rescue.sources import Source, sources_of
from fanthology.works.models import Series, Work

TEXT = """Title: The Weir
Author: Isolde Marsh
Rating: PG
Summary: It freezes.

The weir had frozen over in the night.

Nobody walked on it before noon.
"""
JSON = """{"schema": "fanthology-story/1", "title": "The Mill", "authors": [{"name": "Isolde Marsh"}, {"name": "Odo"}], "summary": "<p>It grinds.</p>",
"warnings": ["Major Character Death"], "fandoms": ["Ballads"], "series": [{"title": "Water", "position": 1}],
"chapters": [{"position": 1, "title": "One", "text": "<p>The mill stood still.</p>"}, {"position": 2, "title": "Two", "text": "<p>Then it did not.</p>"}],
"reviews": [{"author": "A reader", "chapter": 2, "text": "<p>Good.</p>", "stars": 8, "date": "2004-01-02"}],
"source": {"url": "http://leaves.example/stories/mill.html?b=2&a=1"}}"""


@pytest.fixture
def leaves(tmp_path: Path) -> Path:
    folder = tmp_path / "leaves"
    (folder / "deep").mkdir(parents=True)
    (folder / "weir.txt").write_text(TEXT)
    (folder / "deep" / "mill.json").write_text(JSON.replace("\n", ""))
    (folder / "broken.epub").write_bytes(b"PK\x03\x04 nothing of a book \x00\x01")
    (folder / ".hidden").write_text("nothing")
    return folder


def rescue(folder: Path) -> Run:
    run = start_run(source=Source(paths=(folder,), kind="files", site="Leaves"))
    bring_in(run=run)
    assert run.site is not None
    record_basis(site=run.site, basis="owner-permits")
    run.refresh_from_db()
    publish(run=run)
    return run


def test_every_story_becomes_a_work_and_what_is_unreadable_a_finding(db: None, leaves: Path) -> None:
    run = rescue(leaves)
    assert set(Work.objects.values_list("title", "origin")) == {("The Weir", "Leaves"), ("The Mill", "Leaves")}
    assert PenName.objects.get(name="Isolde Marsh").authorship.count() == 2
    mill = Work.objects.get(title="The Mill")
    assert [line.pen_name.name for line in mill.authorship.all()] == ["Isolde Marsh", "Odo"]
    assert mill.reviews.get().chapter == mill.chapters.get(position=2)
    assert Series.objects.get(title="Water").places.get().work == mill
    assert run.report["tables"]["files"] == {
        "rows": 3, "taken": 2, "merged": 0, "left_out": {"it could not be read": 1}, "balanced": True,
    }  # fmt: skip
    assert any(finding["code"] == "file.unread" for finding in run.report["findings"])


def test_a_second_run_adds_nothing_and_a_changed_file_updates(db: None, leaves: Path) -> None:
    rescue(leaves)
    (leaves / "weir.txt").write_text(TEXT.replace("It freezes.", "It thaws."))
    again = rescue(leaves)
    assert Work.objects.count() == 2
    assert Work.objects.get(title="The Weir").summary == "<p>It thaws.</p>"
    assert again.report["here"]["work"] == {"unchanged": 1, "updated": 1}


def test_the_address_of_a_saved_page_is_answered(db: None, leaves: Path) -> None:
    rescue(leaves)
    mill = Work.objects.get(title="The Mill")
    assert OldAddress.objects.get().path == "/stories/mill.html"
    for address in ("/stories/mill.html?b=2&a=1", "/stories/mill.html?a=1&b=2"):
        assert Client().get(address).headers["Location"] == f"/read/{mill.pk}/"
    assert Client().get("/stories/mill.html").status_code == 404


def test_pages_of_an_otwarchive_keep_their_numbers(db: None, tmp_path: Path) -> None:
    page = JSON.replace("\n", "").replace(
        '"url": "http://leaves.example/stories/mill.html?b=2&a=1"', '"ids": {"work": "4711"}'
    )
    page = page.replace('"text": "<p>The mill', '"source_ids": {"chapter": "81"}, "text": "<p>The mill').replace(
        '"text": "<p>Then', '"source_ids": {"chapter": "82"}, "text": "<p>Then'
    )
    (tmp_path / "mill.json").write_text(page)
    rescue(tmp_path / "mill.json")
    mill = Work.objects.get()
    two = mill.chapters.get(position=2)
    for address, wanted in (
        ("/works/4711", f"/read/{mill.pk}/"),
        ("/works/4711/chapters/82", f"/read/{mill.pk}/{two.pk}/"),
        ("/chapters/82", f"/read/{mill.pk}/{two.pk}/"),
        ("/collections/any/works/4711", f"/read/{mill.pk}/"),
        ("/works/4711/chapters/99", f"/read/{mill.pk}/"),
    ):
        assert Client().get(address).headers.get("Location") == wanted, address
    assert Client().get("/works/4712").status_code == 404


def test_dumps_and_loose_files_are_told_apart(tmp_path: Path, leaves: Path) -> None:
    (tmp_path / "dump.sql").write_text("-- nothing")
    dump, loose = sources_of([tmp_path / "dump.sql", leaves])
    assert dump.is_dump
    assert not loose.is_dump
    assert loose.paths == (leaves,)


def test_the_command_says_what_could_not_be_read(
    db: None, leaves: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    assert command([leaves], site="Leaves", basis="owner-moves", publish=True, report=report) == 1
    assert "Published: 2 works." in capsys.readouterr().out
    assert '"published": 2' in report.read_text()
    assert command([tmp_path / "nowhere"]) == 2
    assert command([leaves], site="Elsewhere", publish=True) == 3
    assert not Work.objects.filter(origin="Elsewhere").exists()


@pytest.mark.parametrize("ending", ["zip", "tar", "tar.gz"])
@pytest.mark.parametrize("inside", [False, True], ids=["alone", "in-a-folder"])
def test_stories_packed_into_an_archive_are_read_where_they_lie(
    db: None, leaves: Path, tmp_path: Path, ending: str, inside: bool
) -> None:
    (leaves / "__MACOSX").mkdir()
    (leaves / "__MACOSX" / "weir.txt").write_text("furniture")
    given = tmp_path / "given"
    given.mkdir()
    name = {"zip": "zip", "tar": "tar", "tar.gz": "gztar"}[ending]
    packed = Path(shutil.make_archive(str(given / "leaves"), name, leaves))
    for _ in range(2):  # and a second time adds nothing
        run = start_run(source=Source(paths=(given if inside else packed,), site="Leaves"))
        bring_in(run=run)
        run.refresh_from_db()
        assert set(Work.objects.values_list("title", flat=True)) == {"The Weir", "The Mill"}
        assert run.report["tables"]["files"]["left_out"] == {"it could not be read": 1}
        assert run.report["balanced"]


def test_twins_in_an_archive_are_counted(db: None, tmp_path: Path) -> None:
    with warnings.catch_warnings(), zipfile.ZipFile(tmp_path / "twins.zip", "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("weir.txt", TEXT)
        archive.writestr("weir.txt", TEXT)
    run = start_run(source=Source(paths=(tmp_path / "twins.zip",), site="Leaves"))
    bring_in(run=run)
    run.refresh_from_db()
    assert Work.objects.get().title == "The Weir"
    assert run.report["tables"]["files"]["left_out"] == {"another file of the same name was read": 1}
    assert run.report["balanced"]
