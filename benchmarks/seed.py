"""Synthetic works: 1,000 to 200,000 of them, with tags and words as unevenly common as real ones (Zipf).

    python -m benchmarks.seed --works 20000 --words 345 --data /tmp/some-archive

The same arguments give the same archive. The words are made up of syllables; nobody's prose is in them.
"""

from __future__ import annotations

import argparse
import bisect
import datetime as dt
import itertools
import random
from collections.abc import Sequence

from .archive import open_archive

VOCABULARY = 30_000
AUTHORS_PER_WORK = 0.2
TAG_COUNTS = {4: 300, 5: 3_000, 6: 4_000, 7: 8_000}
TAGS_PER_WORK = {4: (1, 1, 1, 1, 2), 5: (1, 2, 3, 4), 6: (0, 1, 1, 2), 7: (0, 2, 4, 6, 9)}
_STARTS = ("b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "br", "st", "th")
_ENDS = ("a", "e", "i", "o", "u", "ai", "ea", "oo")
_SYLLABLES = [start + end for start in _STARTS for end in _ENDS]


class Zipf:
    """Picks 0..n-1, the k-th with weight 1/(k+1)."""

    def __init__(self, n: int) -> None:
        self._upto = list(itertools.accumulate(1 / (rank + 1) for rank in range(n)))

    def pick(self, chance: random.Random, k: int = 1) -> list[int]:
        return [bisect.bisect(self._upto, chance.random() * self._upto[-1]) for _ in range(k)]


def words(chance: random.Random) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < VOCABULARY:
        found["".join(chance.choices(_SYLLABLES, k=chance.choice((1, 2, 2, 3, 3, 4))))] = None
    return list(found)


def text(vocabulary: Sequence[str], zipf: Zipf, chance: random.Random, length: int) -> str:
    """`length` words as paragraphs of some 60 words."""
    picked = [vocabulary[number] for number in zipf.pick(chance, length)]
    return "".join(f"<p>{' '.join(picked[start : start + 60]).capitalize()}.</p>" for start in range(0, length, 60))


def seed(works: int, length: int, *, chance_seed: int = 1, chapters: int = 1, batch: int = 200) -> None:
    """Fill the opened archive. `length` is words per work, spread over `chapters`."""
    from fanthology.base.bulk import relaxed_sync
    from fanthology.formats import Markup
    from fanthology.people.actions import add_unclaimed_pen_names
    from fanthology.people.models import PenName
    from fanthology.tags.actions import add_tags
    from fanthology.tags.models import Kind, Tag
    from fanthology.works.access import State
    from fanthology.works.actions import Arrival, Header, NewChapter, Tagged, add_works
    from fanthology.works.counts import recount_tags

    chance = random.Random(chance_seed)
    vocabulary, zipf = words(chance), Zipf(VOCABULARY)
    authors = add_unclaimed_pen_names(
        newcomers=[
            PenName(name=f"{chance.choice(vocabulary).title()} {number}")
            for number in range(max(10, int(works * AUTHORS_PER_WORK)))
        ]
    )
    ratings = list(Tag.objects.filter(kind_id=Kind.RATING))
    fixed = {kind: list(Tag.objects.filter(kind_id=kind)) for kind in (Kind.WARNING, Kind.CATEGORY)}
    shelves = {}
    for kind, most in TAG_COUNTS.items():
        number = max(20, min(most, works))
        shelves[kind] = (
            add_tags(names=[(kind, f"{chance.choice(vocabulary).title()} {n}", "") for n in range(number)]),
            Zipf(number),
        )
    start = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)

    def arrival(number: int) -> Arrival:
        tags = [chance.choice(fixed[Kind.WARNING]), chance.choice(fixed[Kind.CATEGORY])]
        for kind, (shelf, common) in shelves.items():
            tags += [shelf[place] for place in common.pick(chance, chance.choice(TAGS_PER_WORK[kind]))]
        long = max(20, int(length * chance.uniform(0.4, 1.6) / chapters))
        return Arrival(
            header=Header(
                title=f"{chance.choice(vocabulary).title()} {chance.choice(vocabulary)}",
                summary=f"<p>{' '.join(vocabulary[n] for n in zipf.pick(chance, 25))}.</p>",
                language="en",
                rating=chance.choice(ratings[1:3] * 4 + ratings),
                complete=chance.random() < 0.7,
                revised_at=start + dt.timedelta(minutes=number * 37),
                published="2001",
            ),
            authors=[chance.choice(authors)],
            tags=[Tagged(tag, tag.name) for tag in dict.fromkeys(tags)],
            chapters=[
                NewChapter(place, Markup(text(vocabulary, zipf, chance, long)), title=f"Part {place}", word_count=long)
                for place in range(1, chapters + 1)
            ],
            state=State.POSTED,
        )

    with relaxed_sync():
        for begin in range(0, works, batch):
            add_works(arrivals=[arrival(number).ready() for number in range(begin, min(begin + batch, works))])
    recount_tags()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--works", type=int, default=1_000)
    parser.add_argument("--words", type=int, default=345)
    parser.add_argument("--chapters", type=int, default=1)
    parser.add_argument("--data")
    asked = parser.parse_args(arguments)
    data = open_archive(asked.data)
    seed(asked.works, asked.words, chapters=asked.chapters)
    from fanthology.search import index

    print(f"{index.rebuild():,} works in {data}")


if __name__ == "__main__":
    main()
