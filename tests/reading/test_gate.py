"""Who gets in: every channel of a work answers alike, and what is closed looks like what never was."""

from __future__ import annotations

import pytest
from django.utils import timezone

from fanthology.works.access import Audience, State
from fanthology.works.actions import withdraw_work
from fanthology.works.models import Tombstone, Work
from tests.factories import PASSWORD, make_keeper, make_member, make_work, prose

pytestmark = pytest.mark.django_db

CHANNELS = ("", "{chapter}/", "all/", "contents/", "print/", "reviews/", "start/")
DOWNLOADS = ("epub", "html", "txt", "json")


def channels(work: Work) -> list[str]:
    chapter = work.chapters.order_by("position").first()
    paths = [f"/read/{work.pk}/{path.format(chapter=chapter.pk if chapter else 0)}" for path in CHANNELS]
    return paths + [f"/read/{work.pk}.{extension}" for extension in DOWNLOADS]


def login(client, person) -> None:
    assert client.post("/account/login/", {"login": person.login, "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("state", [state for state in State if state is not State.POSTED])
def test_what_is_not_posted_looks_missing_on_every_channel(client, state):
    moments = {"binned_at": timezone.now()} if state is State.BINNED else {}
    work = make_work(chapters=2)
    Work.objects.filter(pk=work.pk).update(state=state.value, **moments)
    nothing = client.get("/read/999999/").content
    for path in channels(work):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert answer.content == nothing, path


def test_an_unrevealed_work_looks_missing(client):
    work = make_work(chapters=2)
    Work.objects.filter(pk=work.pk).update(unrevealed=True)
    assert {client.get(path).status_code for path in channels(work)} == {404}


def test_members_only_works_ask_to_log_in_and_come_back(client):
    work = make_work(chapters=2, audience=Audience.MEMBERS)
    for path in channels(work):
        answer = client.get(path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/account/login/?next="), path
    login(client, make_member("reader"))
    assert {client.get(path).status_code for path in channels(work)} == {200, 302}
    assert client.get(f"/read/{work.pk}/").status_code == 200


def test_a_gated_rating_closes_like_members_only(client):
    work = make_work(gate_members=True)
    assert client.get(f"/read/{work.pk}/").status_code == 302


def test_authors_and_keepers_see_drafts_and_others_do_not(client, django_user_model):
    author = make_member("author")
    work = make_work(authors=[author.pen_names.get()], chapters=2, state=State.DRAFT)
    login(client, author)
    assert client.get(f"/read/{work.pk}/").status_code == 200
    client.logout()
    login(client, make_member("stranger"))
    assert client.get(f"/read/{work.pk}/").status_code == 404
    client.logout()
    login(client, make_keeper())
    page = client.get(f"/read/{work.pk}/")
    assert page.status_code == 200
    assert "Only you and the keepers see this" in page.content.decode()
    assert f'href="/read/{work.pk}.epub"' in page.content.decode()
    assert client.get(f"/read/{work.pk}.epub")["Content-Type"] == "application/epub+zip"
    assert not work.editions.exists(), "what nobody else may have is not kept"


@pytest.mark.parametrize("rated", [None, "Not Rated", "Mature", "Explicit"])
def test_works_for_adults_ask_first_on_every_channel(client, rated):
    secret = "the herring was a metaphor"
    work = make_work(chapters=[f"<p>{secret}</p>", prose()], rated=rated, summary=f"<p>{secret}</p>")
    for path in channels(work):
        page = client.get(path)
        assert page.status_code == 200
        text = page.content.decode()
        assert "Do you want to read it?" in text, path
        assert secret not in text, path
        assert page["X-Robots-Tag"] == "noindex"


def test_consent_is_remembered_and_leads_back(client):
    work = make_work(rated="Mature", chapters=2)
    chapter = work.chapters.get(position=1)
    here = f"/read/{work.pk}/{chapter.pk}/"
    assert f'value="{here}"' in client.get(here).content.decode()
    answer = client.post("/consent/", {"answer": "now", "next": here})
    assert answer["Location"] == here
    assert answer.cookies["adults"]["max-age"] == ""
    assert "Do you want to read it?" not in client.get(here).content.decode()
    assert client.get(f"/read/{work.pk}.epub")["Content-Type"] == "application/epub+zip"
    client.post("/consent/", {"answer": "forget"})
    assert "Do you want to read it?" in client.get(here).content.decode()
    assert client.post("/consent/", {"answer": "always"}).cookies["adults"]["max-age"] > 10_000_000


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example", ""]
)
def test_no_form_leads_to_another_site(client, elsewhere):
    for address in ("/consent/", "/look/"):
        assert client.post(address, {"next": elsewhere, "answer": "now"})["Location"] in ("/", "/look/")


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}]
)
def test_no_other_site_answers_for_the_reader(client, headers):
    assert client.post("/consent/", {"answer": "always"}, headers=headers).status_code == 403
    assert client.post("/look/", {"theme": "dark"}, headers=headers).status_code == 403


def test_the_consent_page_is_the_same_for_everyone(client):
    work = make_work(rated="Explicit")
    first = client.get(f"/read/{work.pk}/").content
    client.cookies["look"] = "theme-dark"
    assert client.get(f"/read/{work.pk}/").content == first


@pytest.mark.parametrize(("reason", "status"), [("withdrawn", 410), ("legal", 451), ("undone", 404)])
def test_what_was_taken_back_says_so_kindly(client, reason, status):
    work = make_work("A title nobody should see again")
    withdraw_work(work=work, reason=reason)
    assert Tombstone.objects.filter(work_id=work.pk).exists()
    answer = client.get(f"/read/{work.pk}/")
    assert answer.status_code == status
    assert "A title nobody" not in answer.content.decode()


def test_a_chapter_of_another_work_is_not_here(client):
    work, other = make_work(chapters=2), make_work("Another", chapters=2)
    assert client.get(f"/read/{work.pk}/{other.chapters.get(position=1).pk}/").status_code == 404


def test_a_draft_chapter_stays_unseen_and_leaves_no_gap(client):
    work = make_work(chapters=3)
    middle = work.chapters.get(position=2)
    work.chapters.filter(pk=middle.pk).update(state=State.DRAFT.value)
    assert client.get(f"/read/{work.pk}/{middle.pk}/").status_code == 404
    last = client.get(f"/read/{work.pk}/{work.chapters.get(position=3).pk}/").content.decode()
    assert "2 of 2" in last


@pytest.mark.parametrize(
    "path",
    [
        "/read/0/",
        "/read/99999999999999999999999/",
        "/read/1/99999999999999999999999/",
        "/read/tags/99999999999999999999/x/",
    ],
)
def test_absurd_numbers_are_simply_not_here(client, path):
    assert client.get(path).status_code == 404
