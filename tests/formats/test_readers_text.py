"""Plain text and posts: titles, dates, headings, flowing, megabytes of nothing."""

from __future__ import annotations

import pytest

from fanthology.formats import Story, read
from fanthology.formats.markup import plain_text
from fanthology.formats.readers.text import sender_name, split_posts
from fanthology.formats.shape import despaced, iso_date, language_code, split_title
from fanthology.formats.shape.headings import heading_of, series_of
from fanthology.formats.shape.lines import joined


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


# -- posts

BODY = "\n".join(["She put the lamp back in the window and went down to the quay again.", ""] * 3)


def post(body: str, *, subject: str = "The Lamp", sender: str = "ann@lamps.example.test (Ann Other)") -> Story:
    """A post with this body, read as a file of its own."""
    head = f"From: {sender}\nNewsgroups: alt.lamps\nSubject: {subject}\nDate: 22 Jan 1994 21:00:23 GMT\n"
    return read(f"{head}\n{body}\n".encode(), name="post.txt").stories[0]


def said(found: Story, *, chapter: int = 0) -> str:
    return plain_text(found.chapters[chapter].text)


def codes(found: Story) -> set[str]:
    return {finding.code for finding in found.findings}


def test_the_envelope_of_a_mail_folder_is_no_text() -> None:
    envelope = "From ann@lamps.example.test Sat Jan 22 21:00:23 1994\n"
    head = "From: ann@lamps.example.test (Ann Other)\nSubject: The Lamp\nDate: 22 Jan 1994 21:00:23 GMT\n"
    found = read(f"{envelope}{head}\n{BODY}".encode(), name="post.txt").stories[0]
    assert (found.title, [author.name for author in found.authors]) == ("The Lamp", ["Ann Other"])
    assert said(found).startswith("She put the lamp")
    assert "lamps.example" not in str(found.chapters)


def test_who_posts_for_another_is_not_the_author() -> None:
    found = post(f"\n\n                    The Lamp Again\n                    by Jane Doe\n\n{BODY}")
    assert [author.name for author in found.authors] == ["Jane Doe"]
    assert "author.poster" in codes(found)
    assert ("Title", "The Lamp Again") in found.labels
    assert found.title == "The Lamp"
    assert said(found).startswith("She put the lamp")


def test_parts_in_boxes_within_one_post_are_chapters() -> None:
    box = "*" * 30 + "\nTHE LAMP\n" + "*" * 30
    found = post(f"{box}\n\nFirst part. {BODY}\n\n{box}\n\nSecond part. {BODY}")
    assert [said(found, chapter=at).split(".")[0] for at in (0, 1)] == ["First part", "Second part"]
    assert len(found.chapters) == 2


def test_boxes_are_not_looked_for_under_a_title_of_three_letters() -> None:
    box = "*" * 30 + "\nFOG\n" + "*" * 30
    assert len(post(f"{box}\n\nOne. {BODY}\n\n{box}\n\nTwo. {BODY}", subject="Fog").chapters) == 1


@pytest.mark.parametrize(
    ("above", "title"), [("     A Light (part 1/2)", "A Light"), ("A long line above it. " * 5, "Elsewhere")]
)
def test_a_by_line_set_apart_has_the_title_over_it_when_that_is_short(above: str, title: str) -> None:
    found = post(f"{above}\n\n     by Jane Doe\n\n{BODY}", subject="Elsewhere")
    assert (found.title, [author.name for author in found.authors]) == (title, ["Jane Doe"])


def test_a_by_line_deep_in_the_page_may_touch_the_line_over_it() -> None:
    found = post(f"Words that touch it.\n              by Jane Doe\n\n{BODY}", subject="Elsewhere")
    assert [author.name for author in found.authors] == ["Jane Doe"]


def test_a_title_box_may_hold_a_lone_by_a_part_mark_and_rules() -> None:
    found = post(f"THE LAMP\n\nby\n\nJane Doe\n\nPart 1 of 2\n\n----------\n\n{BODY}")
    assert [author.name for author in found.authors] == ["Jane Doe"]
    assert said(found).startswith("She put the lamp")
    assert "Part 1" not in said(found)


def test_a_title_box_ends_after_a_dozen_lines() -> None:
    found = post("THE LAMP\n\n" + "=" * 20 + "\n" + "\n" * 12 + BODY)
    assert said(found).startswith("She put the lamp")


