"""What a card says in words: warnings as the old site had them, and no date that nobody knows."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from fanthology.works.cards import cards_for, warning_sign
from fanthology.works.dates import LONG_AGO
from fanthology.works.models import Work
from tests.factories import make_work


@pytest.mark.parametrize(
    ("name", "words", "shape"),
    [
        ("None", "Warnings: None", "none"),
        ("No Warnings", "No Warnings", "none"),
        ("No Archive Warnings Apply", "No Archive Warnings Apply", "none"),
        ("Creator Chose Not To Use Archive Warnings", "Creator Chose Not To Use Archive Warnings", "unsaid"),
        ("No Happy Ending", "No Happy Ending", "named"),
        ("Nonexplicit Violence", "Nonexplicit Violence", "named"),
    ],
)
def test_warnings_keep_their_words_and_get_a_shape(name: str, words: str, shape: str) -> None:
    sign = warning_sign(name)
    assert (sign.words, sign.shape) == (words, shape)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("origin", "published", "known"),
    [("", None, True), ("Loose leaves", None, False), ("Loose leaves", dt.date(2003, 5, 1), True)],
)
def test_the_day_of_arrival_is_no_date_of_a_story(
    client: Client, origin: str, published: dt.date | None, known: bool
) -> None:
    work = make_work()
    Work.objects.filter(pk=work.pk).update(
        origin=origin,
        published_on=published,
        published_precision="day" if published else "",
        revised_at=LONG_AGO if origin else timezone.now(),
        revised_precision="" if origin else "day",
    )
    assert cards_for([work.pk])[0].date_is_known is known
    assert ("date not known" in client.get("/browse/").content.decode()) is not known
    assert ("Not known; moved here" in client.get(f"/read/{work.pk}/").content.decode()) is not known
