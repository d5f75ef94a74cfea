"""A date that the old site did not tell is told nowhere here, and puts a work last, not first."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from lxml import etree

from fanthology.rescue.models import Conflict
from fanthology.search import index
from fanthology.works.cards import cards_for
from fanthology.works.editions import FORMATS, build
from fanthology.works.models import Work
from fanthology.works.stories import story_of
from tests.rescue import old_site

pytestmark = pytest.mark.django_db
Named = Callable[[str], Work]
TODAY = timezone.now().date()


@pytest.fixture
def undated(tmp_path: Path, work: Named) -> Work:
    """The Lamp without any date, among works that have one."""
    rows = old_site.tables()
    rows["stories"][0].update(date=0, updated=0)
    old_site.rescue(old_site.write_dump(tmp_path, rows))
    return work("The Lamp")


def test_no_page_no_download_and_no_export_says_a_date_that_nobody_knows(undated: Work, client: Client) -> None:
    assert not cards_for([undated.pk])[0].date_is_known
    story = story_of(undated)
    assert (story.published, story.updated) == (None, None)
    assert b"Updated" not in build(undated, "txt")
    day = TODAY.isoformat()
    for format_ in FORMATS:
        assert day.encode() not in build(undated, format_)
    page = client.get(f"/read/{undated.pk}/").content.decode()
    assert "dateModified" not in page
    assert "Not known; moved here" in page
    assert "1000" not in page
    assert "last changed there" not in client.get(f"/read/{undated.pk}/origin/").content.decode()


def test_an_epub_of_an_undated_work_is_the_same_tomorrow(undated: Work) -> None:
    before = build(undated, "epub")
    Work.objects.filter(pk=undated.pk).update(posted_at=timezone.now())
    undated.refresh_from_db()
    assert build(undated, "epub") == before


def test_an_undated_work_stands_last(undated: Work, client: Client, work: Named) -> None:
    titles = [card.title for card in cards_for(Work.objects.posted().newest())]
    assert titles[-1] == "The Lamp"
    for sort in ("updated", "published"):
        page = client.get(f"/browse/?sort={sort}").content.decode()
        assert page.index("Nobody&#39;s") < page.index("The Lamp"), sort
    index.rebuild()
    for sort in ("updated", "published"):
        page = client.get(f"/browse/?sort={sort}").content.decode()
        assert page.index("Nobody&#39;s") < page.index("The Lamp"), sort
    for question in ("updated:&gt;2y", "published:&lt;2010", "updated:&lt;2010", "published:1000-2030"):
        page = client.get("/browse/", {"q": question.replace("&gt;", ">").replace("&lt;", "<")}).content.decode()
        assert "Nobody&#39;s" in page, question
        assert "The Lamp" not in page, question


def test_a_feed_says_when_it_was_posted_here_and_the_map_says_nothing(undated: Work, client: Client) -> None:
    atom = etree.fromstring(client.get(f"/feeds/authors/{undated.authors.get(name='Annis').slug}/").content)
    told = atom.findtext("{*}entry/{*}updated") or ""
    assert undated.posted_at
    assert told == undated.posted_at.isoformat(timespec="seconds")
    urls = etree.fromstring(client.get("/sitemap-1.xml").content)
    dated = {url.findtext("{*}loc", ""): url.findtext("{*}lastmod") for url in urls}
    mine = [when for address, when in dated.items() if address.endswith(f"/read/{undated.pk}/")]
    assert mine == [None]


def test_never_updated_is_not_updated_on_its_first_day(undated: Work, work: Named) -> None:
    """“Nobody's” was published and its `updated` is 0."""
    story = story_of(work("Nobody's"))
    assert (story.published, story.updated) == ("2004-11-09", None)
    assert json.loads(build(work("Nobody's"), "json"))["updated"] is None


def test_a_newer_dump_that_knows_a_date_brings_it(undated: Work, tmp_path: Path, work: Named) -> None:
    old_site.rescue(old_site.write_dump(tmp_path, name="newer.sql"))
    story = story_of(work("The Lamp"))
    assert (story.published, story.updated) == ("2004-11-14", "2004-11-18")
    assert not Conflict.objects.exists()
