"""The verbs of works: each keeps its promise in the database, the ledger and the outbox, or changes nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from fanthology.base import erasures
from fanthology.base.models import LedgerEntry, OutboxEvent
from fanthology.formats import Markup
from fanthology.people.actions import add_unclaimed_pen_names
from fanthology.people.models import PenName
from fanthology.tags.actions import find_or_add
from fanthology.tags.models import Kind, Tag
from fanthology.works import actions
from fanthology.works.access import Audience, State
from fanthology.works.jobs import count_tags
from fanthology.works.models import Chapter, Revision, Series, Text, Tombstone, Work

pytestmark = pytest.mark.django_db


def chapter(position: int, words: str = "The lamp is lit.", **more: object) -> actions.NewChapter:
    return actions.NewChapter(position, Markup(f"<p>{words}</p>"), word_count=len(words.split()), **more)  # type: ignore[arg-type]


def written(*chapters: actions.NewChapter, **header: object) -> Work:
    authors = add_unclaimed_pen_names(newcomers=[PenName(name="Mina")])
    fandom = find_or_add(kind=Kind.FANDOM, name="Dracula")
    return actions.add_work(
        header=actions.Header(title="Fog", **header),  # type: ignore[arg-type]
        authors=authors,
        tags=[actions.Tagged(fandom, "Drácula"), actions.Tagged(fandom, "dracula")],
        chapters=chapters or [chapter(1), chapter(2, "Two long, one short.")],
        actor=1,
    )


def topics() -> list[str]:
    return list(OutboxEvent.objects.order_by("pk").values_list("topic", flat=True))


def test_a_new_work_is_whole() -> None:
    work = written(published="2003-11", revised_at=dt.datetime(2004, 1, 2, tzinfo=dt.UTC))
    work.refresh_from_db()
    assert (work.chapter_count, work.word_count, work.title_key) == (2, 8, "fog")
    assert (work.published_on, work.published_precision) == (dt.date(2003, 11, 1), "month")
    assert [line.as_written for line in work.work_tags.all()] == ["Drácula"]
    first = work.chapters.get(position=1)
    assert first.text.markup == "<p>The lamp is lit.</p>"
    assert "id=" in first.text.rendered
    assert first.revisions.get().number == 1
    assert work.needs_consent, "an unknown rating passes the adult gate"
    assert topics() == ["work.changed"]
    assert LedgerEntry.objects.get().verb == "work added"


@pytest.mark.parametrize(
    ("rating", "gate", "consent"),
    [("General Audiences", False, False), ("General Audiences", True, True), ("Mature", False, True)],
)
def test_the_gate_follows_rating_and_former_gates(rating: str, gate: bool, consent: bool) -> None:
    work = written(rating=Tag.objects.get(kind_id=Kind.RATING, name=rating), gate_adults=gate)
    assert work.needs_consent is consent


def test_hidden_chapters_do_not_count() -> None:
    work = written(chapter(1), chapter(2, "Not yet.", state=State.HIDDEN))
    assert (work.chapter_count, work.word_count) == (1, 4)


def test_a_second_saver_is_told_and_writes_nothing() -> None:
    work = written()
    actions.change_header(work=work, header=actions.Header(title="Sea fog"), version=1, actor=1)
    with pytest.raises(actions.Outdated):
        actions.change_header(work=work, header=actions.Header(title="Land fog"), version=1, actor=1)
    assert Work.objects.get().title == "Sea fog"


def test_new_words_are_a_revision_and_new_headings_are_not() -> None:
    work = written()
    first = work.chapters.get(position=1)
    anchor = first.anchor
    actions.revise_chapter(chapter=first, new=chapter(1, title="The lamp"))
    assert first.revisions.count() == 1
    actions.revise_chapter(chapter=first, new=chapter(1, "It went out.", title="The lamp"))
    assert list(first.revisions.order_by("number").values_list("number", flat=True)) == [1, 2]
    first.refresh_from_db()
    assert (first.title, first.anchor, first.text.markup) == ("The lamp", anchor, "<p>It went out.</p>")
    work.refresh_from_db()
    assert (work.word_count, work.version) == (7, 3)


def test_chapters_move_and_keep_their_ids() -> None:
    work = written(chapter(1, "One."), chapter(2, "Two."), chapter(3, "Three."))
    one, two, three = work.chapters.order_by("position").values_list("pk", flat=True)
    actions.renumber_chapters(work=work, order=[three, one, two], version=1)
    assert list(work.chapters.order_by("position").values_list("pk", flat=True)) == [three, one, two]
    actions.remove_chapters(work=work, chapter_ids=[one], version=2)
    assert list(work.chapters.order_by("position").values_list("pk", "position")) == [(three, 1), (two, 2)]
    (added,) = actions.add_chapters(work=work, chapters=[chapter(3, "Four.")], version=3)
    assert added.anchor not in {"c1", "c2", "c3"} or not Chapter.objects.filter(work=work, anchor=added.anchor).exclude(
        pk=added.pk
    )
    assert Text.objects.count() == 3


def test_posting_takes_only_what_waits() -> None:
    waiting, held = written(), written()
    actions.set_state(work=waiting, state=State.WAITING)
    actions.set_state(work=held, state=State.HELD, reason="ask first")
    assert actions.post_works(work_ids=[waiting.pk, held.pk], audience=Audience.MEMBERS, actor=1) == 1
    waiting.refresh_from_db()
    held.refresh_from_db()
    assert (waiting.state, waiting.audience, held.state) == ("posted", "members", "held")
    assert waiting.posted_at is not None
    assert actions.post_works(work_ids=[waiting.pk]) == 0


def test_binning_and_taking_out_again() -> None:
    work = written()
    assert actions.set_state(work=work, state=State.BINNED).binned_at is not None
    again = actions.set_state(work=work, state=State.POSTED)
    assert (again.binned_at, again.posted_at is None) == (None, False)


def test_withdrawal_leaves_a_stone_and_no_word() -> None:
    work = written()
    pk = work.pk
    actions.withdraw_work(work=work, actor=1)
    assert (Work.objects.count(), Text.objects.count(), Revision.objects.count()) == (0, 0, 0)
    assert Tombstone.objects.get().work_id == pk
    removed = OutboxEvent.objects.get(topic="work.removed")
    assert removed.data["tags"] == [Tag.objects.get(name="Dracula").pk]


def test_a_rating_that_was_left_is_counted_anew() -> None:
    teen, mature = (Tag.objects.get(kind_id=Kind.RATING, name=name) for name in ("Teen And Up Audiences", "Mature"))
    work = written(rating=teen)
    actions.post_works(work_ids=[work.pk])

    def uses() -> tuple[int, int]:
        count_tags(list(OutboxEvent.objects.order_by("pk")[seen:]))
        return tuple(Tag.objects.get(pk=tag.pk).posted_uses for tag in (teen, mature))  # type: ignore[return-value]

    seen = 0
    assert uses() == (1, 0)
    seen, version = OutboxEvent.objects.count(), Work.objects.get().version
    actions.change_header(work=work, header=actions.Header(title="Fog", rating=mature), version=version)
    assert uses() == (0, 1)
    seen = OutboxEvent.objects.count()
    actions.purge_works(work_ids=[work.pk])
    assert uses() == (0, 0)


def test_what_was_withdrawn_goes_again_after_a_restore() -> None:
    work = written()
    actions.withdraw_work(work=work, actor=1)
    assert erasures.replay() == 0
    Tombstone.objects.all().delete()
    back = written()
    erasures.remember("work", back.pk)
    assert erasures.replay() == 1
    assert not Work.objects.exists()
    assert Tombstone.objects.filter(work_id=back.pk).exists()


def test_tags_and_authors_are_replaced_whole() -> None:
    work = written()
    tag = find_or_add(kind=Kind.ADDITIONAL, name="Letters")
    actions.change_tags(work=work, tags=[actions.Tagged(tag, "letters!")], version=1, actor=1)
    (lucy,) = add_unclaimed_pen_names(newcomers=[PenName(name="Lucy")])
    actions.change_authors(work=work, authors=[lucy, lucy], version=2)
    assert [line.as_written for line in work.work_tags.all()] == ["letters!"]
    assert [line.pen_name for line in work.authorship.all()] == [lucy]
    assert "work.retagged" in topics()


def test_a_series_never_holds_itself() -> None:
    outer, middle, inner = (Series.objects.create(title=title) for title in ("Outer", "Middle", "Inner"))
    work = written()
    actions.set_series_places(series=outer, places=[(work, True), (middle, True)])
    actions.set_series_places(series=middle, places=[(inner, False)], actor=1)
    for circle in (outer, middle):
        with pytest.raises(actions.CircularSeries):
            actions.set_series_places(series=inner, places=[(circle, True)])
    with pytest.raises(actions.CircularSeries):
        actions.set_series_places(series=inner, places=[(inner, True)])
    assert [place.position for place in outer.places.all()] == [1, 2]
    work.refresh_from_db()
    assert work.version == 2, "a download names the series"


@pytest.mark.parametrize("state", [State.WAITING, State.POSTED])
def test_works_that_arrive_together_are_whole_and_dated_when_posted(state: State) -> None:
    authors = add_unclaimed_pen_names(newcomers=[PenName(name="Mina")])
    fog, lamp = (
        actions.Arrival(
            actions.Header(title=title, arrived_in_bulk=True),
            authors,
            [],
            [chapter(1), chapter(2, "Unseen.", state=State.HIDDEN)],
            state=state,
            hits=41,
        ).ready()
        for title in ("Fog", "Lamp")
    )
    made = actions.add_works(arrivals=[fog, lamp])
    assert [(work.title, len(chapters)) for work, chapters in made] == [("Fog", 2), ("Lamp", 2)]
    for work in Work.objects.all():
        assert (work.state, work.posted_at is not None) == (state.value, state is State.POSTED)
        assert (work.chapter_count, work.word_count) == (1, 4), "what is hidden is not counted"
        assert [line.pen_name.name for line in work.authorship.all()] == ["Mina"]
        assert work.stats.hits == 41
    assert topics() == ["work.changed", "work.changed"]
    assert not LedgerEntry.objects.exists(), "their run has its entry"


def test_do_not_import_knows_digests_only() -> None:
    actions.forbid_import(
        email="Mina@Example.org", name="Mina Harker", site="Saltwick", url="http://www.old.example/mina/"
    )
    assert actions.is_import_forbidden(email="mina@example.ORG ")
    assert actions.is_import_forbidden(name="mina  harker", site="SALTWICK")
    assert actions.is_import_forbidden(url="https://old.example/mina")
    assert not actions.is_import_forbidden(email="lucy@example.org", name="Mina Harker", site="Elsewhere")
    assert not actions.is_import_forbidden()


def test_who_refused_is_known_under_another_secret_key(settings: Any) -> None:
    """A restored archive has a new `secret.key`; refusals hang on a key that travels with the backup."""
    actions.forbid_import(email="mina@example.org")
    settings.SECRET_KEY = "another-machine"
    assert actions.is_import_forbidden(email="mina@example.org")


def test_the_database_refuses_what_no_verb_would_write() -> None:
    work = written()
    for wrong in (
        {"title": ""},
        {"state": "lost"},
        {"state": "posted", "posted_at": None},
        {"published_on": dt.date(2003, 1, 1), "published_precision": ""},
        {"needs_consent": False},
        {"audience": "nobody"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Work.objects.filter(pk=work.pk).update(**wrong)