def test_a_remark_in_slashes_at_the_top_and_at_the_end_is_no_text() -> None:
    found = post(f"/* Posted for a friend,\n   with thanks. */\n\n{BODY}\n\n/* Mail goes to my friend. */\n")
    assert said(found).startswith("She put the lamp")
    assert "friend" not in said(found)
    assert "thanks" in found.notes + found.chapters[0].notes
    assert "Mail goes" in found.end_notes + found.chapters[0].end_notes


@pytest.mark.parametrize(("name", "kept"), [("Ann Other", False), ("Somebody", True)])
def test_a_rule_ends_the_story_where_its_sender_signs_under_it(name: str, *, kept: bool) -> None:
    found = post(f"{BODY}\n{'-' * 60}\n{name} of the lamps\n")
    assert ("of the lamps" in said(found)) is kept


# -- plain stories


def story(text: str, name: str = "a.txt") -> Story:
    return read(text.encode(), name=name).stories[0]


PROSE = "She put the lamp back in the window and went down to the quay, where nobody waited for her that night."


def test_a_short_epilogue_stays_in_the_last_chapter() -> None:
    chapters = [f"Chapter {number}\n\n{PROSE}\n\n" for number in (1, 2)]
    short, long = (story("".join((*chapters, "Epilogue\n\n", f"{PROSE}\n\n" * times))) for times in (1, 12))
    assert [chapter.title for chapter in short.chapters] == ["Chapter 1", "Chapter 2"]
    assert "Epilogue" in short.chapters[1].text
    assert [chapter.title for chapter in long.chapters] == ["Chapter 1", "Chapter 2", "Epilogue"]


def test_a_heading_stands_alone_and_takes_the_rule_under_it() -> None:
    found = story(
        f"Chapter 1\n---------\n\n{PROSE}\nChapter 2\n\n{PROSE}\n\nChapter 3 went badly for them all\n\n{PROSE}\n\n"
        f"Chapter 2\n---------\n\n{PROSE}\n"
    )
    assert [chapter.title for chapter in found.chapters] == ["Chapter 1", "Chapter 2"]
    assert found.chapters[0].text.startswith("<p>She")
    assert "<hr" not in found.chapters[0].text
    assert "went badly" in found.chapters[0].text
    assert found.chapters[0].text.count("She put") == 3


def test_a_first_line_that_repeats_the_title_is_a_heading() -> None:
    found = story(f"Title: The Lamp\nAuthor: Jane\nRating: PG\n\nThe Lamp (2/3)\n\n{PROSE}\n")
    assert (found.chapters[0].title, said(found)) == ("2/3", PROSE)


def test_a_copyright_line_below_a_long_text_closes_it() -> None:
    found = story(f"The Lamp\nby Jane\n\n{(PROSE + chr(10) * 2) * 6}Copyright 1999 by Jane\nKeep my name on it.\n")
    assert "Keep my name" in found.end_notes
    assert "Copyright" not in said(found)


@pytest.mark.parametrize(
    ("by", "authors"),
    [
        ("            by Jane Doe", ["Jane Doe"]),
        ("\nby Jane Doe", ["Jane Doe"]),
        ("by Jane Doe\nand nothing else was left of it", []),
    ],
)
def test_a_by_line_far_below_must_stand_apart(by: str, authors: list[str]) -> None:
    above = "The night was long.\nNobody came home.\nIt was cold.\nThere was rain.\nAnd fog."
    found = story(f"{above}\n{by}\n\n{PROSE}\n")
    assert [author.name for author in found.authors] == authors


def test_a_by_line_alone_names_the_author_and_no_title() -> None:
    found = story(f"by Jane Doe\n\n{PROSE}\n", name="the_lamp.txt")
    assert (found.title, [author.name for author in found.authors]) == ("the lamp", ["Jane Doe"])


def test_at_most_three_remarks_are_taken_off_a_title() -> None:
    assert split_title("Reins (2/7) (complete) [new]") == ("Reins", 2, 7)
    assert split_title("Reins (2/7) (complete) [new] (final)") == ("Reins (2/7)", None, None)


def test_what_the_header_says_is_not_said_again_by_the_lines_above_it() -> None:
    found = story(f"Another Lamp\nby Max\n\nTitle: The Lamp\nAuthor: Jane\n\n{PROSE}\n")
    assert (found.title, [author.name for author in found.authors]) == ("The Lamp", ["Jane"])


def test_a_word_broken_over_a_line_end_keeps_its_hyphen() -> None:
    assert (
        joined(["It was a well-", "known lamp --", "and a -", "lonely one."])
        == "It was a well-known lamp -- and a - lonely one."
    )
