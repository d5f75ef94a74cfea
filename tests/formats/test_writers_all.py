"""Editions: valid, stable, readable back."""

import io
import json as stdlib_json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from fanthology.formats import read
from fanthology.formats.errors import Damaged
from fanthology.formats.markup import clean, plain_text
from fanthology.formats.model import Author, Chapter, Finding, Markup, Review, SeriesPlace, Source, Story, WriteOptions
from fanthology.formats.writers import epub, heading, html, json, text

DIRTY = """<center><font color=red size=7>X</font></center><tt>t</tt><big>b</big><strike>s</strike><p align=center>c</p>
<table><tr><td bgcolor=red>x<td colspan=3>y</table><p id="1 2">a<p id="1 2">b<a href="http://x.example/a b">l</a>
<a href="#y">gone</a> <a href="#q">ok</a> <a href="rel/x.html">rel</a> \x0b &#11; <b><i>crossed</b></i>
<ruby>漢<rt>kan</rt></ruby><details><summary>s</summary>d</details><details>n</details>
<figure><img src="http://x/y.png" alt="pic"><figcaption>c</figcaption></figure><p dir=rtl lang=he>שלום</p><a name=q>t</a>
<dl><dd>x</dl><li>o<ol type=a start=3><li>z</ol><hr class=scene title="*&*"><q cite="http://a.b/c d">z</q><p lang="*bad*">x"""
MARKUP = clean(DIRTY)[0]
FULL = Story(
    title="Dirty & <odd>",
    chapters=(
        Chapter(1, MARKUP, "T & <b>", MARKUP, MARKUP, MARKUP, source_ids=(("chapid", "7"),)),
        Chapter(2, MARKUP, "Chapter 2"),
    ),
    authors=(Author("A & B"), Author("")),
    summary=MARKUP,
    notes=MARKUP,
    end_notes=MARKUP,
    series=(SeriesPlace("S & T", 2), SeriesPlace("U")),
    published="2003-11",
    language="en",
    fandoms=("F & G",),
    beta=("b",),
    labels=(("Setting", "x"),),
    word_count=5,
    reviews=(Review("r", MARKUP, replies=(Review(None),)),),
    source=Source(url="http://old.example/x y?sid=1&b", ids=(("sid", "1"),), confidence=0.5),
    findings=(Finding("a.b", "info", "m"),),
)
STORIES = (
    FULL,
    Story(""),
    Story("😀 \x0b", (Chapter(1, MARKUP),), complete=True, updated="2004-01-02"),
    Story("Very long title " * 16, (Chapter(1, Markup("")),), (Author("n" * 100),)),
    Story("שלום", (Chapter(1, Markup("<p>שלום</p>")),), (Author("משה"),), language="he"),
    Story("吾輩は猫である。" * 9, (Chapter(1, Markup("<p>猫</p>")),), language="ja"),
)
PLAIN = Markup("<p>One paragraph of words.</p>")
HOSTILE = (
    Story("No chapters at all", summary=PLAIN),
    Story("T" * 255, (Chapter(1, PLAIN, "U" * 255),), (Author("V" * 255),)),
    Story(
        "😀 emoji 👩‍👩‍👧",
        (Chapter(1, clean("<p>😀 &#128512; \x1f</p>")[0], "😀"),),
        (Author("👩"),),
        summary=clean("😀")[0],
    ),
    Story(
        "Many tags",
        (Chapter(1, PLAIN),),
        additional_tags=tuple(f"tag & <{n}>" for n in range(1500)),
        characters=("A", "A"),
    ),
    Story(
        "Two hundred chapters",
        tuple(Chapter(n, PLAIN, "" if n % 2 else f"Part {n}: on") for n in range(1, 201)),
        expected_chapters=250,
    ),
    Story(
        "Notes with tables",
        (Chapter(1, PLAIN, notes=clean("<table><caption>c<tr><td>x<td>y</table>")[0]),),
        notes=clean("<table><thead><tr><th scope=col>h<tbody><tr><td rowspan=2>x</table><ul><li>a<ul><li>b</ul></ul>")[
            0
        ],
    ),
    Story(
        "Deep",
        (Chapter(1, clean("<blockquote>" * 300 + "<b>" * 300 + "x" + "<table><tr><td>" * 40 + "y")[0]),),
        language="en-GB",
    ),
    Story(
        "Links",
        (
            Chapter(
                1, clean("<a href='#t'>down</a><a href='x y.html'>rel</a><a href='//h.example/ü'>u</a><p id=t>t")[0]
            ),
        ),
        source=Source(url="https://old.example/s/1", software="efiction"),
    ),
    Story(
        "قصة",
        (Chapter(1, clean("<p dir=rtl>مرحبا</p><p dir=ltr lang=en>hello</p>")[0]),),
        (Author("كاتب"),),
        language="ar",
    ),
    Story(
        "\x00\x0b\ud800",
        (Chapter(1, PLAIN, "\ufffe"),),
        (Author("\x01"),),
        language="not a language",
        labels=(("\x02", "\x03"),),
    ),
    Story(
        "Old tags", (Chapter(1, clean("<dir><li>a</dir><menu><li>b</menu><xmp>x</xmp><listing>y</listing><nobr>z")[0]),)
    ),
    Story(
        "Ruby",
        (Chapter(1, clean("<ruby>漢<rb>字<rt>kan<rtc>x</ruby><ruby><rt>a</ruby><ruby>b<rp>(<rt><i>c</i></ruby>")[0]),),
    ),
    Story(
        "Dates",
        (Chapter(1, PLAIN, published="2001"),),
        published="around 2001",
        updated="2001-02",
        gifts=("g",),
        inspired_by=("i",),
    ),
)
OPTIONS = WriteOptions(
    work_url="https://a.example/read/1/", site_name="S & co", modified="2005-01-01T00:00:00Z", byline_note="(n)"
)


