"""What every page is made with: the Jinja2 environment, paging, error pages.

Rooms add words to all templates in their `furniture.py`, which is loaded at start:

    @template_global
    def work_url(work_id: int) -> str: ...
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

import jinja2
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.functional import SimpleLazyObject
from markupsafe import Markup as Safe

from .models import Archive

Function = TypeVar("Function", bound=Callable[..., Any])
GLOBALS: dict[str, Any] = {}
FILTERS: dict[str, Callable[..., Any]] = {}
DATE_FORMATS = {"year": "Y", "month": "F Y", "day": "j F Y"}
log = logging.getLogger("fanthology.web")


def template_global(function: Function) -> Function:
    """Let every template call this function by its name."""
    GLOBALS[function.__name__] = function
    return function


def template_filter(function: Function) -> Function:
    """Let every template use this function as a filter by its name."""
    FILTERS[function.__name__] = function
    return function


def environment(**options: Any) -> jinja2.Environment:
    """The Jinja2 environment of all our pages; Django calls it once, after every room has registered its words."""
    made = jinja2.Environment(  # noqa: S701 - Django passes autoescape=True
        **options, extensions=["jinja2.ext.i18n", "jinja2.ext.do"], trim_blocks=True, lstrip_blocks=True
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext,
        translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    made.globals.update(static=static, url=url, **GLOBALS)
    made.filters.update(FILTERS)
    return made


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named route. Hot pages use their room's plain functions instead."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


@template_filter
def number(value: float | None) -> str:
    """1234567 → 1,234,567; unknown stays empty."""
    return "" if value is None else _grouped(value, translation.get_language())


# A page of cards shows some 170 numbers and dates, again and again the same; Django's formatting costs 80 µs for each.
@lru_cache(maxsize=8192)
def _grouped(value: float, language: str | None) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


@lru_cache(maxsize=8192)
def _in_words(value: date, form: str, language: str | None) -> str:
    return date_format(value, form)


@template_filter
def day(value: date | datetime | None, precision: str = "day") -> str:
    """A date in words, no more exact than it is known: "2003", "November 2003", "2 November 2003"."""
    if value is None:
        return ""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return _in_words(value, DATE_FORMATS.get(precision or "day", "j F Y"), translation.get_language())


@template_filter
def moment(value: datetime | None) -> str:
    """A point in time in words, in the archive's time zone: "2 November 2003, 21:40"."""
    return "" if value is None else date_format(timezone.localtime(value), "j F Y, H:i")


@template_filter
def iso(value: date | datetime | None, precision: str = "day") -> str:
    """The machine's form for <time datetime>, no more exact than it is known."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")[: {"year": 4, "month": 7}.get(precision)]
    return value.isoformat()[: {"year": 4, "month": 7}.get(precision, 10)]


@template_filter
def counted(value: int, one: str, many: str) -> str:
    """3, "work", "works" → "3 works"."""
    return f"{number(value)} {one if value == 1 else many}"


@template_filter
def bytes_in_words(size: int) -> str:
    """1536000 → "1.5 MB"."""
    if size < 1000:
        return f"{size} bytes"
    amount = float(size)
    for unit in ("kB", "MB", "GB", "TB"):
        amount /= 1000
        if amount < 1000 or unit == "TB":
            break
    return f"{amount:.1f} {unit}"


@template_filter
def markup(text: str) -> Safe:
    """Stored markup, as it stands: only for fields that hold what `formats.markup.clean` made."""
    return Safe(text)  # noqa: S704 - the sanitiser has been over it


def render(request: HttpRequest, template: str, context: Mapping[str, Any]) -> str:
    """A template's text; `archive` is there for every page, read only where a template asks for it."""
    return get_template(template).render({"archive": SimpleLazyObject(Archive.current), **context}, request)


def respond(request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """A rendered page that is nobody else's: never kept by a browser or a proxy."""
    response = HttpResponse(render(request, template, context), status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a long list. `number` counts from 1 and lies within 1..`last`; `total` is the whole list's length."""

    rows: Sequence[Any]
    number: int
    size: int
    total: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.last else None

    @property
    def first_shown(self) -> int:
        """The place of the first row in the whole list; 0 in an empty one."""
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last_shown(self) -> int:
        return min(self.number * self.size, self.total)

    @property
    def numbers(self) -> list[int | None]:
        """Page numbers to show: the ends, the neighbours, and None where some are left out."""
        near = {1, self.last, *range(self.number - 2, self.number + 3)}
        shown: list[int | None] = []
        for wanted in sorted(page for page in near if 1 <= page <= self.last):
            if shown and isinstance(shown[-1], int) and wanted - shown[-1] > 1:
                shown.append(None)
            shown.append(wanted)
        return shown

    @classmethod
    def of(cls, rows: QuerySet[Any, Any] | Sequence[Any], asked: str | None, *, size: int = 20) -> Page:
        """The page of a list that `?page=` asks for; whatever is not a number is 1, beyond the end is the last."""
        found = Paginator(rows, size).get_page(asked)
        return cls(rows=list(found.object_list), number=found.number, size=size, total=found.paginator.count)

    @staticmethod
    def wanted(request: HttpRequest) -> int:
        """The number in `?page=`, at least 1: for lists that are cut elsewhere, such as the search engine's."""
        asked = request.GET.get("page", "")
        return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 1

    @staticmethod
    def url(request: HttpRequest, number: int) -> str:
        """The address asked for, with another page number."""
        query = request.GET.copy()
        query.pop("page", None)
        if number > 1:
            query["page"] = str(number)
        return f"{request.path}?{query.urlencode()}" if query else request.path


def health(request: HttpRequest) -> HttpResponse:
    """For monitors and the supervisor: 200 when the database answers, else the 500 page."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 403)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its token: cookies off, or a page left open for long."""
    log.warning("form without a valid token at %s: %s", request.path, reason)
    return _error(request, 403, template="errors/form-expired.html")


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same bytes for what is not there and for what must not be seen."""
    return _error(request, 404)


def too_many(request: HttpRequest, *, wait: int) -> HttpResponse:
    """Asked too often; `wait` seconds until the next try is welcome."""
    response = _error(request, 429, wait=wait)
    response["Retry-After"] = str(wait)
    return response


def broken(request: HttpRequest) -> HttpResponse:
    """Our own fault. The page needs no database; should even its template be broken, one line of text is left."""
    try:
        return _error(request, 500)
    except Exception:
        log.exception("the error page itself is broken")
        return HttpResponse("Something went wrong on our side.\n", status=500, content_type="text/plain")


def _error(request: HttpRequest, status: int, *, template: str = "", **context: Any) -> HttpResponse:
    page = get_template(template or f"errors/{status}.html").render(context, request)
    return HttpResponse(page, status=status, headers={"Cache-Control": "no-store"})
