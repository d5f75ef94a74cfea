"""The label table: what is a header, what is dialogue, and what each label means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanthology.formats import Story, read
from fanthology.formats.header import find

PROSE = "\n\nThe lamp was lit before she came home that evening, and the street was quiet for once.\n"


def story(text: str) -> Story:
    return read(text.encode(), name="story.txt").stories[0]


@pytest.mark.parametrize(
    ("lines", "field", "want"),
    [
        ("Title: The Lamp\nAuthor: Jane", "title", "The Lamp"),
        ("TITLE: The Lamp\nAUTHOR: Jane", "title", "The Lamp"),
        ("**Title:** The Lamp\n**Author:** Jane", "title", "The Lamp"),
        ("Title - The Lamp\nRating - PG", "title", "The Lamp"),
        ("Author: Jane\nSummery: x\nFic Title: The Lamp", "title", "The Lamp"),
        ("Title: A\nRating: NC-17 (violence)", "rating", "Explicit"),
        ("Title: A\nRated: K+", "rating", "Teen And Up Audiences"),
        ("Title: A\nRating: purple", "rating", None),
        ("Title: A\nParing: Holmes/Watson; Mary/Watson", "relationships", ("Holmes/Watson", "Mary/Watson")),
        ("Title: A\nCharacters/Pairings: Mary, Holmes/Watson", "characters", ("Mary",)),
        ("Title: A\nCharacters/Pairings: Mary, Holmes/Watson", "relationships", ("Holmes/Watson",)),
        ("Title: A\nRating & Warnings: R, violence", "warnings_as_written", ("violence",)),
        ("Title: A\nAuthor: B\nCategory: Crossover (Dracula/Emma)", "fandoms", ("Dracula", "Emma")),
        ("Title: A\nAuthor: B\nDate: 2 November 2003", "published", "2003-11-02"),
        ("Title: A\nAuthor: B\nDate: 03/04/05", "published", None),
        ("Title: A\nAuthor: B\nStatus: WIP", "complete", False),
        ("Title: A\nAuthor: B\nStatus: complete", "complete", True),
        ("Title: A\nAuthor: B\nArchive: Ask first!", "archive_permission", "Ask first!"),
        ("Titel: Die Lampe\nAutorin: Jana", "title", "Die Lampe"),
        ("Titre: La lampe\nAuteur: Jeanne\nRésumé: Nuit.", "summary", "<p>Nuit.</p>"),
        ("Título: La lámpara\nAutora: Juana\nResumen: Noche.", "summary", "<p>Noche.</p>"),
        ("Title: A\nAuthor: B\nSetting: Baker Street", "labels", (("Setting", "Baker Street"),)),
        ("Title: A\nAuthor: B\nMood music: rain", "labels", (("Mood music", "rain"),)),
        ("Title: A\nRating: G\nSummary: One.\n\nTwo.\n\nDisclaimer: Mine.", "summary", "<p>One.</p>\n<p>Two.</p>"),
        ("Title: A\nAuthor: B\nSeries: Lamps 2", "series[0].position", 2),
    ],
)
def test_label(lines: str, field: str, want: object) -> None:
    got = story(lines + PROSE)
    value = got.series[0].position if field == "series[0].position" else getattr(got, field)
    assert value == want
    assert "The lamp was lit" in got.chapters[0].text


@pytest.mark.parametrize(
    "text",
    [
        "“Warning: stay out,” he read.\n\nShe laughed.\n\n“Title: none,” it went on.",
        "HOLMES: Rating: poor.\nWATSON: Title: none.\nHOLMES: A cab.\nMARY: Two.\nHOLMES: No.\nMARY: Yes.",
        "Note: the boat leaves at nine.\n\nShe ran.",
        "It was dark.\n\nBy: the sea\n\nNothing.",
    ],
)
def test_what_people_say_is_no_header(text: str) -> None:
    assert find(text.splitlines(), wrapped=False) is None
    assert story(text).labels == ()


def test_contacts_are_private_and_counted() -> None:
    got = story(
        "Title: A\nAuthor: Jane <jane@example.test>\nE-mail: jane at example dot test\nFeedback to: jane@example.test"
        + PROSE
    )
    assert [author.name for author in got.authors] == ["Jane"]
    assert "example" not in repr(got)
    assert next(finding.count for finding in got.findings if finding.code == "private.redacted") >= 3


def test_several_labels_on_one_line() -> None:
    got = story(
        "Title: A\nChapters: 4 Completed: No Word count: 5495 Published: Oct 10, 2005 Updated: Oct 12, 2005" + PROSE
    )
    assert (got.published, got.updated, got.complete, got.expected_chapters) == ("2005-10-10", "2005-10-12", False, 4)


LABELS = ("Title", "Author", "Rating", "Summary", "Disclaimer", "Archive", "Season", "Notes", "Mood")
VALUES = (
    st.text("abcdefgh ", min_size=1, max_size=30)
    .map(str.strip)
    .filter(bool)
    .map(lambda text: "q" + text.replace(" ", "q"))
)


@given(st.permutations(LABELS), st.lists(VALUES, min_size=len(LABELS), max_size=len(LABELS), unique=True))
def test_no_line_is_lost_in_any_order(labels: list[str], values: list[str]) -> None:
    got = story("\n".join(f"{label}: {value}" for label, value in zip(labels, values, strict=True)) + PROSE)
    everything = repr(got)
    assert all(value in everything for value in values)


def test_unknown_labels_right_above_the_first_known_one_are_header_too() -> None:
    found = find(["Some words.", "Lighthouse: North", "Title: The Lamp", "Rating: PG"], wrapped=False)
    assert found
    assert (found.entries[0].label, found.entries[0].fields) == ("Lighthouse", ())
    assert (found.first, found.last) == (1, 3)


@pytest.mark.parametrize(("words", "last"), [(9, 5), (90, 1)])
def test_a_paragraph_before_a_label_is_a_value_unless_that_label_is_doubtful(words: int, last: int) -> None:
    lines = ["Title: The Lamp", "Summary: It burns.", "", "It goes out again.", "", "Disclaimer: " + "mine, " * words]
    found = find(lines, wrapped=False)
    assert found
    assert found.last == last
    assert ("It goes out again." in found.entries[1].value) == (words == 9)


def test_a_label_with_nothing_near_takes_no_value() -> None:
    found = find(["Title: The Lamp", "Author: Jane", "Summary:", "", "", "She went down to the quay."], wrapped=False)
    assert found
    assert (found.last, found.entries[-1].value) == (2, "")


def test_chapter_notes_belong_to_the_chapter() -> None:
    read_story = story("Title: The Lamp\nAuthor: Jane\nChapter Notes: For Ann.\n" + PROSE)
    assert read_story.chapters[0].notes == "<p>For Ann.</p>"
    assert read_story.notes == ""
