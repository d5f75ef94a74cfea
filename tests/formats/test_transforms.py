"""The small steps on text, markup and stories."""

import io
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanthology.formats import read, write
from fanthology.formats.markup import clean, plain_text
from fanthology.formats.model import Chapter, Markup, Story
from fanthology.formats.transforms import (
    map_rating,
    map_warning,
    mask_contacts,
    mask_contacts_in,
    plain,
    recount,
    scene_breaks,
    word_count,
)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (" <b>A &amp; B</b>\n x ", "A & B x"),
        ("<script>x()</script>Lamp<!-- c -->", "Lamp"),
        ("e\u0301\u200b", "é"),
        ("I <3 you", "I <3 you"),
        ("plain", "plain"),
    ],
)
def test_plain(text: str, want: str) -> None:
    assert plain(text) == want


def test_words_are_counted_as_readers_see_them() -> None:
    markup, _ = clean("<p>don’t stop-me</p><p>now &amp; th<b>en</b> 12</p><hr class=scene title='a b'>")
    assert word_count(markup) == 5
    story = recount(Story("t", chapters=(Chapter(1, markup), Chapter(2, Markup("<p>one</p>"), word_count=9))))
    assert ([c.word_count for c in story.chapters], story.word_count) == ([5, 1], 6)


@given(st.text(alphabet="ab1_'’‐- —“\n.é", max_size=14))
def test_words_are_counted_as_they_are_defined(text: str) -> None:
    """The count takes a short way through what a typewriter can write; it must end where the definition ends."""
    assert word_count(Markup(text)) == len(re.findall(r"[^\W_]+(?:['’‐-][^\W_]+)*", text))


@pytest.mark.parametrize(
    ("text", "want"),
    [
        *(("G", "General Audiences"), ("Rated: K", "General Audiences"), ("All Ages", "General Audiences")),
        *(
            ("PG-13 (language)", "Teen And Up Audiences"),
            ("K+", "Teen And Up Audiences"),
            ("T - English", "Teen And Up Audiences"),
        ),
        *(("Rated R for violence", "Mature"), ("Fiction  M", "Mature"), ("PG13/R", "Mature"), ("FRM", "Mature")),
        *(("R to NC-17", "Explicit"), ("18+", "Explicit"), ("Adult++", "Explicit"), ("[NC-17]", "Explicit")),
        *(("Not Rated", "Not Rated"), ("General Hospital", None), ("mild", None), ("great", None), ("Random", None)),
        *(("gore", None), ("M/M", None), ("", None), (None, None), ("R-ish", "Mature"), ("PG to whatever", None)),
    ],
)
def test_ratings_are_mapped_by_whole_tokens(text: str | None, want: str | None) -> None:
    assert map_rating(text) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Choose Not To Use Archive Warnings", "Creator Chose Not To Use Archive Warnings"),
        ("graphic violence.", "Graphic Depictions Of Violence"),
        ("Rape / Non-Con", "Rape/Non-Con"),
        ("Underage", "Underage Sex"),
        ("None", None),
        ("Violence", None),
        (None, None),
    ],
)
def test_only_sure_synonyms_become_archive_warnings(text: str | None, want: str | None) -> None:
    assert map_warning(text) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("write foo.bar@baz.co.uk!", "write [e-mail]!"),
        ("joe (at) lamp (dot) com", "[e-mail]"),
        ("joe at lamp dot net", "[e-mail]"),
        ("AIM: cooldude99, ICQ is 123456", "AIM: [contact], ICQ is [contact]"),
        ("old@aol", "[e-mail]"),
        ("look at the lamp dot by dot", "look at the lamp dot by dot"),
        ("aim: the arrow @ noon", "aim: [contact] arrow @ noon"),
    ],
)
def test_contacts_are_masked(text: str, want: str) -> None:
    masked, count = mask_contacts(text)
    assert masked == want
    assert (count == 0) == (masked == text)


