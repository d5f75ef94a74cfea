"""Pages of otwarchive sites that are no works, each refused by its name."""

from __future__ import annotations

import pytest

from fanthology.formats import Story, read
from fanthology.formats.context import Context
from fanthology.formats.errors import NotAStory
from fanthology.formats.readers.otwarchive import read as read_otwarchive

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


def work_page(meta: str = "", chapters: str = "", *, preface: str = "", more: str = "") -> Story:
    """A work page with the given rows of facts, insides of #chapters, lines in the preface, and menus around."""
    chapters = chapters or '<div class="userstuff"><p>Dark.</p></div>'
    main = (
        f'<dl class="work meta group">{meta}</dl><div id="workskin"><div class="preface group"><h2 class="title heading">Lamp</h2>'
        f'<h3 class="byline heading">Jane</h3>{preface}</div><div id="chapters">{chapters}</div></div>{more}'
    )
    return read(SHELL.format(title="Lamp", kind="works-show", main=main).encode(), name="page.html").stories[0]


def test_every_row_of_facts_is_kept_or_empty() -> None:
    found = work_page(
        '<dt class="category tags">Category:</dt> <dd class="category tags"><a class="tag">Gen</a> <a class="tag">Lamplight</a></dd>'
        '<dt class="fandom tags">Fandom:</dt><dd class="fandom tags"><a class="tag" href="/tags/Tea%20*a*%20Oil*s*Wicks/works"></a></dd>'
        '<dt>Collections:</dt> <dd class="collections">Lights</dd><dt>Prompts:</dt><dd class="prompts"> </dd>'
        '<dt class="series">Series:</dt><dd class="series">Part 2 of The Lights</dd>'
    )
    assert found.fandoms == ("Tea & Oil/Wicks",)
    assert found.labels == (("Collections", "Lights"), ("Category", "Lamplight"))
    assert found.categories == ("Gen",)
    assert [(place.title, place.position) for place in found.series] == [("The Lights", 2)]


@pytest.mark.parametrize(("chosen", "number"), [("", 1), (" selected", 2)])
def test_the_menu_of_chapters_says_which_one_stands_here(chosen: str, number: int) -> None:
    menu = f'<form id="chapter_index"><select><option>1. Wick</option><option{chosen}>2. Oil</option></select></form>'
    found = work_page(more=menu)
    assert [chapter.position for chapter in found.chapters] == [number]
    (missing,) = [finding for finding in found.findings if finding.code == "chapters.missing"]
    assert (missing.count, missing.after) == (1, "1. Wick; 2. Oil")


def test_a_chapter_without_its_text_stays_in_its_place() -> None:
    head = '<div class="chapter" id="chapter-{0}"><h3 class="title">Chapter {0}</h3>{1}</div>'
    found = work_page(
        chapters=head.format(1, "")
        + head.format(2, '<div class="userstuff"><h3 class="landmark">Text:</h3><p>b</p></div>')
    )
    assert [(chapter.position, chapter.text) for chapter in found.chapters] == [(1, ""), (2, "<p>b</p>")]


def test_what_a_work_answers_to_is_named() -> None:
    found = work_page(
        preface='<ul class="associations"><li>For Ann.</li><li>Inspired by Wicks by <a>Max</a>.</li><li> </li>'
        "<li>Translation into Deutsch available: Die Lampe by Ida.</li><li>In response to a prompt by Bea</li></ul>"
    )
    assert (found.gifts, found.inspired_by) == (("Ann",), ("Wicks by Max",))
    assert found.labels == (
        ("Association", "Translation into Deutsch available: Die Lampe by Ida."),
        ("Association", "In response to a prompt by Bea"),
    )


def test_the_number_of_a_work_is_known_from_its_kudos_button() -> None:
    found = work_page(more='<form><input name="kudo[commentable_id]" value="4711"></form>')
    assert found.source.ids == (("work", "4711"),)


def test_end_notes_before_any_chapter_of_a_download_belong_to_none() -> None:
    page = (
        '<html><body><div id="preface"><p class="message"><b>Lamp</b></p><dl class="tags"><dt>Fandom:</dt><dd>Lamps</dd></dl></div>'
        '<div id="chapters"><div id="endnotes0" class="meta"><blockquote class="userstuff">Stray.</blockquote></div>'
        '<div class="userstuff"><p>Dark.</p></div><div id="endnotes1" class="meta"><blockquote class="userstuff">Ours.</blockquote></div>'
        "</div></body></html>"
    )
    (chapter,) = read_otwarchive(page.encode(), Context()).stories[0].chapters
    assert (chapter.text, chapter.end_notes) == ("<p>Dark.</p>", "<p>Ours.</p>")
