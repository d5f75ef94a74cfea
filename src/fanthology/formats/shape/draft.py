"""A story in the making: what a reader knows beforehand and what the lines add."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..context import Context
from ..model import Author
from .intake import Intake
from .lines import Prose


@dataclass(slots=True)
class Draft:
    """A story in the making: what a reader knows beforehand and what the lines add.

    `fallback` is a title to use when the lines show none. `part` is the number in a title such as "The Lamp (2/7)".
    `facts` are further fields of Story by name. `sections` are (first line, title) of posts or pages put together;
    `notes_at` and `end_notes_at` are (line, HTML) of remarks that belong to the chapter around that line.
    """

    prose: Prose
    intake: Intake
    title: str = ""
    authors: tuple[Author, ...] = ()
    published: str | None = None
    updated: str | None = None
    complete: bool | None = None
    language: str | None = None
    fallback: str = ""
    part: int | None = None
    end_notes: str = ""
    sections: list[tuple[int, str]] = field(default_factory=list)
    notes_at: list[tuple[int, str]] = field(default_factory=list)
    end_notes_at: list[tuple[int, str]] = field(default_factory=list)
    labels: list[tuple[str, str]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def context(self) -> Context:
        return self.intake.context
