"""The judge of pages is itself judged: it finds what it should and lets good pages pass."""

from __future__ import annotations

import pytest

from tests.rules.validity import faults

PAGE = '<!doctype html><html lang="en"><head><title>A page</title></head><body>{}</body></html>'


def test_a_good_page_has_no_faults():
    body = '<main><h1>Title</h1><p>One &amp; two</p><label for="a">A</label><input id="a"><svg viewBox="0 0 1 1"></svg></main>'
    assert faults(PAGE.format(body)) == []


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("<p>one<div>two</div></p>", "end tag"),
        ("<b>bold<p>and</b> more</p>", "end tag"),
        ("<table><p>no</p></table>", "table"),
        ("<a href=/x>one<a href=/y>two</a></a>", "start tag"),
        ('<p id="x">one</p><p id="x">two</p>', "stands 2 times"),
        ('<label for="nowhere">A</label>', "refers to no id"),
        ("<center>old</center>", "obsolete"),
        ('<img src="/a.png">', "without alt"),
        ('<p onclick="x()">one</p>', "handler"),
        ('<p style="color:red">one</p>', "style"),
    ],
)
def test_a_bad_page_is_found(body, word):
    assert word in " ".join(faults(PAGE.format(body))).lower()


def test_a_page_without_title_or_language_is_found():
    found = " ".join(faults("<!doctype html><html><head></head><body></body></html>"))
    assert "no title" in found
    assert "language" in found
