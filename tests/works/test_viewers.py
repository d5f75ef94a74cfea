"""Kept pages are shared by those who see alike, and by nobody else."""

from __future__ import annotations

import pytest
from django.test import Client

from fanthology.base.models import Archive
from fanthology.people.models import Person
from fanthology.works.models import Work
from tests.factories import make_keeper, make_member, make_pen_name, make_work

pytestmark = pytest.mark.django_db

SECRET = "The Work Nobody May Know Of Yet"
LISTS = ("/", "/browse/", "/fandoms/", "/read/authors/", "/read/series/")


def browser(person: Person | None = None) -> Client:
    client = Client()
    if person:
        client.force_login(person)
    return client


def words(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def test_what_one_person_alone_sees_is_kept_for_nobody_else() -> None:
    """Everyone asks in every order; only the author and the keepers ever see the unrevealed work in a list."""
    author = make_member("mina")
    make_work("Known to all")
    work = make_work(SECRET, authors=[author.pen_names.get()])
    Work.objects.filter(pk=work.pk).update(unrevealed=True)
    knowing = {"author": browser(author), "keeper": browser(make_keeper())}
    others = {"guest": browser(), "reader": browser(make_member()), "writer": browser(make_member())}
    make_work("Of another writer", authors=[Person.objects.latest("pk").pen_names.get()])
    for people in ({**knowing, **others}, {**others, **knowing}):
        Archive.objects.update(stamp=Archive.current().stamp + 1)
        for _ in range(2):
            seen = {name: SECRET in words(client, "/") for name, client in people.items()}
            assert seen == {name: name in knowing for name in people}


@pytest.mark.parametrize("path", LISTS)
def test_pages_say_who_is_logged_in_to_themselves_alone(path: str) -> None:
    make_work("Known to all")
    people = {"desk": browser(make_keeper()), "logout": browser(make_member()), "login": browser()}
    for _ in range(2):
        assert 'href="/desk/"' in words(people["desk"], path)
        assert 'href="/account/logout/"' in words(people["logout"], path)
        assert 'href="/desk/"' not in words(people["logout"], path)
        assert 'href="/account/login/"' in words(people["login"], path)


def test_readers_share_a_page(django_assert_max_num_queries) -> None:
    Archive.current()
    make_work("Known to all")
    words(browser(make_member()), "/")
    second = browser(make_member())
    with django_assert_max_num_queries(4):  # the session, the account, the pen names, the state of the lists
        assert "Known to all" in words(second, "/")


def test_a_pen_name_without_works_is_its_owners_business() -> None:
    owner, stranger = make_member("mina"), make_member("lucy")
    pen_name = make_pen_name("Quiet Quill", person=owner)
    assert "Quiet Quill" in words(browser(owner), f"/read/authors/{pen_name.slug}/")
    assert browser(stranger).get(f"/read/authors/{pen_name.slug}/").status_code == 404


def test_a_message_is_shown_once_and_to_one_person() -> None:
    first, second = browser(make_keeper("ada")), browser(make_keeper("bram"))
    first.post("/desk/settings/", {"name": ""})
    assert "The archive needs a name." in words(first, "/")
    assert "The archive needs a name." not in words(second, "/")
    assert "The archive needs a name." not in words(first, "/")
