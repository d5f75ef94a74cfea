"""What every edition says about a story, in one order and in the archive's exact words.

Writers share this page and nothing else: they never import each other.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterator
from typing import Final

from ..markup import address
from ..model import Chapter, Markup, SeriesPlace, Story, WriteOptions
from ..transforms import map_warning

RTL_LANGUAGES: Final = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]+")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
WARNINGS_UNKNOWN: Final = "Warnings not stated"
RATING_UNKNOWN: Final = "Rating not stated"


def printable(value: str) -> str:
    """Without control characters, noncharacters and halves of surrogate pairs: neither XML nor people can read them."""
    return _CONTROL.sub(" ", value).strip()


def title(story: Story) -> str:
    return printable(story.title) or "Untitled"


def byline(story: Story) -> str:
    """The names of the authors as readers see them; said plainly when no author is known."""
    return ", ".join(printable(author.name) or "Anonymous" for author in story.authors) or "author unknown"


def language(story: Story) -> str:
    """A language tag that XML accepts; "" when the story has none."""
    return story.language if story.language and _LANGUAGE.fullmatch(story.language) else ""


def direction(story: Story) -> str:
    return "rtl" if language(story).split("-")[0].lower() in RTL_LANGUAGES else "ltr"


def facts(story: Story, options: WriteOptions) -> tuple[tuple[str, str], ...]:
    """Label and value of everything known about the story, in the order every page and edition uses.

    Rating and warnings always stand, and unknown is said to be unknown: it is never a choice of the author. A story
    that came from elsewhere is said to have been silent there.
    """
    where = " on the old site" if story.source.url or story.source.software or options.byline_note else ""
    rows = (
        ("Rating", story.rating or story.rating_as_written or RATING_UNKNOWN + where),
        ("Archive Warnings", ", ".join(_warnings(story)) or WARNINGS_UNKNOWN + where),
        ("Categories", ", ".join(story.categories)),
        ("Fandoms", ", ".join(story.fandoms)),
        ("Relationships", ", ".join(story.relationships)),
        ("Characters", ", ".join(story.characters)),
        ("Additional Tags", ", ".join(story.additional_tags)),
        ("Series", "; ".join(map(_series, story.series))),
        ("Gift for", ", ".join(story.gifts)),
        ("Inspired by", ", ".join(story.inspired_by)),
        ("Beta", ", ".join(story.beta)),
        ("Language", story.language or ""),
        ("Published", story.published or ""),
        ("Updated", story.updated or ""),
        ("Words", str(story.word_count) if story.word_count else ""),
        ("Chapters", chapter_count(story)),
        *story.labels,
    )
    return tuple((label, value) for label, value in rows if printable(label) and printable(value))


def _warnings(story: Story) -> Iterator[str]:
    """The archive's warnings, and the source's words for what none of them says."""
    yield from story.warnings
    yield from (words for words in story.warnings_as_written if map_warning(words) not in story.warnings)


def _series(place: SeriesPlace) -> str:
    return f"Part {place.position} of {place.title}" if place.position is not None else place.title


def chapter_count(story: Story) -> str:
    """As archives write it: "7/?" while it is not known how many there will be, "1/1" for a finished one-shot."""
    count = len(story.chapters)
    total = story.expected_chapters or (count if story.complete else None)
    return f"{count}/{total or '?'}"


def heading(chapter: Chapter) -> str:
    """What stands over a chapter. A title that already counts ("Chapter 3", "III. Home") is not counted twice."""
    name = printable(chapter.title)
    if not name:
        return f"Chapter {chapter.position}"
    counts = re.match(rf"(?:chapter|part|\W*{chapter.position}\b)", name, re.IGNORECASE)
    return name if counts else f"Chapter {chapter.position}: {name}"


def addresses(story: Story, options: WriteOptions) -> tuple[tuple[str, str], ...]:
    """Label and web address of where the story lives now and where it came from: absolute ones only, each once."""
    where = ((options.work_url, "Address"), (story.source.url or "", "Old address" if options.work_url else "Address"))
    known = {address(url): label for url, label in reversed(where) if url.startswith(("http:", "https:"))}
    return tuple((label, url) for url, label in reversed(known.items()) if url)


def identifier(story: Story, options: WriteOptions) -> str:
    """A stable urn:uuid: from the archive's own identifier, else the address, else title and authors."""
    name = options.identifier or options.work_url or story.source.url or f"{title(story)}\n{byline(story)}"
    whole = name.encode("utf-8", "replace").decode()  # half a surrogate pair has no bytes to hash
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, whole)}"


def hue(name: str) -> float:
    """A quiet colour of one's own for each work: 0..1 around the colour circle."""
    return hashlib.sha256(name.encode("utf-8", "replace")).digest()[0] / 256


_LINK: Final = re.compile(r'<a href="(?!#|https?:|mailto:|ftp:)([^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)
_CITE: Final = re.compile(r'(<(?:blockquote|q|ins|del)[^<>]*?) cite="[^"]*"')  # checkers take it for a remote resource


def standalone(markup: Markup, story: Story, prefix: str) -> str:
    """Markup for a file away from its site: relative links made absolute or undone, anchors unique by `prefix`."""
    base = story.source.url or ""

    def absolute(match: re.Match[str]) -> str:
        target = address(match[1].replace("&amp;", "&"), base) if base.startswith("http") else None
        if target is None or not target.startswith("http"):
            return match[3]
        return f'<a href="{target.replace("&", "&amp;")}"{match[2]}>{match[3]}</a>'

    text = _CITE.sub(r"\1", _LINK.sub(absolute, markup))
    return text.replace('<span id="a-', f'<span id="{prefix}-a-').replace('<a href="#a-', f'<a href="#{prefix}-a-')
