"""What bears another name in a newer dump, or takes theirs after all, does so on every kept page, download and in search."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fanthology.base import outbox
from fanthology.base.models import LedgerEntry
from fanthology.gatherings.actions import change_challenge
from fanthology.gatherings.models import Challenge
from fanthology.people.actions import change_pen_name
from fanthology.people.models import PenName
from fanthology.rescue.actions import resolve_conflict
from fanthology.rescue.errors import NotNow
from fanthology.rescue.models import Run
from fanthology.search import index
from fanthology.search.document import Wanted
from fanthology.search.query import parse
from fanthology.works.access import GUEST
from fanthology.works.actions import change_series
from fanthology.works.models import Series, Work
from tests import factories
from tests.rescue import old_site

ADDRESSES = ["/", "/news/", "/read/authors/annis/", "/read/series/", "/read/challenges/"]


def newer(tmp_path: Path, **changes: tuple[str, str, str]) -> Run:
    """Another run, in which table=(column, old, new). Published by nobody, so that nothing else makes pages stale."""
    rows: dict[str, list[dict[str, Any]]] = old_site.tables()
    for table, (column, old, new) in changes.items():
        next(row for row in rows[table] if row[column] == old)[column] = new
    return old_site.rescue(old_site.write_dump(tmp_path, rows, name="newer.sql"), published=False, basis="")


def pages(client: Client) -> str:
    """All that a guest may have kept open."""
    lamp, lights = Work.objects.get(title="The Lamp"), Series.objects.order_by("pk").first()
    assert lights
    challenge = Challenge.objects.get()
    own = [
        f"/read/{lamp.pk}/",
        f"/read/{lamp.pk}/all/",
        f"/read/series/{lights.pk}/",
        f"/read/challenges/{challenge.pk}/",
    ]
    return "\n".join(f"{path} {client.get(path).content.decode()}" for path in [*ADDRESSES, *own])


def deliver() -> None:
    for name in ("by-lines", "search"):
        outbox.deliver(name)


def found(words: str) -> list[str]:
    answer = index.ask(Wanted(node=parse(words, today=dt.date(2026, 1, 1)).node), viewer=GUEST)
    return sorted(Work.objects.filter(pk__in=answer.ids).values_list("title", flat=True))


@pytest.mark.parametrize("decided", [False, True], ids=["taken", "theirs chosen"])
def test_a_renamed_member_is_so_everywhere(run: Run, tmp_path: Path, client: Client, *, decided: bool) -> None:
    index.rebuild()
    old = "Annis"
    if decided:
        old = "Annis Here"
        PenName.objects.filter(name="Annis").update(name=old)
    before, version = pages(client), Work.objects.get(title="The Lamp").version
    assert f"{old}</a>" in before
    again = newer(tmp_path, authors=("penname", "Annis", "Zenobia"))
    if decided:
        assert old in pages(client)
        resolve_conflict(conflict=again.conflicts.get(field="name"), choice="theirs")
    after = pages(client)
    assert "Zenobia" in after
    assert f"{old}</a>" not in after
    deliver()
    assert "The Lamp" in found("author:zenobia")
    assert found("author:annis") == []
    assert Work.objects.get(title="The Lamp").version == version + 1, "a download names its author"


def test_an_anonymous_work_gives_nothing_away_when_its_author_is_renamed(run: Run, tmp_path: Path) -> None:
    Work.objects.filter(title="The Lamp").update(anonymous=True)
    before = Work.objects.filter(title="The Lamp").values_list("version", "stamp").get()
    newer(tmp_path, authors=("penname", "Annis", "Zenobia"))
    deliver()
    assert Work.objects.filter(title="The Lamp").values_list("version", "stamp").get() == before


def test_a_round_robin_follows_whoever_wrote_a_chapter(db: None) -> None:
    bede, work = factories.make_pen_name("Bede"), factories.make_work("Together")
    work.chapters.update(contributor=bede)
    change_pen_name(pen_name=bede, name="Beda", actor=1)
    outbox.deliver("by-lines")
    assert Work.objects.get().version == work.version + 1
    assert LedgerEntry.objects.filter(verb="pen name changed").exists()


def test_what_a_pen_name_says_of_itself_costs_no_download(db: None) -> None:
    bede = factories.make_pen_name("Bede")
    work = factories.make_work("Alone", authors=[bede])
    changed = change_pen_name(pen_name=bede, bio="<p>By the sea.</p>", joined=(dt.date(2003, 1, 1), "year"))
    outbox.deliver("by-lines")
    assert (changed.name, changed.bio, changed.joined_precision) == ("Bede", "<p>By the sea.</p>", "year")
    assert Work.objects.get().version == work.version


@pytest.mark.parametrize("decided", [False, True], ids=["taken", "theirs chosen"])
@pytest.mark.parametrize(("table", "here"), [("series", "Lights"), ("challenges", "One hour")])
def test_a_renamed_series_or_challenge_is_so_everywhere(
    run: Run, tmp_path: Path, client: Client, table: str, here: str, *, decided: bool
) -> None:
    index.rebuild()
    model = Series if table == "series" else Challenge
    pages(client)
    thing = model._default_manager.get(title=here)
    if decided:
        assert pages(client).count(here)
        change_series(series=thing, title="Ours", actor=1) if isinstance(thing, Series) else change_challenge(
            challenge=thing, title="Ours", actor=1
        )
        assert "Ours" in pages(client)
    again = newer(tmp_path, **{table: ("title", here, "Theirs")})
    if decided:
        assert "Ours" in pages(client)
        resolve_conflict(conflict=again.conflicts.get(field="title"), choice="theirs")
    after = pages(client)
    assert "Theirs" in after
    assert "Ours" not in after
    assert f">{here}</a>" not in after
    if table == "series":
        deliver()
        assert "The Lamp" in found("series:theirs")


def test_a_claimed_pen_name_is_its_owners_whoever_chooses(run: Run, tmp_path: Path) -> None:
    annis = PenName.objects.filter(name="Annis")
    annis.update(name="Annis Here")
    again = newer(tmp_path, authors=("penname", "Annis", "Zenobia"))
    annis = PenName.objects.filter(name="Annis Here")
    annis.update(person=factories.make_member("annis"), status=PenName.Status.OWNED)
    with pytest.raises(NotNow, match="owner"):
        resolve_conflict(conflict=again.conflicts.get(field="name"), choice="theirs")
    assert annis.exists()


def test_a_comment_under_news_bears_the_new_name(run: Run, tmp_path: Path, client: Client) -> None:
    address = "/news/?from=Kettleness+Light"
    assert "Only Reads" in client.get(address).content.decode()
    newer(tmp_path, authors=("penname", "Only Reads", "Writes Now"), comments=("comment", "Hooray.", "Hooray twice."))
    page = client.get(address).content.decode()
    assert "Writes Now" in page
    assert "Hooray twice." in page
