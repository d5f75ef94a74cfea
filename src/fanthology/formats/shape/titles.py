"""Titles and by-lines as authors set them: centred, boxed, spaced, with part numbers and addresses."""

from __future__ import annotations

import re

from ..model import EMPTY, Author
from .draft import Draft
from .headings import heading_of
from .intake import Intake, joined_markup
from .lines import Line, Prose, despaced, is_words

_TITLE_BY = re.compile(
    r"\A[\"“']?(?P<title>[^\n]{1,100}?)[\"”']?,?\s{1,10}(?:by|von|par|por)[:\s]\s{0,5}(?P<author>[^\n]{2,80})\Z",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"\A\W{0,4}(?:(?:written|story|fanfic(?:tion)?|fan fiction"
    r"|an? (?:[\w'’.-]{1,20} ){0,4}(?:story|fic|tale|fan ?fic|fan ?fiction|ficlet|vignette))\s{1,3})?"
    r"by\b\s{0,3}:?\s{0,3}(?P<author>.{0,80})\Z",
    re.IGNORECASE | re.DOTALL,
)
_NOT_A_NAME = re.compile(
    r"(?i)[.!?;]\s|[!?;]\Z|\b(?:the (?:time|end|way|light|door|window|sea|side|fire)|himself|herself|then|now|which|that|was|were)\b"
)


def read_title_lines(draft: Draft, start: int, end: int) -> int | None:
    """Find "Title by Author", or a by-line with the title above it. Returns where the text goes on, or None."""
    texts = [
        (index, draft.prose.lines[index]) for index in range(start, end) if is_words(draft.prose.lines[index].text)
    ][:30]
    for place, (index, line) in enumerate(texts):
        text = line.text.strip()
        if (
            place < 3
            and not _BYLINE.match(text)
            and (match := _TITLE_BY.match(text))
            and _is_name(match["author"])
            and len(match["title"].split()) <= 14
        ):
            take_title(draft, match["title"])
            take_authors(draft, match["author"])
            return index + 1
        match = _BYLINE.match(text)
        if not match or (place > 3 and not _is_set_apart(draft, index)):
            continue
        name, taken = match["author"].strip(), index
        if not name and place + 1 < len(texts):
            taken, name = texts[place + 1][0], texts[place + 1][1].text.strip()
        if name and _is_name(name):
            above = texts[place - 1][1].text if place else ""
            if above and len(above) < 120:
                take_title(draft, above)
            take_authors(draft, name)
            if len(text[: match.start("author")].split()) > 3:
                draft.labels.append(("By-line", draft.intake.plain(text)))
            keep_front(draft, start, texts[place - 1][0] if place else index)
            return taken + 1
    return _take_heading(draft, texts)


def _is_set_apart(draft: Draft, index: int) -> bool:
    """A by-line below other text must stand out: centred, or indented far, or on a line between blank ones."""
    line, lines = draft.prose.lines[index], draft.prose.lines
    deep = len(line.text.expandtabs()) - len(line.text.expandtabs().lstrip()) >= 8
    alone = not any(is_words(lines[near].text) for near in (index - 1, index + 1) if 0 <= near < len(lines))
    return line.centred or deep or alone


def _take_heading(draft: Draft, texts: list[tuple[int, Line]]) -> int | None:
    """Without any by-line: the first centred line or heading is the title, and so is a short first line before a blank."""
    if draft.title:
        return None
    for index, line in texts[:4]:
        if (line.centred or line.tag in {"h1", "h2", "h3"}) and len(line.text) <= 120 and not heading_of(line.text):
            take_title(draft, line.text)
            return index + 1
    return None


def _is_name(text: str) -> bool:
    text = re.sub(r"[<(\[].{0,100}", "", text).strip()
    return 0 < len(text) <= 70 and len(text.split()) <= 8 and not _NOT_A_NAME.search(text) and not text.endswith(",")


_PARTS_IN_TITLE = re.compile(
    r"""(?xi)\s{0,5}[,:-]?\s{0,5}(?:
      [\(\[]\s{0,3}(?:pt\.?|parts?|ch(?:apter)?s?\.?)?\s{0,3}(?P<a>\d{1,3})[a-z]?\s{0,3}(?:/|of)\s{0,3}(?P<b>\d{1,3}|\?)\s{0,3}[\)\]]
    | \b(?:parts?|pts?\.?|chapters?)\s{1,3}(?P<c>\d{1,3})\s{0,3}(?:/|of|-|–|to)\s{0,3}(?P<d>\d{1,3}|\?)
    | (?<!\d)(?P<e>\d{1,3})\s{0,3}(?:/|\ of\ )\s{0,3}(?P<f>\d{1,3}|\?)
    | [\(\[]\s{0,3}(?:complete|finished|final|repost[^\]\)]{0,20}|new)\s{0,3}[\)\]]
    | \b(?:part|pt\.?)\s{1,3}(?:\d{1,3}[a-z]?|one|two|three|four|five|six|seven|eight|nine|ten|[ivx]{1,6})
    )\s{0,5}\Z"""
)
_TITLE_PREFIX = re.compile(
    r"(?i)\A\s{0,3}(?:\[(?:re-?post|new|fic|fanfic|story|tng|ds9|voy|re|fwd?)(?:[:\s][^\]:]{0,15})?\]|(?:re|fwd?|new|repost|story|fic)\s{0,2}:)\s{0,5}"
)


