"""HTML of any maker: where the title comes from, what stays, what never shows."""

from __future__ import annotations

import pytest

from fanthology.formats import Story, read
from fanthology.formats.errors import LimitExceeded, NotAStory


def story(html: str) -> Story:
    return read(html.encode(), name="page.html").stories[0]


@pytest.mark.parametrize(
    ("html", "want"),
    [
        ("<title>Ferry</title><p>Dark.</p>", "Ferry"),
        ("<title>New Page 1</title><p>Dark.</p>", "page"),
        ("<title>Site</title><h1>Ferry</h1><p>Dark.</p>", "Ferry"),
        ("<title>Site</title><center><b>Ferry</b></center><p>by Jane</p><p>Dark.</p>", "Ferry"),
        ("<nav><h1>Menu</h1></nav><h2>Ferry</h2><p>Dark.</p>", "Ferry"),
    ],
)
def test_title(html: str, want: str) -> None:
    assert story(f"<html><body>{html}</body></html>").title == want


def test_hidden_and_active_things_never_show() -> None:
    got = story(
        "<html><body><p>Dark.<script>x()</script><span style='display:none'>stolen</span></p><form><input value=y></form></body></html>"
    )
    assert got.chapters[0].text == "<p>Dark.</p>"


def test_a_page_without_words_is_refused() -> None:
    with pytest.raises(NotAStory) as refusal:
        read(b"<html><body><img src=x.gif></body></html>")
    assert refusal.value.code == "refused.no-text"


def test_endless_nesting_is_refused() -> None:
    with pytest.raises(LimitExceeded) as refusal:
        read(b"<html><body>" + b"<div>" * 5000)
    assert refusal.value.code == "limit.depth"
