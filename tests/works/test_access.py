"""One rule: the answer about one work, the list of works and the search clause say the same for every viewer."""

from __future__ import annotations

import itertools

import pytest

from fanthology.people.models import PenName, Person
from fanthology.works import actions
from fanthology.works.access import GUEST, Answer, Audience, Facts, State, Viewer, answer
from fanthology.works.models import Work

MEMBER = Viewer(person=1)
KEEPER = Viewer(person=2, is_keeper=True)


@pytest.mark.parametrize(
    ("state", "audience", "unrevealed", "guest", "member", "author"),
    [
        (State.POSTED, Audience.EVERYONE, False, Answer.YES, Answer.YES, Answer.YES),
        (State.POSTED, Audience.MEMBERS, False, Answer.LOG_IN, Answer.YES, Answer.YES),
        (State.POSTED, Audience.EVERYONE, True, Answer.MISSING, Answer.MISSING, Answer.YES),
        (State.POSTED, Audience.MEMBERS, True, Answer.MISSING, Answer.MISSING, Answer.YES),
        *[
            (state, audience, False, Answer.MISSING, Answer.MISSING, Answer.YES)
            for state in (State.DRAFT, State.WAITING, State.SCHEDULED, State.HELD, State.HIDDEN)
            for audience in Audience
        ],
        (State.BINNED, Audience.EVERYONE, False, Answer.MISSING, Answer.MISSING, Answer.MISSING),
    ],
)
def test_the_table(
    state: State, audience: Audience, unrevealed: bool, guest: Answer, member: Answer, author: Answer
) -> None:
    facts = Facts(state, audience, unrevealed, frozenset({7}))
    assert answer(facts, GUEST) is guest
    assert answer(facts, MEMBER) is member
    assert answer(facts, Viewer(person=3, pen_names=frozenset({7}))) is author
    assert answer(facts, Viewer(person=3, pen_names=frozenset({8}))) is member
    assert answer(facts, KEEPER) is Answer.YES


@pytest.mark.django_db
def test_lists_agree_with_the_answer() -> None:
    person = Person(login="Mina")
    person.set_unusable_password()
    person.save()
    own = PenName.objects.create(person=person, name="Mina", slug="mina", status="owned")
    (other,) = actions_pen_names("Lucy")
    for state, audience, gate, unrevealed, author in itertools.product(
        State, Audience, (False, True), (False, True), (own, other)
    ):
        work = actions.add_work(
            header=actions.Header(title="Fog", audience=audience, gate_members=gate),
            authors=[author],
            tags=[],
            chapters=[],
            state=state if state is not State.BINNED else State.DRAFT,
        )
        Work.objects.filter(pk=work.pk).update(unrevealed=unrevealed)
        if state is State.BINNED:
            actions.set_state(work=work, state=State.BINNED)
    for viewer in (GUEST, Viewer(person=99), Viewer(person=person.pk, pen_names=frozenset({own.pk})), KEEPER):
        listed = set(Work.objects.visible_to(viewer).values_list("pk", flat=True))
        for work in Work.objects.prefetch_related("authorship"):
            facts = work.facts(frozenset(line.pen_name_id for line in work.authorship.all()))
            assert (work.pk in listed) == (answer(facts, viewer) is Answer.YES), (facts, viewer)


def actions_pen_names(*names: str) -> list[PenName]:
    from fanthology.people.actions import add_unclaimed_pen_names

    return add_unclaimed_pen_names(newcomers=[PenName(name=name) for name in names])
