"""What was left out, one finding per kind."""

from __future__ import annotations

import re
from typing import Final

from ..model import Finding, Severity

_REMOVALS: Final[tuple[tuple[str, Severity, tuple[str, ...], re.Pattern[str]], ...]] = (
    ("scripts", "info", ("script",), re.compile(r"<script\b|\b(?:java|vb)script\s*:", re.IGNORECASE)),
    ("event handlers", "info", ("=",), re.compile(r"<[a-z][^<>]{0,2000}?[\s/\"']on[a-z]{3,20}\s*=", re.IGNORECASE)),
    ("styles", "info", ("style",), re.compile(r"<style\b|<[a-z][^<>]{0,2000}?[\s/\"']style\s*=", re.IGNORECASE)),
    (
        "embedded media",
        "warning",
        ("<iframe", "<object", "<embed", "<applet", "<audio", "<video", "<svg", "<math", "<canvas", "<form"),
        re.compile(r"<(?:iframe|object|embed|applet|audio|video|svg|math|canvas|form)\b", re.IGNORECASE),
    ),
)
_SAMPLE: Final = 80


class Notes:
    """Collects what was left out, one finding per kind with the number of cases and the first as sample."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._found: dict[tuple[str, Severity, str], list[str | int]] = {}

    def add(self, code: str, severity: Severity, message: str, sample: str, count: int = 1) -> None:
        entry = self._found.setdefault((code, severity, message), [sample[:_SAMPLE], 0])
        entry[1] = int(entry[1]) + count

    def removed(self, source: str) -> None:
        """Report scripts, handlers, styles and embeds as they stand in the source; nh3 removes them silently."""
        if "<" not in source:
            return
        lowered = source.lower()
        for what, severity, hints, pattern in _REMOVALS:
            if any(hint in lowered for hint in hints) and (first := pattern.search(source)):
                sample = source[first.start() : first.start() + _SAMPLE]
                count = len(pattern.findall(source))
                self.add("markup.removed", severity, f"Removed {what}: not allowed in a story.", sample, count)

    def findings(self) -> tuple[Finding, ...]:
        return tuple(
            Finding(code, severity, message, self._where, before=str(sample), count=int(count))
            for (code, severity, message), (sample, count) in self._found.items()
        )
