"""What somebody sends who means no good: never our stack trace, never another site, never without our headers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fanthology.people.models import Person
from fanthology.rescue.models import OldAddress, Run, Site, SourceKey, Upload
from fanthology.rescue.uploads import path_of
from fanthology.works.actions import withdraw_work
from fanthology.works.models import Work
from tests.factories import PASSWORD, make_keeper, make_review, make_series, make_work

pytestmark = pytest.mark.django_db
ABSURD = (
    "0", "-1", "9" * 25, "9" * 5000, "%D9%A3", "%C2%B2", "1e3", "0x10", "1%00", "%00", "%FF", "..%2F..", "%2e%2e",
    "1;drop", "'", "%22%3E%3Cscript%3E", "%0d%0aX-Evil:%201", "%F0%9F%93%9A", "%E2%80%AE", "a" * 3000, "..", "%252e",
)  # fmt: skip
ELSEWHERE = (
    "//evil.example/", "https:evil.example", "https://evil.example", "\\\\evil.example", "/\\evil.example", "///evil.example",
    "/%09/evil.example", "/\t/evil.example", "/\n/evil.example", "javascript:alert(1)", "%2F%2Fevil.example", " //evil.example",
    "http:///evil.example", "//127.0.0.1:80@evil.example/", "/\r\nSet-Cookie:x=1", "\x00//evil.example",
)  # fmt: skip


def patterns(resolver: URLResolver | None = None) -> list[str]:
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        found += patterns(entry) if isinstance(entry, URLResolver) else [str(entry.pattern)]
        assert isinstance(entry, URLResolver | URLPattern)
    return found


ROUTES = patterns()


@pytest.fixture
def web(client: Client) -> Client:
    """A client that gives us the answer a browser would get, instead of raising what went wrong."""
    client.raise_request_exception = False
    return client


@pytest.fixture
def keeper(db: None) -> Client:
    made = Client(raise_request_exception=False)
    made.force_login(make_keeper())
    return made


@pytest.fixture
def shelf() -> Work:
    work = make_work("The Lamp", chapters=2)
    make_series(held=[work])
    make_review(work)
    return work


def decent(answer: Any, of: object = "") -> Any:
    """Whatever the answer is, it is one of ours: no 500, no trace, all headers of safety."""
    assert answer.status_code < 500, (of, answer.status_code)
    body = b"" if answer.streaming else answer.content
    assert not any(trace in body for trace in (b"Traceback", b"site-packages")), of
    policy = answer.headers.get("Content-Security-Policy", "")
    assert "unsafe" not in policy, of
    for rule in ("default-src 'none'", "frame-ancestors 'none'", "script-src 'self'"):
        assert rule in policy, (of, rule)
    assert answer.headers.get("X-Content-Type-Options") == "nosniff", of
    assert answer.headers.get("Referrer-Policy") == "same-origin", of
    assert answer.headers.get("Cross-Origin-Opener-Policy") == "same-origin", of
    for name, value in answer.items():
        assert not {"\r", "\n"} & set(value), (of, name)
    assert "X-Evil" not in answer.headers, of
    for cookie in [kept for kept in answer.cookies.values() if kept.value]:
        assert cookie["samesite"] == "Lax", (of, cookie)
        assert cookie["httponly"] or cookie.key == "look", (of, cookie)
    return answer


def test_every_kind_of_answer_bears_the_headers(web: Client, shelf: Work, settings: Any) -> None:
    site = Site.objects.create(name="Old Quay", slug="old-quay", software="pages")
    gone = make_work("Gone")
    for path, target in (("/gone.html", f"/read/{gone.pk}/"), ("/lamp.html", f"/read/{shelf.pk}/")):
        OldAddress.objects.create(site=site, host="old.example", path=path, target=target)
    withdraw_work(work=gone)
    asked = {
        f"/read/{shelf.pk}/": 200, "/never/": 404, "/fandoms": 301, f"/read/{gone.pk}/": 410, "/lamp.html": 301,
        "/gone.html": 410, f"/read/{shelf.pk}.epub": 200, "/look.css": 200, "/feeds/works/": 200, "/health": 200,
        "/viewstory.php?sid=1": 404, "/robots.txt": 200, "/consent/": 405,
    }  # fmt: skip
    for path, status in asked.items():
        assert decent(web.get(path), path).status_code == status, path
    etag = web.get("/fandoms/")["ETag"]
    assert decent(web.get("/fandoms/", headers={"If-None-Match": etag})).status_code == 304
    assert decent(Client(enforce_csrf_checks=True).post("/account/login/", {})).status_code == 403
    settings.ALLOWED_HOSTS = ["testserver"]
    assert decent(web.get("/", headers={"Host": "evil.example"})).status_code == 400


@pytest.mark.parametrize("route", ROUTES)
def test_absurd_values_in_every_place_of_every_address(route: str, keeper: Client) -> None:
    if "<" not in route:
        return
    for absurd in ABSURD:
        path = "/" + re.sub(r"<\w+:\w+>", lambda _: absurd, route)  # noqa: B023 - used at once
        for client in (Client(raise_request_exception=False), keeper):
            decent(client.get(path), path[:120])
        decent(keeper.post(path), path[:120])


def test_absurd_parameters(web: Client, keeper: Client, shelf: Work) -> None:
    names = ("page", "sort", "q", "tag", "not", "letter", "from", "words_from", "words_to", "language", "also", "also_not",
             "next", "outcome", "sid", "chapter", "seriesid", "uid", "let", "type", "searchterm", "nid", "chalid", "offset")  # fmt: skip
    series = shelf.series_places.get().series_id
    paths = ("/", "/browse/", "/read/authors/", "/news/", "/moved/", f"/read/{shelf.pk}/reviews/", "/fandoms/",
             f"/read/series/{series}/", "/viewstory.php", "/browse.php", "/search.php", "/viewuser.php", "/look/",
             "/account/login/", "/read/challenges/", "/sitemap.xml")  # fmt: skip
    for absurd in ABSURD:
        query = "&".join(f"{name}={absurd}" for name in names)
        for path in paths:
            decent(web.get(f"{path}?{query}"), (path, absurd[:40]))
    for path in ("/desk/", "/rescue/"):
        decent(keeper.get(f"{path}?page={'9' * 5000}"), path)
    decent(web.get("/browse/?" + "&".join(f"tag={number}" for number in range(5000))))
    decent(web.get("/browse/?q=" + "(" * 3000))
    decent(web.get("/viewstory.php?" + "&".join(f"a{number}=1" for number in range(5000))))


PIECES = st.sampled_from(
    ["read", "authors", "tags", "series", "feeds", "works", "rescue", "uploads", "desk", "about", "browse", "all", "1", "2", "0",
     "sitemap-", ".xml", ".epub", ".json", "viewstory.php", "?sid=1", "?page=", "&", "=", "/", "//", ".", "..", "%00", "%2f",
     "%ff", "\\", ";", ":", "@", "#", "%0d%0a", "'", '"', "<", "é", "٣", "-1", "9" * 20, "static", "works/1/chapters/1"]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(PIECES, max_size=9), st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
)
def test_no_path_breaks_the_house(db: None, pieces: list[str], method: str) -> None:
    path = "/" + "".join(pieces)
    urlsplit(path)  # what the test client itself cannot parse is not ours to judge
    answer = Client(raise_request_exception=False).generic(method, path)
    decent(answer, (method, path))
    if answer.status_code in (301, 302):
        assert urls_safe(answer["Location"]), path


def urls_safe(location: str) -> bool:
    """A path of this site, in the eyes of a browser too."""
    return location.startswith("/") and not location.startswith(("//", "/\\")) and not urlsplit(location).netloc


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_no_way_leads_to_another_site(web: Client, elsewhere: str) -> None:
    make_keeper("Mina")
    for path, data in (
        ("/consent/", {"answer": "now"}),
        ("/look/", {"theme": "dark"}),
        ("/account/login/", {"login": "mina", "password": PASSWORD}),
    ):
        for answer in (web.post(path, {**data, "next": elsewhere}), web.post(f"{path}?next={quote(elsewhere)}", data)):
            decent(answer, (path, elsewhere))
            assert answer.status_code == 302, (path, elsewhere)
            assert urls_safe(answer["Location"]), (path, elsewhere, answer["Location"])
        web.post("/account/logout/")
    for path in (elsewhere, f"/{elsewhere}", f"/fandoms{elsewhere}"):
        if "\x00" not in path and "\n" not in path and "\t" not in path and "@" not in path:
            answer = web.generic("GET", "/" + path.lstrip("/") if ":" in path else path)
            assert answer.status_code < 500
            assert "Location" not in answer.headers or urls_safe(answer["Location"]), path


def test_old_addresses_cannot_smuggle_headers(web: Client) -> None:
    site = Site.objects.create(name="Old Quay", slug="old-quay", software="efiction")
    run = Run.objects.create(site=site)
    work = make_work()
    SourceKey.objects.create(site=site, kind="work", old_id="7", object_id=work.pk, first_run=run, last_run=run)
    for evil in ("%0d%0aX-Evil:%201", "%0aX-Evil:1", "%E5%98%8A%E5%98%8DX-Evil:1", "\\r\\nX-Evil:1"):
        for path in (f"/viewstory.php?sid=7{evil}", f"/search.php?searchterm={evil}", f"/browse.php?type=authors&let={evil}",
                     f"/authors.php?let={evil}", f"/viewpage.php?page={evil}", f"/{evil}", f"/fandoms{evil}"):  # fmt: skip
            decent(web.get(path), path)


def test_hosts_are_not_believed(web: Client, shelf: Work, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    for host in (
        "evil.example",
        "testserver@evil.example",
        "testserver:80@evil",
        "evil.example:80",
        "[::1",
        "a b",
        "testserver/",
        "é.example",
    ):
        assert decent(web.get("/", headers={"Host": host}), host).status_code == 400, host
    for name in ("X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL"):
        page = decent(web.get(f"/read/{shelf.pk}/", headers={name: "evil.example"}))
        assert b"evil.example" not in page.content
    assert not web.get("/", headers={"X-Forwarded-Proto": "https"}).wsgi_request.is_secure()


def test_methods_have_their_answer(web: Client, shelf: Work) -> None:
    for path in (
        "/",
        "/browse/",
        f"/read/{shelf.pk}/",
        f"/read/{shelf.pk}.epub",
        "/feeds/works/",
        "/fandoms/",
        "/news/",
        "/look.css",
    ):
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"):
            assert decent(web.generic(method, path), (method, path)).status_code == 405, (method, path)
        head, got = web.head(path), web.get(path)
        assert head.content == b""
        assert head.status_code == 200
        assert head.get("ETag") == got.get("ETag")
    assert web.get("/", headers={"Range": "bytes=5-1,,-"}).status_code == 200
    for tag in ("*", '"', 'W/"x', "garbage", "\x7f", '"' * 5000):
        assert decent(web.get("/fandoms/", headers={"If-None-Match": tag}), tag).status_code == 200, tag


def test_odd_cookies_change_nothing(web: Client, shelf: Work) -> None:
    adult = make_work("For adults", rated="Explicit")
    for value in ("", "x" * 4000, "%00", "../../etc/passwd", '"', "a;b", "é", "0" * 32, "{}", "<script>"):
        for name in ("session", "csrf", "look", "adults", "sessionid", "messages"):
            cookie = f"{name}={value}"
            page = decent(web.get(f"/read/{shelf.pk}/", headers={"Cookie": cookie}), cookie)
            assert page.status_code == 200, cookie
            assert b"Log in" in page.content, cookie
            assert b"Do you want to read it?" in web.get(f"/read/{adult.pk}/", headers={"Cookie": cookie}).content
            css = decent(web.get("/look.css", headers={"Cookie": cookie})).content
            assert b"script" not in css
            assert b"passwd" not in css
    asked = decent(web.get("/desk/", headers={"Cookie": "session=" + "a" * 32}))
    assert asked["Location"] == "/account/login/?next=/desk/"


def test_files_outside_are_not_served(web: Client, data: Path) -> None:
    (data / "secret.txt").write_text("keep out")
    for climb in (
        "../",
        "..%2f",
        "%2e%2e/",
        "%2e%2e%2f",
        "..\\",
        "..%5c",
        "%252e%252e%252f",
        "/",
        "....//",
        "%c0%ae%c0%ae/",
    ):
        for root in ("/static/", "/about/", "/read/authors/", "/feeds/authors/", "/rescue/uploads/"):
            for target in (
                "secret.txt",
                "keys/secret.key",
                "etc/passwd",
                "archive.sqlite3",
                "fanthology/config/settings.py",
            ):
                answer = decent(web.get(f"{root}{climb * 4}{target}", follow=True), (root, climb, target))
                to_login = any(url.startswith("/account/login/?next=/rescue/") for url, _ in answer.redirect_chain)
                assert answer.status_code in (400, 404) or to_login, (root, climb, target)
                assert b"keep out" not in answer.content


def test_bodies_too_large_or_broken_are_refused(web: Client, keeper: Client) -> None:
    large = b"a=" + b"x" * (10 * 1024 * 1024)
    form = "application/x-www-form-urlencoded"
    for path in ("/account/login/", "/consent/", "/look/", "/welcome/"):
        assert decent(web.generic("POST", path, large, content_type=form), path).status_code in (400, 404, 413), path
    for kind in ("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x", f"{form}; charset=nonsense",
                 f"{form}; charset=utf-16", "application/json", ""):  # fmt: skip
        for path in ("/account/login/", "/consent/", "/look/", "/rescue/new/", "/rescue/uploads/"):
            decent(keeper.generic("POST", path, b"--x\r\nbroken\xff", content_type=kind), (path, kind))
    decent(
        web.generic(
            "POST", "/account/login/", b"&".join(b"a%d=1" % number for number in range(5000)), content_type=form
        )
    )
    for field in ("login", "password", "next"):
        words = {"login": "mina", "password": "x", "next": "", field: "\x00é" * 3000}
        assert decent(web.post("/account/login/", words), field).status_code == 200


def test_uploads_hold_against_lies(keeper: Client) -> None:
    def announce(**form: object) -> Any:
        return decent(keeper.post("/rescue/uploads/", form), form)

    for size in ("", "-1", "0", "x", "1e9", "²", "٣", "9" * 30, "9" * 5000, "1.5", "0x10"):
        assert announce(name="a.sql", size=size).status_code == 400, size
    for run in ("²", "٣", "9" * 30, "9" * 5000, "0", "999"):
        assert announce(name="a.sql", size=3, run=run).status_code == 404, run
    for name in (
        "",
        "../../../etc/cron.d/x",
        "/etc/passwd",
        "C:\\x",
        ".bashrc",
        "a\x00b.sql",
        "x" * 5000,
        "..",
        ".",
        "é\u202e.sql",
        "con",
        "~",
    ):
        place = announce(name=name, size=3).json()
        upload = Upload.objects.get(token=place["url"].rstrip("/").rpartition("/")[2])
        folder = path_of(upload).parent.parent
        decent(keeper.put(f"{place['url']}?offset=0", b"abc"))
        assert path_of(upload).resolve().is_relative_to(folder.resolve()), name
        assert path_of(upload).read_bytes() == b"abc", name
    place = announce(name="real.sql", size=6).json()
    for offset in ("", "-1", "x", "²", "9" * 30, "9" * 5000, "1", "1.0"):
        answer = decent(keeper.put(f"{place['url']}?offset={offset}", b"abc"), offset)
        assert answer.status_code in (400, 409), offset
    assert decent(keeper.put(f"{place['url']}?offset=0", b"abcdefg")).status_code == 400, "more than was announced"
    assert keeper.put(f"{place['url']}?offset=0", b"abcdef").json()["received"] == 6
    assert keeper.put(f"{place['url']}?offset=6", b"g").status_code == 400
    assert keeper.put(f"{place['url']}?offset=0", b"abcdef").status_code == 409
    assert decent(keeper.put(f"{place['url']}?offset=0", b"x" * (9 * 1024 * 1024 + 1))).status_code == 400
    stranger = Client()
    stranger.force_login(Person.objects.create(login="stranger", password="!"))
    for method in (stranger.get, stranger.put, stranger.post):
        assert method(f"{place['url']}?offset=0").status_code == 404


def test_two_files_of_one_name_do_not_eat_each_other(keeper: Client) -> None:
    first = keeper.post("/rescue/uploads/", {"name": "a.sql", "size": 3}).json()
    second = keeper.post("/rescue/uploads/", {"name": "a.sql", "size": 5, "run": first["run"]})
    keeper.put(f"{first['url']}?offset=0", b"one")
    keeper.put(f"{second.json()['url']}?offset=0", b"three")
    again = keeper.post("/rescue/uploads/", {"name": "a.sql", "size": 5, "run": first["run"]}).json()
    assert (again["url"], again["received"]) == (second.json()["url"], 5), "the broken upload is found again"
    assert {upload.name: path_of(upload).read_bytes() for upload in Upload.objects.all()} == {
        "a.sql": b"one", "a (2).sql": b"three",
    }  # fmt: skip


def test_starting_twice_starts_once(keeper: Client) -> None:
    from fanthology.base.models import Job

    run = Run.objects.create(state=Run.State.EXAMINED)
    for step in ("bring", "bring", "examine", "publish", "undo", "basis"):
        for form in (
            {},
            {"which": "chosen", "work": ["²", "9" * 5000, "-1", "x"]},
            {"basis": "x" * 500},
            {"prefix": "'; --"},
        ):
            decent(keeper.post(f"/rescue/{run.pk}/{step}/", form), (step, form))
    assert Job.objects.filter(key=f"run-{run.pk}", state__in=("queued", "running")).count() <= 1


def test_guessing_a_password_has_to_wait(web: Client) -> None:
    make_keeper("Mina")
    answers = [web.post("/account/login/", {"login": "mina", "password": f"wrong {number}"}) for number in range(7)]
    assert {answer.status_code for answer in answers[:5]} == {200}
    assert answers[6].status_code == 429
    assert 0 < int(decent(answers[6])["Retry-After"]) <= 60
    right = web.post("/account/login/", {"login": "MINA ", "password": PASSWORD})
    assert right.status_code == 429, "not even the right one tells that it is right"
    spread = [
        web.post("/account/login/", {"login": f"name{number}", "password": "x"}).status_code for number in range(40)
    ]
    assert spread[-1] == 429, "many names from one place are one guesser"


def test_logging_in_changes_the_session(web: Client) -> None:
    make_keeper("Mina")
    web.cookies["session"] = "f" * 32
    answer = web.post("/account/login/", {"login": "mina", "password": PASSWORD})
    session = answer.cookies["session"]
    assert session.value != "f" * 32
    assert session["httponly"]
    assert session["samesite"] == "Lax"
