"""Coming in: nobody learns who has an account, nobody guesses for long, and the first-run page opens once."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.test import Client

from fanthology.base.models import Archive, LedgerEntry
from fanthology.members.actions import HasAKeeper, open_archive
from fanthology.members.limits import Limit
from fanthology.people.models import Person
from tests.factories import PASSWORD, make_keeper, make_member, make_work
from tests.rules.validity import faults

ANSWERS = {
    "name": "The Whitby Shelf",
    "tagline": "Stories, kept.",
    "login": "Mina",
    "password": PASSWORD,
    "password_again": PASSWORD,
}


@pytest.mark.django_db
def test_a_keeper_logs_in_and_out(client):
    make_keeper("Mina")
    answer = client.post("/account/login/", {"login": " mina ", "password": PASSWORD, "next": "/fandoms/"})
    assert answer["Location"] == "/fandoms/"
    assert "Desk" in client.get("/").content.decode()
    assert "Log out?" in client.get("/account/logout/").content.decode()
    assert "Desk" in client.get("/").content.decode()
    client.post("/account/logout/")
    assert "Desk" not in client.get("/").content.decode()
    assert client.cookies["session"].value == ""


@pytest.mark.django_db
def test_a_member_of_a_session_that_ended_is_a_guest(client):
    make_member("reader")
    client.cookies["session"] = "nonsense"
    assert "Log in" in client.get("/").content.decode()


@pytest.mark.django_db
def test_wrong_logins_and_wrong_passwords_are_answered_alike(client):
    make_keeper("Mina")
    pages = {
        client.post("/account/login/", {"login": login, "password": "wrong words"}).content.decode().replace(login, "?")
        for login in ("mina", "nobody")
    }
    pages = {
        page.partition("csrfmiddlewaretoken")[0] + page.partition("csrfmiddlewaretoken")[2].partition(">")[2]
        for page in pages
    }
    assert len(pages) == 1
    assert "That did not fit" in pages.pop()


@pytest.mark.django_db
def test_guessing_is_stopped_and_says_for_how_long(client):
    make_keeper("Mina")
    for _ in range(5):
        assert client.post("/account/login/", {"login": "mina", "password": "guess"}).status_code == 200
    answer = client.post("/account/login/", {"login": "mina", "password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert "A little slower" in answer.content.decode()
    elsewhere = Client(REMOTE_ADDR="192.0.2.7").post("/account/login/", {"login": "mina", "password": PASSWORD})
    assert elsewhere.status_code == 302, "one guesser does not lock the keeper out"


@pytest.mark.django_db
def test_the_window_of_a_limit_does_not_move():
    limit = Limit("a test", most=2, seconds=50)
    assert limit.wait("x") == 0
    limit.count("x")
    limit.count("x")
    assert 0 < limit.wait("x") <= 50
    assert limit.wait("y") == 0
    limit.forget("x")
    assert limit.wait("x") == 0


def test_guesses_at_once_are_all_counted():
    limit = Limit("a crowd", most=320, seconds=50)

    def guess() -> None:
        for _ in range(20):
            limit.count("x")

    crowd = [threading.Thread(target=guess) for _ in range(16)]
    for guesser in crowd:
        guesser.start()
    for guesser in crowd:
        guesser.join()
    assert limit.wait("x") > 0
    assert Limit("a crowd", most=321, seconds=50).wait("x") == 0, "and none twice"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_login_leads_to_no_other_site(client, elsewhere):
    make_keeper("Mina")
    answer = client.post("/account/login/", {"login": "mina", "password": PASSWORD, "next": elsewhere})
    assert answer["Location"] == "/desk/"


@pytest.mark.django_db
def test_a_keeper_comes_to_the_desk_and_a_member_to_the_shelves(client):
    make_keeper("Mina")
    make_member("lucy")
    for login, place in (("mina", "/desk/"), ("lucy", "/")):
        answer = Client().post("/account/login/", {"login": login, "password": PASSWORD})
        assert answer["Location"] == place


@pytest.mark.django_db
def test_forms_without_their_token_are_refused():
    make_keeper("Mina")
    answer = Client(enforce_csrf_checks=True).post("/account/login/", {"login": "mina", "password": PASSWORD})
    assert answer.status_code == 403
    assert "grown old" in answer.content.decode()


@pytest.mark.django_db
def test_a_keeper_opens_the_archive_once(client):
    assert faults(client.get("/welcome/").content.decode()) == []
    page = client.post("/welcome/", ANSWERS, follow=True).content.decode()
    assert 'href="/rescue/new/">Bring your old site' in page
    assert 'href="/account/logout/"' in page, "who was just logged in is not asked to log in"
    assert "/account/login/" in Client().get("/desk/welcome/").headers["Location"]
    assert faults(page) == []
    assert Archive.current().name == "The Whitby Shelf"
    keeper = Person.objects.get(is_keeper=True)
    assert keeper.check_password(PASSWORD)
    assert LedgerEntry.objects.filter(verb="archive opened", actor=keeper.pk).exists()
    home = client.get("/").content.decode()
    assert "Desk" in home
    assert "/rescue/" in home
    missing = client.get("/nothing/").content
    for asked in (client.get("/welcome/"), client.post("/welcome/", ANSWERS | {"login": "other"})):
        assert asked.status_code == 404
        assert asked.content == missing
    assert Person.objects.filter(is_keeper=True).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": "short", "password_again": "short"}, "too short"),
        ({"password_again": "other words here"}, "not the same"),
        ({"password": "short", "password_again": "other"}, "too short"),
        ({"password": "short", "password_again": "other"}, "not the same"),
        ({"name": ""}, "required"),
        ({"login": ""}, "required"),
    ],
)
def test_the_first_questions_want_answers(client, change, words):
    page = client.post("/welcome/", ANSWERS | change).content.decode()
    assert words in page
    assert faults(page) == []
    assert PASSWORD not in page
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_a_login_that_is_taken_is_said(client):
    make_member("mina")
    assert "already" in client.post("/welcome/", ANSWERS).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_who_open_it_at_once_make_one_keeper():
    Archive.current()
    made, refused = [], []

    def open_it(login: str) -> None:
        try:
            made.append(open_archive(name="A", tagline="", login=login, password=PASSWORD))
        except HasAKeeper:
            refused.append(login)
        finally:
            connection.close()

    both = [threading.Thread(target=open_it, args=(login,)) for login in ("one", "two")]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert (len(made), len(refused)) == (1, 1)


@pytest.mark.django_db
def test_members_pages_are_never_kept(client):
    make_keeper("Mina")
    work = make_work()
    client.post("/account/login/", {"login": "mina", "password": PASSWORD})
    assert "Desk" in client.get(f"/read/{work.pk}/").content.decode()
    assert "Desk" not in Client().get(f"/read/{work.pk}/").content.decode()
