"""The real engine and the real database: what is found, by whom, in which order, and that it follows every change."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from fanthology.base import checks, outbox
from fanthology.base.models import Archive, Job, OutboxEvent
from fanthology.search import index, jobs
from fanthology.search.document import Answer, EngineAway, Wanted
from fanthology.search.engines import tantivy
from fanthology.search.query import parse
from fanthology.tags.actions import find_or_add, make_synonym, put_under
from fanthology.tags.models import Kind, Tag
from fanthology.works import actions
from fanthology.works.access import GUEST, Audience, State, Viewer
from fanthology.works.models import Work

from .shelf import put

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 21)


def ask(typed: str = "", viewer: Viewer = GUEST, **more: object) -> Answer:
    parsed = parse(typed, today=TODAY)
    return index.ask(Wanted(node=parsed.node, sort=parsed.sort or "best", **more), viewer=viewer)  # type: ignore[arg-type]


def found(typed: str = "", viewer: Viewer = GUEST, **more: object) -> set[str]:
    return set(Work.objects.filter(pk__in=ask(typed, viewer, **more).ids).values_list("title", flat=True))


def follow() -> None:
    jobs.follow(outbox.pending("search"))
    outbox.advance("search", outbox.position())


def test_every_part_of_a_work_is_searched() -> None:
    put(
        "The Lamp at Saltwick",
        "She wrote: “Two long, one short.”",
        by="Renée",
        tags=("Slow Burn",),
        summary="<p>One winter</p>",
        language="en-GB",
    )
    put("Oil", "It is dark; 東京 is far. Co-operate!", fandoms=("Myth", "Robin Hood"), tags=("Naïveté",))
    index.rebuild()
    lamp, oil, both = {"The Lamp at Saltwick"}, {"Oil"}, {"The Lamp at Saltwick", "Oil"}
    for typed, titles in {
        "saltwick": lamp, "renee": lamp, "slow": lamp, "winter": lamp, '"two long one short"': lamp, "text:wrote": lamp,
        "title:wrote": set(), "author:Renée": lamp, "naivete": oil, "東京": oil, "東": oil, "京東": set(), "co-operate": oil,
        "robin OR saltwick": both, "-robin": lamp, "fandom:dracula": lamp, "fandom:drac": set(), "tag:nobody": set(),
        "crossover:yes": oil, "language:en": lamp, "words:>5": both, "words:>1k": set(), "rating:general": both, "chapters:1": both,
        "-(dark OR winter)": set(), "...": both,
    }.items():  # fmt: skip
        assert found(typed) == titles, typed


def test_a_tag_is_found_by_synonym_and_metatag() -> None:
    put("Iliad again", fandoms=("The Iliad",))
    iliad, synonym, myth = (find_or_add(kind=Kind.FANDOM, name=name) for name in ("Iliad", "The Iliad", "Greek Myth"))
    make_synonym(tag=synonym, of=iliad, actor=None)
    put_under(parent=myth, child=iliad)
    index.rebuild()
    for name in ("Iliad", "The Iliad", "Greek Myth", "greek myth"):
        assert found(f'fandom:"{name}"') == {"Iliad again"}
    assert found(include=(myth.pk,)) == {"Iliad again"}
    assert found(exclude=(myth.pk,)) == set()
    assert ask().facets["fandom"] == {iliad.pk: 1}, "facets count canonical tags"


def test_only_what_the_viewer_may_see_is_found_and_counted() -> None:
    put("Open")
    put("Members", audience=Audience.MEMBERS)
    put("Gated", gate_members=True)
    put("Draft", state=State.DRAFT)
    hidden = put("Unrevealed")
    Work.objects.filter(pk=hidden.pk).update(unrevealed=True)
    put("Nameless", by="Somebody Secret", anonymous=True)
    index.rebuild()
    assert found() == {"Open", "Nameless"}
    assert ask().total == 2
    assert sum(ask().facets["rating"].values()) == 2
    assert found(viewer=Viewer(person=1)) == {"Open", "Members", "Gated", "Nameless"}
    assert found("author:secret", viewer=Viewer(person=1, is_keeper=True)) == set()


def test_the_database_has_the_last_word() -> None:
    work = put("Taken back")
    index.rebuild()
    Work.objects.filter(pk=work.pk).update(state=State.HIDDEN.value)
    assert found() == set()


def test_the_index_follows_every_change_and_never_doubles() -> None:
    Archive.current()
    index.rebuild()
    works = [put(f"Number {number}") for number in range(5)]
    follow()
    assert index.engine().count() == 5
    actions.change_header(work=works[0], header=actions.Header(title="Renamed"), version=1)
    actions.set_state(work=works[1], state=State.HIDDEN)
    actions.purge_works(work_ids=[works[2].pk])
    follow()
    jobs.follow(list(OutboxEvent.objects.all()))
    assert found() == {"Renamed", "Number 3", "Number 4"}
    assert index.engine().count() == 3
    tag = Tag.objects.get(name="Dracula")
    put_under(parent=find_or_add(kind=Kind.FANDOM, name="Vampires"), child=tag)
    follow()
    assert found("fandom:vampires") == {"Renamed", "Number 3", "Number 4"}


def test_order_and_pages() -> None:
    for number, title in enumerate(("Beta", "alpha", "Gamma")):
        put(title, "word " * (number + 1), by=("Zoe", "Yan", "Xia")[number])
    index.rebuild()

    def titles(typed: str, **more: Any) -> list[str]:
        ids = ask(typed, **more).ids
        names = Work.objects.in_bulk(ids)
        return [names[pk].title for pk in ids]

    assert titles("sort:title") == ["alpha", "Beta", "Gamma"]
    assert titles("sort:author") == ["Gamma", "alpha", "Beta"]
    assert titles("sort:words") == ["Gamma", "alpha", "Beta"]
    assert titles("sort:words", limit=2, offset=1) == ["alpha", "Beta"]
    assert ask(limit=1).total == 3


def test_without_an_index_there_is_no_answer_and_one_is_asked_for() -> None:
    with pytest.raises(EngineAway):
        ask()
    assert index.state() == ""
    put("First")
    follow()
    assert Job.objects.get().name == "search.rebuild"
    index.rebuild()
    before = index.state()
    Archive.objects.update(database_id="00000000-0000-0000-0000-000000000001")
    with pytest.raises(EngineAway):
        ask()
    index.rebuild()
    assert index.state() != before
    assert found() == {"First"}


def test_what_changes_while_it_is_rebuilt_is_not_missed() -> None:
    put("Before")

    def meanwhile(done: int, total: int) -> None:
        if done == 0:
            put("Meanwhile")

    assert index.rebuild(meanwhile) == 2
    assert found() == {"Before", "Meanwhile"}


def test_snippets_show_the_words_and_escape_the_rest() -> None:
    work = put("Oil", "A lamp &amp; a &lt;wick&gt;.")
    index.rebuild()
    node = parse("wick -nothing", today=TODAY).node
    assert index.snippets(node, [work.pk]) == {work.pk: "A lamp &amp; a &lt;<b>wick</b>"}
    long = put("Long", "Before. " * 60 + "A wick. " + "After. " * 60)
    index.rebuild()
    piece = index.snippets(node, [long.pk])[long.pk]
    assert piece.startswith("… ")
    assert piece.endswith(" …")
    assert index.snippets(parse("title:oil", today=TODAY).node, [work.pk]) == {}


def test_the_check_finds_what_is_missing_and_what_is_stray() -> None:
    one, two = put("One"), put("Two")
    assert [fault.code for _, fault in checks.faults(["search"])] == ["search.away"]
    index.rebuild()
    assert list(checks.faults(["search"])) == []
    with index.engine().writing() as batch:
        batch.drop(one.pk)
    Work.objects.filter(pk=two.pk).update(state=State.HIDDEN.value)
    faults = [fault for _, fault in checks.faults(["search"])]
    assert {fault.code for fault in faults} == {"search.missing", "search.stray"}
    for fault in faults:
        assert fault.repair
        fault.repair()
    assert list(checks.faults(["search"])) == []


def test_completion_offers_canonical_tags_for_what_was_begun() -> None:
    put("One", fandoms=("Sherlock Holmes",))
    holmes = Tag.objects.get(name="Sherlock Holmes")
    make_synonym(tag=find_or_add(kind=Kind.FANDOM, name="The Great Detective"), of=holmes, actor=None)
    assert index.suggest_tags("the gr") == [holmes]
    assert index.suggest_tags("sher", kind=Kind.CHARACTER) == []


def test_counts_are_those_of_the_index_as_it_is_now() -> None:
    put("One", fandoms=("Dracula",))
    index.rebuild()
    everything = Wanted(sort="updated", limit=1)
    first = index.ask(everything, viewer=GUEST)
    assert sum(first.facets["fandom"].values()) == 1
    again = index.ask(replace(everything, offset=1, sort="words"), viewer=GUEST)
    assert again.facets == first.facets
    again.facets["fandom"].clear()  # whoever is handed counts may change them
    assert index.ask(everything, viewer=GUEST).facets == first.facets
    index.refresh([put("Two", fandoms=("Dracula",)).pk])
    assert sum(index.ask(everything, viewer=GUEST).facets["fandom"].values()) == 2


def test_counting_in_two_threads_counts_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(9):
        put(f"Work {number}", fandoms=("Dracula",), tags=("Fog", "Slow Burn")[: 1 + number % 2])
    index.rebuild()
    alone = index.engine().find(Wanted())
    monkeypatch.setattr(tantivy, "MANY", 0)
    assert index.engine().find(Wanted()) == alone
    assert sorted(alone.facets["additional"].values()) == [4, 9]


def test_the_oldest_counts_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    put("One", fandoms=("Dracula",))
    index.rebuild()
    monkeypatch.setattr(index, "COUNTS_KEPT", 1)
    asked = [index.ask(Wanted(buckets=most), viewer=GUEST).facets["fandom"] for most in (10, 20, 10)]
    assert asked[0] == asked[1] == asked[2] != {}
    assert len(index._counts) == 1
