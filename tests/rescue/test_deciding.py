"""What a keeper decides by hand: held works, hidden ones, what is taken back, who stays out, and an old site's own pages."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from fanthology.base.models import LedgerEntry
from fanthology.base.worker import drain
from fanthology.pages.models import CustomPage
from fanthology.rescue.actions import record_basis
from fanthology.rescue.errors import NoBasis, NotNow
from fanthology.rescue.models import Conflict, Outcome, Run
from fanthology.rescue.publish import publish
from fanthology.rescue.release import LOOKED, release_work
from fanthology.rescue.undo import undo
from fanthology.works.access import State
from fanthology.works.actions import is_import_forbidden, set_state
from fanthology.works.models import Tombstone, Work
from tests import factories
from tests.rescue import old_site


@pytest.fixture
def keeper(db: None) -> Client:
    client = Client()
    client.force_login(factories.make_keeper())
    return client


def titled(title: str) -> Work:
    return Work.objects.get(title=title)


def held(run: Run, reason: str) -> Work:
    return set_state(work=titled("The Rope"), state=State.HELD, reason=reason)


def test_held_works_are_published_where_they_are_chosen_and_only_there(run: Run) -> None:
    asked, hinted = held(run, "permission.ask-first"), titled("The Lamp")
    set_state(work=hinted, state=State.HELD, reason="minors.suspected")
    assert publish(run=run) == 0
    assert publish(run=run, only=[asked.pk, hinted.pk]) == 1
    asked.refresh_from_db()
    assert (asked.state, asked.hold_reason) == ("posted", "")
    assert titled("The Lamp").state == "held", "this takes two looks"
    released = LedgerEntry.objects.filter(verb="work released").values_list("subject_id", flat=True)
    assert list(released) == [asked.pk]


def test_a_keeper_chooses_held_works_on_the_list(keeper: Client, run: Run) -> None:
    work = held(run, "permission.ask-first")
    Outcome.objects.filter(object_id=work.pk).update(reason="permission.ask-first")
    address = f"/rescue/{run.pk}/works/"
    page = keeper.get(address).content.decode()
    assert "Its author wrote “ask first”" in page
    assert f'value="{work.pk}"' in page
    keeper.post(f"/rescue/{run.pk}/publish/", {"which": "chosen", "work": [str(work.pk)]})
    drain(["long"])
    assert titled("The Rope").state == "posted"
    assert f'value="{work.pk}"' not in keeper.get(address).content.decode()


def test_a_held_work_is_released_on_its_own_page(keeper: Client, run: Run) -> None:
    work = held(run, "permission.ask-first")
    assert "The Rope" in keeper.get("/desk/held/").content.decode()
    page = keeper.get(f"/desk/works/{work.pk}/").content.decode()
    assert "Its author wrote “ask first”" in page
    assert "Two looks" not in page
    assert "It is public now." in keeper.post(f"/desk/works/{work.pk}/release/", follow=True).content.decode()
    assert titled("The Rope").state == "posted"
    assert "Only a work that is held" in keeper.post(f"/desk/works/{work.pk}/release/", follow=True).content.decode()


def test_what_was_hidden_is_found_again_from_the_desk(keeper: Client, run: Run) -> None:
    work = titled("The Rope")
    before = Work.objects.filter(state="hidden").count()
    assert f"/desk/works/{work.pk}/" not in keeper.get("/desk/held/?state=hidden").content.decode()
    keeper.post(f"/desk/works/{work.pk}/hide/")
    link = f'<a href="/desk/held/?state=hidden">{before + 1} hidden</a>'
    assert link in keeper.get("/desk/").content.decode()
    assert f"/desk/works/{work.pk}/" in keeper.get("/desk/held/?state=hidden").content.decode()
    for other in ("", "?state=posted"):
        page = keeper.get(f"/desk/held/{other}").content.decode()
        assert "<h1>Held works</h1>" in page
        assert f"/desk/works/{work.pk}/" not in page


def test_suspicion_takes_two_keepers(run: Run) -> None:
    one, other = factories.make_keeper("one"), factories.make_keeper("other")
    work = held(run, "minors.suspected")
    assert not release_work(work=work, actor=one.pk)
    assert not release_work(work=work, actor=one.pk), "the same eyes"
    LedgerEntry.objects.filter(verb=LOOKED).update(at=timezone.now() - dt.timedelta(days=9))
    assert not release_work(work=work, actor=one.pk), "another keeper is there to look"
    assert titled("The Rope").state == "held"
    assert release_work(work=work, actor=other.pk)
    assert titled("The Rope").state == "posted"
    held(run, "minors.suspected")
    assert not release_work(work=work, actor=other.pk), "what was released is not looked at yet when it is held again"


def test_a_lone_keeper_looks_again_a_day_later(keeper: Client, run: Run) -> None:
    work = held(run, "warnings.contradictory")
    assert "Two looks" in keeper.get(f"/desk/works/{work.pk}/").content.decode()
    for _ in range(2):
        page = keeper.post(f"/desk/works/{work.pk}/release/", follow=True).content.decode()
        assert "Your look is written down" in page
    assert titled("The Rope").state == "held"
    LedgerEntry.objects.filter(verb=LOOKED).update(at=timezone.now() - dt.timedelta(hours=25))
    keeper.post(f"/desk/works/{work.pk}/release/")
    assert titled("The Rope").state == "posted"


def test_what_is_refused_is_never_released(run: Run) -> None:
    work = held(run, "minors.declared")
    with pytest.raises(NotNow, match="does not keep such works"):
        release_work(work=work, actor=1)
    assert publish(run=run, only=[work.pk]) == 0
    assert titled("The Rope").state == "held"


def test_nothing_is_released_without_a_basis_and_without_an_owner_for_members_only(db: None, tmp_path: Path) -> None:
    run = old_site.rescue(old_site.write_dump(tmp_path), basis="", published=False)
    assert run.site
    empty = titled("Empty")
    with pytest.raises(NoBasis):
        release_work(work=empty, actor=1)
    assert titled("Empty").state == "held"
    record_basis(site=run.site, basis="no-owner")
    assert release_work(work=empty, actor=1)
    empty.refresh_from_db()
    assert (empty.state, empty.audience) == ("posted", "members")


def test_hide_and_show(keeper: Client, run: Run) -> None:
    work = titled("The Lamp")
    assert f"/desk/works/{work.pk}/" in keeper.get(f"/read/{work.pk}/").content.decode()
    assert "/desk/works/" not in Client().get(f"/read/{work.pk}/").content.decode()
    keeper.post(f"/desk/works/{work.pk}/hide/")
    assert Client().get(f"/read/{work.pk}/").status_code == 404
    assert "Only a work that is public" in keeper.post(f"/desk/works/{work.pk}/hide/", follow=True).content.decode()
    keeper.post(f"/desk/works/{work.pk}/release/")
    assert Client().get(f"/read/{work.pk}/").status_code == 200


def test_hiding_is_no_way_around_a_hold(keeper: Client, run: Run) -> None:
    work = held(run, "minors.suspected")
    keeper.post(f"/desk/works/{work.pk}/hide/")
    assert titled("The Rope").state == "held"


@pytest.mark.parametrize(("reason", "status"), [("withdrawn", 410), ("legal", 451)])
def test_taking_back_asks_first_and_then_leaves_nothing(keeper: Client, run: Run, reason: str, status: int) -> None:
    work = titled("The Lamp")
    row = Outcome.objects.get(run=run, kind="work", object_id=work.pk)
    run.report["findings"] = [{"samples": [{"title": "The Lamp", "before": "secret"}, {"title": "The Rope"}]}]
    run.report["vanished"] = {"works": ["7: The Lamp", "8: The Rope"]}
    run.save()
    for kind in ("work", "chapter"):
        key = run.site.source_keys.filter(kind=kind, old_id__in=["7", "21"]).first()  # type: ignore[union-attr]
        Conflict.objects.create(run=run, source_key=key, field="text", theirs="The lamp burned blue.")  # type: ignore[misc]
    address = f"/desk/works/{work.pk}/take-back/"
    assert "This cannot be undone" in keeper.get(address).content.decode()
    assert keeper.post(address).status_code == 400
    assert keeper.post(address, {"reason": "undone"}).status_code == 400
    assert titled("The Lamp") == work
    assert keeper.post(address, {"reason": reason}).status_code == 302
    assert Tombstone.objects.get(work_id=work.pk).reason == reason
    assert Client().get(f"/read/{work.pk}/").status_code == status
    drain()
    row.refresh_from_db()
    assert (row.title, row.findings) == ("", [])
    run.refresh_from_db()
    assert run.report["findings"] == [{"samples": [{"title": "The Rope"}]}]
    assert run.report["vanished"] == {"works": ["8: The Rope"]}
    assert not Conflict.objects.exists()
    assert keeper.get(f"/desk/works/{work.pk}/").status_code == 404


def test_who_must_not_be_brought_in(keeper: Client) -> None:
    address = "/desk/do-not-import/"
    assert "Nobody yet" in keeper.get(address).content.decode()
    for wrong in ({}, {"name": "Bede"}, {"site": "Kettleness Light"}, {"email": "no address"}):
        assert keeper.post(address, wrong).status_code == 400, wrong
    asked = {"email": "bede@kettleness.example", "name": "Bede", "site": "Kettleness Light"}
    assert "will not be brought in" in keeper.post(address, asked, follow=True).content.decode()
    page = keeper.post(address, asked, follow=True).content.decode()
    assert "stood on the list already" in page
    assert "bede@" not in page
    assert is_import_forbidden(email="bede@kettleness.example")
    page = keeper.post(address, {"email": asked["email"], "do": "allow"}, follow=True).content.decode()
    assert "Taken off the list" in page
    assert not is_import_forbidden(email="bede@kettleness.example")
    assert is_import_forbidden(name="bede", site="kettleness light")
    page = keeper.post(address, {"email": asked["email"], "do": "allow"}, follow=True).content.decode()
    assert "did not stand" in page
    written = LedgerEntry.objects.filter(subject="person").exclude(actor=None).values_list("verb", flat=True)
    assert list(written)[-3:] == ["import forbidden", "import forbidden", "import allowed again"]


def test_pages_of_the_old_site_are_shown_by_choice(keeper: Client, run: Run) -> None:
    rules = CustomPage.objects.get(slug="rules")
    address = f"/desk/pages/{rules.pk}/"
    assert address in keeper.get(f"/rescue/{run.pk}/").content.decode()
    assert "Be kind." in keeper.get(address).content.decode()
    assert Client().get("/about/rules/").status_code == 404
    old = "/viewpage.php?page=rules"
    assert (Client().get(old).status_code, Client().get(old)["Location"]) == (302, "/about/")
    assert (keeper.get(old).status_code, keeper.get(old)["Location"]) == (302, address)
    keeper.post(address, {"public": "1"})
    assert (Client().get(old).status_code, Client().get(old)["Location"]) == (301, "/about/rules/")
    assert "Be kind." in Client().get("/about/rules/").content.decode()
    keeper.post(address, {"public": "0"})
    assert Client().get("/about/rules/").status_code == 404


@pytest.mark.parametrize("rewritten", [False, True])
def test_undoing_takes_shown_pages_back_unless_they_were_rewritten(run: Run, *, rewritten: bool) -> None:
    change = {"is_public": True, "text": "<p>Ours.</p>"} if rewritten else {"is_public": True}
    CustomPage.objects.filter(slug="rules").update(**change)
    undo(run=run)
    assert CustomPage.objects.filter(slug="rules").exists() == rewritten
