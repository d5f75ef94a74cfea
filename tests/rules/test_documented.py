"""What people can set, run or follow is written down, and what is written down exists."""

from __future__ import annotations

import argparse
import ast
import re
from pathlib import Path

import pytest

from fanthology.__main__ import build_parser
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


def commands() -> dict[str, argparse.ArgumentParser]:
    (group,) = [action for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(group.choices)


def sections() -> dict[str, str]:
    """The text under each heading of docs/keeper/command.md that names a command."""
    text = (KEEPER / "command.md").read_text(encoding="utf-8")
    found = re.findall(r"^##+ [^\n]*?fanthology ([a-z-]+)[^\n]*\n(.*?)(?=^##? |\Z)", text, re.DOTALL | re.MULTILINE)
    return dict(found)


def test_every_command_is_documented():
    assert set(sections()) == set(commands())


def test_every_option_is_documented():
    """Each command's section names each of its options, and no other."""
    written = sections()
    for name, parser in commands().items():
        options = {option for action in parser._actions for option in action.option_strings if option.startswith("--")}
        named_there = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", written.get(name, "")))
        assert named_there == options - {"--help"}, f"fanthology {name}"


def test_every_command_gives_an_example():
    assert [name for name, parser in commands().items() if f"fanthology {name}" not in (parser.epilog or "")] == []


CODE = re.compile(r"[a-z]+(\.[a-z]+(-[a-z]+)*)+")
SELECTORS = {"blockquote", "div", "dl", "dd", "li", "ol", "p", "span", "table", "ul"}  # `div.userstuff` is no code
FILE_NAMES = {"css", "html", "json", "ncx", "opf", "svg", "txt", "xhtml", "xml"}  # nor is `title.xhtml`


def codes() -> tuple[set[str], set[str]]:
    """What the core reports and raises by name: certain ones (first arguments, `code`), and all that could be one."""
    certain, possible = set(), set()
    for path in tracked("src/fanthology/formats/*.py"):
        for node in ast.walk(ast.parse(text_of(path) or "")):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                possible.add(node.value)
            given = []
            if isinstance(node, ast.Call):
                given = node.args[:1] + [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "code":
                given = [node.value]
            for value in given:
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and CODE.fullmatch(value.value):
                    certain.add(value.value)
    codes = {code for code in certain if code.partition(".")[0] not in SELECTORS}
    return {code for code in codes if code.rpartition(".")[2] not in FILE_NAMES}, possible


def test_every_finding_is_documented():
    """Codes are stable words for programs; each has a row that says what happened, and no row tells of a code that is gone."""
    certain, possible = codes()
    text = (ROOT / "docs" / "developer" / "findings.md").read_text(encoding="utf-8")
    documented = {code for code in re.findall(r"^\| `([a-z.-]+)`", text, re.MULTILINE) if CODE.fullmatch(code)}
    assert sorted(certain - documented) == [], "not documented"
    assert sorted(documented - possible) == [], "documented, but nowhere in the code"


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
