"""A search that finds nothing, spelt as the names of this archive are: sherlok → sherlock.

Only names that everybody may see, or every member where a member asks, are compared with: the commonest tags, titles and
authors of the newest works, some thousands of each. They are gathered once for each change of the archive, and only where
nothing was found.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from fanthology.base.folding import fold
from fanthology.base.stamps import list_stamp
from fanthology.people.models import PenName
from fanthology.tags.models import Tag
from fanthology.works.access import GUEST, Viewer
from fanthology.works.models import Work

MOST_NAMES = 3_000
SHORTEST = 4
CLOSE = 0.8
LIKELY = 60  # words that share most pairs of letters are looked at closely
_WORD = re.compile(r"[^\W\d_]{4,}")
_OPERATORS = frozenset({"AND", "NOT", "OR"})


def respelt(query: str, *, viewer: Viewer) -> str | None:
    """The query with words that no name holds put as the nearest name has them; None where there is nothing to mend."""
    names = visible_names(list_stamp(), viewer.is_member)

    def nearest(match: re.Match[str]) -> str:
        word = fold(match[0])
        if word in names.words or match[0] in _OPERATORS or (match.end() < len(query) and query[match.end()] == ":"):
            return match[0]
        return names.nearest(word) or match[0]

    mended = _WORD.sub(nearest, query)
    return mended if fold(mended) != fold(query) else None


class Names:
    """The words of names, found by the pairs of letters that they hold."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)
        self._holding: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self.words):
            for pair in _pairs(word):
                self._holding[pair].append(word)

    def nearest(self, word: str) -> str | None:
        shared = Counter(name for pair in _pairs(word) for name in self._holding.get(pair, ()))
        close = get_close_matches(word, [name for name, _ in shared.most_common(LIKELY)], n=1, cutoff=CLOSE)
        return close[0] if close else None


def _pairs(word: str) -> set[str]:
    return {word[at : at + 2] for at in range(len(word) - 1)}


@lru_cache(maxsize=2)
def visible_names(stamp: str, members: bool) -> Names:  # noqa: FBT001 - the stamp says how long it is true
    """The names that guests, or all members, may see."""
    visible = Work.objects.visible_to(Viewer(person=0) if members else GUEST).posted()
    newest = visible.filter(anonymous=False).order_by("-pk").values("pk")[:MOST_NAMES]
    signed = PenName.objects.filter(authorship__work__in=newest).distinct()
    names = [
        *Tag.objects.in_use().most_used().values_list("key", flat=True)[:MOST_NAMES],
        *signed.values_list("name_key", flat=True),
        *visible.order_by("-pk").values_list("title_key", flat=True)[:MOST_NAMES],
    ]
    return Names(word for name in names for word in _WORD.findall(name) if len(word) >= SHORTEST)
