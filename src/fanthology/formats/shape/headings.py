"""Lines that look like the head of a chapter, and the series they form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .lines import despaced

_NUMBERS = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
}
_NUMBERS |= {
    word: number
    for number, word in enumerate(
        ["erstes", "zweites", "drittes", "viertes", "fünftes", "sechstes", "siebtes", "achtes", "neuntes", "zehntes"],
        start=1,
    )
}
_NUMBERS |= {
    word: number
    for number, word in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"], start=1
    )
}
_NUMBERS |= {"thirty": 30, "forty": 40, "fifty": 50}
_ROMAN = re.compile(r"(?=[ivxlc])(?:c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})\Z", re.IGNORECASE)
_HEADING = re.compile(
    r"\A\W{0,6}(?P<kind>chapter|ch\.|part|pt\.|act|scene|episode|book|kapitel|teil|chapitre|partie|capítulo|capitulo|parte|section|day|letter)"
    r"\s{0,3}[#:]?\s{0,3}(?P<number>\d{1,4}|[ivxlc]{1,8}|[a-zü]{3,9}(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?)"
    r"(?P<of>\s{0,2}(?:/|of)\s{0,2}\d{1,4})?"
    r"(?P<mark>\s{0,3}[.:\-–—)~]{1,4}\s{0,5}|\s{1,5}|\W{0,6}\Z)(?P<title>.{0,70}?)\W{0,6}\Z",
    re.IGNORECASE,
)
_LONE = re.compile(
    r"\A\W{0,6}(?P<kind>prologue|prolog|epilogue|epilog|interlude|preface|afterword|coda|prólogo|epílogo)\b(?P<title>.{0,60}?)\W{0,6}\Z",
    re.IGNORECASE,
)
_FIRST = re.compile(r"\W{0,40}[cpasebkdtlivx\d]", re.IGNORECASE)
"""What every heading begins with: most lines of a book are told from one at a glance."""
_WIDEST = 400
_BARE = re.compile(r"\A\W{0,4}(?P<number>\d{1,3}|[ivxl]{1,7})\W{0,4}\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that looks like the head of a chapter. `number` 0 for a prologue, None for an epilogue."""

    kind: str
    number: int | None
    title: str


def heading_of(text: str) -> Heading | None:
    """What a line says as a chapter heading, or None. Whether it is one depends on the others: see `series_of`."""
    if len(text) > _WIDEST or not _FIRST.match(text):
        return None
    return _parsed(despaced(text))


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Heading | None:
    """Remembered: what repeats in a file by the thousand is looked at once."""
    if len(text) > 80:
        return None
    if match := _LONE.match(text):
        kind = match["kind"].lower()
        number = 0 if kind.startswith(("prolog", "prólog", "preface")) else None
        return Heading("lone", number, _heading_title(text))
    match = _HEADING.match(text)
    if match and (number := _number(match["number"])) is not None:
        plain_mark = not match["mark"].strip()
        if match["title"] and plain_mark and (match["title"][:1].islower() or text.rstrip()[-1:] in '.,;?!"”'):
            return None
        return Heading(_KINDS.get(match["kind"].lower(), match["kind"].lower()), number, _heading_title(text))
    match = _BARE.match(text)
    if match and (number := _number(match["number"])) is not None and number < 200:
        return Heading("bare", number, match["number"])
    return None


_KINDS = {
    "ch.": "chapter",
    "pt.": "part",
    "kapitel": "chapter",
    "chapitre": "chapter",
    "capítulo": "chapter",
    "capitulo": "chapter",
    "teil": "part",
    "parte": "part",
    "partie": "part",
}


def _heading_title(text: str) -> str:
    text = text.strip(" \t*_~=-^#<>[]|+")
    return text.title() if text.isupper() and len(text) <= 12 else text


def _number(text: str) -> int | None:
    lowered = text.lower()
    if lowered.isdigit():
        return int(lowered)
    if lowered in _NUMBERS:
        return _NUMBERS[lowered]
    tens, _, ones = lowered.replace("-", " ").partition(" ")
    if ones and tens in _NUMBERS and ones in _NUMBERS:
        return _NUMBERS[tens] + _NUMBERS[ones]
    return _roman(lowered) if _ROMAN.match(lowered) else None


def _roman(text: str) -> int:
    values = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
    total = 0
    for sign, after in zip(text, [*text[1:], ""], strict=True):
        total += -values[sign] if values[sign] < values.get(after, 0) else values[sign]
    return total


def series_of(headings: list[tuple[int, Heading]]) -> list[tuple[int, Heading]]:
    """The headings that form an increasing series of one kind, with prologue and epilogue around them; [] when fewer than two."""
    best: list[tuple[int, Heading]] = []
    for kind in dict.fromkeys(heading.kind for _, heading in headings):
        if kind == "lone":
            continue
        chain: list[tuple[int, Heading]] = []
        for place, heading in headings:
            number = heading.number if heading.number is not None else -1
            last = chain[-1][1].number if chain else None
            if heading.kind == kind and (number in {0, 1} if last is None else number == last + 1):
                chain.append((place, heading))
        if len(chain) > len(best):
            best = chain
    if not best:
        return []
    first = best[0][0]
    lone = [
        (place, heading)
        for place, heading in headings
        if heading.kind == "lone" and ((heading.number == 0) == (place < first))
    ]
    series = sorted([*best, *lone], key=lambda item: item[0])
    return series if len(series) >= 2 and len(best) >= (2 if best[0][1].kind == "bare" else 1) else []
