"""News and custom pages: ours apart from those of former sites, unpublished ones unseen."""

from __future__ import annotations

import pytest

from fanthology.gatherings.models import Challenge, ChallengeResponse
from fanthology.pages.models import CustomPage, News, NewsComment
from fanthology.works.access import Audience
from tests.factories import make_series, make_work
from tests.rules.validity import faults

pytestmark = pytest.mark.django_db


def test_news_of_former_sites_stand_apart(client):
    ours = News.objects.create(title="We have opened", text="<p>Come in.</p>")
    theirs = News.objects.create(
        title="New skin", text="<p>Old words.</p>", origin="Saltwick Archive", author_name="Mina"
    )
    NewsComment.objects.create(news=theirs, guest_name="A reader", text="<p>Pretty.</p>")
    News.objects.create(title="Not yet", is_public=False)
    page = client.get("/news/").content.decode()
    assert "We have opened" in page
    assert "New skin" not in page
    assert "Not yet" not in page
    assert "/news/?from=Saltwick%20Archive" in page
    old = client.get("/news/?from=Saltwick%20Archive").content.decode()
    assert "New skin" in old
    assert "Pretty." in old
    assert faults(page) + faults(old) == []
    ours.title = "We have closed"
    ours.save()
    assert "We have closed" in client.get("/news/").content.decode()


def test_custom_pages_show_when_they_are_public(client):
    page = CustomPage.objects.create(slug="rules", title="Rules", text="<p>Be kind.</p>", origin="Saltwick Archive")
    missing = client.get("/about/nothing/")
    assert client.get("/about/rules/").content == missing.content
    page.is_public = True
    page.save()
    shown = client.get("/about/rules/").content.decode()
    assert "Be kind." in shown
    assert "From Saltwick Archive" in shown
    assert faults(shown) == []
    assert "/about/rules/" in client.get("/about/").content.decode()


def test_challenges_show_answers_that_one_may_see(client):
    challenge = Challenge.objects.create(title="Winter Lights", challenger_name="Mina", origin="Saltwick Archive")
    assert client.get(f"/read/challenges/{challenge.pk}/").status_code == 404
    Challenge.objects.update(is_public=True)
    work, closed = make_work("Seen"), make_work("Unseen", audience=Audience.MEMBERS)
    series = make_series("Lamps", held=[work])
    for answer in ({"work": work}, {"work": closed}, {"series": series}):
        ChallengeResponse.objects.create(challenge=challenge, **answer)
    page = client.get(f"/read/challenges/{challenge.pk}/").content.decode()
    assert faults(page) == []
    assert "Seen" in page
    assert "Lamps" in page
    assert "Unseen" not in page
    assert "Winter Lights" in client.get("/read/challenges/").content.decode()
