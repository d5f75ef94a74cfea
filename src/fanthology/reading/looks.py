"""How pages look to one reader: theme, size, face, spacing and width, kept in one small cookie on their device.

The cookie is turned into a private stylesheet, so that the pages themselves are the same for everyone and can be kept.
Palettes are read from tokens.css, where they stand between "theme" comments: there is one place for colours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path

COOKIE = "look"
SIZES = ("0.95", "1.0625", "", "1.3125", "1.5", "1.75", "2")
STEPS = tuple(str(step) for step in range(len(SIZES)))
THEMES = ("system", "light", "sepia", "dark")
FACES = {"serif": "", "sans": "var(--sans)", "mono": "var(--mono)"}
LEADINGS = {"close": "1.45", "normal": "", "airy": "1.9"}
MEASURES = {"narrow": "48ch", "normal": "", "wide": "76ch"}
_TOKENS = Path(__file__).resolve().parent.parent / "static" / "tokens.css"
_PALETTE = re.compile(r"/\* theme: (\w+) \*/(.*?)/\* theme ends \*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Look:
    """`size` is a step, 2 is the usual one. Whatever a cookie holds that we do not know is the default."""

    theme: str = "system"
    size: int = 2
    face: str = "serif"
    leading: str = "normal"
    measure: str = "normal"

    @classmethod
    def from_cookie(cls, cookie: str) -> Look:
        look = cls()
        for pair in cookie[:200].split("."):
            name, _, value = pair.partition("-")
            look = look.changed(name, value)
        return look

    def changed(self, name: str, value: str) -> Look:
        """With one choice made. `size` takes a step's number, "smaller" or "larger"; nonsense changes nothing."""
        match name:
            case "theme" if value in THEMES:
                return replace(self, theme=value)
            case "size" if value in STEPS:
                return replace(self, size=STEPS.index(value))
            case "size" if value in ("smaller", "larger"):
                step = self.size + (1 if value == "larger" else -1)
                return replace(self, size=min(max(step, 0), len(SIZES) - 1))
            case "face" if value in FACES:
                return replace(self, face=value)
            case "leading" if value in LEADINGS:
                return replace(self, leading=value)
            case "measure" if value in MEASURES:
                return replace(self, measure=value)
        return self

    def as_cookie(self) -> str:
        return ".".join(f"{field.name}-{getattr(self, field.name)}" for field in fields(self))

    def as_css(self) -> str:
        """The private stylesheet: nothing at all for the defaults."""
        values = {
            "--text-size": f"{SIZES[self.size]}rem" if SIZES[self.size] else "",
            "--text-face": FACES[self.face],
            "--text-leading": LEADINGS[self.leading],
            "--measure": MEASURES[self.measure],
        }
        own = " ".join(f"{name}: {value};" for name, value in values.items() if value)
        return palettes().get(self.theme, "") + (f":root {{ {own} }}\n" if own else "")


@lru_cache(maxsize=1)
def palettes() -> dict[str, str]:
    """Theme → its block of tokens.css. The light one is also what "system" starts from, so that one has none."""
    return {name: css.strip() + "\n" for name, css in _PALETTE.findall(_TOKENS.read_text(encoding="utf-8"))}
