import datetime as dt

import pytest

from fanthology.works.dates import LONG_AGO, change_text, date_text, instant, known_date, last_change


@pytest.mark.parametrize("text", ["2003", "2003-11", "2003-11-02"])
def test_a_known_date_comes_back_as_it_was(text: str) -> None:
    assert date_text(*known_date(text)) == text


@pytest.mark.parametrize("text", [None, "", "2003-13", "yesterday", "03-11", "2003-02-30", "ten chars!"])
def test_what_is_no_date_is_unknown(text: str | None) -> None:
    assert known_date(text) == (None, "")
    assert date_text(*known_date(text)) is None


def test_moments() -> None:
    assert instant("2003-11-02T10:00:00Z") == dt.datetime(2003, 11, 2, 10, tzinfo=dt.UTC)
    assert instant("2003-11-02T10:00:00") == dt.datetime(2003, 11, 2, 10, tzinfo=dt.UTC)
    assert instant("2003-11") == dt.datetime(2003, 11, 1, tzinfo=dt.UTC)
    assert instant("soon") is None
    assert instant(None) is None


@pytest.mark.parametrize("text", ["2003", "2003-11", "2003-11-02T10:00:00+00:00"])
def test_a_told_change_comes_back_as_exactly_as_it_was_told(text: str) -> None:
    assert change_text(*last_change(text, "2001")) == text


def test_a_change_that_nobody_told_is_no_date() -> None:
    """It stands where the story was published, else before everything; it is shown nowhere."""
    assert last_change(None, "2001-02") == (dt.datetime(2001, 2, 1, tzinfo=dt.UTC), "")
    assert last_change("some day", None) == (LONG_AGO, "")
    assert change_text(*last_change(None, "2001")) is None
    assert change_text(None, "day") is None