def written(writer: ModuleType, story: Story, options: WriteOptions = OPTIONS) -> bytes:
    out = io.BytesIO()
    writer.write(story, out, options)
    return out.getvalue()


@pytest.mark.parametrize("writer", [epub, html, text, json])
@pytest.mark.parametrize("story", STORIES, ids=range(len(STORIES)))
def test_equal_stories_give_equal_bytes(writer: ModuleType, story: Story) -> None:
    assert written(writer, story) == written(writer, story)


@pytest.mark.parametrize("story", STORIES, ids=range(len(STORIES)))
def test_every_part_of_a_book_is_well_formed(story: Story) -> None:
    with zipfile.ZipFile(io.BytesIO(written(epub, story, WriteOptions()))) as book:
        first = book.infolist()[0]
        assert (first.filename, first.compress_type, book.read(first)) == ("mimetype", 0, b"application/epub+zip")
        # No clock: two books written within two seconds of each other would be equal with one, too.
        assert {entry.date_time for entry in book.infolist()} == {(2000, 1, 1, 0, 0, 0)}
        for name in book.namelist():
            if name.endswith((".xhtml", ".opf", ".ncx", ".svg", ".xml")):
                etree.fromstring(book.read(name))
    etree.fromstring(written(html, story))


def test_epubcheck_finds_nothing(epubcheck: Callable[[Path], None], tmp_path: Path) -> None:
    books = (*STORIES, *HOSTILE)
    assert len(books) >= 12
    for number, story in enumerate(books):
        book = tmp_path / f"{number}.epub"
        book.write_bytes(written(epub, story, OPTIONS if number % 2 == 0 else WriteOptions()))
        epubcheck(book)


@pytest.mark.parametrize("story", STORIES, ids=range(len(STORIES)))
def test_law_json_reads_back_equal(story: Story) -> None:
    assert json.story_from_dict(stdlib_json.loads(written(json, story))) == story


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "x"},
        {"title": 3},
        {"labels": [1]},
        {"complete": "yes"},
        {"word_count": True},
        {"summary": None},
        {"authors": [{}]},
    ],
)
def test_json_that_is_not_ours_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Damaged):
        json.story_from_dict(json.story_to_dict(FULL) | change)


def test_json_from_strangers_is_cleaned() -> None:
    hostile = json.story_to_dict(FULL) | {"summary": "<script>x</script><p onclick=x>y</p>"}
    assert json.story_from_dict(hostile).summary == "<p>y</p>"


def test_unknown_is_said_to_be_unknown() -> None:
    here = Story("T", (Chapter(1, Markup("<p>a</p>")),))
    page = written(text, here, WriteOptions()).decode()
    assert "\nArchive Warnings: Warnings not stated\n" in page
    assert "\nRating: Rating not stated\n" in page
    assert "Chapters: 1/?" in page
    assert page.endswith("\n\na\n")
    rescued = replace(here, source=Source(software="efiction"))
    for old in (written(text, rescued, WriteOptions()), written(text, here, WriteOptions(byline_note="(n)"))):
        assert b"Archive Warnings: Warnings not stated on the old site\n" in old
        assert b"Rating: Rating not stated on the old site\n" in old


