"""What finds nothing is offered as the archive spells it, and no hidden name is ever told."""

from __future__ import annotations

import pytest
from django.test import Client

from fanthology.search import index
from fanthology.search.spelling import respelt
from fanthology.works.access import GUEST, State
from fanthology.works.counts import recount_tags

from .shelf import put

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shelf() -> None:
    put("The Lamp-Room", by="Penelope Unravels", fandoms=("Sherlock Holmes",), tags=("Slow Burn",))
    put("Unsaid Things", by="Someone Secret", fandoms=("Frankenstein",), state=State.DRAFT)
    recount_tags()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sherlok", "sherlock"),
        ("Sherlok -lamp", "sherlock -lamp"),
        ("penelop sherlock", "penelope sherlock"),
        ("author:penelopy", "author:penelope"),
        ("sherlock", None),
        ("frankenstien", None),
        ("secrat", None),
        ("xyzzyx", None),
        ("", None),
    ],
)
def test_words_are_put_as_names_have_them(typed: str, meant: str | None) -> None:
    assert respelt(typed, viewer=GUEST) == meant


def test_the_page_offers_it_only_where_nothing_was_found(client: Client) -> None:
    index.rebuild()
    assert "Did you mean <a" in client.get("/browse/?q=sherlok").content.decode()
    assert "/browse/?q=sherlock" in client.get("/browse/?q=sherlok").content.decode()
    assert "Did you mean" not in client.get("/browse/?q=sherlock").content.decode()
