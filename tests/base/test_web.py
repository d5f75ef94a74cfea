"""What every page is made with: words in templates, paging, and pages for when things go wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import path

from fanthology.base import web
from fanthology.base.web import Page


def shown(template: str, **context: object) -> str:
    return str(engines["jinja2"].from_string(template).render(context))


def test_the_words_of_a_template():
    assert shown("{{ n|number }}", n=1234567) == "1,234,567"
    assert shown("{{ none|number }}", none=None) == ""
    assert shown("{{ 1|counted('work', 'works') }}, {{ 1200|counted('work', 'works') }}") == "1 work, 1,200 works"
    assert shown("{{ a|bytes_in_words }} {{ b|bytes_in_words }}", a=999, b=1_536_000) == "999 bytes 1.5 MB"
    assert shown("{{ url('health') }} {{ static('a.css') }}") == "/health /static/a.css"
    assert shown("{{ _('Works') }} {{ ngettext('%(num)s work', '%(num)s works', 2) }}") == "Works 2 works"


@pytest.mark.parametrize(
    ("precision", "words", "machine"),
    [
        ("year", "2003", "2003"),
        ("month", "November 2003", "2003-11"),
        ("day", "2 November 2003", "2003-11-02"),
        ("", "2 November 2003", "2003-11-02"),
    ],
)
def test_a_date_says_no_more_than_is_known(precision, words, machine):
    day = date(2003, 11, 2)
    assert web.day(day, precision) == words
    assert web.iso(day, precision) == machine


def test_unknown_dates_are_empty_and_moments_have_an_hour():
    assert (web.day(None), web.iso(None), web.moment(None)) == ("", "", "")
    at = datetime(2003, 11, 2, 21, 40, tzinfo=UTC)
    assert (web.day(at), web.moment(at), web.iso(at)) == (
        "2 November 2003",
        "2 November 2003, 21:40",
        "2003-11-02T21:40:00+00:00",
    )


def test_text_is_escaped_and_stored_markup_is_not():
    assert shown("{{ t }} {{ t|markup }}", t="<i>x</i>") == "&lt;i&gt;x&lt;/i&gt; <i>x</i>"


@pytest.mark.parametrize(
    ("total", "number", "numbers"),
    [
        (0, 1, [1]),
        (20, 1, [1]),
        (21, 1, [1, 2]),
        (400, 1, [1, 2, 3, None, 20]),
        (400, 10, [1, None, 8, 9, 10, 11, 12, None, 20]),
    ],
)
def test_the_numbers_under_a_list(total, number, numbers):
    assert Page(rows=(), number=number, size=20, total=total).numbers == numbers


@pytest.mark.parametrize(("asked", "number"), [(None, 1), ("2", 2), ("99", 3), ("x", 1), ("-1", 3), ("0", 3)])
def test_a_page_is_always_one_there_is(asked, number):
    page = Page.of(list(range(45)), asked, size=20)
    assert page.number == number
    assert (page.first_shown, page.last_shown) == ((number - 1) * 20 + 1, min(number * 20, 45))
    assert (page.previous, page.next) == (number - 1 or None, number + 1 if number < 3 else None)


def test_an_empty_list_has_one_empty_page():
    page = Page.of([], "7")
    assert (page.number, page.last, page.first_shown, page.last_shown) == (1, 1, 0, 0)


def test_the_address_of_a_page_keeps_the_rest_of_the_question():
    request = RequestFactory().get("/browse/?q=lamp&page=3&tag=1&tag=2")
    assert Page.wanted(request) == 3
    assert Page.url(request, 4) == "/browse/?q=lamp&tag=1&tag=2&page=4"
    assert Page.url(request, 1) == "/browse/?q=lamp&tag=1&tag=2"
    assert Page.wanted(RequestFactory().get("/browse/?page=²")) == 1


def fails(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [path("fails/", fails), path("slow/", lambda request: web.too_many(request, wait=30))]
handler404, handler500 = web.missing, web.broken


@pytest.mark.urls(__name__)
def test_our_own_fault_is_told_without_a_database():
    answer = Client(raise_request_exception=False).get("/fails/")
    assert (answer.status_code, answer["Cache-Control"]) == (500, "no-store")
    assert "<h1>" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_whoever_asks_too_often_is_told_when_to_come_back():
    answer = Client().get("/slow/")
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (429, "30", "no-store")


def test_the_last_line_of_defence(monkeypatch):
    monkeypatch.setattr(web, "get_template", lambda _: 1 / 0)
    answer = web.broken(RequestFactory().get("/"))
    assert (answer.status_code, answer.content) == (500, b"Something went wrong on our side.\n")


@pytest.mark.django_db
def test_a_form_without_its_token_is_told_kindly():
    request = RequestFactory().post("/")
    answer = web.forged(request, "no cookie")
    assert answer.status_code == 403
    assert b"expired" in answer.content
    assert web.bad_request(request).status_code == 400
    assert web.forbidden(request).status_code == 403


@pytest.mark.django_db
def test_the_archive_is_at_hand_in_every_page_and_asked_only_when_shown(django_assert_num_queries):
    request = RequestFactory().get("/")
    with django_assert_num_queries(0):
        web.render(request, "errors/500.html", {})
    assert web.respond(request, "errors/500.html", {}, status=500)["Cache-Control"] == "private, no-store"
