"""Pages of otwarchive sites that are no works, each refused by its name."""

from __future__ import annotations

import pytest

from fanthology.formats import read
from fanthology.formats.errors import NotAStory

SHELL = (
    '<!DOCTYPE html><html lang="en"><head><title>{title}</title><link rel="stylesheet" href="/stylesheets/skins/skin_1_default/1.css"></head>'
    '<body class="logged-out"><div id="header"><form id="new_user_session_small"><input></form></div><div id="main" class="{kind} region">{main}</div></body></html>'
)


@pytest.mark.parametrize(
    ("title", "kind", "main", "code"),
    [
        (
            "New Session | Archive",
            "sessions-new",
            '<h2>Log In</h2><form id="new_user_session"><p>Username</p></form>',
            "refused.login",
        ),
        ("New  Session", "user_sessions-new", "<h2>Log In</h2>", "refused.login"),
        ("Login", "sessions-new", '<form id="loginform"><p>Username</p></form>', "refused.login"),
        (
            "Locked",
            "works-show",
            "<p>This work is only available to registered users of the Archive.</p>",
            "refused.login",
        ),
        (
            "The Lamp",
            "works-show",
            "<p class='caution'>This work could have adult content. If you continue, you agree.</p>",
            "refused.adult-interstitial",
        ),
        (
            "The Lamp",
            "works-show",
            "<p>This work is part of an ongoing challenge and will be revealed soon! You can find it later.</p>",
            "refused.unrevealed",
        ),
        (
            "404",
            "errors-404",
            "<h2>Error 404</h2><p>The page you were looking for doesn’t exist.</p>",
            "refused.error-page",
        ),
        ("Retry later", "errors", "<p>Retry later</p>", "refused.error-page"),
        ("503", "errors-503", "<h2>Error 503 - Service unavailable</h2>", "refused.error-page"),
        (
            "Navigate",
            "works-navigate",
            '<ol class="chapter index group"><li><a href="/works/1/chapters/2">1. Lamp</a></li></ol>',
            "refused.chapter-index",
        ),
        (
            "Works",
            "works-index",
            '<ol class="work index group"><li class="work blurb group"><h4>The Lamp</h4></li></ol>',
            "refused.listing",
        ),
        ("Home", "works-home", "<p>Welcome</p>", "refused.no-text"),
    ],
)
def test_refused(title: str, kind: str, main: str, code: str) -> None:
    with pytest.raises(NotAStory) as refusal:
        read(SHELL.format(title=title, kind=kind, main=main).encode(), name="page.html")
    assert refusal.value.code == code


def test_a_story_may_speak_of_error_pages() -> None:
    main = (
        '<dl class="work meta group"><dt>Stats</dt><dd class="stats"><dl class="stats"><dt class="chapters">Chapters:</dt><dd class="chapters">1/1</dd></dl></dd></dl>'
        '<div id="workskin"><div class="preface group"><h2 class="title heading">Lamp</h2><h3 class="byline heading">Anonymous</h3></div>'
        '<div id="chapters"><h3 class="landmark heading" id="work">Work Text:</h3><div class="userstuff"><p>Error 404, said the lamp. This work could have adult content.</p></div></div></div>'
    )
    story = read(SHELL.format(title="Lamp", kind="works-show", main=main).encode(), name="page.html").stories[0]
    assert story.chapters[0].text == "<p>Error 404, said the lamp. This work could have adult content.</p>"
    assert story.authors == ()
    assert {"author.anonymous", "author.unknown"} <= {finding.code for finding in story.findings}


@pytest.mark.parametrize(
    ("shown", "complete", "expected"),
    [("1/1", True, 1), ("3/?", False, None), ("3/7", False, 7), ("1,000/1,000", True, 1000), ("", None, None)],
)
def test_complete_is_what_the_counts_say(shown: str, complete: bool | None, expected: int | None) -> None:
    main = (
        f'<dl class="work meta group"><dd class="stats"><dl class="stats"><dt class="chapters">Chapters:</dt><dd class="chapters">{shown}</dd></dl></dd></dl>'
        '<h2 class="title heading">Lamp</h2><div id="chapters"><div class="userstuff"><p>Dark.</p></div></div>'
    )
    story = read(SHELL.format(title="Lamp", kind="works-show", main=main).encode()).stories[0]
    assert (story.complete, story.expected_chapters) == (complete, expected)
