"""Foreign text into clean fields, with an account of what had to be changed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .. import markup, transforms
from ..context import Context
from ..decode import Decoded, decode, repair
from ..model import EMPTY, Chapter, Finding, Markup, Story


@dataclass(slots=True)
class Intake:
    """Cleans one field after another and counts what was private. Call `report` once at the end."""

    context: Context
    base_url: str = ""
    masked: int = 0

    def plain(self, text: str | None, where: str = "") -> str:
        """A title, name, tag or label: repaired, NFC, one line, contacts masked."""
        if not text or not text.strip():
            return ""
        repaired, findings = repair(text, where=where)
        self._keep(findings)
        value, masked = transforms.mask_contacts(transforms.plain(" ".join(repaired.split())))
        self.masked += masked
        return value

    def markup(self, html: str | None, where: str = "", *, text: bool = False) -> Markup:
        """A text, note or summary as canonical markup, contacts masked. `text`: newlines mean something."""
        if not html or not html.strip():
            return EMPTY
        repaired, findings = repair(html, where=where)
        self._keep(findings)
        value, findings = markup.clean(repaired, mode="text" if text else "html", where=where, base_url=self.base_url)
        self._keep(findings)
        value, masked = transforms.mask_contacts_in(value)
        self.masked += masked
        return value

    def chapter(
        self, position: int, html: str, title: str = "", **rest: Markup | str | tuple[tuple[str, str], ...] | None
    ) -> Chapter:
        """A chapter from its raw HTML and an already plain title."""
        text = self.markup(html, f"chapters[{position - 1}].text")
        made = Chapter(position=position, text=text, title=title, word_count=transforms.word_count(text))
        return replace(made, **rest)  # type: ignore[arg-type]

    def redact(self, count: int = 1) -> None:
        """Count private data that was left out altogether."""
        self.masked += count

    def finish(self, story: Story) -> Story:
        """The story with its word count and with everything found on the way."""
        if self.masked:
            self.context.report(
                "private.redacted",
                "info",
                "E-mail addresses and other contacts were masked or left out; the original stays in the sealed source.",
                count=self.masked,
            )
        if not story.authors:
            self.context.report(
                "author.unknown", "warning", "The file does not say who wrote the story.", where="authors"
            )
        return replace(transforms.recount(story), findings=tuple(self.context.findings))

    def _keep(self, findings: tuple[Finding, ...]) -> None:
        room = self.context.limits.findings - len(self.context.findings)
        self.context.findings.extend(findings[: max(room, 0)])


def decoded(data: bytes) -> Decoded:
    """The text of a file, with its charset as a meta element or XML declaration names it."""
    return decode(data, declared=declared_charset(data))


_CHARSET = re.compile(
    rb"""(?i)<(?:meta|\?xml)[^>]{0,300}?\b(?:charset|encoding)\s{0,5}=\s{0,5}["']?\s{0,5}([a-z0-9_:.\-]{2,40})"""
)


def declared_charset(data: bytes) -> str | None:
    """The charset that an HTML or XML file claims in its first kilobytes, in lower case, or None."""
    match = _CHARSET.search(data[:16_384])
    return match[1].decode("ascii").lower() if match else None
