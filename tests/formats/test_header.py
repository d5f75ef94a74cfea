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
