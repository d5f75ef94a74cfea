"""Typed readers of environment variables: the one door between the machine's settings and ours.

Every reader takes the variable's full name, so that a search for it finds the place where it is used, and every
variable has a heading in docs/keeper/settings.md (a test compares the two). A value that cannot be understood raises
`Misread`, whose message names the variable, the value and what would have been right. An empty value counts as unset.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from fanthology.base.once import write_once

YES = frozenset({"1", "yes", "true", "on"})
NO = frozenset({"0", "no", "false", "off"})


class Misread(ValueError):
    """An environment variable holds something that its reader does not understand."""

    def __init__(self, name: str, value: str, wanted: str) -> None:
        super().__init__(f"{name}={value!r} is not understood: it should be {wanted}.")


def text(name: str, default: str = "") -> str:
    """The value without outer space."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool = False) -> bool:
    """1, yes, true, on; or 0, no, false, off."""
    value = text(name)
    if not value:
        return default
    if value.lower() in YES | NO:
        return value.lower() in YES
    raise Misread(name, value, "1 or 0")


def integer(name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
    """A whole number within bounds, both included."""
    value = text(name)
    if not value:
        return default
    if value.isascii() and value.isdigit() and least <= int(value) <= most:
        return int(value)
    raise Misread(name, value, f"a whole number from {least} to {most}")


def choice(name: str, default: str, *, among: tuple[str, ...]) -> str:
    """One of a closed list of words, in lower case."""
    value = text(name, default).lower()
    if value in among:
        return value
    raise Misread(name, value, "one of " + ", ".join(among))


def listing(name: str) -> list[str]:
    """Words separated by commas or spaces."""
    return text(name).replace(",", " ").split()


def path(name: str, default: str) -> Path:
    """An absolute path; `~` is the home directory, relative paths start at the current one."""
    return Path(text(name, default)).expanduser().absolute()


def address(name: str, default: str) -> str:
    """An http or https address of a site's root, without the last slash."""
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme in ("http", "https") and parts.hostname and not parts.query and not parts.fragment:
        return value
    raise Misread(name, value, "an address such as https://archive.example")


def database(name: str) -> dict[str, object] | None:
    """Django's settings of the database at a `postgresql://user:password@host:port/name?option=value` address."""
    value = text(name)
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise Misread(name, parts.scheme + "://…", "an address such as postgresql://user:password@host:5432/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def secret(name: str, *, file: Path) -> str:
    """The value, else the content of `file`, which is made with 50 random bytes and mode 0600 at the first use.

    Two processes that start together agree: whoever comes second reads what the first wrote.
    """
    value = text(name)
    if value:
        return value
    if not file.exists():
        write_once(file, secrets.token_urlsafe(50).encode("ascii") + b"\n")
    return file.read_text(encoding="ascii").strip()
