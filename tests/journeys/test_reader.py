"""A reader's day: found in a few taps, read on a phone at night, kept for the train, and found again where it was left.

Once as most people have it, once without JavaScript.
"""

from __future__ import annotations

import re
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit
from tests.journeys.eyes import assert_accessible, assert_fingers_fit, assert_fits, keep_picture

PHONE = 360


def colour_of(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def find_a_serial(page: Page) -> None:
    """From the front door to a serial's page, as one does: more than one chapter, nothing to ask first."""
    page.goto("/browse/?q=chapters%3A%3E2+rating%3Ageneral")
    page.locator(".work-title a").first.click()
    expect(page.get_by_role("heading", name="Contents")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_readers_day_on_a_phone(visit: Visit, javascript: bool):
    page = visit("/", width=PHONE, theme="dark", javascript=javascript)
    assert_fits(page)
    # One line of header: name, search, menu.
    assert page.locator(".site .wrap").bounding_box()["height"] < 70  # type: ignore[index]
    page.get_by_label("Menu", exact=True).click()
    page.locator(".menu").get_by_role("link", name="Fandoms").click()
    expect(page.get_by_role("heading", name="Fandoms", exact=True)).to_be_visible()
    page.locator(".tree a").first.click()
    expect(page.locator(".work-card").first).to_be_visible()

    find_a_serial(page)
    work = page.url
    page.get_by_role("link", name="Read from the start").click()
    first = page.url
    expect(page.locator(".prose p").first).to_be_visible()
    assert_fits(page)

    # Aa: night reading, larger letters. Without scripts each choice is a page load that comes back here.
    before = (
        page.evaluate("getComputedStyle(document.querySelector('.prose p:not(.by)')).fontSize") if javascript else None
    )
    page.get_by_label("Text size, colours and letters").click()
    page.get_by_role("button", name="Sepia").click()
    if not javascript:
        page.get_by_label("Text size, colours and letters").click()
    page.get_by_role("button", name="Larger text").click()
    if javascript:
        expect(page.get_by_role("button", name="Sepia")).to_have_attribute("aria-pressed", "true")
        page.wait_for_function(
            "before => getComputedStyle(document.querySelector('.prose p:not(.by)')).fontSize !== before", arg=before
        )
        assert colour_of(page) == "rgb(245, 236, 217)"
        assert_accessible(page)
    else:
        assert page.url == first
    assert [cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "look"] == [
        "theme-sepia.size-3.face-serif.leading-normal.measure-normal"
    ]
    keep_picture(page, "reader-sepia", whole=False)

    page.get_by_role("link", name=re.compile("Next chapter")).click()
    second = page.url
    assert second != first
    assert second.startswith(work)
    page.locator(".reader-bar summary", has_text="Contents").click()
    expect(page.locator(".reader-bar [aria-current=page]")).to_contain_text("2")
    page.locator(".reader-bar .contents a").first.click()
    assert page.url == first
    page.get_by_role("link", name=re.compile("Next chapter")).click()

    # Back to the work, and on from there another day.
    page.locator("a.back").click()
    assert page.url == work
    if javascript:
        page.get_by_role("link", name="Continue at chapter 2").click()
        assert page.url == second
        page.goto("/")
        page.get_by_role("link", name=re.compile("Continue: .*, chapter 2")).click()
        assert page.url == second
        page.goto(work)
    else:
        expect(page.get_by_text("Continue")).to_be_hidden()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="EPUB").click()
    book = waiting.value
    assert book.suggested_filename.endswith(".epub")
    assert ZipFile(book.path()).read("mimetype") == b"application/epub+zip"


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_story_for_adults_asks_once(visit: Visit, javascript: bool):
    page = visit("/browse/?q=rating%3Amature", width=PHONE, javascript=javascript)
    title = page.locator(".work-title a").first.inner_text()
    page.locator(".work-title a").first.click()
    here = page.url
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    assert page.locator(".prose, .summary").count() == 0
    if javascript:
        assert_accessible(page)
    assert_fits(page)
    keep_picture(page, "consent", whole=False)
    page.get_by_role("button", name="Yes, show it").click()
    assert page.url == here
    expect(page.locator(".summary, .contents, .prose").first).to_be_visible()
    page.goto("/look/")
    page.get_by_role("button", name="Ask me again").click()
    page.goto(here)
    expect(page.get_by_role("button", name="Yes, show it")).to_be_visible()


def test_the_place_in_a_chapter_is_found_again(visit: Visit):
    page = visit("/", width=PHONE)
    find_a_serial(page)
    page.get_by_role("link", name="Read from the start").click()
    middle = page.locator(".prose > p").nth(6)
    middle.scroll_into_view_if_needed()
    page.evaluate("block => block.scrollIntoView()", middle.element_handle())
    # The place is written down when the scrolling has come to rest.
    page.wait_for_function(
        "() => Object.values(JSON.parse(localStorage.getItem('places') || '{}')).some(place => place.paragraph)"
    )
    where = page.url
    page.goto("/")
    page.get_by_role("link", name=re.compile("Continue: ")).click()
    assert page.url == where
    page.wait_for_function("() => scrollY > 200")
    assert page.locator(".prose > p").nth(6).bounding_box()["y"] < 400  # type: ignore[index]


def test_everything_can_be_done_from_the_keyboard(visit: Visit):
    page = visit("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    find_a_serial(page)
    page.get_by_role("link", name="Read from the start").press("Enter")
    summary = page.locator(".reader-bar summary", has_text="Contents")
    summary.press("Enter")
    expect(page.locator(".reader-bar .contents")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".reader-bar .contents")).to_be_hidden()
    expect(summary).to_be_focused()


def test_fingers_zoom_and_high_contrast(visit: Visit):
    """44 px targets on a phone; a window half as wide (200 % zoom) still fits; forced colours keep what signs say."""
    page = visit("/", width=PHONE)
    assert_fingers_fit(page)
    find_a_serial(page)
    assert_fingers_fit(page)
    page.get_by_role("link", name="Read from the start").click()
    assert_fingers_fit(page)
    page.get_by_label("Text size, colours and letters").click()
    assert_fingers_fit(page)
    for path in ("/", "/browse/", "/read/authors/", page.url):
        page.set_viewport_size({"width": 320, "height": 512})
        page.goto(path)
        assert_fits(page)
    page.emulate_media(forced_colors="active")
    page.goto("/")
    assert_accessible(page)
    keep_picture(page, "home-forced-colours", whole=False)


def test_paper_holds_the_story_alone(visit: Visit):
    page = visit("/")
    find_a_serial(page)
    page.goto(page.url + "print/")
    page.emulate_media(media="print")
    expect(page.locator(".no-print")).to_be_hidden()
    expect(page.locator(".prose h1")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_nothing_moves_while_a_chapter_loads(visit: Visit):
    page = visit("/", width=PHONE)
    find_a_serial(page)
    page.get_by_role("link", name="Read from the start").click()
    page.wait_for_load_state("networkidle")
    moved = page.evaluate(
        """() => new Promise(done => {
            let sum = 0;
            new PerformanceObserver(list => { for (const entry of list.getEntries()) sum += entry.value; })
                .observe({type: 'layout-shift', buffered: true});
            requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
        })"""
    )
    assert moved < 0.02


def test_what_is_not_here_says_what_to_do(visit: Visit):
    page = visit("/read/999999/", errors=(404,))
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing at this address.")
    assert_accessible(page)
    page.get_by_role("searchbox").fill("lamp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/browse/?q=lamp")
