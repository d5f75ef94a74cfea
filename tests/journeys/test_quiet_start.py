"""A new archive, empty: it starts, answers, looks like something, says so in its log, and ends when told."""

from __future__ import annotations

import signal

from tests.journeys.conftest import Site, Visit
from tests.journeys.eyes import LOOKS, look


def test_an_empty_archive_is_fit_to_be_seen(visit: Visit, empty_site: Site):
    for width, theme in LOOKS:
        page = visit("/", site=empty_site, width=width, theme=theme)
        look(page, "empty-home")
        page.close()


def test_it_ends_when_told_and_starts_again(visit: Visit, empty_site: Site):
    assert empty_site.stop() == 0
    assert "Traceback" not in empty_site.said
    empty_site.start("serve", "--port", empty_site.url.rpartition(":")[2])
    assert visit("/", site=empty_site, javascript=False).locator("main").count() == 1


def test_it_comes_back_after_a_power_cut(empty_site: Site):
    empty_site.stop(how=signal.SIGKILL)
    empty_site.start("serve", "--port", empty_site.url.rpartition(":")[2])
    assert empty_site.run("check").returncode == 0, empty_site.run("check").stdout
