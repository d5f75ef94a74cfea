"""What a check finds: one thing that is not as it should be, in words, and how to mend it if that is safe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """`code` for programs ("blob.missing"), `subject` what it is about, `message` a plain sentence.

    `repair` mends what is derived or certainly useless; None where only a person can decide. `waiting`: nothing is
    wrong, the worker will do it when it runs.
    """

    code: str
    subject: str
    message: str
    repair: Callable[[], object] | None = None
    waiting: bool = False
