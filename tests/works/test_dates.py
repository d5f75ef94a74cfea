import datetime as dt

import pytest

from fanthology.works.dates import date_text, instant, known_date


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
