"""The repository as the rules see it: the files that git tracks or would track, and their Python."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "fanthology"


@cache
def tracked(*patterns: str) -> tuple[Path, ...]:
    """Files known to git (or new and not ignored) that match, and exist; without git, whatever lies in the folders."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        names = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        names = [path for pattern in patterns or ("*",) for path in ROOT.rglob(pattern.rpartition("/")[2])]
        names = [path for path in names if ".venv" not in path.parts]
    return tuple(sorted({path for path in names if path.is_file()}))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(path: Path) -> str | None:
    """The file's text, or None for anything that is not text."""
    data = path.read_bytes()
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and number of lines of every function in a file, decorators not counted."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1
