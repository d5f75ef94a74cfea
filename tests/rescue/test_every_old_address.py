"""Every old address of two real eFictions that number alike: under each site's own name, in folders, in every spelling."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from fanthology.formats import open_dump
from fanthology.formats.dumps.records import PersonRecord, Record, ReviewRecord, SeriesRecord, StoryRecord
from fanthology.rescue.actions import bring_stream, record_basis, site_for, start_run
from fanthology.rescue.publish import publish
from fanthology.rescue.sources import Source
from fanthology.works.models import Work

SHARED = Path(__file__).parents[3] / "shared" / "data" / "efiction"
SITES = {
    "one.example": ("efiction.sql", "stories-siteA.tar.gz", "one.example"),
    "two.example/fanfic": ("efiction-utf8mb4-files.sql", "stories-siteB.tar.gz", "two.example/fanfic"),
}
pytestmark = [
    pytest.mark.slow,
    pytest.mark.shared_data,
    pytest.mark.skipif(not SHARED.exists(), reason="the shared data is not here"),
]
NOISE = [
    "textsize=0",
    "textsize=2",
    "ageconsent=ok",
    "warning=3",
    "PHPSESSID=ab12",
    "skin=Elegant",
    "offset=20",
    "x=%FF%00",
    "=&",
    "sid",
]
GARBAGE = [
    "",
    "0",
    "-1",
    "abc",
    "1 OR 1=1",
    "7'",
    "9" * 30,
    "%00",
    "1e3",
    "٣",
    "null",
    "1;DROP",
    "../../etc",
    "1.0",
    "0x7",
]


def spellings(address: str, chance: random.Random) -> Iterator[str]:
    """The same address as other people link it."""
    script, _, query = address.partition("?")
    parts = query.split("&") if query else []
    mixed = [*parts, *chance.sample(NOISE[:7], 2)]
    chance.shuffle(mixed)
    yield f"{script}?{'&'.join(mixed)}"
    yield f"{script}?{'&amp;'.join(mixed)}"


def of_stories(story: StoryRecord) -> Iterator[str]:
    sid = story.key
    yield f"viewstory.php?sid={sid}"
    yield f"viewstory.php?sid={sid}&index=1"
    yield f"viewstory.php?sid={sid}&chapter=all"
    yield f"viewstory.php?sid={sid}&ageconsent=ok&warning=2"
    yield f"viewstory.php?action=printable&textsize=0&sid={sid}&chapter=all"
    yield f"reviews.php?type=ST&item={sid}"
    for chapter in story.story.chapters:
        ids = dict(chapter.source_ids)
        yield f"viewstory.php?sid={sid}&chapter={ids['inorder']}"
        yield f"viewstory.php?action=printable&textsize=0&sid={sid}&chapter={ids['inorder']}"
        if chapter.position not in story.hidden_chapters:
            yield f"viewstory.php?chapid={ids['chapid']}"


@pytest.fixture
def archive(db: None, settings: Settings) -> dict[str, list[Record]]:
    """Both sites, published; the records that each was made of, by its host."""
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.BASE_URL = "http://testserver"
    records: dict[str, list[Record]] = {}
    for host, (dump, files, address) in SITES.items():
        run = start_run(source=Source(paths=(SHARED / dump,), files=SHARED / files, site=host))
        with open_dump(SHARED / dump, files=SHARED / files) as stream:
            site = site_for(run=run, record=stream.site, hosts=[address])
            bring_stream(run=run, stream=stream)
        record_basis(site=site, basis="owner-moves")
        run.refresh_from_db()
        publish(run=run)
        with open_dump(SHARED / dump, files=SHARED / files) as stream:
            records[host] = list(stream)
    return records


@pytest.fixture
def reader() -> Client:
    client = Client()
    client.post("/consent/", {"next": "/", "consent": "yes"})
    return client


def every_id_of_both_sites(archive: dict[str, list[Record]], reader: Client) -> None:
    chance, asked, followed = random.Random(16), 0, set[str]()
    for place, records in archive.items():
        host, _, folder = place.partition("/")
        titles = {record.key: record.story.title for record in records if isinstance(record, StoryRecord)}
        for record in records:
            if not isinstance(record, StoryRecord):
                continue
            work = Work.objects.filter(
                origin=place, title=titles[record.key], origin_url__endswith=f"sid={record.key}"
            ).first()
            shown = work is not None and work.state == "posted"
            for plain in of_stories(record):
                for address in spellings(plain, chance):
                    answer = reader.get(f"/{folder}/{address}".replace("//", "/"), headers={"host": host})
                    asked += 1
                    if not shown:
                        assert answer.status_code == 404, (place, address)
                        continue
                    assert answer.status_code == 301, (place, address)
                    leads = urlsplit(answer["Location"])
                    assert leads.netloc == "testserver"
                    assert leads.path.startswith(f"/read/{work.pk}/"), (place, address, leads.path)  # type: ignore[union-attr]
                    followed.add(leads.path)
    for path in sorted(followed):
        answer = reader.get(path)
        assert answer.status_code in (200, 302), path
        if answer.status_code == 302:  # for members: the way in
            assert "/account/login/" in answer["Location"], (path, answer["Location"])
    assert asked > 500
    assert len(followed) > 100


def people_series_and_reviews_of_both_sites(archive: dict[str, list[Record]], reader: Client) -> None:
    seen = {301: 0, 302: 0, 404: 0}
    for place, records in archive.items():
        host, _, folder = place.partition("/")
        for record in records:
            match record:
                case PersonRecord(key=key):
                    address = f"viewuser.php?action=favst&uid={key}"
                case SeriesRecord(key=key):
                    address = f"viewseries.php?seriesid={key}"
                case ReviewRecord(key=key) if record.target[0] != "news":
                    address = f"reviews.php?reviewid={key}"
                case _:
                    continue
            answer = reader.get(f"/{folder}/{address}".replace("//", "/"), headers={"host": host})
            seen[answer.status_code] += 1
            if answer.status_code != 404:
                leads = urlsplit(answer["Location"])
                assert reader.get(leads.path).status_code in (200, 302), (address, leads.path)
    assert seen[301] > 50


def garbage_is_never_our_fault(reader: Client) -> None:
    scripts = {
        "viewstory.php": ("sid", "chapid", "chapter"), "viewuser.php": ("uid",), "viewseries.php": ("seriesid",), "series.php": ("seriesid",),
        "reviews.php": ("item", "reviewid", "type"), "browse.php": ("catid", "charid", "classid", "rating", "type", "let", "id"), "news.php": ("nid",),
        "viewpage.php": ("page",), "modules/challenges/challenges.php": ("chalid",), "authors.php": ("let", "list"), "toplists.php": ("list",),
        "search.php": ("searchterm",), "categories.php": ("catid",), "titles.php": ("let",), "rss.php": ("x",), "member.php": ("x",),
    }  # fmt: skip
    for host, folder in (
        ("two.example", "/fanfic"),
        ("testserver", ""),
    ):
        for script, names in scripts.items():
            for name in names:
                for wrong in GARBAGE:
                    for query in (
                        f"{name}={wrong}",
                        f"sid=1&type=categories&{name}={wrong}&{name}=2",
                    ):
                        answer = reader.get(f"{folder}/{script}?{query}", headers={"host": host})
                        assert answer.status_code in (200, 300, 301, 302, 404, 410), (host, script, query)


def test_two_sites_that_number_alike(archive: dict[str, list[Record]], reader: Client) -> None:
    """One test, because bringing both in takes longer than asking for everything."""
    every_id_of_both_sites(archive, reader)
    people_series_and_reviews_of_both_sites(archive, reader)
    garbage_is_never_our_fault(reader)