def test_an_unknown_language_is_not_made_up() -> None:
    unknown, known = (part(epub, Story("T", language=tongue)) for tongue in (None, "fr"))
    assert "<dc:language>und</dc:language>" in unknown["OEBPS/package.opf"]
    assert "<dc:language>fr</dc:language>" in known["OEBPS/package.opf"]
    assert "lang=" not in unknown["OEBPS/title.xhtml"]
    assert 'lang="fr" xml:lang="fr"' in known["OEBPS/title.xhtml"]
    assert b"lang=" not in written(html, Story("T"))


def part(writer: ModuleType, story: Story) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(written(writer, story))) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Short", ["Short"]),
        (
            "The long and winding title of a story about lamps",
            ["The long and", "winding title", "of a story", "about lamps"],
        ),
        ("吾輩は猫である" * 3, ["吾輩は猫である吾", "輩は猫である吾輩", "は猫である"]),
        ("", ["Untitled"]),
    ],
)
def test_titles_are_broken_to_fit_the_cover(name: str, lines: list[str]) -> None:
    cover = part(epub, Story(name, authors=(Author("Nobody"),)))["OEBPS/cover.svg"]
    shown = re.findall(r"<text [^>]*>([^<]*)</text>", cover)
    assert shown == [*lines, "Nobody"]


def test_the_longest_titles_end_in_an_ellipsis_inside_the_cover() -> None:
    cover = part(epub, Story("word " * 200))["OEBPS/cover.svg"]
    rows = re.findall(r'y="(\d+)" font-size="(\d+)">([^<]*)<', cover)
    assert rows[-2][2].endswith(" …")
    assert all(40 < int(y) < 860 and len(line) * int(size) * 0.52 < 560 for y, size, line in rows)


@pytest.mark.parametrize(
    ("modified", "updated", "published", "want"),
    [
        ("2005-01-01T00:00:00Z", "2004-01-01", None, "2005-01-01T00:00:00Z"),
        ("yesterday", "2004-01-02", "2003-01-01", "2004-01-02T00:00:00Z"),
        ("", None, "2003-05-06", "2003-05-06T00:00:00Z"),
        ("", "2003", None, "2000-01-01T00:00:00Z"),
    ],
)
def test_the_clock_is_never_asked(modified: str, updated: str | None, published: str | None, want: str) -> None:
    out = io.BytesIO()
    epub.write(Story("T", updated=updated, published=published), out, WriteOptions(modified=modified))
    with zipfile.ZipFile(out) as book:
        assert f'<meta property="dcterms:modified">{want}</meta>' in book.read("OEBPS/package.opf").decode()


READ_BACK = (
    Story(
        "The Keeper of Lamps",
        (
            Chapter(1, Markup("<p>“Is it late?” she asked.</p>\n<p>It was. The harbour slept.</p>"), "Dusk"),
            Chapter(2, Markup("<p>Nobody answered.</p>\n<p>The stairs went up and up.</p>"), "Stairs"),
        ),
        (Author("Ann Other"),),
        Markup("<p>A keeper, a lamp and a long night.</p>"),
        rating="General Audiences",
        warnings=("No Archive Warnings Apply",),
        fandoms=("Harbours",),
        complete=True,
    ),
    Story(
        "One Evening",
        (Chapter(1, Markup("<p>Rain fell on the roofs of the town.</p>\n<p>Nobody minded.</p>")),),
        (Author("B. Writer"),),
        rating="Mature",
    ),
)


@pytest.mark.parametrize("story", READ_BACK, ids=["chapters", "one-shot"])
@pytest.mark.parametrize("options", [WriteOptions(), OPTIONS], ids=["bare", "archive"])
def test_law_the_text_edition_reads_back(story: Story, options: WriteOptions) -> None:
    back = read(written(text, story, options), name="story.txt").stories[0]
    assert (back.title, [a.name for a in back.authors], back.rating) == (
        story.title,
        [a.name for a in story.authors],
        story.rating,
    )
    assert plain_text(back.summary) == plain_text(story.summary)
    assert [(heading(c), plain_text(c.text)) for c in back.chapters] == [
        (heading(c), plain_text(c.text)) for c in story.chapters
    ]


