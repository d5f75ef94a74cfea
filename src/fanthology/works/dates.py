"""Dates that know how much of themselves is known."""

from __future__ import annotations

import datetime as dt

_PRECISION = {4: "year", 7: "month", 10: "day"}
LONG_AGO = dt.datetime(1000, 1, 1, tzinfo=dt.UTC)  # before any story: where a work stands that nobody knows a date of


def known_date(text: str | None) -> tuple[dt.date | None, str]:
    """An ISO date at its source's precision ("2003", "2003-11", "2003-11-02", or an instant) → (date, precision).

    A year stands on its first day. What is no date is unknown: (None, "").
    """
    bare = (text or "")[:10]
    precision = _PRECISION.get(len(bare))
    if precision is None:
        return None, ""
    try:
        return dt.date.fromisoformat(bare + "-01" * {"year": 2, "month": 1, "day": 0}[precision]), precision
    except ValueError:
        return None, ""


def date_text(date: dt.date | None, precision: str) -> str | None:
    """The ISO form of a known date at its precision; None for an unknown one."""
    if date is None:
        return None
    return date.isoformat()[: {"year": 4, "month": 7}.get(precision, 10)]


def instant(text: str | None) -> dt.datetime | None:
    """An ISO date or instant → an aware moment in UTC (a bare date is its midnight), or None."""
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        date, _ = known_date(text)
        return dt.datetime(date.year, date.month, date.day, tzinfo=dt.UTC) if date else None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def last_change(updated: str | None, published: str | None) -> tuple[dt.datetime, str]:
    """When a work changed last, to put it in order by, and how much of that anybody said: (moment, precision).

    Precision "" = nobody said. The moment is the day of its publication then, and `LONG_AGO` where that is unknown too.
    """
    told = instant(updated)
    if told is not None:
        return told, _PRECISION.get(len(updated or ""), "day")
    return instant(published) or LONG_AGO, ""


def change_text(moment: dt.datetime | None, precision: str) -> str | None:
    """What `last_change` was told: the ISO form at its precision, to the second where it is known to the day."""
    if moment is None or not precision:
        return None
    return moment.isoformat()[: {"year": 4, "month": 7}.get(precision)]
