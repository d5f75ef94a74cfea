import pytest
from django.db import IntegrityError, transaction

from fanthology.people.actions import LoginTaken, add_keeper, add_unclaimed_pen_names, change_password, free_slug
from fanthology.people.models import PenName, Person

pytestmark = pytest.mark.django_db


def test_a_keeper_has_a_default_pen_name_and_a_login_of_their_own() -> None:
    keeper = add_keeper(login="Renée", password="a long enough one")
    assert keeper.is_keeper
    assert keeper.check_password("a long enough one")
    assert keeper.pen_names.get().is_default
    with pytest.raises(LoginTaken):
        add_keeper(login="RENEE", password="another")
    assert Person.objects.get_by_natural_key("renée") == keeper


def test_a_password_is_changed_by_login() -> None:
    keeper = add_keeper(login="Renée", password="a long enough one")
    before = keeper.get_session_auth_hash()
    changed = change_password(login="renee", password="quite another one")
    assert changed.check_password("quite another one")
    assert changed.get_session_auth_hash() != before
    with pytest.raises(Person.DoesNotExist):
        change_password(login="nobody", password="quite another one")


def test_namesakes_get_addresses_of_their_own() -> None:
    first = add_unclaimed_pen_names(newcomers=[PenName(name="Mina"), PenName(name="mina"), PenName(name="★")])
    second = add_unclaimed_pen_names(newcomers=[PenName(name="Mina"), PenName(name="☆")])
    assert [name.slug for name in first + second] == ["mina", "mina-2", "pen-name", "mina-3", "pen-name-2"]
    assert free_slug("Mina") == "mina-4"
    assert all(name.status == "unclaimed" and name.person is None for name in first)


def test_an_owned_pen_name_has_an_owner() -> None:
    (mina,) = add_unclaimed_pen_names(newcomers=[PenName(name="Mina")])
    with pytest.raises(IntegrityError), transaction.atomic():
        PenName.objects.filter(pk=mina.pk).update(status="owned")
