"""Who gets what at every address: the whole URL map × the state of a work × the viewer, against one table.

`access.json` holds the expected answers. A route without a line there fails, and so does a line without a route.
What is forbidden is compared byte for byte with what never was.

- `work` routes show one work: `works` names an answer for each state and viewer (see `ANSWERS`).
- `lists` routes show many: `listed` says which states may be named there to whom (`as` = the same to everybody), `names`
  which must be.
- `open` routes hold no work: their answer to everybody.
- `keeper` routes are there for keepers only; a guest who asks for one may log in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from fanthology.formats import Markup
from fanthology.gatherings.models import Challenge
from fanthology.pages.models import CustomPage
from fanthology.people.models import PenName, Person
from fanthology.rescue.access import keeper_id
from fanthology.rescue.models import Run, Site, SourceKey, Upload
from fanthology.search import index
from fanthology.tags.models import Kind, Tag
from fanthology.works.access import Audience, State
from fanthology.works.actions import NewChapter, set_series_places, withdraw_work
from fanthology.works.counts import recount_tags
from fanthology.works.models import Series, Work
from tests.factories import make_keeper, make_member, make_pen_name, make_review, make_series, make_work

TABLE = json.loads(Path(__file__).with_name("access.json").read_text())
VIEWERS = ("guest", "member", "author", "keeper")
ANSWERS = ("shown", "missing", "login", "asks", "gone", "legal")
AUTHORS_TITLE = "Quillfeather"


@dataclass(frozen=True)
class Case:
    """One work in one state. Its words are its own, so that they can be looked for in any answer."""

    name: str
    work_id: int
    chapter_id: int
    tag_id: int
    old_id: str

    @property
    def secrets(self) -> tuple[str, str, str, str]:
        """Title, summary, text and tag."""
        return secrets(self.name)


def secrets(name: str) -> tuple[str, str, str, str]:
    word = name.replace("-", "")
    return f"Title{word}zz", f"summary{word}zz", f"prose{word}zz", f"Tag{word}zz"


@dataclass(frozen=True)
class House:
    cases: dict[str, Case]
    series: Series
    challenge: Challenge
    run: Run
    upload: Upload
    page: CustomPage
    clients: dict[str, Client]
    author: PenName
    hidden_in_posted: Case
    nameless_slug: str


STATES: dict[str, dict[str, Any]] = {
    "posted": {},
    "draft": {"state": State.DRAFT},
    "waiting": {"state": State.WAITING},
    "scheduled": {"state": State.SCHEDULED},
    "held": {"state": State.HELD},
    "hidden": {"state": State.HIDDEN},
    "binned": {"state": State.BINNED},
    "members": {"audience": Audience.MEMBERS},
    "gated": {"gate_members": True},
    "unrevealed": {"unrevealed": True},
    "anonymous": {"anonymous": True},
    "adult": {"rated": "Explicit"},
    "unrated": {"rated": None},
    "adult-members": {"rated": "Mature", "audience": Audience.MEMBERS},
    "adult-hidden": {"rated": "Mature", "state": State.HIDDEN},
    "withdrawn": {},
    "legal": {},
}


@pytest.fixture
def house(db: None) -> House:
    """One work of each state, all by one author, in one series, answering one challenge, from one former site."""
    author = make_member("author")
    pen_name = make_pen_name(AUTHORS_TITLE, person=author)
    site = Site.objects.create(name="Old Quay", slug="old-quay", software="efiction")
    people: dict[str, Person | None] = {
        "guest": None,
        "member": make_member("stranger"),
        "author": author,
        "keeper": make_keeper(),
    }
    clients = {}
    for name, person in people.items():
        clients[name] = Client()
        if person is not None:
            clients[name].force_login(person)
    works = {name: _work(name, pen_name, how) for name, how in STATES.items()}
    challenge = Challenge.objects.create(title="One Hour", is_public=True)
    for work in works.values():
        challenge.responses.create(work=work)
    run = Run.objects.create(site=site, state=Run.State.RECEIVED)
    cases = {}
    for number, (name, work) in enumerate(works.items(), start=100):
        SourceKey.objects.create(
            site=site, kind="work", old_id=str(number), object_id=work.pk, first_run=run, last_run=run
        )
        chapter = work.chapters.order_by("position").first()
        tag = Tag.objects.get(kind_id=Kind.ADDITIONAL, name=secrets(name)[3])
        assert chapter
        cases[name] = Case(name, work.pk, chapter.pk, tag.pk, str(number))
    series = make_series("Harbour Lights", held=list(works.values()))
    for name, reason in (("withdrawn", "withdrawn"), ("legal", "legal")):
        withdraw_work(work=works[name], reason=reason)
    half = make_work(
        "Half Shown",
        authors=[pen_name],
        chapters=[
            NewChapter(1, Markup("<p>Seen by all.</p>"), title="First", word_count=3),
            NewChapter(
                2,
                Markup(f"<p>{secrets('inner')[2]}</p>"),
                title=secrets("inner")[0],
                notes=Markup(f"<p>{secrets('inner')[1]}</p>"),
                word_count=1,
                state=State.WAITING,
            ),
        ],
    )
    inner = half.chapters.get(position=2)
    make_review(half, secrets("inner")[3], chapter=inner)
    recount_tags()
    index.rebuild()
    return House(
        cases=cases,
        series=series,
        challenge=challenge,
        run=run,
        upload=Upload.objects.create(
            run=run, name="a.sql", size=5, token="f" * 32, by=Person.objects.get(login="keeper")
        ),
        page=CustomPage.objects.create(slug="rules", title="Rules of the Old Quay"),
        clients=clients,
        author=pen_name,
        hidden_in_posted=Case("inner", half.pk, inner.pk, 0, ""),
        nameless_slug=make_pen_name("Nobody Yet").slug,
    )


def _work(name: str, pen_name: PenName, how: dict[str, Any]) -> Work:
    title, summary, text, tag = secrets(name)
    how = dict(how)
    state, unrevealed = how.pop("state", State.POSTED), how.pop("unrevealed", False)
    work = make_work(
        title,
        authors=[pen_name],
        summary=f"<p>{summary}</p>",
        chapters=[f"<p>{text}</p>", "<p>And then the tide.</p>"],
        additional=[tag],
        state=State.DRAFT if state is State.BINNED else state,
        arrived_in_bulk=name == "anonymous",
        origin="Old Quay" if name == "anonymous" else "",
        **how,
    )
    if state is State.BINNED:
        Work.objects.filter(pk=work.pk).update(state=state.value, binned_at=timezone.now())
    Work.objects.filter(pk=work.pk).update(unrevealed=unrevealed)
    return Work.objects.get(pk=work.pk)


def routes(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry)
        else:
            yield entry


def address(route: str, house: House, case: Case | None = None) -> str:
    """The address of a route, about this work where it is about one."""
    case = case or house.cases["posted"]
    tag = Tag.objects.filter(pk=case.tag_id).first()
    values = {
        "<int:work_id>": case.work_id,
        "<int:chapter_id>": case.chapter_id,
        "<int:tag_id>/<str:slug>": f"{case.tag_id}/{tag.slug if tag else 'x'}",
        "<int:tag_id>": case.tag_id,
        "<int:series_id>": house.series.pk,
        "authors/<str:slug>": f"authors/{house.author.slug}",
        "<int:challenge_id>": house.challenge.pk,
        "<int:run_id>": house.run.pk,
        "<str:token>": house.upload.token,
        "<int:upload_id>": house.upload.pk,
        "<int:number>": 1,
        "<int:conflict_id>": 1,
        "<int:job_id>": 1,
        "<int:page_id>": house.page.pk,
        "about/<str:slug>": "about/nothing",
    }
    for placeholder, value in values.items():
        route = route.replace(placeholder, str(value))
    assert "<" not in route, f"say in `address` what stands in {route}"
    return f"/{route}"


def said(answer: Any) -> str:
    """An answer in one of the words of ANSWERS."""
    if answer.status_code in (200, 304):
        return "asks" if b"Do you want to read it?" in answer.content else "shown"
    if answer.status_code in (301, 302):
        return "login" if answer["Location"].startswith("/account/login/?next=") else "shown"
    return {404: "missing", 410: "gone", 451: "legal"}.get(answer.status_code, str(answer.status_code))


def everything(answer: Any) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in answer.items())
    return f"{headers}\n{answer.content.decode('utf-8', 'replace')}"


def missing_bytes(client: Client) -> bytes:
    answer = client.get("/never/was/here/")
    assert answer.status_code == 404
    return answer.content


def test_every_route_has_its_line() -> None:
    known = [name for group in ("work", "lists", "open", "keeper") for name in TABLE[group]]
    assert len(known) == len(set(known)), "a route has two lines"
    assert {str(route.pattern) for route in routes()} == set(known), "access.json and the URL map differ"


def test_the_table_says_something_of_every_state_and_viewer() -> None:
    assert set(TABLE["works"]) == set(STATES)
    for line in TABLE["works"].values():
        assert set(line) == set(VIEWERS)
        assert set(line.values()) <= set(ANSWERS)


def channels(house: House) -> Iterator[tuple[str, str, str, str, Client, Case]]:
    """Every route that shows one work × viewer × state: the place in words, its address, what is expected, and who asks."""
    for route, exceptions in TABLE["work"].items():
        for viewer, client in house.clients.items():
            for name, case in house.cases.items():
                expected = exceptions.get(name, {}).get(viewer) or TABLE["works"][name][viewer]
                yield f"{route} × {name} × {viewer}", address(route, house, case), expected, viewer, client, case


def test_a_work_answers_alike_on_every_channel(house: House) -> None:
    wrong = []
    nothing = {viewer: missing_bytes(client) for viewer, client in house.clients.items()}
    for place, path, expected, viewer, client, case in channels(house):
        answer = client.get(path)
        title, summary, text, _ = case.secrets
        page = everything(answer)
        if said(answer) != expected:
            wrong.append(f"{place}: {said(answer)}, not {expected}")
        if expected == "missing" and answer.content != nothing[viewer]:
            wrong.append(f"{place}: not the bytes of what never was")
        if expected != "shown" and (text in page or summary in page or (title in page and expected != "asks")):
            wrong.append(f"{place}: tells something")
        head = client.head(path) if viewer == "guest" else answer
        if viewer == "guest" and (head.status_code, head.content) != (answer.status_code, b""):
            wrong.append(f"{place}: HEAD answers {head.status_code}")
    assert wrong == []


def test_consent_opens_works_for_adults_and_nothing_else(house: House) -> None:
    wrong = []
    for client in house.clients.values():
        client.cookies["adults"] = "yes"
    for place, path, expected, _, client, case in channels(house):
        answer = said(client.get(path))
        opened = TABLE["work"][place.partition(" ")[0]].get("with consent", {}).get(case.name, "shown")
        if answer != (opened if expected == "asks" else expected):
            wrong.append(f"{place}: {answer} with consent")
    assert wrong == []
    guest = house.clients["guest"]
    for odd in ("", "YES", "yes ", "1", "true", "yes yes", "yes\\n"):
        guest.cookies["adults"] = odd
        assert said(guest.get(f"/read/{house.cases['adult'].work_id}/")) == "asks", odd


def test_lists_name_only_what_the_viewer_may_know_of(house: House) -> None:
    wrong = []
    for route, line in TABLE["lists"].items():
        pages: dict[str, str] = {}
        for viewer, client in house.clients.items():
            for asked in ("", "?page=2", *line.get("queries", ())):
                answer = client.get(address(route, house) + asked, follow=route == "surprise/")
                assert answer.status_code in (200, 301), (route, viewer)
                page = everything(answer)
                pages[viewer] = pages.get(viewer, "") + page
                for name, case in house.cases.items():
                    if not TABLE["listed"][name][line.get("as", viewer)] and any(word in page for word in case.secrets):
                        wrong.append(f"{route}{asked} tells {viewer} of {name}")
                is_own = route == "surprise/" and viewer in ("author", "keeper")
                if not is_own and any(word in page for word in house.hidden_in_posted.secrets):
                    wrong.append(f"{route}{asked} tells {viewer} of a hidden chapter")
        for name in line.get("names", ()):
            case = house.cases[name]
            wanted = f"/read/{case.work_id}/" if line.get("by_address") else case.secrets[0]
            if wanted not in pages["guest"]:
                wrong.append(f"{route} does not name {name}")
    assert wrong == []


def test_lists_of_closed_things_are_missing(house: House) -> None:
    """A tag, series, author or challenge that holds only closed works is itself not there, under any of its names."""
    for name, case in house.cases.items():
        tag = Tag.objects.filter(pk=case.tag_id).first()
        for viewer, client in house.clients.items():
            if viewer in ("author", "keeper") or tag is None:
                continue
            may = TABLE["listed"][name][viewer]
            nothing = missing_bytes(client)
            for path in (f"/read/tags/{tag.pk}/", f"/read/tags/{tag.pk}/{tag.slug}/", f"/read/tags/{tag.pk}/x/"):
                answer = client.get(path)
                assert (answer.status_code != 404) == may, (path, name, viewer)
                assert may or answer.content == nothing
            if not may:
                assert tag.name not in everything(client.get(f"/browse/?tag={tag.pk}&not={tag.pk}"))
                assert client.get(f"/feeds/tags/{tag.pk}/").status_code == 404
    guest = house.clients["guest"]
    hidden = [Work.objects.get(pk=house.cases[name].work_id) for name in ("draft", "held", "members", "unrevealed")]
    closed = make_series("Closedseries", held=hidden)
    mixed = make_series("Mixedseries", held=[*hidden, Work.objects.get(pk=house.cases["posted"].work_id)])
    outer = make_series("Outerseries")
    set_series_places(series=outer, places=[(closed, True), (mixed, True)])
    nothing = missing_bytes(guest)
    for path in (f"/read/series/{closed.pk}/", f"/feeds/series/{closed.pk}/", f"/read/authors/{house.nameless_slug}/"):
        assert guest.get(path).content == nothing, path
    page = guest.get("/read/series/").content.decode()
    assert "Closedseries" not in page
    assert f'{mixed.pk}/" dir="auto">Mixedseries</a><span>1 part</span>' in page
    assert f'{outer.pk}/" dir="auto">Outerseries</a><span>1 part</span>' in page
    shown = guest.get(f"/read/series/{outer.pk}/").content.decode()
    assert "Closedseries" not in shown
    assert "1 work<" in shown
    other = make_pen_name("Second Hand")
    make_work("Drafted Elsewhere", authors=[other], state=State.DRAFT)
    drafted = Work.objects.get(title="Drafted Elsewhere")
    shown_one = make_work("Shown Elsewhere", authors=[other])
    set_series_places(
        series=mixed, places=[(drafted, True), (Work.objects.get(pk=house.cases["posted"].work_id), True)]
    )
    assert shown_one.state == State.POSTED
    assert "Mixedseries" not in guest.get(f"/read/authors/{other.slug}/").content.decode()


def test_counts_are_of_what_the_viewer_may_see(house: House) -> None:
    listed = {viewer: sum(line[viewer] for line in TABLE["listed"].values()) + 1 for viewer in ("guest", "member")}
    for viewer, number in listed.items():
        page = house.clients[viewer].get("/browse/").content.decode()
        assert f"{number} works" in page, viewer
    author = house.clients["guest"].get(f"/read/authors/{house.author.slug}/").content.decode()
    assert f"{listed['guest'] - 1} works" in author, "the anonymous one is not counted there"
    fandom = Tag.objects.get(name="Dracula – Bram Stoker")
    assert fandom.posted_uses == listed["guest"]
    only_members = make_pen_name("Only For Members")
    before = house.clients["guest"].get("/").content.decode()
    make_work("Closed Door", authors=[only_members], audience=Audience.MEMBERS)
    after = house.clients["guest"].get("/").content.decode()
    assert "1 author" in before
    assert "1 author" in after


def test_search_finds_no_word_of_what_is_closed(house: House) -> None:
    """By title, text, tag, author or summary, with consent given: no hit, no count, no snippet."""
    for viewer, client in house.clients.items():
        client.cookies["adults"] = "yes"
        for name, case in house.cases.items():
            # Search knows what is posted and revealed; not even its author finds a draft there.
            may = TABLE["listed"][name]["member" if viewer in ("author", "keeper") else viewer]
            for asked in case.secrets if may and viewer == "guest" else [" OR ".join(case.secrets)]:
                page = client.get("/browse/", {"q": asked}).content.decode()
                assert (f"/read/{case.work_id}/" in page) == may, (viewer, name, asked)
                assert may or "Nothing here fits" in page, (viewer, name, asked)
    page = house.clients["guest"].get("/browse/", {"q": secrets("inner")[2]}).content.decode()
    assert "Nothing here fits" in page


def test_snippets_wait_for_consent(house: House) -> None:
    guest, word = house.clients["guest"], house.cases["adult"].secrets[2]
    assert f"<b>{word}</b>" not in guest.get("/browse/", {"q": word}).content.decode()
    guest.cookies["adults"] = "yes"
    assert f"<b>{word}</b>" in guest.get("/browse/", {"q": word}).content.decode()


def test_without_an_index_lists_say_the_same(house: House, settings: Any) -> None:
    (settings.INDEX / "CURRENT").unlink()
    for viewer, client in house.clients.items():
        for name, case in house.cases.items():
            if not TABLE["listed"][name][viewer]:
                for asked in ("", f"?q={case.secrets[0]}"):
                    assert f"/read/{case.work_id}/" not in client.get(f"/browse/{asked}").content.decode()


def test_a_chapter_of_another_work_or_a_hidden_one_is_missing(house: House) -> None:
    posted, inner = house.cases["posted"], house.hidden_in_posted
    for viewer, client in house.clients.items():
        nothing = missing_bytes(client)
        for case in house.cases.values():
            if case is not posted:
                assert client.get(f"/read/{posted.work_id}/{case.chapter_id}/").content == nothing
        inside = client.get(f"/read/{inner.work_id}/{inner.chapter_id}/")
        assert inside.status_code == (200 if viewer in ("author", "keeper") else 404)
        if viewer in ("guest", "member"):
            assert inside.content == nothing
            for route in TABLE["work"]:
                page = everything(client.get(address(route, house, inner)))
                assert not any(word in page for word in inner.secrets), (route, viewer)


def test_editions_hold_posted_chapters_only_whoever_asks(house: House) -> None:
    inner = house.hidden_in_posted
    for client in house.clients.values():
        for extension in ("html", "txt", "json"):
            page = client.get(f"/read/{inner.work_id}.{extension}").content.decode()
            assert "Seen by all." in page
            assert secrets("inner")[2] not in page


def test_old_addresses_tell_nothing_of_closed_works(house: House) -> None:
    for viewer, client in house.clients.items():
        never = client.get("/viewstory.php?sid=999")
        assert never.status_code == 404
        for name, case in house.cases.items():
            expected = TABLE["works"][name][viewer]
            for path in (
                f"/viewstory.php?sid={case.old_id}",
                f"/viewstory.php?chapter=1&sid={case.old_id}",
                f"/viewstory.php?sid={case.old_id}&action=printable&textsize=0&chapter=all",
                f"/viewstory.php?sid={case.old_id}&index=1",
                f"/reviews.php?type=ST&item={case.old_id}",
            ):
                answer = client.get(path)
                status = {"missing": (404,), "gone": (410,), "legal": (451,)}.get(expected, (301, 302))
                assert answer.status_code in status, (path, name, viewer)
                assert expected != "missing" or answer.content == never.content
                assert not any(word in everything(answer) for word in case.secrets), (path, name, viewer)
                if answer.status_code == 301:
                    assert TABLE["works"][name]["guest"] != "missing", "what may change is not permanent"


def test_the_keepers_rooms_are_not_there_for_others(house: House) -> None:
    wrong = []
    keeper = house.clients["keeper"]
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = keeper.cookies
    for route, expected in TABLE["keeper"].items():
        path = address(route, house)
        for viewer in ("guest", "member", "author"):
            client = house.clients[viewer]
            nothing = missing_bytes(client)
            answers = [client.get(path), client.post(path), client.put(path, b"x")]
            if viewer == "guest" and said(answers.pop(0)) != "login":
                wrong.append(f"{route} × {viewer}: may not log in")
            wrong += [
                f"{route} × {viewer}" for answer in answers if (answer.status_code, answer.content) != (404, nothing)
            ]
        if keeper.get(path).status_code != expected:
            wrong.append(f"{route} answers its keeper with {keeper.get(path).status_code}")
        untold = [method(path).status_code for method in (strict.post, strict.put, strict.delete)]
        wrong += [f"{route} takes a form without its token"] * (set(untold) != {403})
    assert wrong == []
    assert Run.objects.values_list("state", flat=True).get(pk=house.run.pk) == "received"


def test_only_a_keeper_has_a_keepers_id(rf: RequestFactory) -> None:
    with pytest.raises(Http404):
        keeper_id(rf.get("/rescue/"))


def test_open_rooms_are_open(house: House) -> None:
    for route, expected in TABLE["open"].items():
        for viewer, client in house.clients.items():
            answer = client.get(address(route, house))
            assert answer.status_code == expected, (route, viewer)
            for case in house.cases.values():
                assert not any(word in everything(answer) for word in case.secrets), (route, viewer)


def test_a_challenge_that_is_not_public_is_missing(house: House) -> None:
    Challenge.objects.update(is_public=False)
    path = f"/read/challenges/{house.challenge.pk}/"
    for viewer, client in house.clients.items():
        answer = client.get(path)
        assert answer.status_code == (200 if viewer == "keeper" else 404)
        assert viewer == "keeper" or answer.content == missing_bytes(client)
        assert viewer == "keeper" or "One Hour" not in client.get("/read/challenges/").content.decode()


def test_permission_taken_between_page_and_download(house: House) -> None:
    """A page or edition that was kept is not handed out once its work is closed."""
    guest, case = house.clients["guest"], house.cases["posted"]
    paths = [address(route, house, case) for route in TABLE["work"] if "origin" not in route]
    kept = {path: guest.get(path) for path in paths}
    assert {answer.status_code for answer in kept.values()} <= {200, 302}
    Work.objects.filter(pk=case.work_id).update(state=State.HIDDEN.value)
    for path, before in kept.items():
        answer = guest.get(path, headers={"If-None-Match": before.get("ETag", '"x"')})
        assert answer.status_code == 404, path
    assert quote(case.secrets[0]) not in guest.get("/browse/").content.decode()
