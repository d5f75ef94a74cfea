"""The well-nested output of the HTML parser as a list of pieces."""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass
from typing import Final, Literal

from .allowed import SPACES, VOID

_TOKEN: Final = re.compile(
    r"<p>((?:[^<]++|<br>|<(i|em|b|strong|u)>[^<]++</\2>)*+)</p>"
    r'|<(/?)([a-z][a-z0-9]*)((?:[^<>"]|"[^"]*")*)>|([^<]+)'
)
_ATTRIBUTE: Final = re.compile(r'([^\s"=<>]+)="([^"]*)"')
# Space or a line break where canonical markup has none.
_RAGGED: Final = re.compile(r"<[a-z]+> | </| <br>|<br><br>|^<br>|<br>$|<[a-z]+></")


@dataclass(slots=True)
class Token:
    """One piece of nh3's output. `end` is the index of the matching end tag (its own index for all but start tags).

    "prose" is a whole paragraph at the top level whose `text` is canonical markup already, as most of a book is.
    """

    kind: Literal["text", "open", "close", "prose"]
    tag: str
    text: str
    end: int = 0


def tokens(safe: str, *, prose: bool = True) -> list[Token]:
    """The pieces in order. Without `prose` every paragraph is taken apart."""
    found: list[Token] = []
    waiting: list[int] = []
    _scan(safe, found, waiting, prose=prose)
    return found


def _scan(safe: str, found: list[Token], waiting: list[int], *, prose: bool) -> None:
    for match in _TOKEN.finditer(safe):
        inner, _, closing, tag, attributes, text = match.groups()
        index = len(found)
        if text:
            found.append(Token("text", "", entities.unescape(text) if "&" in text else text, index))
        elif inner is not None:
            paragraph = _paragraph(inner) if prose and not waiting else None
            if paragraph is not None:
                found.append(Token("prose", "", paragraph, index))
                continue
            found.append(Token("open", "p", ""))
            waiting.append(index)
            _scan(inner, found, waiting, prose=False)
            found[waiting.pop()].end = len(found)
            found.append(Token("close", "p", "", len(found)))
        elif closing:
            found[waiting.pop()].end = index
            found.append(Token("close", tag, "", index))
        else:
            found.append(Token("open", tag, attributes, index))
            if tag not in VOID:
                waiting.append(index)


def _paragraph(inner: str) -> str | None:
    """The paragraph in canonical form, or None when it takes more than white space to bring it there."""
    text = inner.replace("\n", " ").replace("\t", " ").strip(" ")
    if "  " in text:
        text = SPACES.sub(" ", text)
    if "<" in text:
        if "&nbsp;" in text or _RAGGED.search(text):
            return None
        return f"<p>{text.replace('<br>', '<br/>')}</p>"
    text = text.replace("&nbsp;", "\u00a0")
    return f"<p>{text}</p>" if text.strip(" \u00a0") else None


def attributes_of(token: Token) -> dict[str, str]:
    return {name: entities.unescape(value) for name, value in _ATTRIBUTE.findall(token.text)} if token.text else {}
