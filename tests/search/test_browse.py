"""The browse page: all state in the address, counts that are true, and an answer even when the index is away."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from fanthology.search import index
from fanthology.search.choice import Choice
from fanthology.tags.models import Tag
from tests.rules.validity import faults

from .shelf import put


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "q",
                "tag",
                "not",
                "also",
                "also_not",
                "unsure",
                "language",
                "complete",
                "crossover",
                "words_from",
                "words_to",
                "sort",
                "page",
            ]
        ),
        st.text(max_size=20),
    )
)
def test_an_address_leads_back_to_its_choice(asked: dict[str, str]) -> None:
    query = QueryDict(mutable=True)
    query.update(asked)
    choice = Choice.of(query)
    assert Choice.of(QueryDict(choice.address.partition("?")[2])) == choice


@pytest.mark.django_db
class TestPage:
    @pytest.fixture(autouse=True)
    def shelf(self) -> None:
        put("The Lamp", "A lamp in fog.", tags=("Letters",), warnings=("No Archive Warnings Apply",))
        put(
            "The Wreck",
            "A lamp on a reef.",
            warnings=("Major Character Death",),
            rating="Teen And Up Audiences",
            by="Lucy",
        )
        put("Unsaid", "A lamp unseen.", fandoms=("Myth",), warnings_stated=False, rating=None)

    def page(self, client: Client, **asked: Any) -> str:
        response = client.get("/browse/", asked)
        assert response.status_code == 200
        return response.content.decode()

    def test_filters_narrow_and_counts_are_true(self, client: Client) -> None:
        index.rebuild()
        death = Tag.objects.get(name="Major Character Death")
        everything = self.page(client)
        assert "3 works" in everything
        assert "2 works" in self.page(client, q="fandom:dracula")
        assert "2 works" in self.page(client, **{"not": death.pk})
        assert "1 work" in self.page(client, **{"not": death.pk, "unsure": 1})
        assert "1 work" in self.page(client, also="letters")
        two = Tag.objects.filter(name__in=["General Audiences", "Teen And Up Audiences"])
        assert "2 works" in self.page(client, tag=[tag.pk for tag in two])
        assert "There is no tag" in self.page(client, also="Nobody Knows", also_not="Nor This")
        assert "Nothing here fits" in self.page(client, q="xyzzy")

    def test_what_is_behind_the_gate_shows_no_piece_of_its_text(self, client: Client) -> None:
        index.rebuild()
        assert "<b>reef</b>" in self.page(client, q="reef")
        closed = self.page(client, q="unseen")
        assert "Unsaid" in closed
        assert "<b>unseen</b>" not in closed
        client.cookies["adults"] = "yes"
        assert "<b>unseen</b>" in self.page(client, q="unseen")

    def test_without_an_index_one_can_still_browse(self, client: Client) -> None:
        plain = self.page(client, q="wreck")
        assert "index is being built" in plain
        assert "1 work" in plain
        tag = Tag.objects.get(name="Letters")
        assert "1 work" in self.page(client, tag=tag.pk, words_from=1, words_to=100)
        assert "2 works" in self.page(client, **{"not": tag.pk, "language": ""})

    def test_the_shortest_first_is_the_longest_first_turned_round(self, client: Client) -> None:
        put("Long", "A lamp " * 40, by="Mina")
        for is_there in (False, True):
            if is_there:
                index.rebuild()
            longest, shortest = self.page(client, sort="words"), self.page(client, sort="shortest")
            assert longest.index(">Long<") < longest.index(">Unsaid<")
            assert shortest.index(">Unsaid<") < shortest.index(">Long<")

    def test_the_page_is_valid_and_cheap(
        self, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        index.rebuild()
        client.get("/browse/")
        with django_assert_max_num_queries(1):
            again = self.page(client)
        with django_assert_max_num_queries(16):
            self.page(client, q="lamp", sort="title")
        assert faults(again) == []
        assert faults(client.get("/search/help/").content.decode()) == []

    @pytest.mark.parametrize(
        "asked",
        [
            "tag=999999999999",
            "tag=x&not=-1",
            "page=0",
            "page=99999999",
            "q=%00%F0",
            "q=" + "(" * 400,
            "words_from=-5&sort=evil",
        ],
    )
    def test_nonsense_is_no_error(self, client: Client, asked: str) -> None:
        index.rebuild()
        assert client.get(f"/browse/?{asked}").status_code == 200
