"""Plain text and posts: titles, dates, headings, flowing, megabytes of nothing."""

from __future__ import annotations

import pytest

from fanthology.formats import read
from fanthology.formats.readers.text import sender_name, split_posts
from fanthology.formats.shape import despaced, iso_date, language_code, split_title
from fanthology.formats.shape.headings import heading_of, series_of


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Sat, 22 Jan 1994 21:00:23 GMT", "1994-01-22"),
        ("28 Sep 92 14:37:34 CDT", "1992-09-28"),
        ("October 10th, 2005", "2005-10-10"),
        ("2003-11", "2003-11"),
        ("November 2003", "2003-11"),
        ("2003", "2003"),
        ("13/04/05", "2005-04-13"),
        ("04/13/05", "2005-04-13"),
        ("03/04/05", None),
        ("3. März 2001", "2001-03-03"),
        ("30 février 2001", None),
        ("99999999", None),
        ("soon", None),
    ],
)
def test_dates(text: str, want: str | None) -> None:
    assert iso_date(text) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Reins (2/7)", ("Reins", 2, 7)),
        ('"Reins of Power" part 1 of 3', ("Reins of Power", 1, 3)),
        ("Re: Reins [4/?]", ("Reins", 4, None)),
        ("Reins Parts 1-5", ("Reins", 1, 5)),
        ("Reins [REPOST:1-4]", ("Reins", None, None)),
        ("Reins (complete)", ("Reins", None, None)),
        ("Part Two", ("Part Two", None, None)),
        ("Catch 22", ("Catch 22", None, None)),
    ],
)
def test_titles_lose_their_part_numbers(text: str, want: tuple[str, int | None, int | None]) -> None:
    assert split_title(text) == want


def test_wide_titles() -> None:
    assert despaced("  A   M A N ' S   A R R I V A L ") == "A MAN'S ARRIVAL"
    assert despaced("I am a boy") == "I am a boy"


@pytest.mark.parametrize(
    ("value", "want"),
    [
        ("a@b.test (Jane Doe, Turned)", "Jane Doe"),
        ('"Jane Doe" <a@b.test>', "Jane Doe"),
        ("a@b.test", ""),
        ("Jane Doe <a@b.test>", "Jane Doe"),
    ],
)
def test_sender(value: str, want: str) -> None:
    assert sender_name(value) == want


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Chapter One", 1),
        ("CHAPTER IV: The Sea", 4),
        ("Part 2", 2),
        ("Kapitel 3", 3),
        ("Prologue", 0),
        ("IX", 9),
        ("Chapter Twenty-One", 21),
    ],
)
def test_headings(text: str, number: int) -> None:
    heading = heading_of(text)
    assert heading is not None
    assert heading.number == number


@pytest.mark.parametrize(
    "text",
    [
        "Part of me wanted to stay.",
        "Chapter and verse were quoted",
        "I",
        "",
        "Day broke, and the sea was flat as glass.",
        "x" * 200,
    ],
)
def test_no_headings(text: str) -> None:
    heading = heading_of(text)
    assert heading is None or series_of([(0, heading)]) == []


def test_one_heading_is_no_series() -> None:
    story = read(b"Lamp\nby Jane\n\nChapter 2\n\nDark.\n\nChapter 2\n\nLight.\n").stories[0]
    assert len(story.chapters) == 1


def test_a_file_without_mail_head_has_no_posts() -> None:
    assert split_posts(["Title: A", "Author: B", "", "From: the sea"]) == []


def test_names_of_languages() -> None:
    assert (language_code("Deutsch"), language_code("pt-BR"), language_code("Klingon")) == ("de", "pt-BR", None)


@pytest.mark.parametrize(
    "unit",
    [
        b"a",
        b"<b>",
        b"<div>",
        b"<p>",
        b"Title: x\n",
        b"Aa:",
        b" by",
        b"#",
        b"From: a\nSubject: b\nDate: c\n\n",
        b"1\n\n",
        b"\xff",
        b"<",
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.html"])
def test_much_of_one_thing_ends(unit: bytes, name: str) -> None:
    """A quarter of a megabyte here: a pattern that backtracks would not end at all."""
    from fanthology.formats.errors import FormatError

    try:
        reading = read(unit * (250_000 // len(unit)), name=name)
    except FormatError:
        return
    assert reading.stories
