"""How every benchmark says what it saw: a table on the screen, the same as JSON, and the machine it was on."""

from __future__ import annotations

import json
import os
import platform
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"


def report(name: str, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], **facts: object) -> None:
    table = Table(title=title)
    for column in columns:
        table.add_column(column, justify="left" if column == columns[0] else "right")
    for row in rows:
        table.add_row(
            *(
                f"{cell:,.2f}" if isinstance(cell, float) else f"{cell:,}" if isinstance(cell, int) else str(cell)
                for cell in row
            )
        )
    Console(width=120).print(table)
    RESULTS.mkdir(exist_ok=True)
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]}
    seen = {
        "name": name,
        "columns": list(columns),
        "rows": [list(row) for row in rows],
        "facts": facts,
        "machine": machine,
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(seen, indent=1, default=str) + "\n")


def times(work: Callable[[], Any], *, repeat: int) -> list[float]:
    """Milliseconds of each call, sorted."""
    seen = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        seen.append((time.perf_counter() - start) * 1_000)
    return sorted(seen)


def spread(seen: Sequence[float]) -> tuple[float, float]:
    """(p50, p99) of sorted milliseconds."""
    return median(seen), seen[min(len(seen) - 1, int(len(seen) * 0.99))]


def peak_mib(who: int = resource.RUSAGE_SELF) -> float:
    """The most memory this process (or its children) ever held, MiB."""
    return resource.getrusage(who).ru_maxrss / 1024
