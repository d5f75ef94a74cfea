"""A keeper's letters: an author asks what can be done, a held story waits for a decision, the old rules are worth keeping."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Site, Visit
from tests.journeys.eyes import assert_fingers_fit, look
from tests.journeys.test_rescuer import become_keeper
from tests.rescue import old_site


def look_on_all(visit: Visit, page: Page, site: Site, name: str) -> None:
    """The same person at a phone and a desk, by day and by night."""
    for width in (360, 1280):
        for theme in ("light", "dark"):
            seeing = visit("/browse/", site=site, width=width, theme=theme)
            seeing.context.add_cookies(page.context.cookies())  # type: ignore[arg-type] # a cookie that was got can be given
            seeing.goto(page.url)
            look(seeing, name)
            if width == 360:
                assert_fingers_fit(seeing)
            seeing.close()


@pytest.mark.slow
def test_what_a_keeper_decides(visit: Visit, empty_site: Site, tmp_path: Path):
    page = visit("/welcome/", site=empty_site, javascript=False, errors=(400, 410))
    become_keeper(page)
    dump = old_site.write_dump(tmp_path)
    done = empty_site.run("rescue", str(dump), "--basis", "owner-moves", "--basis-note", "Mail of 2 May.", "--publish")
    assert done.returncode == 0, done.stdout + done.stderr

    page.goto(f"{empty_site.url}/desk/")
    look_on_all(visit, page, empty_site, "desk")
    page.get_by_role("link", name="1 held").click()
    look_on_all(visit, page, empty_site, "desk-held")
    page.get_by_role("link", name="Empty").click()
    expect(page.locator("main")).to_contain_text("It has no text.")
    look_on_all(visit, page, empty_site, "desk-work-held")
    page.get_by_role("button", name="I have looked: release it").click()
    expect(page.locator("main")).to_contain_text("It is public now.")

    page.goto(f"{empty_site.url}/desk/")
    page.get_by_role("link", name="Kettleness Light").click()
    page.get_by_role("link", name="Rules").click()
    look_on_all(visit, page, empty_site, "desk-page")
    page.get_by_role("button", name="Make it public").click()
    rules = visit("/about/rules/", site=empty_site)
    expect(rules.locator("main")).to_contain_text("Be kind.")

    page.goto(f"{empty_site.url}/viewstory.php?sid=7")
    page.goto(page.url.partition("?")[0])
    lamp = page.url
    page.get_by_role("link", name="publish, hide or take back").click()
    look_on_all(visit, page, empty_site, "desk-work")
    page.get_by_role("button", name="Hide it").click()
    expect(page.locator("main")).to_contain_text("It is hidden now")
    page.get_by_role("button", name="Make it public").click()
    page.get_by_role("link", name="Take it back").click()
    look_on_all(visit, page, empty_site, "desk-take-back")
    page.get_by_label("Its author takes it back").check()
    page.get_by_role("button", name="Take it back for good").click()
    expect(page.locator("main")).to_contain_text("It is taken back.")
    answer = page.goto(lamp)
    assert answer
    assert answer.status == 410

    page.goto(f"{empty_site.url}/desk/")
    page.get_by_role("link", name="Who must not be brought in").click()
    page.get_by_role("button", name="Do not import").click()
    expect(page.locator(".fault")).to_contain_text("Say whom")
    page.get_by_label("E-mail address").fill("annis@kettleness.example")
    page.get_by_role("button", name="Do not import").click()
    expect(page.locator("main")).to_contain_text("It will not be brought in again.")
    look_on_all(visit, page, empty_site, "desk-do-not-import")
