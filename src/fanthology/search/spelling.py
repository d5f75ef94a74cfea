"""A search that finds nothing, spelt as the names of this archive are: sherlok → sherlock.

Only names that the viewer may see are compared with: tags in use, pen names and titles of visible works, some
thousands of each. It costs some tens of milliseconds, so it is asked only where nothing was found.
"""

from __future__ import annotations

import re
from difflib import get_close_matches

from fanthology.base.folding import fold
from fanthology.people.models import PenName
from fanthology.tags.models import Tag
from fanthology.works.access import Viewer
from fanthology.works.models import Work

MOST_NAMES = 3_000
SHORTEST = 4
CLOSE = 0.8
_WORD = re.compile(r"[^\W\d_]{4,}")
_OPERATORS = frozenset({"AND", "NOT", "OR"})


def respelt(query: str, *, viewer: Viewer) -> str | None:
    """The query with words that no name holds put as the nearest name has them; None where there is nothing to mend."""
    words = _words_of_names(viewer)
    known = sorted(words)

    def nearest(match: re.Match[str]) -> str:
        word = fold(match[0])
        if word in words or match[0] in _OPERATORS or (match.end() < len(query) and query[match.end()] == ":"):
            return match[0]
        close = get_close_matches(word, known, n=1, cutoff=CLOSE)
        return close[0] if close else match[0]

    mended = _WORD.sub(nearest, query)
    return mended if fold(mended) != fold(query) else None


def _words_of_names(viewer: Viewer) -> set[str]:
    visible = Work.objects.visible_to(viewer).posted()
    signed = PenName.objects.filter(authorship__work__in=visible.filter(anonymous=False)).distinct()
    names = [
        *Tag.objects.in_use().most_used().values_list("key", flat=True)[:MOST_NAMES],
        *signed.values_list("name_key", flat=True)[:MOST_NAMES],
        *visible.order_by("-pk").values_list("title_key", flat=True)[:MOST_NAMES],
    ]
    return {word for name in names for word in _WORD.findall(name) if len(word) >= SHORTEST}
