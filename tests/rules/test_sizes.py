"""Length is a question, not a verdict: what is long says here why it is one thing."""

from __future__ import annotations

from tests.rules.tree import functions, named, text_of, tracked

LINES_OF_A_FILE = 700
LINES_OF_A_FUNCTION = 60

# path → the reason why it has one reason to be opened
LONG_FILES: dict[str, str] = {}
# path:function → the reason why it is one thought
LONG_FUNCTIONS: dict[str, str] = {}

SOURCES = tracked(
    "src/**/*.py", "src/*.py", "setup/*.py", "benchmarks/*.py", "src/**/*.css", "src/**/*.js", "src/**/*.html"
)


def test_long_files_say_why():
    long = {named(path) for path in SOURCES if len((text_of(path) or "").splitlines()) > LINES_OF_A_FILE}
    assert long == set(LONG_FILES)


def test_long_functions_say_why():
    long = {
        f"{named(path)}:{name} ({lines} lines)"
        for path in SOURCES
        if path.suffix == ".py" and "migrations" not in path.parts
        for name, lines in functions(path)
        if lines > LINES_OF_A_FUNCTION
    }
    assert {name.partition(" ")[0] for name in long} == set(LONG_FUNCTIONS), sorted(long)
