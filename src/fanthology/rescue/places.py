"""Where something was found, in the words of the page instead of the path that a reader writes."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CHAPTER = re.compile(r"chapters\[(\d+)\](?:\.(\w+))?")


def place_in_words(where: str, titles: Sequence[str] = ()) -> str:
    """`chapters[3].text` → "chapter 4 (The Rope)" where its title is known; `end_notes` → "end notes"."""
    return _CHAPTER.sub(lambda found: _chapter(int(found[1]), found[2] or "", titles), where).replace("_", " ")


def _chapter(index: int, part: str, titles: Sequence[str]) -> str:
    title = titles[index] if index < len(titles) else ""
    named = f"chapter {index + 1}" + (f" ({title})" if title else "")
    return named if part in ("", "text") else f"{named}, {part}"
