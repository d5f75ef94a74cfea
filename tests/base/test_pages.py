"""The page cache: one rendering per state, nothing of a member, nothing stale, nothing without end."""

from __future__ import annotations

import gzip

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from fanthology.base.models import Archive
from fanthology.base.pages import Kept, KeptPages, cached, touch_archive

PAGE = "<p>" + "The lamp was lit at six. " * 100 + "</p>"


class Rendering:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> str:
        self.count += 1
        return f"{PAGE}{self.count}"


def get(
    render: Rendering,
    headers: dict[str, str] | None = None,
    *,
    stamp: str = "1",
    member: bool = False,
    max_age: int = 0,
    circle: str | None = None,
) -> HttpResponse:
    request = RequestFactory().get("/read/1/", headers=headers)
    if member:
        request.COOKIES[settings.SESSION_COOKIE_NAME] = "x"
    return cached(request, key="work:1", stamp=stamp, render=render, max_age=max_age, circle=circle)


def test_a_guest_is_given_the_same_page_until_its_stamp_changes():
    render = Rendering()
    first, second = get(render), get(render)
    assert first.content == second.content
    assert render.count == 1
    assert get(render, stamp="2").content != first.content
    assert first["Cache-Control"] == "private, no-cache"
    assert "Cookie" in first["Vary"]
    assert get(render, stamp="2", max_age=60)["Cache-Control"] == "private, max-age=60"


def test_a_member_is_never_given_a_kept_page_nor_leaves_one():
    render = Rendering()
    guest = get(render)
    member = get(render, member=True)
    assert member.content != guest.content
    assert get(render).content == guest.content
    assert member["Cache-Control"] == "private, no-cache"


def test_those_who_see_alike_share_a_page_with_nobody_else():
    render = Rendering()
    guest, another = get(render, circle=""), get(render, member=True, circle="")
    reader, second = (get(render, member=True, circle="member", max_age=60) for _ in range(2))
    keeper = get(render, member=True, circle="keeper")
    assert guest.content == another.content
    assert reader.content == second.content
    assert len({guest.content, reader.content, keeper.content}) == render.count == 3
    assert reader["Cache-Control"] == "private, no-cache"


def test_a_browser_that_has_the_page_is_told_so():
    render = Rendering()
    first = get(render)
    again = get(render, {"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    changed = get(render, {"If-None-Match": first["ETag"]}, stamp="2")
    assert changed.status_code == 200
    packed = get(render, {"If-None-Match": changed["ETag"], "Accept-Encoding": "gzip"}, stamp="2")
    assert packed.status_code == 200


def test_whoever_takes_gzip_gets_it_and_others_do_not():
    render = Rendering()
    packed = get(render, {"Accept-Encoding": "gzip, br"})
    plain = get(render)
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed["ETag"] != plain["ETag"]
    assert "Content-Encoding" not in plain


def test_every_language_has_its_own():
    render = Rendering()
    get(render)
    with translation.override("de"):
        get(render)
    assert render.count == 2


def test_a_kept_page_costs_no_question(django_assert_num_queries, db):
    render = Rendering()
    get(render)
    with django_assert_num_queries(0):
        get(render)


def test_the_shelf_never_outgrows_its_room():
    shelf = KeptPages(room=20_000)
    for number in range(100):
        shelf.put(str(number), Kept("1", str(number), b"x" * 2000))
        shelf.get("0", "1")
    assert shelf.weight <= 20_000
    assert shelf.get("0", "1")
    assert shelf.get("98", "1")
    assert shelf.get("50", "1") is None
    shelf.put("huge", Kept("1", "h", b"x" * 10_000))
    assert shelf.get("huge", "1") is None
    page = shelf.get("0", "1")
    assert page
    before = shelf.weight
    shelf.pack("0", page)
    shelf.pack("0", page)
    assert shelf.weight == before + len(page.packed)
    shelf.put("0", Kept("2", "0", b""))
    assert shelf.weight <= 20_000
    shelf.clear()
    assert shelf.weight == 0


@pytest.mark.django_db
def test_touching_the_archive_changes_its_stamp():
    before = Archive.current().stamp
    touch_archive()
    assert Archive.current().stamp == before + 1
