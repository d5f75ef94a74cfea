"""Which eFiction sites lie in a dump: several may share a database, told apart by the prefix of their tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...errors import Ambiguous, UnknownFormat
from .. import sql
from . import schema

_SITE_TABLES = frozenset({"stories", "chapters", "authors"})
_TABLE = re.compile(rb"fanfiction_(?:stories|chapters|authors)\b")
_STATEMENT = re.compile(
    rb"(?:^|[\n;/ ])(INSERT|REPLACE|CREATE)\b[^\n(]{0,60}?[\s`\".]((?:[\w$-]|[\x80-\xff])*)\Z", re.IGNORECASE
)
_LONGEST = 200
"""Bytes from the word of a statement to the end of the table's name, generously: a name has 64 characters at most."""


@dataclass(slots=True)
class Sites:
    """Which prefixes have rows, and which only have table definitions."""

    filled: Counter[str]
    defined: Counter[str]

    def choices(self) -> tuple[str, ...]:
        found = self.filled or self.defined
        return tuple(sorted(found))


def look(chunks: Iterable[bytes]) -> Sites:
    """Find the prefixes that may be eFiction sites in the bytes of a dump, without parsing it: some seconds per gigabyte.

    A story may quote a statement; `confirmed` knows.
    """
    sites = Sites(Counter(), Counter())
    tail = b""
    for chunk in chunks:
        data = tail + chunk
        for table in _TABLE.finditer(data.lower()):
            statement = _STATEMENT.search(data[max(0, table.start() - _LONGEST) : table.start()])
            if statement is not None:
                kind = sites.defined if statement[1].upper() == b"CREATE" else sites.filled
                kind[statement[2].decode("utf-8", "replace")] += 1
        tail = data[-_LONGEST:]
    return sites


def confirmed(sites: Sites, events: Iterator[sql.Event]) -> Sites:
    """Of what `look` found, the sites that statements speak of, not texts. Reads no further than it must.

    Where nothing is confirmed because the dump is broken, the first look stands.
    """
    filled: Counter[str] = Counter()
    defined: Counter[str] = Counter()
    broken = False
    while not (filled.keys() >= sites.filled.keys() and (filled or defined.keys() >= sites.defined.keys())):
        event = next(events, None)
        if event is None:
            break
        broken |= isinstance(event, sql.Trouble)
        table = event.table if isinstance(event, sql.Row) else event.name if isinstance(event, sql.Table) else ""
        prefix, name = schema.split_name(table) or ("", "")
        if name in _SITE_TABLES:
            (filled if isinstance(event, sql.Row) else defined)[prefix] += 1
    return sites if broken and not (filled or defined) else Sites(filled, defined)


def choose(sites: Sites, prefix: str | None) -> str:
    """The prefix to read. Raises UnknownFormat when there is none, Ambiguous when there are several to choose from."""
    choices = sites.choices()
    if not choices:
        raise UnknownFormat("This dump holds no table of an eFiction archive.")
    if prefix is None and len(choices) == 1:
        return choices[0]
    if prefix is not None and prefix.removesuffix(schema.MARK) in choices:
        return prefix.removesuffix(schema.MARK)
    names = ", ".join(repr(choice) for choice in choices)
    message = (
        "No archive in this dump has that table prefix" if prefix is not None else "This dump holds several archives"
    )
    raise Ambiguous(f"{message}; the prefixes found are {names}.", choices=choices, code="ambiguous.prefix")
