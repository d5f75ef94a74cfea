"""Names and words: the field's own, kind in public, and nothing of anybody's machine."""

from __future__ import annotations

import re

import pytest

from tests.rules.tree import named, text_of, tracked

NAMELESS = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "core",
    "misc",
    "service",
    "services",
    "manager",
    "managers",
}
NAMELESS |= {"processor", "processors", "handler", "handlers", "entity", "entities"}

# A class is named by what a value of it is. Only what makes accounts bears the name its framework gives it.
NAMELESS_CLASS = {word.capitalize() for word in NAMELESS} | {"Item", "Items", "Object", "Objects"}
NAMED_BY_OTHERS = {"PersonManager"}
CLASS = re.compile(r"^\s*class (\w+)", re.MULTILINE)

# A living archive moves in; only one without an owner is rescued. No page speaks of the dead.
UNKIND = re.compile(r"\b(dead|remains|tombstones?|corpse|graveyard)\b", re.IGNORECASE)
MACHINERY = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", re.DOTALL)

UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|\blorem ipsum\b|\bcoming soon\b|\bnot implemented yet\b")
SOMEBODYS_MACHINE = re.compile(r"(?<![\w.-])/(?:work|root|home/\w+)/[\w.]")
REGISTRIES = re.compile("|".join(re.escape(name.replace("!", "")) for name in (
    "py!pi.org", "python!hosted.org", "registry.!npmjs", "repo1.!maven", "deb.!debian.org", "crates.!io", "proxy.!golang",
)))  # fmt: skip

WRITTEN = [path for path in tracked() if path.suffix not in {".png", ".epub", ".gz", ".zip", ".sql"}]


@pytest.mark.parametrize("pattern", ["src", "tests", "benchmarks", "setup"])
def test_rooms_are_named_after_what_they_hold(pattern):
    found = [
        named(path)
        for path in tracked(f"{pattern}/*.py", f"{pattern}/**/*.py")
        if NAMELESS & {part.removesuffix(".py").strip("_") for part in path.parts[-3:]}
    ]
    assert not found, "\n".join(found)


def test_classes_are_named_after_what_they_are():
    """`Outcome`, not `Item`."""
    found = [
        f"{named(path)}: {name}"
        for path in tracked("src/*.py", "tests/*.py", "benchmarks/*.py", "setup/*.py")
        for name in CLASS.findall(text_of(path) or "")
        if NAMELESS_CLASS & set(re.findall("[A-Z][a-z0-9]*", name)) and name not in NAMED_BY_OTHERS
    ]
    assert not found, "\n".join(found)


def test_pages_speak_kindly():
    found = [
        f"{named(path)}: {word[0]}"
        for path in tracked("src/fanthology/templates/*")
        for word in UNKIND.finditer(MACHINERY.sub(" ", text_of(path) or ""))
    ]
    assert not found, "\n".join(found)


def test_nothing_is_left_unfinished():
    found = [
        f"{named(path)}: {match[0]}"
        for path in tracked("src/*", "docs/*", "demo/*", "README.md", "Makefile", "setup/*", "deploy/*")
        for match in UNFINISHED.finditer(text_of(path) or "")
    ]
    assert not found, "\n".join(found)


def test_nothing_tells_of_a_machine_or_a_registry():
    found = [
        f"{named(path)}: {match[0]}"
        for path in WRITTEN
        for pattern in (SOMEBODYS_MACHINE, REGISTRIES)
        for match in pattern.finditer(text_of(path) or "")
    ]
    assert not found, "\n".join(found)


def test_locks_hold_hashes_and_no_address():
    for path in tracked("requirements/*.txt"):
        text = text_of(path) or ""
        assert "://" not in text, named(path)
        pins = re.findall(r"^[a-z0-9].*?==.*$", text, re.MULTILINE)
        assert pins
        assert [pin for pin in pins if not pin.endswith("\\")] == [], f"a line without hashes in {named(path)}"


def test_nothing_large_was_committed():
    """Large files stay in everybody's clone for ever."""
    assert [named(path) for path in tracked() if path.stat().st_size > 1_500_000] == []
