"""The same dump twice, a newer dump, edits made here in between, and undoing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from django.apps import apps

from fanthology.formats import Markup
from fanthology.people.models import PenName
from fanthology.rescue.actions import resolve_conflict
from fanthology.rescue.bringing.shapes import chapter_here, header_here
from fanthology.rescue.errors import NotNow
from fanthology.rescue.models import Conflict, Outcome, Run, Site
from fanthology.rescue.undo import undo
from fanthology.reviews.models import Review
from fanthology.works.actions import (
    NewChapter,
    add_chapters,
    change_header,
    remove_chapters,
    renumber_chapters,
    revise_chapter,
    withdraw_work,
)
from fanthology.works.models import Chapter, Revision, Series, Work
from tests import factories
from tests.rescue import old_site

NOT_COUNTED = {
    "run",
    "outcome",
    "job",
    "outboxevent",
    "outboxcursor",
    "ledgerentry",
    "ledgerdetail",
    "tombstone",
    "archive",
}


def counts() -> Counter[str]:
    """How many rows every table of ours has, except those that remember that something was done."""
    models = [
        model for model in apps.get_models(include_auto_created=True) if model._meta.model_name not in NOT_COUNTED
    ]
    return Counter({model._meta.label: model._default_manager.count() for model in models})


def test_twice_adds_nothing_twice(run: Run, tmp_path: Path) -> None:
    before, stamps = counts(), dict(Work.objects.values_list("pk", "version"))
    again = old_site.rescue(old_site.write_dump(tmp_path, name="again.sql"))
    assert counts() == before
    assert dict(Work.objects.values_list("pk", "version")) == stamps
    assert again.site == run.site
    assert set(again.report["here"]["work"]) == {"unchanged"}
    assert again.report["here"]["review"] == {"unchanged": 3}


def newer() -> dict:
    rows = old_site.tables()
    lamp, chapters = rows["stories"][0], rows["chapters"]
    lamp.update(title="The Lamp, Relit", summary="It burns.", completed=1, classes="2")
    chapters[0]["storytext"] = "<p>The lamp burned high.</p>"
    chapters[1]["title"] = "More Oil"
    chapters.append(
        {"chapid": 24, "sid": 7, "uid": 2, "inorder": 5, "title": "Dawn", "storytext": "<p>Then came the day.</p>"}
    )
    rows["stories"].append({"sid": 12, "title": "New", "summary": "Newly written.", "uid": 2, "rid": "1"})
    chapters.append({"chapid": 61, "sid": 12, "uid": 2, "inorder": 1, "title": "New", "storytext": "<p>New words.</p>"})
    rows["stories"][2]["validated"] = "1"
    rows["reviews"][0]["review"] = "Lovely, twice over."
    rows["authors"][1]["bio"] = "I write by the other window."
    rows["stories"] = [story for story in rows["stories"] if story["sid"] != 8]
    rows["chapters"] = [chapter for chapter in chapters if chapter["sid"] != 8]
    rows["inseries"].append({"seriesid": 1, "sid": 12, "subseriesid": 0, "inorder": 3})
    return rows


def test_a_newer_dump_updates_what_changed(run: Run, tmp_path: Path) -> None:
    lamp = Work.objects.get(title="The Lamp")
    again = old_site.rescue(old_site.write_dump(tmp_path, newer(), name="newer.sql"))
    lamp.refresh_from_db()
    assert (lamp.title, lamp.summary, lamp.complete) == ("The Lamp, Relit", "<p>It burns.</p>", True)
    assert "Mystery" not in lamp.work_tags.values_list("tag__name", flat=True)
    first, second, _, dawn = lamp.chapters.order_by("position")
    assert first.text.markup == "<p>The lamp burned high.</p>"
    assert Revision.objects.filter(chapter=first).count() == 2
    assert (second.title, dawn.title) == ("More Oil", "Dawn")
    assert Review.objects.get(work=lamp, stars=9).text == "<p>Lovely, twice over.</p>"
    assert PenName.objects.get(name="Annis").bio == "<p>I write by the other window.</p>"
    assert Work.objects.get(title="New").state == "posted"
    assert Work.objects.get(title="Unseen").state == "posted"
    assert Work.objects.filter(title="The Rope").exists()
    assert again.report["vanished"]["works"] == ["8: The Rope"]
    assert [place.work and place.work.title for place in Series.objects.get(title="Lights").places.all()] == [
        "The Lamp, Relit",
        None,
        "New",
    ]
    assert not Conflict.objects.exists()


def test_a_chapter_that_is_gone_there_is_told_and_is_no_edit_of_ours(run: Run, tmp_path: Path) -> None:
    lamp = Work.objects.get(title="The Lamp")
    rows = old_site.tables()
    oil = rows["chapters"].pop(1)
    again = old_site.rescue(old_site.write_dump(tmp_path, rows, name="shorter.sql"))
    assert again.report["vanished"] == {"chapters": ["22: The Lamp"]}
    assert list(lamp.chapters.order_by("position").values_list("title", flat=True)) == ["Wick", "Dark", "Oil"]
    rows["chapters"].append({**oil, "chapid": 24, "inorder": 2, "title": "Match"})
    later = old_site.rescue(old_site.write_dump(tmp_path, rows, name="later.sql"))
    assert not later.conflicts.exists(), "nobody edited anything here"
    titles = lamp.chapters.order_by("position").values_list("title", flat=True)
    assert list(titles) == ["Wick", "Match", "Dark", "Oil"]
    assert not undo(run=later).kept
    assert not undo(run=again).kept
    assert not undo(run=run).kept, "it is not taken for an edit either"


def test_edits_made_here_are_kept_and_conflicts_listed(run: Run, tmp_path: Path) -> None:
    lamp = Work.objects.get(title="The Lamp")
    change_header(
        work=lamp, header=replace(header_here(lamp), title="My Lamp", notes="<p>Edited here.</p>"), version=lamp.version
    )
    first = lamp.chapters.get(position=1)
    revise_chapter(chapter=first, new=replace(chapter_here(first), markup=Markup("<p>My own words.</p>")))
    again = old_site.rescue(old_site.write_dump(tmp_path, newer(), name="newer.sql"))
    lamp.refresh_from_db()
    assert (lamp.title, lamp.notes, lamp.summary) == ("My Lamp", "<p>Edited here.</p>", "<p>It burns.</p>")
    assert lamp.chapters.get(position=1).text.markup == "<p>My own words.</p>"
    assert set(Conflict.objects.filter(run=again).values_list("field", "theirs")) == {
        ("title", "The Lamp, Relit"),
        ("text", "<p>The lamp burned high.</p>"),
    }
    assert Outcome.objects.get(run=again, kind="work", old_id="7").outcome == "conflict"


def test_a_conflict_can_be_decided_either_way_once(run: Run, tmp_path: Path) -> None:
    test_edits_made_here_are_kept_and_conflicts_listed(run, tmp_path)
    title, text = Conflict.objects.get(field="title"), Conflict.objects.get(field="text")
    resolve_conflict(conflict=title, choice="ours")
    resolve_conflict(conflict=text, choice="theirs")
    lamp = Work.objects.get(title="My Lamp")
    assert lamp.chapters.get(position=1).text.markup == "<p>The lamp burned high.</p>"
    with pytest.raises(NotNow):
        resolve_conflict(conflict=title, choice="theirs")


def test_a_claimed_pen_name_is_its_owners(run: Run, tmp_path: Path) -> None:
    PenName.objects.filter(name="Annis").update(status="owned", person=factories.make_member("annis"), bio="Mine now.")
    old_site.rescue(old_site.write_dump(tmp_path, newer(), name="newer.sql"))
    assert PenName.objects.get(name="Annis").bio == "Mine now."


def test_what_was_taken_back_here_does_not_return(run: Run, tmp_path: Path) -> None:
    withdraw_work(work=Work.objects.get(title="The Lamp"))
    again = old_site.rescue(old_site.write_dump(tmp_path, newer(), name="newer.sql"))
    assert not Work.objects.filter(title__startswith="The Lamp").exists()
    assert again.report["left_out_here"]["work"] == {"it was taken back here": 1}
    assert again.report["balanced"]


def test_a_chapter_removed_here_stays_removed(run: Run, tmp_path: Path) -> None:
    lamp = Work.objects.get(title="The Lamp")
    remove_chapters(work=lamp, chapter_ids=[lamp.chapters.get(position=2).pk], version=lamp.version)
    old_site.rescue(old_site.write_dump(tmp_path, newer(), name="newer.sql"))
    assert not Chapter.objects.filter(work=lamp, title__contains="Oil").exists()


@pytest.mark.parametrize("published", [True, False])
def test_undo_leaves_everything_as_it_was(db: None, tmp_path: Path, published: bool) -> None:
    factories.make_work("Ours", fandoms=["Dracula"])
    before = counts()
    run = old_site.rescue(old_site.write_dump(tmp_path), published=published)
    assert counts() != before
    done = undo(run=run)
    assert (done.purged, done.kept) == (5, [])
    assert counts() == before
    assert not Site.objects.exists()
    with pytest.raises(NotNow):
        undo(run=run)


def test_undo_keeps_what_was_edited_or_claimed_unless_forced(run: Run) -> None:
    lamp = Work.objects.get(title="The Lamp")
    change_header(work=lamp, header=replace(header_here(lamp), title="My Lamp"), version=lamp.version)
    PenName.objects.filter(name="Bede").update(status="owned", person=factories.make_member("bede"))
    done = undo(run=run)
    assert {(title, reason) for _, title, reason in done.kept} == {
        ("My Lamp", "its author has claimed it"),
        ("The Rope", "its author has claimed it"),
    }
    assert set(Work.objects.values_list("title", flat=True)) == {"My Lamp", "The Rope"}
    run.refresh_from_db()
    assert run.report["undone"]["purged"] == 3


def test_undoing_the_second_run_leaves_the_first(run: Run, tmp_path: Path) -> None:
    again = old_site.rescue(old_site.write_dump(tmp_path, newer(), name="newer.sql"))
    undo(run=again)
    assert set(Work.objects.values_list("title", flat=True)) == {
        "The Lamp, Relit",
        "The Rope",
        "Unseen",
        "Nobody's",
        "Empty",
    }


def test_their_order_of_chapters_is_taken_when_it_is_chosen(run: Run, tmp_path: Path) -> None:
    lamp = Work.objects.get(title="The Lamp")
    wick, oil, dark = lamp.chapters.order_by("position").values_list("pk", flat=True)
    renumber_chapters(work=lamp, order=[oil, wick, dark], version=lamp.version)
    lamp.refresh_from_db()
    (own,) = add_chapters(work=lamp, chapters=[NewChapter(4, Markup("<p>Only here.</p>"))], version=lamp.version)
    rows = old_site.tables()
    rows["chapters"][2]["inorder"] = 0
    again = old_site.rescue(old_site.write_dump(tmp_path, rows, name="newer.sql"))
    order = lamp.chapters.order_by("position").values_list("pk", flat=True)
    assert list(order) == [oil, wick, dark, own.pk], "ours stays until somebody chooses"
    resolve_conflict(conflict=again.conflicts.get(field="chapters"), choice="theirs")
    assert list(order.all()) == [dark, wick, oil, own.pk]
