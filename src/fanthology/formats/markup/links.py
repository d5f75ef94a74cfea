"""Addresses and anchors: what a link may point to."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from .allowed import SCHEMES

_MAX_URL: Final = 2_080

# Controls, spaces and invisible characters that browsers skip at the ends of an address or inside its scheme.
_INVISIBLE: Final = re.compile(
    "[\x00-\x20\x7f-\xa0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]"
)
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_HOST: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?\.?(?::\d{1,4}|:[1-5]\d{4})?")
_LONE_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


def address(value: str, base_url: str = "") -> str | None:
    """A link target that is safe and well-formed (http, https, ftp, mailto or relative), or None."""
    bare = _INVISIBLE.sub("", value)
    scheme = _SCHEME.match(bare)
    if not bare or (scheme and scheme[1].lower() not in SCHEMES):
        return None
    trimmed = (
        _INVISIBLE.sub(lambda match: " " if match[0] in " \u00a0" else "", value).strip(" \u00a0").replace("\\", "/")
    )
    try:
        joined = urljoin(base_url, trimmed) if base_url else trimmed
        parts = urlsplit(f"https:{joined}" if joined.startswith("//") else joined)
        host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return None
    if parts.scheme in ("http", "https", "ftp") and not _HOST.fullmatch(host):
        return None
    path, query, fragment = (_quoted(part) for part in (parts.path, parts.query, parts.fragment))
    result = urlunsplit((parts.scheme, host, path, query, fragment))
    return (
        result if len(result) <= _MAX_URL and not result.startswith("//") and _same_kind(result, parts.scheme) else None
    )


def _quoted(part: str) -> str:
    return quote(_LONE_PERCENT.sub("%25", part), safe="!$%&'()*+,/:;=?@-._~")


def _same_kind(result: str, scheme: str) -> bool:
    """Quoting and joining must not have made another scheme of it, and the result must read back as itself."""
    found = _SCHEME.match(result)
    return (found[1].lower() if found else "") == scheme


def anchor_of(name: str) -> str:
    """The canonical id for an author's anchor name; "" when nothing of it is left."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", unquote(name)).strip("-")
    return plain if not plain or (plain.startswith("a-") and len(plain) > len("a-")) else f"a-{plain}"
