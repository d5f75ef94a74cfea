"""Tricks that make an HTML parser slow, taken out of the source before it is parsed.

Parsing is quadratic in how deep elements lie, in the attributes of one tag, in formatting that is reopened in every
paragraph, in what stands in a table outside its cells, and in the ampersands of one text. This is no sanitiser: it only
renames the tags that are too many to `<wbr>`, which every parser knows as empty and the allow-list does not know,
shortens absurd tags, opens a cell, and lets ampersands go around the parser. What is safe is decided afterwards.
"""

from __future__ import annotations

import html as entities
import re
from collections import Counter
from typing import Final

from .allowed import FLATTENED, MAX_AMPERSANDS, MAX_ATTRIBUTES, MAX_DEPTH, MAX_MISPLACED, MAX_REOPENED
from .notes import Notes

# A tag as the HTML standard reads it, to its end or, when it never ends, to the end of the source.
_PIECE: Final = re.compile(
    r"<!--(?s:.*?)(?:-->|\Z)"
    r"|<(?i:(script|style|textarea|title|xmp|iframe|noembed|noframes|noscript))(?=[\s/>])(?s:.*?)(?:</(?i:\1)\b|\Z)"
    r"|<(/?)([A-Za-z][^\s/>]*)"
    r"((?:[\s/]++|[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>\"'][^\s>]*+)?)?)*+)(>|\Z)"
)
# End tags of these may be left out: they close one another and lie no deeper for being many.
_SELF_ENDING: Final = frozenset(
    {
        *("p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "caption", "colgroup", "option"),
        *("optgroup", "rt", "rp", "rb", "rtc", "a", "nobr", "button", "html", "head", "body"),
        *(
            "area",
            "base",
            "br",
            "col",
            "embed",
            "hr",
            "img",
            "input",
            "link",
            "meta",
            "param",
            "source",
            "track",
            "wbr",
        ),
    }
)
_FORMATTING: Final = frozenset({"b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"})
# Inside these an end tag cannot end formatting that began outside.
_WALLS: Final = frozenset({"table", "object", "applet", "marquee", "select", "template"})
_ROWS: Final = frozenset({"tr", "thead", "tbody", "tfoot", "col", "colgroup"})
_CELLS: Final = frozenset({"td", "th", "caption"})
_FORMATTING_TAG: Final = re.compile(rf"(</?)(?:{'|'.join(sorted(_FORMATTING))})(?=[\s/>])", re.IGNORECASE)
_NAME_OR_VALUE: Final = re.compile(r"\"[^\"]*\"|'[^']*'|[^\s/=\"']+")
_ALIKE: Final = 3  # a parser reopens at most so many equal tags


def tame(source: str, notes: Notes) -> str:
    """The source with its words unchanged, at most `MAX_DEPTH` elements deep and without endless attributes."""
    if source.count("<") <= MAX_DEPTH and len(source) < MAX_ATTRIBUTES:
        return source
    walk = _Walk()
    parts: list[str] = []
    end = 0
    for match in _PIECE.finditer(source):
        instead = walk.step(match)
        if instead is not None:
            parts += (source[end : match.start()], instead)
            end = match.end()
    tamed = "".join((*parts, source[end:])) if parts else source
    if walk.reopened > MAX_REOPENED:
        tamed = _FORMATTING_TAG.sub(r"\1wbr", tamed)
    if tamed is not source:
        notes.add("markup.flattened", "warning", FLATTENED, "")
    return tamed


# Noncharacters, which no source has at this point, stand for the signs that the parser's writer searches for anew after
# each one found: the ampersand, and all that begin with the byte of a no-break space.
_AMPERSAND: Final = "\ufffe"
_MASKS: Final = {0xA0 + place: 0xFDD0 + place for place in range(32)}
_UNMASKS: Final = {mask: chr(code) for code, mask in _MASKS.items()} | {0xFDD0: "&nbsp;", 0xFFFE: "&amp;"}
_REFERENCE: Final = re.compile(
    r"&(?:(?P<amp>amp;|AMP;|#0{0,6}38;|#[xX]0{0,6}26;|(?![#A-Za-z]))|#\d{1,7};|[A-Za-z][A-Za-z0-9]{1,31};)"
)


def masked(source: str) -> str:
    """The source, its ampersands and Latin-1 signs masked where they are absurdly many; `unmasked` brings them back."""
    signs = 0 if source.isascii() else source.encode().count(b"\xc2")
    if source.count("&") + signs <= MAX_AMPERSANDS:
        return source
    return _REFERENCE.sub(_mask, source).translate(_MASKS)


def _mask(match: re.Match[str]) -> str:
    if match["amp"] is not None:
        return _AMPERSAND
    character = entities.unescape(match[0])
    is_sign = character == "\xa0" or (character.isprintable() and not character.isascii())
    return character if is_sign else match[0]


def unmasked(safe: str) -> str:
    """What `masked` masked, as the parser would have written it."""
    return safe.translate(_UNMASKS)


class _Walk:
    """What is open as the tags go by; a guess at what a parser will hold open, good enough to bound its work."""

    def __init__(self) -> None:
        self.reopened = 0
        self._open: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()
        self._depth = 0
        self._formatting: dict[str, list[str]] = {tag: [] for tag in _FORMATTING}
        self._alike: Counter[str] = Counter()
        self._active = 0
        self._walls: list[dict[str, int]] = []
        self._in_cell: list[bool] = []
        self._misplaced = 0

    def step(self, match: re.Match[str]) -> str | None:
        """What shall stand instead of this piece; None for itself."""
        _, closing, name, attributes, last = match.groups()
        if name is None or not last:
            return None
        tag = name.lower()
        if closing:
            return self._close(tag)
        instead = None
        if len(attributes) > MAX_ATTRIBUTES and len(_NAME_OR_VALUE.findall(attributes)) > MAX_ATTRIBUTES:
            attributes, instead = "", f"<{name}>"
        if tag not in _FORMATTING:
            self.reopened += self._active
        if tag in _SELF_ENDING:
            return self._place(tag, instead or match[0]) or instead
        if self._depth >= MAX_DEPTH:
            self._dropped[tag] += 1
            instead = f"<wbr{attributes}>"
            return self._place("wbr", instead) or instead
        self._depth += 1
        self._open[tag] += 1
        if tag in _FORMATTING:
            self._formatting[tag].append(match[0])
            self._alike[match[0]] += 1
            self._active += self._alike[match[0]] <= _ALIKE
        elif tag in _WALLS:
            self._walls.append({each: len(self._formatting[each]) for each in _FORMATTING})
        placed = self._place(tag, instead or match[0])
        if tag == "table":
            self._in_cell.append(False)
        return placed or instead

    def _place(self, tag: str, text: str) -> str | None:
        """The tag with a cell before it, where too many stand in a table but in no cell; a parser moves each of them."""
        if not self._in_cell:
            return None
        if tag in _ROWS:
            self._in_cell[-1] = False
        elif tag in _CELLS:
            self._in_cell[-1] = True
        elif not self._in_cell[-1]:
            self._misplaced += 1
            if self._misplaced > MAX_MISPLACED:
                self._in_cell[-1] = True
                return f"<td>{text}"
        return None

    def _close(self, tag: str) -> str | None:
        if self._dropped[tag]:
            self._dropped[tag] -= 1
            return "<wbr>"
        if not self._open[tag]:
            if self._in_cell and tag in _ROWS | _CELLS:
                self._in_cell[-1] = False
            return None
        if tag == "table":
            self._in_cell.pop()
        if tag in _FORMATTING:
            if self._walls and len(self._formatting[tag]) <= self._walls[-1][tag]:
                return None
            text = self._formatting[tag].pop()
            self._active -= self._alike[text] <= _ALIKE
            self._alike[text] -= 1
        elif tag in _WALLS:
            self._walls.pop()
        self._open[tag] -= 1
        self._depth -= 1
        return None
