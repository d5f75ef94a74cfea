"""Everything that a former site held, and where it is now."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fanthology.gatherings.models import Challenge
from fanthology.pages.models import CustomPage, News
from fanthology.people.models import PenName
from fanthology.rescue.actions import bring_in, examine, record_basis, start_run
from fanthology.rescue.errors import NoBasis, SeveralSites
from fanthology.rescue.models import FormerMember, Host, Outcome, Run, SourceKey
from fanthology.rescue.publish import publish, waiting_works
from fanthology.rescue.sources import Source
from fanthology.reviews.models import Review
from fanthology.tags.models import Kind, Tag, TagParent
from fanthology.works.actions import forbid_import
from fanthology.works.models import Series, Work
from tests import efiction_dump
from tests.rescue import old_site

Named = Callable[[str], Work]


def test_a_work_carries_everything_it_had(run: Run, work: Named) -> None:
    lamp = work("The Lamp")
    assert [line.pen_name.name for line in lamp.authorship.all()] == ["Annis", "Bede"]
    assert {(line.tag.kind_id, line.tag.name) for line in lamp.work_tags.all()} == {
        (Kind.FANDOM, "Dracula"),
        (Kind.CHARACTER, "Mina"),
        (Kind.ADDITIONAL, "Mystery"),
        (Kind.WARNING, "Major Character Death"),
    }
    assert lamp.rating
    assert lamp.rating.name == "General Audiences"
    assert (lamp.rating_as_written, lamp.warnings_stated, lamp.complete) == ("G", True, False)
    assert (str(lamp.published_on), lamp.revised_at.date().isoformat()) == ("2004-11-14", "2004-11-18")
    assert (lamp.state, lamp.arrived_in_bulk, lamp.origin) == ("posted", True, "Kettleness Light")
    assert lamp.stats.hits == 41
    chapters = list(lamp.chapters.order_by("position"))
    assert [
        (chapter.title, chapter.state, chapter.contributor and chapter.contributor.name) for chapter in chapters
    ] == [
        ("Wick", "posted", None),
        ("Oil", "posted", "Bede"),
        ("Dark", "hidden", None),
    ]
    assert chapters[0].text.markup == "<p>The lamp burned low.</p>"
    assert (lamp.chapter_count, lamp.word_count) == (2, 9)
    assert lamp.challenge_responses.get().challenge.title == "One hour"


def test_what_was_hidden_stays_hidden_and_what_is_empty_is_held(run: Run, work: Named) -> None:
    assert work("Unseen").state == "hidden"
    assert (work("Empty").state, work("Empty").hold_reason) == ("held", "it has no text")


def test_gates_come_along_and_unknown_is_no_choice(run: Run, work: Named) -> None:
    rope, nobodys = work("The Rope"), work("Nobody's")
    assert (rope.gate_adults, rope.gate_members, rope.gate_text, rope.needs_consent) == (
        True,
        True,
        "Grown-up matters.",
        True,
    )
    assert (nobodys.rating, nobodys.needs_consent, nobodys.warnings_stated) == (None, True, False)
    assert not nobodys.authorship.exists()


def test_members_become_unclaimed_pen_names_with_their_private_things_apart(run: Run) -> None:
    annis = PenName.objects.get(name="Annis")
    assert (annis.status, annis.bio_is_shown, annis.origin) == ("unclaimed", False, "Kettleness Light")
    kept = FormerMember.objects.get(old_id="4")
    assert kept.email == "reader@kettleness.example"
    assert [favourite["kind"] for favourite in kept.favourites] == ["author", "story"]
    assert "kettleness.example" not in PenName.objects.get(name="Bede").bio


def test_an_address_used_as_a_pen_name_is_kept_apart(db: None, tmp_path: Path, client: Any) -> None:
    rows = old_site.tables()
    name = next(row for row in rows["authors"] if row["penname"] == "Annis")
    name["penname"] = "writer@example.org"
    old_site.rescue(old_site.write_dump(tmp_path, rows))
    member = FormerMember.objects.get(old_id=str(name["uid"]))
    assert member.contacts == [["pen name", "writer@example.org"]]
    assert (member.pen_name.name, "example" in member.pen_name.slug) == ("[e-mail]", False)
    page = client.get(f"/read/{Work.objects.get(title='The Lamp').pk}/").content.decode()
    assert "[e-mail]" in page
    assert "writer@" not in page


@pytest.mark.parametrize(
    "asked", [{"email": "Writer@example.org"}, {"name": "writer@example.org", "site": "Kettleness Light"}]
)
def test_who_asked_by_an_address_that_was_a_pen_name_stays_out(db: None, tmp_path: Path, asked: dict[str, str]) -> None:
    rows = old_site.tables()
    next(row for row in rows["authors"] if row["penname"] == "Bede")["penname"] = "writer@example.org"
    forbid_import(actor=None, **asked)
    old_site.rescue(old_site.write_dump(tmp_path, rows))
    assert set(PenName.objects.values_list("name", flat=True)) == {"Annis", "Keeper of the Light", "Only Reads"}


def test_same_named_characters_of_two_fandoms_are_two(run: Run) -> None:
    minas = Tag.objects.filter(kind_id=Kind.CHARACTER, name="Mina")
    assert {mina.disambiguator for mina in minas} == {"", "Ballads"}
    lines = TagParent.objects.filter(child__name="Mina").values_list("parent__name", "child__disambiguator")
    assert set(lines) == {("Dracula", ""), ("Ballads", "Ballads")}
    assert TagParent.objects.filter(parent__name="Novels", child__name="Dracula").exists()


def test_reviews_keep_the_authors_answer_apart_and_guests_unlinked(run: Run, work: Named) -> None:
    signed, guest = Review.objects.filter(work=work("The Lamp"), by_author=False).order_by("written_at")
    assert signed.pen_name
    assert signed.pen_name.name == "Only Reads"
    assert (signed.text, signed.stars, signed.chapter and signed.chapter.title) == ("<p>Lovely.</p>", 9, "Wick")
    reply = signed.replies.get()
    assert (reply.text, reply.by_author, reply.pen_name and reply.pen_name.name) == ("<p>Thank you.</p>", True, "Annis")
    assert reply.written_at is None  # the old site never said when
    assert (guest.pen_name, guest.guest_name, guest.stars) == (None, "Annis", None)
    assert Review.objects.get(series__title="Lights").stars == 10
    assert work("The Lamp").stats.reviews == 2


def test_series_hold_works_and_series_in_order(run: Run) -> None:
    lights = Series.objects.get(title="Lights")
    assert [str(place.work or place.subseries) for place in lights.places.all()] == [
        "The Lamp",
        "Lesser Lights",
    ]
    assert lights.openness == "moderated"


def test_news_pages_and_challenges(run: Run) -> None:
    old = News.objects.get(title="Open")
    assert (old.origin, old.is_public, str(old.comments.get().pen_name)) == ("Kettleness Light", True, "Only Reads")
    page = CustomPage.objects.get(slug="rules")
    assert (page.is_public, page.text) == (False, "<p>Be kind.</p>")
    challenge = Challenge.objects.get()
    assert challenge.is_public
    assert challenge.challenger
    assert challenge.challenger.name == "Bede"


def test_it_arrives_quietly_with_one_line_of_news(run: Run) -> None:
    ours = News.objects.filter(origin="")
    assert [news.title for news in ours] == ["Kettleness Light has moved in"]
    assert "3 works" in ours[0].text
    assert not Work.objects.newly_arrived().filter(arrived_in_bulk=True).exists()


def test_every_row_is_accounted_for(run: Run) -> None:
    assert run.report["balanced"]
    for name, row in run.report["tables"].items():
        assert row["rows"] == row["taken"] + row["merged"] + sum(row["left_out"].values()), name
    assert run.report["here"]["work"] == {"added": 4, "held": 1}
    assert run.report["private"]["e-mail addresses"] == 4
    assert Outcome.objects.filter(run=run, kind="work").count() == 5


def test_examining_changes_nothing_but_the_report(db: None, tmp_path: Path) -> None:
    run = start_run(source=Source(paths=(old_site.write_dump(tmp_path),)))
    report = examine(run=run)
    assert report["totals"]["stories"] == 5
    assert report["balanced"]
    assert not Work.objects.exists()
    assert not PenName.objects.exists()
    assert not SourceKey.objects.exists()
    assert "keeper@kettleness.example" not in str(report)


def test_nothing_is_published_without_a_basis(db: None, tmp_path: Path) -> None:
    run = old_site.rescue(old_site.write_dump(tmp_path), basis="", published=False)
    with pytest.raises(NoBasis):
        publish(run=run)
    assert not Work.objects.posted().exists()
    with pytest.raises(NoBasis):
        record_basis(site=run.site, basis="because")  # type: ignore[arg-type]


def test_a_basis_is_asked_for_before_anything_is_written(db: None, tmp_path: Path) -> None:
    run = start_run(source=Source(paths=(old_site.write_dump(tmp_path),)))
    with pytest.raises(NoBasis):
        bring_in(run=run, needs_basis=True)
    assert not Work.objects.exists()


def test_without_an_owner_only_members_may_read(db: None, tmp_path: Path) -> None:
    old_site.rescue(old_site.write_dump(tmp_path), basis="no-owner")
    assert set(Work.objects.posted().values_list("audience", flat=True)) == {"members"}


def test_publishing_in_batches(db: None, tmp_path: Path) -> None:
    run = old_site.rescue(old_site.write_dump(tmp_path), published=False)
    assert run.site is not None
    assert publish(run=run, at_most=2) == 2
    assert run.state == Run.State.BROUGHT
    assert publish(run=run, only=waiting_works(run.site)) == 1
    assert run.state == Run.State.PUBLISHED
    assert "3 works" in News.objects.get(origin="").text


@pytest.mark.parametrize("asked", [{"email": "bede@kettleness.example"}, {"name": "BEDE", "site": "Kettleness light"}])
def test_who_asked_not_to_be_imported_stays_out(db: None, tmp_path: Path, asked: dict[str, str]) -> None:
    forbid_import(actor=None, **asked)
    run = old_site.rescue(old_site.write_dump(tmp_path))
    assert set(Work.objects.values_list("title", flat=True)) == {"Unseen", "Nobody's", "Empty"}
    assert not PenName.objects.filter(name="Bede").exists()
    assert run.report["balanced"]
    assert run.report["left_out_here"]["work"] == {"asked not to be brought in": 2}
    assert run.report["left_out_here"]["review"]["its story was left out"] == 2
    assert "Bede" not in str(run.report["left_out_here"])


def test_a_forbidden_address_stays_out(db: None, tmp_path: Path) -> None:
    forbid_import(url="https://kettleness.example/viewstory.php?sid=8")
    old_site.rescue(old_site.write_dump(tmp_path))
    assert not Work.objects.filter(title="The Rope").exists()


def test_what_the_policy_refuses_is_not_brought_in_and_its_source_gets_an_early_purge_date(
    db: None, tmp_path: Path
) -> None:
    rows = old_site.tables()
    rows["classes"].append({"class_id": 3, "class_type": 2, "class_name": "Underage sex"})
    rows["stories"][1]["classes"] = "3"
    run = old_site.rescue(old_site.write_dump(tmp_path, rows))
    assert not Work.objects.filter(title="The Rope").exists()
    row = Outcome.objects.get(run=run, kind="work", old_id="8")
    assert (row.outcome, row.reason) == ("refused", "minors.declared")
    assert run.report["balanced"]
    assert run.purge_sources_on
    assert (run.purge_sources_on - run.made_at.date()).days <= 31


def test_ask_first_is_held(db: None, tmp_path: Path) -> None:
    rows = old_site.tables()
    rows["stories"][1]["storynotes"] = "Please ask me first before archiving this anywhere."
    run = old_site.rescue(old_site.write_dump(tmp_path, rows))
    rope = Work.objects.get(title="The Rope")
    assert (rope.state, rope.hold_reason) == ("held", "permission.ask-first")
    assert run.report["permission"]["asks_first"] == 1


def test_several_sites_in_one_dump_are_listed_and_each_can_be_chosen(db: None, tmp_path: Path) -> None:
    other = old_site.tables()
    other["settings"] = [{"sitename": "Other", "url": "http://other.example", "tableprefix": "two_"}]
    path = tmp_path / "both.sql"
    path.write_bytes(efiction_dump.dump(old_site.TABLES) + efiction_dump.dump(other, prefix="two_"))
    with pytest.raises(SeveralSites) as error:
        examine(run=start_run(source=Source(paths=(path,))))
    assert "two_" in error.value.choices
    run = old_site.rescue(path, prefix="two_")
    assert run.site
    assert run.site.name == "Other"
    assert list(Host.objects.values_list("host", flat=True)) == ["other.example"]
