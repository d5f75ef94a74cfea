"""What people can set, run or follow is written down, and what is written down exists."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.rules.tree import ROOT, named, text_of, tracked

KEEPER = ROOT / "docs" / "keeper"
DOCUMENTS = [path for path in tracked("*.md", "docs/*.md", "docs/**/*.md") if "cases" not in path.parts]


def headings(path: Path) -> list[str]:
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"^#+\s+(.*?)\s*$", text, re.MULTILINE)


def anchor(heading: str) -> str:
    """The way forges make an anchor of a heading."""
    plain = re.sub(r"[^\w\- ]", "", re.sub(r"[`*]|\[([^]]*)\]\([^)]*\)", r"\1", heading).lower())
    return plain.replace(" ", "-")


def test_every_setting_is_documented():
    used: set[str] = set()
    for path in tracked("src/*.py", "src/**/*.py"):
        used |= set(re.findall(r"[\"'](FANTHOLOGY_[A-Z0-9_]+)[\"']", text_of(path) or ""))
    documented = set(re.findall(r"FANTHOLOGY_[A-Z0-9_]+", " ".join(headings(KEEPER / "settings.md"))))
    assert used == documented


@cache
def commands() -> dict[str, str]:
    """Each subcommand and what its --help says."""
    run = [sys.executable, "-m", "fanthology"]
    top = subprocess.run([*run, "--help"], capture_output=True, text=True, check=True).stdout
    listed = re.search(r"\{([a-z,-]+)\}", top)
    assert listed, f"no subcommands in:\n{top}"
    said = {}
    for name in listed[1].split(","):
        answer = subprocess.run([*run, name, "--help"], capture_output=True, text=True, check=False)
        assert answer.returncode == 0, f"fanthology {name} --help: {answer.stderr}"
        said[name] = answer.stdout
    return said


def test_every_command_is_documented():
    documented = set(re.findall(r"fanthology ([a-z-]+)", " | ".join(headings(KEEPER / "commands.md"))))
    assert set(commands()) == documented


def test_every_option_is_documented():
    """Each command's section names each of its options."""
    text = (KEEPER / "commands.md").read_text(encoding="utf-8")
    sections = dict(
        re.findall(r"^##+ [^\n]*fanthology ([a-z-]+)[^\n]*\n(.*?)(?=^##? |\Z)", text, re.DOTALL | re.MULTILINE)
    )
    missing = [
        f"{name} {option}"
        for name, said in commands().items()
        for option in sorted(set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", said)) - {"--help"})
        if option not in sections.get(name, "")
    ]
    assert missing == []


def test_every_finding_is_documented():
    """Codes are stable words for programs; each has a line that says what happened."""
    code = re.compile(r"report\(\s*[\"']([a-z-]+\.[a-z.-]+)[\"']|Finding\(\s*(?:code=)?[\"']([a-z-]+\.[a-z.-]+)[\"']")
    used: set[str] = set()
    for path in tracked("src/fanthology/formats/*.py", "src/fanthology/formats/**/*.py"):
        used |= {first or second for first, second in code.findall(text_of(path) or "")}
    text = (ROOT / "docs" / "developer" / "findings.md").read_text(encoding="utf-8")
    assert sorted(name for name in used if f"`{name}`" not in text) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_links_lead_somewhere(path):
    text = re.sub(r"^```.*?^```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)[^)]*\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, fragment = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        found = target.exists() and target.is_relative_to(ROOT)
        if found and fragment and target.suffix == ".md":
            found = fragment in {anchor(heading) for heading in headings(target)}
        if not found:
            broken.append(link)
    assert broken == []


def test_every_make_target_is_explained():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))
    text = (ROOT / "docs" / "developer" / "setup.md").read_text(encoding="utf-8")
    assert sorted(target for target in targets if f"make {target}" not in text) == []


def test_decisions_have_their_three_parts():
    records = tracked("docs/decisions/0*.md")
    assert records
    numbers = [path.name[:4] for path in records]
    assert numbers == sorted(set(numbers)), "two records share a number"
    assert [named(path) for path in records if not {"Context", "Decision", "Consequences"} <= set(headings(path))] == []
