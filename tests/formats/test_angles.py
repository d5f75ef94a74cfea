"""Text that a parser would swallow: open quotes and words in angle brackets."""

from __future__ import annotations

import time

import pytest

from fanthology.formats.markup import clean
from fanthology.formats.transforms import plain

QUOTES = [
    (
        '<font color="red>Stop</font>, she said, "at <i>once</i>" and "now".',
        '<p>Stop, she said, "at <i>once</i>" and "now".</p>',
    ),
    ("<p class='x>He didn't</p><p>know</p>", "<p>He didn't</p>\n<p>know</p>"),
    (
        '<a href="http://x.example/a>here</a> and on',
        '<p><a href="http://x.example/a" rel="nofollow">here</a> and on</p>',
    ),
    ('<span class="big>To the end', '<p><span class="big">To the end</span></p>'),
]
WORDS = [
    ("Oh <grin> no", "<p>Oh &lt;grin&gt; no</p>"),
    ("<<Can you hear me?>> I can.", "<p>&lt;&lt;Can you hear me?&gt;&gt; I can.</p>"),
    ("So there. </rant>", "<p>So there. &lt;/rant&gt;</p>"),
    ("See <http://x.example/?a=b>.", "<p>See &lt;http://x.example/?a=b&gt;.</p>"),
    ("Mail <a.b@mail.example>.", "<p>Mail &lt;a.b@mail.example&gt;.</p>"),
    ("<I'm not here>", "<p>&lt;I'm not here&gt;</p>"),
]
MARKUP = [
    ('<p><abbr title="a &gt; b">x</abbr> "q"</p>', '<p><abbr title="a &gt; b">x</abbr> "q"</p>'),
    ('<p><abbr title="a > b">x</abbr> "q"</p>', '<p><abbr title="a &gt; b">x</abbr> "q"</p>'),
    ('<p>x = "he > she" <i>y</i></p>', '<p>x = "he &gt; she" <i>y</i></p>'),
    ("<o:p>a</o:p><st1:place>b</st1:place><lj-cut>c</lj-cut>", "<p>abc</p>"),
    ("<spoiler>the butler</spoiler>", "<p>the butler</p>"),
    ("<lj user=someone> wrote", "<p>wrote</p>"),
    ("<i.>slip</i.> of the key</b.>", "<p>slip of the key</p>"),
    ("over <font\nsize=5>two</font>\nlines", '<p>over <span class="big">two</span><br/>lines</p>'),
]


@pytest.mark.parametrize(("source", "want"), QUOTES)
def test_an_open_quote_eats_no_text(source: str, want: str) -> None:
    markup, findings = clean(source, where="text")
    assert markup == want
    assert ("markup.quote", "text") in {(found.code, found.where) for found in findings}


@pytest.mark.parametrize(("source", "want"), WORDS)
def test_words_in_angle_brackets_stay(source: str, want: str) -> None:
    markup, findings = clean(source, where="text")
    assert markup == want
    assert [(found.code, found.where) for found in findings] == [("markup.words", "text")]
    assert clean(markup)[0] == markup


@pytest.mark.parametrize(
    ("source", "want"),
    [
        ("<Nameless>", "<Nameless>"),
        ("<<Voices>> of <i>Star</i> &amp; Sea", "<<Voices>> of Star & Sea"),
        ("Wil <wil@mail.example>", "Wil <wil@mail.example>"),
        ("<b>Bold</b><o:p></o:p><font color=red>", "Bold"),
    ],
)
def test_a_title_keeps_its_words(source: str, want: str) -> None:
    assert plain(source) == want


@pytest.mark.parametrize(("source", "want"), MARKUP)
def test_what_is_markup_is_left_to_the_parser(source: str, want: str) -> None:
    markup, findings = clean(source)
    assert markup == want
    assert not {found.code for found in findings} & {"markup.quote", "markup.words"}


@pytest.mark.parametrize(
    "source",
    [
        '<a b="' * 20_000,
        '<a b="c>' * 20_000,
        '<a q=">' * 20_000 + '"',
        "<a " + 'b="c" ' * 20_000,
        "<grin> " * 20_000,
        " ".join(f"<w{number}q>" for number in range(20_000)),
        "<a\n" * 20_000,
        "<a" + "\nb" * 20_000,
    ],
)
def test_hostile_brackets_cost_no_more_than_a_pass(source: str) -> None:
    start = time.process_time()
    clean(source)
    assert time.process_time() - start < 5
