"""A rescuer's day: from an empty archive and the remains of a dead one to stories that strangers read, and back again."""

from __future__ import annotations

import signal
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import build_opener

import pytest
from playwright.sync_api import Page, expect

from tests import efiction_dump
from tests.journeys.conftest import Site, Visit
from tests.journeys.eyes import assert_fingers_fit, look
from tests.journeys.test_every_page import Stay
from tests.rescue import old_site

PASSWORD = "seven grey herons"


def become_keeper(page: Page) -> None:
    """What a new keeper does first."""
    page.get_by_label("Name of the archive").fill("The Whitby Shelf")
    page.get_by_label("Your login").fill("keeper")
    page.get_by_label("Your password", exact=True).fill(PASSWORD)
    page.get_by_label("Your password once more").fill(PASSWORD)
    page.get_by_role("button", name="Open the archive").click()
    expect(page.get_by_role("heading", name="The door is open.")).to_be_visible()


def wait_until(page: Page, words: str) -> None:
    """The page looks again by itself while work goes on, with and without JavaScript: the keeper only waits."""
    expect(page.locator("main")).to_contain_text(words, timeout=60_000)


def big_dump(folder: Path) -> Path:
    """More than two pieces of an upload: the small site and a long table of somebody's log."""
    path = folder / "kettleness.sql"
    padding: list[efiction_dump.Row] = [
        {"id": number, "words": "nothing of interest " * 5_000} for number in range(180)
    ]
    path.write_bytes(efiction_dump.dump(old_site.TABLES, others={"forum_log": padding}))
    assert path.stat().st_size > 16 * 1024 * 1024
    return path


def redirect_of(site: Site, address: str) -> tuple[int, str]:
    try:
        answer = build_opener(Stay).open(f"{site.url}/{address}", timeout=20)
    except HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers.get("Location", "")


@pytest.mark.slow
def test_a_dead_archive_comes_back(visit: Visit, empty_site: Site, tmp_path: Path):
    page = visit("/welcome/", site=empty_site)
    become_keeper(page)
    page.get_by_role("link", name="Bring your old site").click()
    look(page, "rescue-new")

    page.get_by_label("Files").set_input_files(big_dump(tmp_path))
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_role("button", name="See what is in there")).to_be_visible(timeout=60_000)
    look(page, "rescue-received")
    page.get_by_role("button", name="See what is in there").click()
    wait_until(page, "Every row accounted for")
    expect(page.get_by_role("heading", name="Kettleness Light")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Nobody has said yet by what right")
    expect(page.locator("main")).not_to_contain_text("keeper@kettleness.example")
    look(page, "rescue-examined")
    address = page.url

    page.get_by_role("link", name="Map categories").click()
    look(page, "rescue-mapping")
    page.get_by_label("Name of Mystery").fill("Mysteries")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("1 changed")
    page.get_by_role("link", name="Back").click()

    page.get_by_label("Its owner moves it here").check()
    page.get_by_label("Where that is written").fill("Mail of 2 May.")
    page.get_by_role("button", name="Record it").click()
    page.get_by_role("button", name="Bring it in").click()
    # The power goes while it is brought in; nothing has to be done about it.
    page.goto("about:blank")
    empty_site.stop(how=signal.SIGKILL)
    empty_site.start("serve", "--port", empty_site.url.rpartition(":")[2])
    page.goto(address)
    wait_until(page, "3 works are ready")
    look(page, "rescue-brought")
    assert redirect_of(empty_site, "viewstory.php?sid=7")[0] == 404

    page.get_by_role("link", name="Look through them").click()
    look(page, "rescue-works")
    page.go_back()
    page.get_by_role("button", name="Publish them").click()
    wait_until(page, "Everything that may be public is public")

    status, leads = redirect_of(empty_site, "viewstory.php?sid=7&chapter=1")
    assert status == 301
    reader = visit(leads, site=empty_site, width=360, javascript=False)
    expect(reader.locator("main")).to_contain_text("The lamp burned low.")
    origin = visit(leads.rpartition("/")[0].rpartition("/")[0] + "/origin/", site=empty_site, width=360)
    expect(origin.locator("main")).to_contain_text("Kettleness Light")
    look(origin, "origin")
    news = visit("/news/", site=empty_site)
    expect(news.locator("main")).to_contain_text("Kettleness Light has moved in: 3 works")

    page.goto("/desk/")
    look(page, "desk")
    page.get_by_role("button", name="Look now").click()
    wait_until(page, "All is well.")

    page.goto(address)
    page.get_by_role("link", name="Undo this rescue").click()
    look(page, "rescue-undo")
    page.get_by_role("button", name="Undo it").click()
    wait_until(page, "5 works were taken back")
    assert redirect_of(empty_site, "viewstory.php?sid=7")[0] == 404


def look_without_javascript(visit: Visit, page: Page, site: Site, name: str) -> None:
    """What looks is a script itself, so a second browser of the same person looks at the page, in the dark."""
    seeing = visit("/browse/", site=site, width=360, theme="dark")
    seeing.context.add_cookies(page.context.cookies())  # type: ignore[arg-type] # a cookie that was got can be given
    seeing.goto(page.url)
    look(seeing, name)
    assert_fingers_fit(seeing)
    seeing.close()


@pytest.mark.slow
def test_the_same_without_javascript_on_a_phone(visit: Visit, empty_site: Site, tmp_path: Path):
    page = visit("/welcome/", site=empty_site, width=360, javascript=False)
    become_keeper(page)
    page.goto("/rescue/new/")
    page.get_by_label("Files").set_input_files(old_site.write_dump(tmp_path))
    page.get_by_role("button", name="Hand over").click()
    look_without_javascript(visit, page, empty_site, "rescue-received")
    page.get_by_role("button", name="See what is in there").click()
    wait_until(page, "Every row accounted for")
    look_without_javascript(visit, page, empty_site, "rescue-examined")
    page.get_by_role("link", name="Map categories").click()
    look_without_javascript(visit, page, empty_site, "rescue-mapping")
    page.get_by_role("link", name="Back").click()
    page.get_by_label("Its owner permits it").check()
    page.get_by_label("Where that is written").fill("Mail of 2 May.")
    page.get_by_role("button", name="Record it").click()
    page.get_by_role("button", name="Bring it in").click()
    wait_until(page, "3 works are ready")
    look_without_javascript(visit, page, empty_site, "rescue-brought")
    page.get_by_role("link", name="Choose").click()
    look_without_javascript(visit, page, empty_site, "rescue-works")
    page.get_by_label("Publish The Rope").check()
    page.get_by_role("button", name="Publish the chosen ones").click()
    wait_until(page, "2 works are ready")
    page.get_by_role("button", name="Publish them").click()
    wait_until(page, "Everything that may be public is public")
    assert redirect_of(empty_site, "viewstory.php?sid=7")[0] == 301
    page.get_by_role("link", name="Undo this rescue").click()
    look_without_javascript(visit, page, empty_site, "rescue-undo")
    page.get_by_role("button", name="Undo it").click()
    wait_until(page, "5 works were taken back")
    assert redirect_of(empty_site, "viewstory.php?sid=7")[0] == 404
