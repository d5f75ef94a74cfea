"""All that a reader may touch: limits and a list to report findings into. No files, no network, no clock."""

from __future__ import annotations

from dataclasses import dataclass, field

from .errors import LimitExceeded
from .model import Finding, Severity


@dataclass(frozen=True, slots=True)
class Limits:
    """What one input may cost. Sizes in bytes; `ratio` is expanded/packed beyond `ratio_floor` bytes expanded.

    Figures after PyPI's (warehouse): ratio 50 above 64 MiB; the rest is generous for prose: the longest known
    fan work has some 40 MB of text.
    """

    input_bytes: int = 64 * 1024 * 1024
    total_bytes: int = 500 * 1024 * 1024
    ratio: int = 50
    ratio_floor: int = 64 * 1024 * 1024
    entries: int = 20_000
    depth: int = 1
    findings: int = 2_000


DEFAULT = Limits()


@dataclass(slots=True)
class Context:
    """Handed to a reader with the bytes. `name` and `url` are hints, never opened."""

    name: str = ""
    url: str = ""
    limits: Limits = DEFAULT
    findings: list[Finding] = field(default_factory=list)

    def report(
        self,
        code: str,
        severity: Severity,
        message: str,
        *,
        where: str = "",
        before: str = "",
        after: str = "",
        count: int = 1,
    ) -> None:
        if len(self.findings) < self.limits.findings:
            self.findings.append(Finding(code, severity, message, where, before, after, count))

    def check_size(self, size: int) -> None:
        """Raise LimitExceeded when an input of `size` bytes is more than a reader takes."""
        if size > self.limits.input_bytes:
            raise LimitExceeded(
                f"The file has {size:,} bytes; at most {self.limits.input_bytes:,} are read at once.", code="limit.size"
            )
