import pytest
from django.db import IntegrityError, transaction

from fanthology.base.models import OutboxEvent
from fanthology.tags.actions import (
    CircularTags,
    WrongKind,
    draw_lines,
    find_or_add,
    make_synonym,
    put_under,
    rebuild_closure,
)
from fanthology.tags.models import Kind, Tag, TagClosure, TagParent

pytestmark = pytest.mark.django_db


def fandom(name: str) -> Tag:
    return find_or_add(kind=Kind.FANDOM, name=name)


def above(tag: Tag) -> set[str]:
    return set(TagClosure.objects.filter(tag=tag).values_list("ancestor__name", flat=True))


def test_the_fixed_words_are_there_in_their_order() -> None:
    ratings = Tag.objects.of_kind(Kind.RATING).order_by("position").values_list("name", flat=True)
    assert list(ratings) == ["Not Rated", "General Audiences", "Teen And Up Audiences", "Mature", "Explicit"]
    assert Tag.objects.of_kind(Kind.WARNING).count() == 6
    assert Tag.objects.of_kind(Kind.CATEGORY).count() == 6


def test_one_tag_for_every_spelling() -> None:
    assert fandom("Les Misérables") == fandom("les  MISERABLES")
    assert find_or_add(kind=Kind.CHARACTER, name="John") != find_or_add(
        kind=Kind.CHARACTER, name="John", disambiguator="Robin Hood"
    )


def test_the_closure_follows_lines_and_synonyms() -> None:
    myth, greek, iliad, homer = map(fandom, ("Myth", "Greek Myth", "Iliad", "The Iliad"))
    put_under(parent=myth, child=greek)
    put_under(parent=greek, child=iliad, actor=1)
    make_synonym(tag=homer, of=iliad, actor=1)
    assert above(homer) == {"Iliad", "Greek Myth", "Myth"}
    assert above(iliad) == {"Iliad", "Greek Myth", "Myth"}
    assert OutboxEvent.objects.filter(topic="tag.moved").count() == 3
    put_under(parent=greek, child=iliad)
    assert TagParent.objects.count() == 2
    assert rebuild_closure() == 0


def test_a_character_is_not_below_its_fandom_for_search() -> None:
    mina = find_or_add(kind=Kind.CHARACTER, name="Mina")
    put_under(parent=fandom("Dracula"), child=mina)
    assert above(mina) == {"Mina"}


def test_circles_and_strange_kinds_are_refused() -> None:
    one, two, three = map(fandom, ("One", "Two", "Three"))
    put_under(parent=one, child=two)
    put_under(parent=two, child=three)
    for parent, child in ((three, one), (two, one), (one, one)):
        with pytest.raises(CircularTags):
            put_under(parent=parent, child=child)
    with pytest.raises(WrongKind):
        make_synonym(tag=one, of=find_or_add(kind=Kind.ADDITIONAL, name="One"), actor=1)
    make_synonym(tag=one, of=two, actor=1)
    with pytest.raises(CircularTags):
        make_synonym(tag=two, of=one, actor=1)


def test_of_many_lines_only_those_that_close_a_circle_are_refused() -> None:
    one, two, three = (tag.pk for tag in map(fandom, ("One", "Two", "Three")))
    lines = [(one, two), (two, three), (three, one), (one, two), (one, three)]
    assert draw_lines(lines=lines) == [(three, one)]
    assert set(TagParent.objects.values_list("parent_id", "child_id")) == {(one, two), (two, three), (one, three)}
    assert above(Tag.objects.get(pk=three)) == {"One", "Two", "Three"}
    assert OutboxEvent.objects.filter(topic="tag.moved").count() == 1
    assert draw_lines(lines=[(two, one), (one, two)]) == [(two, one)], "it closes a circle with a line drawn before"
    assert OutboxEvent.objects.filter(topic="tag.moved").count() == 1, "nothing moved"


def test_synonyms_of_a_new_synonym_follow_it() -> None:
    one, two, three = map(fandom, ("One", "Two", "Three"))
    make_synonym(tag=one, of=two, actor=1)
    make_synonym(tag=two, of=three, actor=1)
    assert set(Tag.objects.filter(synonym_of=three)) == {one, two}
    assert above(one) == {"Three"}


def test_the_database_refuses_a_nameless_tag_and_a_gated_fandom() -> None:
    tag = fandom("One")
    for wrong in ({"key": ""}, {"gate_adults": True}, {"synonym_of": tag}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Tag.objects.filter(pk=tag.pk).update(**wrong)
