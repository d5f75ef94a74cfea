"""Every code that the core can report or raise is in docs/developer/findings.md, and none that it cannot."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"[a-z]+(?:\.[a-z][a-z-]*)+")
SINGLE = {"format", "unreadable", "limit", "ambiguous", "unwritable"}
ELSEWHERE = re.compile(
    r"(?:readers|writers)\.\w+|(?:dl|div|p|span|blockquote|li|ul|ol|h[1-6])\..*|.*\.(?:xhtml|html|svg|css|ncx|sqlite|opf|xml|txt)|site\.(?:name|slogan)"
)


def codes_in_source() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "src" / "fanthology" / "formats").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                found.add(node.value)
    return {code for code in found if not ELSEWHERE.fullmatch(code)} | SINGLE


def test_the_list_is_complete_and_true() -> None:
    text = (ROOT / "docs" / "developer" / "findings.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| `([a-z.-]+)` \|", text, re.MULTILINE)
    assert len(documented) == len(set(documented))
    assert set(documented) == codes_in_source()
