"""The core alone, on a book of 100,000 words, each in a process of its own.   Budget: EPUB ≤ 200 ms and ≤ 40 MiB.

    python -m benchmarks.formats

"start" is the same process doing nothing: what Python and the imports cost. Where pandoc is installed it makes the same EPUB.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from .seed import VOCABULARY, Zipf, text, words
from .tables import report

WORDS = 100_000
CHAPTERS = 20
REPEAT = 5

_BEGIN = """
import io, resource, sys, time
from pathlib import Path
page, story = map(Path, sys.argv[1:])
start = time.perf_counter()
"""
_PROGRAMS = {
    "start": """
from fanthology.formats import read, write
start = time.perf_counter()
""",
    "clean": """
from fanthology.formats.markup import clean
book = page.read_text()
start = time.perf_counter()
clean(book)
""",
    "read html": """
from fanthology.formats import read
book = page.read_bytes()
start = time.perf_counter()
read(book, name="book.html")
""",
    "write epub": """
from fanthology.formats import read, write
book = read(story.read_bytes(), name="book.json").stories[0]
start = time.perf_counter()
write(book, "epub", out=io.BytesIO())
""",
}
_END = """
print((time.perf_counter() - start) * 1000, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        page, story = _book(Path(folder))
        rows: list[list[object]] = []
        for name, program in _PROGRAMS.items():
            runs = [_run(_BEGIN + program + _END, page, story) for _ in range(REPEAT)]
            wall, inside, memory = (sorted(run[place] for run in runs)[REPEAT // 2] for place in range(3))
            rows.append([name, wall, inside, memory])
        rows.extend(_pandoc(page))
        report(
            "formats",
            f"A book of {WORDS:,} words",
            ["work", "process ms", "of which the work ms", "peak MiB"],
            rows,
            words=WORDS,
        )


def _book(folder: Path) -> tuple[Path, Path]:
    chance = random.Random(1)
    vocabulary, zipf = words(chance), Zipf(VOCABULARY)
    parts = [f"<h2>Chapter {n}</h2>{text(vocabulary, zipf, chance, WORDS // CHAPTERS)}" for n in range(1, CHAPTERS + 1)]
    page = folder / "book.html"
    page.write_text(f"<html><head><title>Book</title></head><body><h1>Book</h1>{''.join(parts)}</body></html>")
    story = folder / "book.json"
    subprocess.run([sys.executable, "-m", "fanthology.formats", "read", str(page)], stdout=story.open("wb"), check=True)
    return page, story


def _run(program: str, page: Path, story: Path) -> tuple[float, float, float]:
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program, str(page), str(story)], capture_output=True, text=True, check=True
    )
    inside, memory = done.stdout.split()[-2:]
    return (time.perf_counter() - began) * 1_000, float(inside), float(memory)


def _pandoc(page: Path) -> list[list[object]]:
    if not shutil.which("pandoc"):
        return []
    seen = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run(["pandoc", str(page), "-o", str(page.with_suffix(".epub"))], check=True, capture_output=True)
        seen.append((time.perf_counter() - began) * 1_000)
    return [["pandoc, EPUB", sorted(seen)[1], "", ""]]


if __name__ == "__main__":
    main()
