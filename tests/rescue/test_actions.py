"""The verbs of a rescue at their edges: interrupted, refused, decided for theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fanthology.base.jobs import Cancelled
from fanthology.formats import Markup
from fanthology.rescue.actions import (
    Beat,
    bring_in,
    bring_in_staged,
    bring_stream,
    change_mapping,
    examine,
    quiet,
    resolve_conflict,
    start_run,
)
from fanthology.rescue.bringing.shapes import chapter_here, header_here
from fanthology.rescue.errors import NotNow
from fanthology.rescue.mapping import site_of
from fanthology.rescue.models import Conflict, FormerMember, Run, TagMapping
from fanthology.rescue.sources import Source, opened
from fanthology.rescue.undo import undo
from fanthology.tags.models import Kind
from fanthology.works.actions import change_header, purge_works, revise_chapter
from fanthology.works.models import SeriesPlace, Work
from tests import efiction_dump
from tests.rescue import old_site


def many(folder: Path) -> Path:
    """A site of more than two hundred members and thirty stories."""
    people: list[efiction_dump.Row] = [{"uid": uid, "penname": f"Member {uid}"} for uid in range(1, 220)]
    stories: list[efiction_dump.Row] = [{"sid": sid, "title": f"Story {sid}", "uid": sid} for sid in range(1, 31)]
    chapters: list[efiction_dump.Row] = [
        {"chapid": sid, "sid": sid, "uid": sid, "title": "One", "storytext": f"Words {sid}."} for sid in range(1, 31)
    ]
    path = folder / "many.sql"
    settings: list[efiction_dump.Row] = [{"sitename": "Many", "url": "http://many.example"}]
    path.write_bytes(
        efiction_dump.dump({"settings": settings, "authors": people, "stories": stories, "chapters": chapters})
    )
    return path


def test_the_same_remains_interrupted_are_the_same_run(db: None, tmp_path: Path) -> None:
    source = Source(paths=(many(tmp_path),))
    run = start_run(source=source)
    assert start_run(source=source) == run
    beats: list[int] = []
    examine(run=run, beat=lambda done, _total, _note: beats.append(done))
    assert beats[0] == 200
    assert start_run(source=source) != run, "what was examined is not interrupted"
    beats.clear()
    bring_in(run=run, basis="owner-permits", beat=lambda done, _total, _note: beats.append(done))
    run.refresh_from_db()
    assert run.site
    assert (run.state, run.site.basis, beats[0]) == ("brought", "owner-permits", 50)
    assert Work.objects.count() == 30


def test_in_slices_nothing_is_lost_or_doubled(db: None, tmp_path: Path) -> None:
    run = start_run(source=Source(paths=(many(tmp_path),)))
    examine(run=run, stage=True)
    site_of(run)
    slices = 0
    while not bring_in_staged(run=run, beat=quiet, time_is_up=lambda: True):
        slices += 1
        run = Run.objects.get(pk=run.pk)
    assert slices > 3
    run.refresh_from_db()
    assert run.report["balanced"]
    assert run.report["totals"]["people"] == 219
    assert Work.objects.count() == 30


@pytest.mark.parametrize("staged", [True, False])
def test_a_cancel_in_the_last_phase_is_honoured_and_made_good(db: None, tmp_path: Path, *, staged: bool) -> None:
    """Series get their places and members their favourites after the last record was read."""
    rows = old_site.tables() | {"reviews": [], "comments": []}
    run = start_run(source=Source(paths=(old_site.write_dump(tmp_path, rows),)))
    examine(run=run, stage=staged)
    site_of(run)

    def asked_to_stop(_done: int, _total: int, _note: str) -> None:
        if SeriesPlace.objects.exists():
            raise Cancelled

    def bring(beat: Beat) -> None:
        again = Run.objects.get(pk=run.pk)
        if staged:
            assert bring_in_staged(run=again, beat=beat, time_is_up=lambda: False)
        else:
            bring_in(run=again, beat=beat)

    with pytest.raises(Cancelled):
        bring(asked_to_stop)
    assert FormerMember.objects.filter(favourites=[]).count() == 4, "it stopped before the favourites"
    bring(quiet)
    run.refresh_from_db()
    assert run.state == "brought"
    assert SeriesPlace.objects.count() == 3
    assert FormerMember.objects.exclude(favourites=[]).count() == 1


def test_what_is_undone_or_of_no_site_is_not_brought_in(run: Run, tmp_path: Path) -> None:
    undo(run=run)
    run.refresh_from_db()
    with pytest.raises(NotNow, match="undone"):
        bring_in(run=run)
    nameless = start_run(source=Source(paths=(many(tmp_path),)))
    with opened(Source(paths=(tmp_path / "many.sql",))) as stream, pytest.raises(NotNow, match="what site"):
        bring_stream(run=nameless, stream=stream)


def test_a_tag_mapped_to_no_name_keeps_its_own(run: Run) -> None:
    mapping = TagMapping.objects.get(source="classes", old_id="1")
    assert change_mapping(mapping=mapping, kind=Kind.ADDITIONAL, name="  ").name == "Mystery"


def clash(tmp_path: Path, title: str) -> Work:
    """Title, summary, completion and text of The Lamp are edited here, and other in the newer dump."""
    lamp = Work.objects.get(title="The Lamp")
    change_header(
        work=lamp,
        header=replace(header_here(lamp), title="Mine", summary="<p>Mine.</p>", complete=None, published="1999"),
        version=lamp.version,
    )
    first = lamp.chapters.get(position=1)
    revise_chapter(chapter=first, new=replace(chapter_here(first), markup=Markup("<p>Mine.</p>")))
    rows = old_site.tables()
    rows["stories"][0].update(title=title, summary="Theirs.", completed=1, date=old_site.STARTED - 400 * old_site.DAY)
    rows["chapters"][0]["storytext"] = "Theirs."
    old_site.rescue(old_site.write_dump(tmp_path, rows, name="newer.sql"))
    return lamp


@pytest.mark.parametrize("title", ["1984", "null", "[1]", "true", '"Quoted"'])
def test_theirs_is_taken_word_for_word(run: Run, tmp_path: Path, title: str) -> None:
    lamp = clash(tmp_path, title)
    fields = set(Conflict.objects.values_list("field", flat=True))
    assert fields == {"title", "summary", "complete", "published", "text"}
    for conflict in Conflict.objects.all():
        resolve_conflict(conflict=conflict, choice="theirs")
    lamp.refresh_from_db()
    assert (lamp.title, lamp.summary, lamp.complete) == (title, "<p>Theirs.</p>", True)
    assert lamp.published_on
    assert lamp.published_on.year == 2003
    assert lamp.chapters.get(position=1).text.markup == "<p>Theirs.</p>"


def test_a_date_not_known_there_can_be_taken_too(run: Run, tmp_path: Path) -> None:
    lamp = clash(tmp_path, "Theirs")
    conflict = Conflict.objects.get(field="published")
    conflict.theirs = "null"
    conflict.save()
    resolve_conflict(conflict=conflict, choice="theirs")
    lamp.refresh_from_db()
    assert lamp.published_on is None


def test_what_is_gone_meanwhile_is_decided_without_harm(run: Run, tmp_path: Path, work: Callable[[str], Work]) -> None:
    lamp = clash(tmp_path, "Theirs")
    key = Conflict.objects.get(field="title").source_key
    purge_works(work_ids=[lamp.pk])
    for conflict in Conflict.objects.all():
        assert resolve_conflict(conflict=conflict, choice="theirs").resolved == "theirs"
    key.kind, key.old_id = "news", "comment-1"
    key.save()
    other = Conflict.objects.create(run=run, source_key=key, field="text", theirs="Theirs.")
    assert resolve_conflict(conflict=other, choice="theirs").resolved == "theirs"