def test_contacts_in_markup() -> None:
    markup, _ = clean('<p>me <a href="mailto:x@y.example">x@y.example</a> &amp; a@b.example</p>')
    assert mask_contacts_in(markup) == ("<p>me [e-mail] &amp; [e-mail]</p>", 2)
    assert mask_contacts_in(Markup("<p>calm &lt;3</p>")) == ("<p>calm &lt;3</p>", 0)
    hidden = Markup('<p><a href="http://x.example/?u=a@b.c" rel="nofollow">me</a></p>')
    assert mask_contacts_in(hidden) == ("<p>me</p>", 1)


@pytest.mark.parametrize(
    "ornament", ["***", "* * *", "~*~", "#", "-----", "oOo", "xXx", "-oOo-", "x x x", "❖", "§", "*x*x*"]
)
def test_ornaments_become_scene_breaks_and_keep_their_form(ornament: str) -> None:
    broken = scene_breaks(clean(f"<p>a</p><p>{ornament}</p><p>b</p>")[0])
    assert broken == f'<p>a</p>\n<hr class="scene" title="{ornament}"/>\n<p>b</p>'
    assert scene_breaks(broken) == broken
    assert clean(broken)[0] == broken


@pytest.mark.parametrize("text", ["...", "xxx", "—", "OK", "?!", "1", "No.", "-", "*" * 90])
def test_words_are_no_ornaments(text: str) -> None:
    markup, _ = clean(f"<p>{text}</p>")
    assert scene_breaks(markup) == markup


PIECES = (
    *("<p>", "</p>", "<br>", "<i>", "</i>", "<blockquote>", "</blockquote>", "<table><td>", "</table>", "<ul><li>"),
    *("</ul>", "<details><summary>", "</summary>", "<a name=x>", "<a href=#x>", "</a>", "<p lang=de align=center>"),
    *("a", " ", "\n"),
)
ORNAMENTS = ("***", "* * *", "oOo", "-----", "* &amp; *", "~*~")


@given(st.lists(st.sampled_from(PIECES + 2 * ORNAMENTS), max_size=25))
def test_scene_breaks_are_canonical_and_lose_nothing(pieces: list[str]) -> None:
    markup, _ = clean("".join(pieces), mode="html")
    broken = scene_breaks(markup)
    assert clean(broken, mode="html")[0] == broken == scene_breaks(broken)
    assert plain_text(broken).split() == plain_text(markup).split()


@pytest.mark.parametrize("line", ["* <br>", "a <i><br>***<br></i> b<br>", "oOo<br>"])
def test_looking_for_ornaments_takes_no_longer_in_a_long_paragraph(line: str) -> None:
    markup, _ = clean(f"<p>{line * 8000}</p>")
    began = time.process_time()
    scene_breaks(markup)
    assert time.process_time() - began < 5


def test_a_reader_keeps_the_ornament_and_the_text_edition_prints_it() -> None:
    page = "<html><body><h1>The Lamp</h1><p>The lamp was lit at six.</p><p>~ * ~</p><p>Nobody came.</p></body></html>"
    (story,) = read(page.encode(), name="lamp.html").stories
    (chapter,) = story.chapters
    assert chapter.text.splitlines()[1] == '<hr class="scene" title="~ * ~"/>'
    assert story.word_count == 8
    write(story, "text", out=(out := io.BytesIO()))
    assert b"six.\n\n~ * ~\n\nNobody" in out.getvalue()
    (again,) = read(out.getvalue(), name="lamp.txt").stories
    assert again.chapters[0].text == chapter.text


def test_a_link_is_no_ornament() -> None:
    markup, _ = clean('<p><a name="x"></a>***</p><p><a href="#x">* * *</a></p>')
    assert scene_breaks(markup) == markup


def test_an_ornament_on_a_line_of_its_own_splits_the_paragraph() -> None:
    markup, _ = clean("<p align=center>a<br>***<br>b</p><p><i>c<br>***<br>d</i></p><p>***<br>e</p>")
    assert scene_breaks(markup) == (
        '<p class="center">a</p>\n<hr class="scene" title="***"/>\n<p class="center">b</p>\n'
        '<p><i>c<br/>***<br/>d</i></p>\n<hr class="scene" title="***"/>\n<p>e</p>'
    )