LINE = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\x7f"), max_size=12)
SOME = st.none() | LINE
COUNT = st.none() | st.integers(-5, 10**9)
LINES = st.lists(LINE, max_size=3).map(tuple)
PAIRS = st.dictionaries(LINE, LINE, max_size=3).map(lambda pairs: tuple(pairs.items()))
MARKUPS = st.sampled_from(("", "<p>a", "b\n\nc &amp; <i>d", DIRTY, "<ul><li>x")).map(lambda source: clean(source)[0])
CHAPTERS = st.builds(
    Chapter, st.integers(1, 99), MARKUPS, LINE, MARKUPS, MARKUPS, MARKUPS, SOME, st.integers(0, 99), PAIRS
)
REVIEWS = st.recursive(
    st.builds(Review, SOME, MARKUPS, st.booleans(), SOME, COUNT, COUNT),
    lambda inner: st.builds(Review, SOME, replies=st.lists(inner, max_size=2).map(tuple)),
    max_leaves=4,
)
FINDINGS = st.builds(
    Finding, LINE, st.sampled_from(["info", "warning", "loss"]), LINE, LINE, LINE, LINE, st.integers(0, 9)
)
SOURCES = st.builds(Source, *(SOME, SOME, PAIRS, SOME, SOME, COUNT, SOME, st.none() | st.floats(0, 1), SOME, SOME))
FIELDS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"title": LINE},
    optional={
        "chapters": st.lists(CHAPTERS, max_size=2).map(tuple),
        "authors": st.lists(st.builds(Author, LINE, SOME, SOME, SOME), max_size=2).map(tuple),
        **dict.fromkeys(("summary", "notes", "end_notes", "disclaimer", "spoilers"), MARKUPS),
        **dict.fromkeys(("rating", "rating_as_written", "language", "published", "updated"), SOME),
        **dict.fromkeys(("warnings", "warnings_as_written", "categories", "fandoms", "characters"), LINES),
        **dict.fromkeys(("relationships", "additional_tags", "gifts", "inspired_by", "beta"), LINES),
        "complete": st.none() | st.booleans(),
        "expected_chapters": COUNT,
        "word_count": st.integers(0, 10**9),
        "series": st.lists(st.builds(SeriesPlace, LINE, COUNT, SOME), max_size=2).map(tuple),
        "archive_permission": LINE,
        "reviews": st.lists(REVIEWS, max_size=2).map(tuple),
        "labels": st.lists(st.tuples(LINE, LINE), max_size=2).map(tuple),
        "source": SOURCES,
        "findings": st.lists(FINDINGS, max_size=2).map(tuple),
    },
)
STORY = FIELDS.map(lambda values: Story(**values))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(STORY)
def test_law_any_story_reads_back_from_json(story: Story) -> None:
    assert json.story_from_dict(stdlib_json.loads(written(json, story))) == story


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(STORY)
def test_law_any_story_can_be_written(story: Story) -> None:
    for writer in (epub, html, text, json):
        assert written(writer, story) == written(writer, story)
    etree.fromstring(written(html, story))
    for name, content in part(epub, story).items():
        if name.endswith((".xhtml", ".opf", ".ncx", ".svg")):
            etree.fromstring(content.encode())


def test_the_text_edition_keeps_emphasis_as_mail_writes_it() -> None:
    chapter = Chapter(1, clean("<p>She <em>ran</em>, <b>fast</b>; <i class='x'>no</i> <em></em>one saw.</p>")[0])
    out = io.BytesIO()
    text.write(Story(title="Run", chapters=(chapter,)), out, WriteOptions())
    assert "She _ran_, *fast*; _no_ one saw." in out.getvalue().decode()


def test_the_address_here_and_the_old_one_are_told_apart() -> None:
    story = Story(title="Run", chapters=(Chapter(1, MARKUP),), source=Source(url="http://old.example/s/1"))

    def told(options: WriteOptions) -> list[str]:
        out = io.BytesIO()
        text.write(story, out, options)
        return [line for line in out.getvalue().decode().splitlines() if "ddress: " in line]

    assert told(WriteOptions()) == ["Address: http://old.example/s/1"]
    assert told(WriteOptions(work_url="https://here.example/read/1/")) == [
        "Address: https://here.example/read/1/",
        "Old address: http://old.example/s/1",
    ]
    assert told(WriteOptions(work_url="http://old.example/s/1")) == ["Address: http://old.example/s/1"]
