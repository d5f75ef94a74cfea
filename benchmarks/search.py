"""The engine and the browse page over many works.   Budget at 200,000 works: engine p50 ≤ 8 ms, p99 ≤ 25 ms; page p95 ≤ 60 ms.

    python -m benchmarks.search --works 200000

The engine is asked what readers ask: two words with six counts, exclusions, a tag by date, everything by date. "bare" is the
same query without counts: what the counts cost.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .archive import close_archive, open_archive
from .seed import VOCABULARY, Zipf, seed, words
from .tables import peak_mib, report, spread, times

if TYPE_CHECKING:
    from fanthology.search.document import Wanted

REPEAT = 200


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--works", type=int, default=20_000)
    parser.add_argument("--words", type=int, default=345)
    parser.add_argument("--data", help="an archive seeded before")
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args(arguments)
    data = open_archive(asked.data)
    from fanthology.search import index
    from fanthology.works.models import Work

    if not Work.objects.exists():
        seed(asked.works, asked.words)
    began = time.perf_counter()
    documents = index.rebuild()
    built = time.perf_counter() - began
    rows = [*_engine_rows(), *_page_rows()]
    report(
        "search",
        f"Search over {documents:,} works (index built in {built:.1f} s, {documents / built:,.0f} works/s)",
        ["question", "hits", "p50 ms", "p99 ms"],
        rows,
        works=documents,
        build_seconds=built,
        peak_mib=peak_mib(),
    )
    close_archive(data, keep=asked.keep or bool(asked.data))


def _questions() -> dict[str, list[Wanted]]:
    from fanthology.search.document import Wanted
    from fanthology.search.query import All, Word
    from fanthology.tags.models import Kind, Tag

    chance = random.Random(2)
    vocabulary, zipf = words(random.Random(1)), Zipf(VOCABULARY)
    tags = {
        kind: list(Tag.objects.of_kind(kind).most_used().values_list("pk", flat=True)[:400])
        for kind in (Kind.FANDOM, Kind.ADDITIONAL)
    }

    def two() -> All:
        return All(tuple(Word(vocabulary[number]) for number in zipf.pick(chance, 2)))

    def some(make: object) -> list[Wanted]:
        return [make() for _ in range(REPEAT)]  # type: ignore[operator]

    return {
        "two words, counts": some(lambda: Wanted(node=two())),
        "two words, bare": some(lambda: Wanted(node=two(), facets=False)),
        "two words, 50 tags left out, counts": some(
            lambda: Wanted(node=two(), exclude=tuple(chance.sample(tags[Kind.ADDITIONAL], 50)))
        ),
        "a fandom by date, counts": some(lambda: Wanted(include=(chance.choice(tags[Kind.FANDOM]),), sort="updated")),
        "a fandom and a tag by length, counts": some(
            lambda: Wanted(include=(tags[Kind.FANDOM][0], chance.choice(tags[Kind.ADDITIONAL][:20])), sort="words")
        ),
        "everything by date, counts": some(lambda: Wanted(sort="updated")),
    }


def _engine_rows() -> list[list[object]]:
    from fanthology.search import index

    engine = index.engine()
    rows: list[list[object]] = []
    for name, questions in _questions().items():
        asked = iter(questions * 2)
        hits = [engine.find(question).total for question in questions[:20]]
        p50, p99 = spread(times(lambda it=asked: engine.find(next(it)), repeat=REPEAT))  # type: ignore[misc]
        rows.append([f"engine: {name}", sum(hits) // len(hits), p50, p99])
    return rows


def _page_rows() -> list[list[object]]:
    from django.test import Client

    from fanthology.base.pages import KEPT

    client = Client(HTTP_HOST="127.0.0.1")
    chance = random.Random(3)
    vocabulary, zipf = words(random.Random(1)), Zipf(VOCABULARY)

    def fresh(query: str) -> None:
        KEPT.clear()
        response = client.get(f"/browse/?{query}")
        assert response.status_code == 200, response.status_code

    def typed() -> None:
        fresh(f"q={'+'.join(vocabulary[number] for number in zipf.pick(chance, 2))}")

    rows: list[list[object]] = []
    for name, work in {"whole page: two words": typed, "whole page: everything": lambda: fresh("")}.items():
        seen = times(work, repeat=60)
        rows.append([f"{name} (p95 {seen[int(len(seen) * 0.95)]:.1f} ms)", "", *spread(seen)])
    return rows


if __name__ == "__main__":
    main()
