"""Foreign text into clean fields, with an account of what had to be changed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .. import markup, transforms
from ..context import Context
from ..decode import Decoded, decode, repair
from ..model import EMPTY, Chapter, Finding, Markup, Story
from .languages import language_of


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
        value = transforms.plain(" ".join(repaired.split()))
        if _may_hold_contacts(value):
            value, masked = transforms.mask_contacts(value)
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
        return self._masked(value) if _may_hold_contacts(value) else value

    def chapter(
        self, position: int, html: str, title: str = "", **rest: Markup | str | tuple[tuple[str, str], ...] | None
    ) -> Chapter:
        """A chapter from its raw HTML and an already plain title."""
        text = self.markup(html, f"chapters[{position - 1}].text")
        return replace(Chapter(position=position, text=text, title=title), **rest)  # type: ignore[arg-type]

    def redact(self, count: int = 1) -> None:
        """Count private data that was left out altogether."""
        self.masked += count

    def finish(self, story: Story) -> Story:
        """The story with its scene breaks, its word count and with everything found on the way."""
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
        language, findings = language_of(story)
        self._keep(findings)
        chapters = tuple(replace(chapter, text=transforms.scene_breaks(chapter.text)) for chapter in story.chapters)
        story = transforms.recount(replace(story, chapters=chapters))
        return replace(story, language=language, findings=tuple(self.context.findings))

    def _masked(self, value: Markup) -> Markup:
        """Contacts masked, paragraph by paragraph: most paragraphs need no look."""
        parts = value.split(_PARAGRAPH_END)
        for index, part in enumerate(parts):
            if _may_hold_contacts(part):
                parts[index], masked = transforms.mask_contacts_in(Markup(part))
                self.masked += masked
        return Markup(_PARAGRAPH_END.join(parts))

    def _keep(self, findings: tuple[Finding, ...]) -> None:
        room = self.context.limits.findings - len(self.context.findings)
        self.context.findings.extend(findings[: max(room, 0)])


_PARAGRAPH_END = "</p>\n"
_MESSENGERS = ("aim", "icq", "msn", "yim", "y!m", "yahoo", "aol", "skype", "jabber", "discord", "telegram", "whatsapp")
_MESSENGER = re.compile(rf"\b(?:{'|'.join(_MESSENGERS)})\b")
_SPELLED_AT = re.compile(r"[(\[{<;]\s?at\s?[)\]}>&]")


def _may_hold_contacts(text: str) -> bool:
    """Whether a closer look for contacts is worth its time. Looking closely at a whole book costs a second."""
    if "@" in text or "&#" in text:
        return True
    lowered = text.lower()
    if " dot " in lowered or _SPELLED_AT.search(lowered):
        return True
    return any(name in lowered for name in _MESSENGERS) and _MESSENGER.search(lowered) is not None


def joined_markup(first: Markup, second: Markup) -> Markup:
    """Two canonical pieces as one, each block on a line of its own."""
    return Markup("\n".join(part for part in (first, second) if part))


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
