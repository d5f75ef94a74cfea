"""A walk through the whole archive, as a guest who follows every link: each page answers, is valid, and stays at home.

Pages are told apart by kind: their address with numbers and names left out. Of each kind some are read, one is looked at.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass
from html import unescape
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

import pytest

from tests.journeys.conftest import Site, Visit
from tests.journeys.eyes import LOOKS, look
from tests.rules.validity import faults

OF_A_KIND = 6
LOADED = re.compile(
    r"<(?:link|script|img|source|iframe|audio|video)\b[^>]*?\b(?:src|href)=[\"']?([^\"'\s>]+)", re.IGNORECASE
)
FOLLOWED = re.compile(r"<a\b[^>]*?\bhref=[\"']([^\"']+)", re.IGNORECASE)


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *_args: object) -> None:
        """A redirect is an answer of its own here."""


@dataclass(frozen=True)
class Met:
    """One page of the walk: where it was linked from, and what it answered."""

    address: str
    linked_from: str
    status: int
    media_type: str
    body: str
    leads_to: str = ""
    is_download: bool = False


def kind(address: str) -> str:
    """`/read/12/34/` → `/read/N/N/`, `/read/authors/mina/` → `/read/authors/S/`, with the names of its parameters."""
    parts = urlsplit(address)
    path = re.sub(r"/\d+(?=[/.]|$)", "/N", parts.path)
    path = re.sub(r"^(/read/tags/N|/read/authors|/read/collections|/about)/[^/]+", r"\1/S", path)
    names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
    return path + ("?" + "&".join(names) if names else "")


def fetch(opener: OpenerDirector, address: str, linked_from: str) -> Met:
    try:
        answer = opener.open(Request(address, headers={"Accept": "text/html,*/*"}), timeout=30)
    except HTTPError as error:
        answer = error
    with answer:
        media_type = answer.headers.get_content_type()
        data = answer.read()
        body = data.decode("utf-8", "replace") if media_type.startswith("text/") else ""
        is_download = "attachment" in (answer.headers.get("Content-Disposition") or "")
        leads_to = answer.headers.get("Location") or ""
        return Met(address, linked_from, answer.status or 0, media_type, body, leads_to, is_download)


@pytest.fixture(scope="session")
def walk(demo_site: Site) -> list[Met]:
    opener = build_opener(Stay)
    home = demo_site.url + "/"
    waiting = deque([(home, "the door")])
    seen, kinds = {home}, Counter[str]()
    met = []
    while waiting:
        page = fetch(opener, *waiting.popleft())
        met.append(page)
        links = [page.leads_to] if page.leads_to else []
        if page.media_type == "text/html":
            links += [unescape(link) for link in FOLLOWED.findall(page.body) + LOADED.findall(page.body)]
        for link in links:
            target = urldefrag(urljoin(page.address, link)).url
            if target in seen or not target.startswith(home):
                continue
            seen.add(target)
            kinds[kind(target)] += 1
            if kinds[kind(target)] <= OF_A_KIND:
                waiting.append((target, page.address))
    return met


def test_every_link_is_answered(walk: list[Met]):
    assert len(walk) > 50, "the walk saw almost nothing: is the demo archive empty?"
    lost = [
        f"{page.status} {page.address} (linked from {page.linked_from})"
        for page in walk
        if page.status not in {200, 301, 302, 303}
    ]
    assert not lost, "\n".join(lost)


def test_every_page_is_valid(walk: list[Met]):
    pages = [page for page in walk if page.media_type == "text/html" and page.body]
    found = [f"{page.address}: {fault}" for page in pages for fault in faults(page.body)]
    assert not found, "\n".join(found)


def test_nothing_is_loaded_from_elsewhere(walk: list[Met], demo_site: Site):
    found = [
        f"{page.address} loads {link}"
        for page in walk
        for link in LOADED.findall(page.body)
        if not urljoin(page.address, link).startswith((demo_site.url, "data:"))
        and 'rel="canonical"' not in page.body[: page.body.find(link)].rpartition("<")[2]
    ]
    assert not found, "\n".join(found)


@pytest.mark.slow
def test_every_kind_of_page_is_fit_to_be_seen(walk: list[Met], visit: Visit, demo_site: Site):
    """Fits 360, 768 and 1280 px, no violation of WCAG 2.2 AA in light and dark, pictures kept for people."""
    firsts: dict[str, Met] = {}
    for page in walk:
        if page.media_type == "text/html" and page.status == 200 and not page.is_download:
            firsts.setdefault(kind(page.address).partition("?")[0], page)
    found = []
    for width, theme in LOOKS:
        person = visit("/", width=width, theme=theme).context
        for name, page in firsts.items():
            view = visit(page.address.removeprefix(demo_site.url), context=person)
            try:
                look(view, "page" + name.replace("/", "-"))
            except AssertionError as error:
                found.append(str(error))
            view.close()
    assert not found, "\n\n".join(found)
