"""Languages by their BCP 47 tag: the name readers know, and which way their letters run."""

from __future__ import annotations

from functools import lru_cache

from django.conf.locale import LANG_INFO

_RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "azb", "ckb", "dv", "fa", "he", "ks", "ku-arab", "nqo", "pnb", "ps", "sd", "syr", "ug", "ur", "yi"}
)
_OTHERS = {
    "la": "Latina",
    "grc": "Ἀρχαία ἑλληνική",
    "yi": "ייִדיש",
    "eo": "Esperanto",
    "enm": "Middle English",
    "ang": "Ænglisc",
}


@lru_cache(maxsize=512)
def language_name(tag: str) -> str:
    """A tag such as "de-AT" → "Deutsch": a language in its own words; the tag itself where nobody told us its name; "" for unknown."""
    for part in (tag.lower(), tag.lower().partition("-")[0]):
        name = _OTHERS.get(part) or LANG_INFO.get(part, {}).get("name_local")
        if isinstance(name, str):
            return name[:1].upper() + name[1:]
    return tag


@lru_cache(maxsize=512)
def direction_of(tag: str) -> str:
    """Either "rtl" or "ltr"; "auto" for an unknown language, so that the browser looks at the letters."""
    if not tag:
        return "auto"
    plain = tag.lower()
    return "rtl" if plain in _RIGHT_TO_LEFT or plain.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"