def split_title(text: str) -> tuple[str, int | None, int | None]:
    """A title without its part numbers, with the part and the number of parts: "Reins (2/7)" → ("Reins", 2, 7)."""
    title, part, parts = " ".join(text.split()), None, None
    for _ in range(3):
        title = _TITLE_PREFIX.sub("", title)
        match = _PARTS_IN_TITLE.search(title)
        if not match or not title[: match.start()].strip(" \"“”'-:,"):
            break
        for first, second in (("a", "b"), ("c", "d"), ("e", "f")):
            if match[first]:
                part, parts = int(match[first]), int(match[second]) if match[second].isdigit() else None
        title = title[: match.start()].strip()
    return _unquoted(title), part, parts


def _unquoted(text: str) -> str:
    text = text.strip(" \t*_~=-")
    for opening, closing in (('"', '"'), ("“", "”"), ("'", "'"), ("«", "»"), ("<", ">")):
        if len(text) > 2 and text[0] == opening and text[-1] == closing and opening not in text[1:-1]:
            return text[1:-1].strip()
    return text


def take_title(draft: Draft, written: str) -> None:
    """Set the title unless it is known. What was cut off is kept as a label."""
    if draft.title:
        return
    whole = despaced(written)
    title, part, parts = split_title(whole)
    draft.title = draft.intake.plain(title, "title")
    if parts:
        draft.facts.setdefault("expected_chapters", parts)
        draft.part = part
    if draft.title != draft.intake.plain(_unquoted(whole)):
        draft.labels.append(("Title", draft.intake.plain(whole)))


_ADDRESS = re.compile(
    r"[<(\[{]?\s{0,3}(?:mailto:)?[\w.+-]{1,64}\s{0,2}(?:@|\bat\b|\(at\)|\[at\])\s{0,2}[\w-]{1,63}(?:\s{0,2}(?:\.|\bdot\b)\s{0,2}[\w-]{1,63}){1,5}\s{0,3}[>)\]}]?",
    re.IGNORECASE,
)


def take_authors(draft: Draft, written: str) -> None:
    if not draft.authors:
        draft.authors = authors_of(draft.intake, written)


def authors_of(intake: Intake, written: str) -> tuple[Author, ...]:
    """Names from a by-line; addresses beside them are private and counted, "[archived by X]" is never an author."""
    archivist = re.search(r"\[archived by (.{1,100}?)\]", written, re.IGNORECASE)
    text = re.sub(r"\[archived by .{1,100}?\]", "", written, flags=re.IGNORECASE)
    text, private = _ADDRESS.subn(" ", text)
    if private:
        intake.redact(private)
    text = re.sub(r"\(\s{0,3}\)|<\s{0,3}>|\[\s{0,3}\]", " ", text)
    text = re.sub(r"(?i)\A\W{0,3}(?:written )?by\s{1,5}", "", text.strip())
    names = re.split(
        r"\s{0,5}(?:;|&|\band\b|\bund\b|,(?!\s{0,2}(?:jr|sr|ph\.?d|m\.?d|esq)\b))\s{0,5}", text, flags=re.IGNORECASE
    )
    clean = (
        intake.plain(
            name.strip(' \t,.;:*_~-<>|/"“”') if not re.search(r"\s\"[^\"]+\"\s", name) else name.strip(" ,;:*_~<>|/"),
            "authors",
        )
        for name in names
    )
    found = [
        name
        for name in clean
        if name and name.lower() not in {"anonymous", "unknown", "[e-mail]", "[contact]"} and len(name) <= 120
    ]
    return tuple(
        Author(name, archived_by=intake.plain(archivist[1]) if archivist else None) for name in dict.fromkeys(found)
    )


def byline_of(text: str) -> tuple[str, str]:
    """Title and author of "Title by Author", or two empty texts."""
    match = _TITLE_BY.match(" ".join(text.split()))
    return (match["title"], match["author"]) if match and _is_name(match["author"]) else ("", "")


def keep_front(draft: Draft, start: int, end: int) -> None:
    """Lines above the title are the author's foreword, or furniture nobody can be sure of: they stay, as notes."""
    known = {
        draft.title.lower(),
        byline_of(draft.fallback)[1].lower(),
        *(author.name.lower() for author in draft.authors),
    }
    front = [Line("", "") if _is_said(line.text, known) else line for line in draft.prose.lines[start:end]]
    rest = [line for line in front if is_words(line.text)]
    if not rest:
        return
    prose = Prose(front, draft.prose.wrapped, draft.prose.from_html)
    draft.facts["notes"] = joined_markup(
        draft.intake.markup(prose.render_body(0, len(front)), "notes"), draft.facts.get("notes", EMPTY)
    )
    draft.context.report(
        "furniture.doubtful",
        "info",
        "Lines above the title were kept as notes.",
        where="notes",
        before=rest[0].text.strip()[:200],
        count=len(rest),
    )


def _is_said(text: str, known: set[str]) -> bool:
    """Whether a line says only what title and by-line say."""
    whole = despaced(text)
    return (
        _unquoted(whole).lower() in known
        or split_title(whole)[0].lower() in known
        or bool(_BYLINE.match(text.strip()) or _TITLE_BY.match(text.strip()))
    )
