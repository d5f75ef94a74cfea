"""Attributes in canonical form: which values stay, and what a style or an old tag says in classes and tags."""

from __future__ import annotations

import html as entities
import re
from typing import Final

from .allowed import INLINE_CLASSES, SPACES, VALUES
from .links import address

_STYLES: Final = (
    (re.compile(r"font-style\s*:\s*(?:italic|oblique)\b"), "i"),
    (re.compile(r"font-weight\s*:\s*(?:bold|bolder|[6-9]00)\b"), "b"),
    (re.compile(r"text-decoration(?:-line)?\s*:[^;]*\bunderline\b"), "u"),
    (re.compile(r"text-decoration(?:-line)?\s*:[^;]*\bline-through\b"), "s"),
    (re.compile(r"vertical-align\s*:\s*super\b"), "sup"),
    (re.compile(r"vertical-align\s*:\s*sub\b"), "sub"),
)
_STYLE_ALIGN: Final = re.compile(r"text-align\s*:\s*(center|right)\b")


def kept_of(attributes: dict[str, str], *names: str) -> dict[str, str]:
    """The named attributes whose values are of the allowed form."""
    kept = {}
    for name in names:
        value = SPACES.sub(" ", attributes.get(name, "")).strip()
        if name == "cite":
            value = address(value) or ""
        elif not VALUES[name].fullmatch(value):
            value = ""
        if value:
            kept[name] = value
    return kept


def block_class(tag: str, attributes: dict[str, str]) -> dict[str, str]:
    """Alignment as a class; an explicit left or justify cancels what would be inherited."""
    styled = _STYLE_ALIGN.search(attributes.get("style", "").lower())
    words = [
        *attributes.get("class", "").split(),
        attributes.get("align", "").lower(),
        *(styled.groups() if styled else ()),
    ]
    words += ["center"] if tag == "center" else []
    chosen = [{"middle": "center", "justify": "left"}.get(word, word) for word in words]
    aligned = [word for word in chosen if word in ("center", "right", "left")]
    return {"class": aligned[-1].replace("left", "")} if aligned else {}


def inline_class(tag: str, attributes: dict[str, str]) -> dict[str, str]:
    words = {word for word in attributes.get("class", "").split() if word in INLINE_CLASSES}
    if tag == "big":
        words.add("big")
    if tag == "font":
        words |= _font(attributes)
    return {"class": " ".join(sorted(words))} if words else {}


def _font(attributes: dict[str, str]) -> set[str]:
    """What of a font tag carries meaning: clearly larger, clearly smaller, typewriter. Sizes near the body's do not."""
    words = {"mono"} if re.search(r"courier|mono|consol|typewriter", attributes.get("face", "").lower()) else set()
    size = attributes.get("size", "").strip()
    if re.fullmatch(r"\+[1-7]|[5-7]", size):
        words.add("big")
    elif re.fullmatch(r"-[2-7]|1", size):
        words.add("small")
    return words


def styled(attributes: dict[str, str]) -> list[str]:
    """The inline tags that say the same as a style attribute."""
    style = attributes.get("style", "").lower()
    return [tag for pattern, tag in _STYLES if pattern.search(style)] if style else []


def written(attributes: dict[str, str]) -> str:
    return "".join(
        f' {name}="{entities.escape(value)}"' for name, value in sorted(attributes.items(), key=_order) if value
    )


def _order(attribute: tuple[str, str]) -> tuple[bool, str]:
    """One order for all: the link target first, then by name."""
    return attribute[0] != "href", attribute[0]
