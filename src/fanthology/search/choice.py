"""What somebody chose on the browse page: all of it stands in the query string, so every list has an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from django.http import QueryDict
from django.utils.http import urlencode

from .query import SORTS

MOST_TAGS = 50
MOST_LETTERS = 500
LARGEST = 10**9


@dataclass(frozen=True, slots=True)
class Choice:
    """`tags` and `left_out` are tag ids; `also` and `also_not` names typed by hand, turned into ids before the search.

    `unsure` leaves out works whose warnings nobody stated. `complete` and `crossover` are "", "yes" or "no".
    """

    q: str = ""
    tags: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()
    also: str = ""
    also_not: str = ""
    unsure: bool = False
    language: str = ""
    complete: str = ""
    crossover: str = ""
    words_from: int | None = None
    words_to: int | None = None
    sort: str = ""
    page: int = 1

    @classmethod
    def of(cls, asked: QueryDict) -> Choice:
        """The choice of a query string; what makes no sense there is left out, never an error."""
        return cls(
            q=asked.get("q", "").strip()[:MOST_LETTERS],
            tags=_numbers(asked.getlist("tag")),
            left_out=_numbers(asked.getlist("not")),
            also=asked.get("also", "").strip()[:MOST_LETTERS],
            also_not=asked.get("also_not", "").strip()[:MOST_LETTERS],
            unsure=asked.get("unsure") == "1",
            language=asked.get("language", "")[:35],
            complete=_yes_or_no(asked.get("complete", "")),
            crossover=_yes_or_no(asked.get("crossover", "")),
            words_from=_number(asked.get("words_from", "")),
            words_to=_number(asked.get("words_to", "")),
            sort=asked.get("sort", "") if asked.get("sort") in SORTS else "",
            page=max(1, _number(asked.get("page", "")) or 1),
        )

    @property
    def address(self) -> str:
        """The address of this choice, always the same for the same choice."""
        names = {"tags": "tag", "left_out": "not"}
        pairs: list[tuple[str, str]] = []
        for name, value in self._said().items():
            many = value if isinstance(value, tuple) else (value,)
            pairs.extend((names.get(name, name), "1" if one is True else str(one)) for one in many)
        return f"/browse/?{urlencode(pairs)}" if pairs else "/browse/"

    def but(self, **changes: Any) -> str:
        """The address of this choice with something changed, back on its first page."""
        return replace(self, **{"page": 1, **changes}).address

    def without_tag(self, tag_id: int) -> str:
        return self.but(
            tags=tuple(pk for pk in self.tags if pk != tag_id),
            left_out=tuple(pk for pk in self.left_out if pk != tag_id),
        )

    @property
    def narrows(self) -> bool:
        """Whether anything is chosen that the list could be shorter for."""
        return bool(self._said().keys() - {"sort", "page"})

    def _said(self) -> Mapping[str, Any]:
        """What differs from choosing nothing."""
        blank = Choice()
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value != getattr(blank, name)}


def _numbers(texts: list[str]) -> tuple[int, ...]:
    found = (_number(text) for text in texts[:MOST_TAGS])
    return tuple(dict.fromkeys(number for number in found if number))


def _number(text: str) -> int | None:
    bare = text.strip().replace(",", "")
    return min(int(bare), LARGEST) if bare.isascii() and bare.isdigit() and len(bare) < 12 else None


def _yes_or_no(text: str) -> str:
    return text if text in ("yes", "no") else ""
