"""Feeds are well-formed Atom, hold what a guest may see, and keep quiet about adults' summaries and bulk arrivals."""

from __future__ import annotations

import pytest
from lxml import etree

from fanthology.tags.models import Kind
from fanthology.works.access import Audience
from fanthology.works.models import Work
from tests.factories import make_series, make_work

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def read(client, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = etree.fromstring(answer.content)
    assert feed.tag == ATOM + "feed"
    assert all(feed.findtext(ATOM + name) for name in ("title", "id", "updated"))
    return [
        {str(child.tag).removeprefix(ATOM): child.text or "" for child in entry}
        for entry in feed.findall(ATOM + "entry")
    ]


def test_new_works_are_told_with_their_facts(client):
    make_work("Tea & <Scones>", summary="<p>Both &amp; more.</p>")
    make_work("Grown", rated="Mature", summary="<p>Between us.</p>")
    make_work("Closed", audience=Audience.MEMBERS)
    make_work("Moved", arrived_in_bulk=True, origin="Saltwick Archive")
    shy = make_work("Shy")
    Work.objects.filter(pk=shy.pk).update(hide_from_search_engines=True)
    entries = {entry["title"]: entry for entry in read(client, "/feeds/works/")}
    assert set(entries) == {"Tea & <Scones>", "Grown"}
    assert "<p>Both &amp; more.</p>" in entries["Tea & <Scones>"]["summary"]
    assert "Between us" not in entries["Grown"]["summary"]
    assert "Mature" in entries["Grown"]["summary"]
    assert entries["Grown"]["id"].startswith("http://127.0.0.1:8000/read/")


def test_tags_authors_and_series_have_feeds(client):
    work = make_work("One", authors=["Quill"], arrived_in_bulk=True, origin="Saltwick Archive")
    make_work("Other", authors=["Nib"], fandoms=["Persuasion – Jane Austen"])
    fandom = work.work_tags.get(tag__kind_id=Kind.FANDOM).tag
    series = make_series(held=[work])
    for path in (f"/feeds/tags/{fandom.pk}/", "/feeds/authors/quill/", f"/feeds/series/{series.pk}/"):
        assert [entry["title"] for entry in read(client, path)] == ["One"], path


def test_feeds_of_nothing_are_not_here(client):
    make_work(authors=["Quill"], anonymous=True)
    for path in ("/feeds/tags/9999/", "/feeds/authors/quill/", "/feeds/series/9999/"):
        assert client.get(path).status_code == 404, path
    assert "<li>" in client.get("/feeds/").content.decode()
    assert len(read(client, "/feeds/works/")) == 1
