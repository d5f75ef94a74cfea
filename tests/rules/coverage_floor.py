"""A pytest plugin: some files must be covered wholly, lines and branches.

`--coverage-floor=report` lists what is missing, `--coverage-floor=fail` also fails the run. It reads the JSON that
pytest-cov has written by then, so it says nothing in runs without `--cov --cov-report=json`.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

REPORT = Path(".coverage.json")

# Where a mistake loses somebody's story or shows it to the wrong person, every branch has been taken by a test.
WHOLE = (
    "src/fanthology/formats/*",
    "src/fanthology/*/actions.py",
    "src/fanthology/*/access.py",
    "src/fanthology/*/policy.py",
)


def shortfalls(report: dict[str, Any]) -> list[str]:
    """One line per file of WHOLE that is below 100 %: its figure and the missing lines and branches."""
    lines = []
    for name, file in sorted(report["files"].items()):
        if not any(fnmatch(name, pattern) for pattern in WHOLE):
            continue
        branches = [f"{start}→{'exit' if end < 0 else end}" for start, end in file.get("missing_branches", [])]
        missing = [str(line) for line in file["missing_lines"]] + branches
        if missing:
            shown = " ".join(missing[:12]) + (" …" if len(missing) > 12 else "")
            lines.append(f"{file['summary']['percent_covered']:5.1f} %  {name}: {shown}")
    return lines


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--coverage-floor",
        choices=("off", "report", "fail"),
        default="off",
        help="files that must be covered wholly: list what is missing, or fail for it",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    mode = session.config.getoption("--coverage-floor")
    measured = mode != "off" and not hasattr(session.config, "workerinput")
    if measured:
        REPORT.unlink(missing_ok=True)
    result = yield
    if measured and REPORT.exists():
        lines = shortfalls(json.loads(REPORT.read_text()))
        session.config.stash[LINES] = lines
        if lines and mode == "fail":
            session.testsfailed += 1
    return result


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    lines = config.stash.get(LINES, None)
    if lines is None:
        return
    terminalreporter.section("files that must be covered wholly")
    for line in lines:
        terminalreporter.write_line(line)
    if not lines:
        terminalreporter.write_line("all of them are")


LINES = pytest.StashKey[list[str]]()
