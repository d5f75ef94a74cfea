"""Foreign text in, canonical markup out."""

from __future__ import annotations

import html as entities
import re
from typing import Final, Literal

import nh3

from ..model import Finding, Markup
from .allowed import ATTRIBUTES, GONE_WITH_CONTENTS, SCHEMES, TAGS
from .angles import told_apart
from .notes import Notes
from .rewriting import Rewriter
from .taming import masked, tame, unmasked

Mode = Literal["auto", "html", "text"]


# What XML forbids, the C1 controls, and noncharacters: none of them is text.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_FORBIDDEN_ASCII: Final = dict.fromkeys((*range(9), 11, *range(14, 32), 127))


def clean(html: str, *, mode: Mode = "auto", where: str = "", base_url: str = "") -> tuple[Markup, tuple[Finding, ...]]:
    """Canonical markup from foreign text. Never raises; cleaning what is clean changes nothing.

    `mode` "text" takes the input literally; "html" takes newlines as spaces; "auto" is the rule of eFiction and
    otwarchive: without any `<p>`, `<br>` or other block tag a newline is a line break and a blank line ends a
    paragraph. Relative links are resolved against `base_url` when it is given. `where` is copied into the findings.
    """
    notes = Notes(where)
    source = _characters(html)
    if mode == "text":
        source = _paragraphs(entities.escape(source, quote=False))
    else:
        if "<" in source:
            source = told_apart(source, notes)
        notes.removed(source)
        if mode == "auto" and not _DECISIVE.search(source):
            source = _paragraphs(_TAG_OVER_LINES.sub(lambda tag: tag[0].replace("\n", " "), source))
    tamed = tame(source, notes)
    mask = masked(tamed)
    safe = nh3.clean(
        mask,
        tags=TAGS,
        clean_content_tags=GONE_WITH_CONTENTS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel=None,
    )
    if mask is not tamed:
        safe = unmasked(safe)
    # Character references have become characters only now: the forbidden among them go here.
    if "&#" in source:
        safe = _characters(safe)
    return Markup(Rewriter(safe, notes, base_url).run()), notes.findings()


def _characters(text: str) -> str:
    """Text as XML and people know it: one kind of newline, no control characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")
    return text.translate(_FORBIDDEN_ASCII) if text.isascii() else _FORBIDDEN.sub("", text)


_DECISIVE: Final = re.compile(
    r"<(?:p|br|div|table|tr|td|ul|ol|li|dl|dt|dd|pre|section|article|figure|details)\b", re.IGNORECASE
)
_BLOCK_TAG: Final = re.compile(r"<(?:hr|center|h[1-6]|blockquote|address)\b", re.IGNORECASE)
_TAG_OVER_LINES: Final = re.compile(r"</?[A-Za-z][^<>\n]*+(?:\n[^<>\n]++)++>")
_BLANK_LINE: Final = re.compile(r"\n[ \t\u00a0]*\n\s*")


def _paragraphs(text: str) -> str:
    """Newlines to line breaks, blank lines to paragraphs; a piece with a heading or rule in it stays unwrapped."""
    pieces = []
    for piece in _BLANK_LINE.split(text.strip(" \t\n")):
        broken = piece.strip("\n").replace("\n", "<br>")
        pieces.append(f"<br><br>{broken}<br><br>" if "<" in piece and _BLOCK_TAG.search(piece) else f"<p>{broken}</p>")
    return "\n".join(pieces)
