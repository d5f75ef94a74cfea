"""The rescue of a whole eFiction: stories a second, memory, and what an author feels meanwhile.

    python -m benchmarks.rescue --stories 10000 --words 10000

Budgets: 10,000 stories of 10,000 words in at most 5 minutes with search, flat memory of at most 500 MiB; an author's write
under 0.5 s at the 99th percentile of at least 200 while 1,000 stories come in. The dump is made by tests/efiction_dump.py.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from .archive import close_archive, open_archive
from .pages import _family
from .tables import report, spread

PAUSE = 0.05
"""Seconds between two saves: some hundreds in a rescue of 1,000 stories, all the way from reading to publishing."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=1_000)
    parser.add_argument("--words", type=int, default=5_000)
    parser.add_argument("--no-author", action="store_true", help="nobody writes meanwhile")
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args(arguments)
    from tests.efiction_dump import blow_up

    with tempfile.TemporaryDirectory(prefix="fanthology-dump-") as folder:
        dump = Path(folder) / "dump.sql"
        with dump.open("wb") as out:
            size = blow_up(out, stories=asked.stories, words=asked.words)
        data = open_archive()
        began = time.perf_counter()
        command = [
            sys.executable,
            "-m",
            "fanthology",
            "rescue",
            str(dump),
            "--site",
            "Bench",
            "--basis",
            "owner-moves",
            "--publish",
        ]
        rescue = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ)
        peak = _Peak(rescue.pid)
        writes = [] if asked.no_author else _author(rescue)
        status = rescue.wait()
        took = time.perf_counter() - began
        peak.stop()
    indexed, index_took = _index()
    rows: list[list[object]] = [
        ["read, write and publish", took, asked.stories / took, size / took / 1e6, peak.mib],
        ["search index", index_took, indexed / index_took, "", ""],
        ["together", took + index_took, asked.stories / (took + index_took), "", ""],
    ]
    title = f"Rescue of {asked.stories:,} stories of {asked.words:,} words ({size / 1e6:,.0f} MB of SQL), exit {status}"
    if writes:
        p50, p99 = spread(sorted(writes))
        title += f"; an author's {len(writes):,} writes meanwhile: p50 {p50:.0f} ms, p99 {p99:.0f} ms, longest {max(writes):.0f} ms"
    report(
        "rescue",
        title,
        ["step", "seconds", "stories/s", "MB/s", "peak MiB, all processes"],
        rows,
        works=indexed,
        writes=sorted(writes),
        status=status,
    )
    close_archive(data, keep=asked.keep)


def _author(rescue: subprocess.Popen[bytes]) -> list[float]:
    """An author who saves a work of 2,000 words again and again while the rescue runs; milliseconds of each save."""
    from fanthology.formats import Markup
    from fanthology.people.actions import add_unclaimed_pen_names
    from fanthology.people.models import PenName
    from fanthology.works.actions import Header, NewChapter, add_work, revise_chapter

    authors = add_unclaimed_pen_names(newcomers=[PenName(name="Somebody here")])
    work = add_work(
        header=Header(title="Mine"), authors=authors, tags=[], chapters=[NewChapter(1, Markup("<p>One.</p>"))]
    )
    chapter = work.chapters.get()
    seen: list[float] = []
    while rescue.poll() is None:
        words = Markup(f"<p>{'word ' * 2_000}{len(seen)}.</p>")
        began = time.perf_counter()
        revise_chapter(chapter=chapter, new=NewChapter(1, words, word_count=2_001), actor=None)
        seen.append((time.perf_counter() - began) * 1_000)
        time.sleep(PAUSE)
    return seen


def _index() -> tuple[int, float]:
    from fanthology.search import index

    began = time.perf_counter()
    return index.rebuild(), time.perf_counter() - began


class _Peak:
    """The most memory (PSS) that a process and all below it held together, looked at ten times a second."""

    def __init__(self, pid: int) -> None:
        self.mib = 0.0
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.1):
            total = 0
            for pid in _family(self._pid):
                try:
                    rolled = Path(f"/proc/{pid}/smaps_rollup").read_text()
                except OSError:
                    continue
                total += next((int(line.split()[1]) for line in rolled.splitlines() if line.startswith("Pss:")), 0)
            self.mib = max(self.mib, total / 1024)


if __name__ == "__main__":
    main()
