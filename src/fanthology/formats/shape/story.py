"""From lines to a story: furniture off, header read, title and by-line found, chapters split, the end cut."""

from __future__ import annotations

import re
from dataclasses import replace

from .. import header
from ..model import Chapter, Source, Story
from .chapters import chapters_of
from .draft import Draft
from .lines import Line, is_words
from .titles import byline_of, keep_front, read_title_lines, take_authors, take_title
from .values import interpret


def story_from_prose(draft: Draft) -> Story:
    """Header, title, chapters, end matter: a whole story from plain lines. What is doubtful stays in the text."""
    _remove_furniture(draft)
    lines = draft.prose.lines
    block = header.find(draft.prose.texts, wrapped=draft.prose.wrapped)
    start = 0
    if (
        block is not None
        and block.last * 2 > len(lines)
        and draft.prose.words(0, block.first) > draft.prose.words(block.last + 1, len(lines))
    ):
        interpret(block, draft)
        lines[block.first : block.last + 1] = []
    elif block is not None:
        interpret(block, draft)
        read_title_lines(draft, 0, block.first)
        start = block.last + 1
        keep_front(draft, 0, block.first)
    if not draft.title or not draft.authors:
        start = read_title_lines(draft, start, min(start + 40, len(lines))) or start
    end = _read_end(draft, start)
    chapters = chapters_of(draft, start, end)
    return _story(draft, chapters)


def _story(draft: Draft, chapters: tuple[Chapter, ...]) -> Story:
    title, author = byline_of(draft.fallback)
    if not draft.authors and author and title.lower() in {draft.title.lower(), "" if draft.title else title.lower()}:
        take_authors(draft, author)
    if not draft.title:
        take_title(draft, title or draft.fallback)
    if not draft.title:
        draft.context.report(
            "title.unknown", "warning", "The file does not say what the story is called.", where="title"
        )
        draft.title = _title_from_name(draft)
    expected = draft.facts.get("expected_chapters")
    if draft.part and expected and len(chapters) < expected:
        draft.context.report(
            "chapters.missing",
            "loss",
            f"The title says part {draft.part} of {expected}.",
            where="chapters",
            count=expected - len(chapters),
        )
    language = draft.language or draft.facts.pop("language", None)
    draft.facts.pop("language", None)
    story = Story(
        title=draft.title,
        authors=draft.authors,
        chapters=chapters,
        language=language,
        published=draft.facts.pop("published", None) or draft.published,
        updated=draft.facts.pop("updated", None) or draft.updated,
        complete=draft.facts.pop("complete", draft.complete),
        end_notes=draft.intake.markup(draft.end_notes, "end_notes"),
        labels=tuple(draft.labels),
    )
    return replace(story, **draft.facts)


def _title_from_name(draft: Draft) -> str:
    """The file's name is better than nothing: "the_long_night.html" → "the long night"."""
    stem = re.split(r"[/\\]", draft.context.name)[-1].rsplit(".", 1)[0]
    return draft.intake.plain(re.sub(r"[_\s]+", " ", stem), "title") or "Untitled"


# -- furniture

_FURNITURE = re.compile(
    r"""(?xi)\A\W{0,4}(?:
      you\ must\ (?:login|log\ in)\ \(?register\)?.{0,60}
    | read\ reviews\s{0,3}/?\s{0,3}(?:post\ a\ review)?
    | print\ version.{0,40}

    | home\s{0,3}\|.{0,120}
    | \[?reviews\s{0,2}-\s{0,2}\d{1,6}\]?
    | text\ size.{0,20}
    | back\ to\ (?:index|top|main.{0,20})
    | leave\ a\ comment

    | \(?\d{1,6}\ comments?\)?
    | add\ to\ favou?rites
    | printer
    | table\ of\ contents
    | please\ mail\ the\ author
    | chapter\ \d{1,4}\ of\ \d{1,4}\s{0,3}(?:>>|next)?

    | \[?(?:back|home|next|previous|prev)\]?(?:\s{0,3}[|/\]\[·-]{1,3}\s{0,3}\[?(?:back|home|next|previous|prev|index|main|top)\]?){0,6}

    | (?:next|previous|last)\ (?:chapter|part|story|page)
    | this\ .{0,60}web\ ?ring.{0,100}
    | report\ this
    | add\ story\ to\ favorites
    | this\ page\ hosted\ by.{0,80}
    | get\ your\ own\ free\ home\ ?page
    | share
    | expand\ cut\ tags
    | no\ cut\ tags

    | log\ in\ /\ no\ account.{0,40}
    | you\ are\ visitor.{0,60}
    | sign\ (?:my|the)\ guest\ ?book.{0,40}
    | view\ (?:my|the)\ guest\ ?book.{0,40}

    | return\ to\ (?:the\ )?(?:main|story|fan\ ?fic\w{0,5}|stories|index|home).{0,40}
    | this\ site\ is\ (?:best|owned).{0,120}
    )\W{0,4}\Z"""
)
_ARCHIVED_AT = re.compile(r"(?i)\A\W{0,4}this story (?:is )?archived at:?\s{1,5}(https?://\S{1,500})")


def _remove_furniture(draft: Draft) -> None:
    """Take known lines of old sites off both ends; never a line from the middle."""
    lines = draft.prose.lines
    removed: list[str] = []
    menus = _menus(lines)
    for indexes in (range(min(30, len(lines))), range(len(lines) - 1, max(len(lines) - 31, -1), -1)):
        missed = 0
        for index in indexes:
            text = lines[index].text.strip()
            if not text:
                continue
            if match := _ARCHIVED_AT.match(text):
                source = draft.facts.get("source") or Source()
                draft.facts["source"] = replace(source, url=source.url or match[1])
            elif not _FURNITURE.match(text) and index not in menus:
                missed += 1
                if missed > 6:
                    break
                continue
            removed.append(text)
            lines[index] = Line("", "")
    if removed:
        draft.context.report(
            "furniture.removed",
            "info",
            "Lines of the old site around the story were left out.",
            before=" / ".join(removed)[:500],
            count=len(removed),
        )


_LINKS_ONLY = re.compile(
    r"(?:[\W\d]|</?(?:b|i|strong|em|u|small|big)>|<a href=\"[^\"<>]{0,500}\">[^<>]{1,30}</a>){1,60}"
)


def _menus(lines: list[Line]) -> set[int]:
    """The lines of menus: two links side by side, or three lines in a row that are a short link each."""
    found: set[int] = set()
    run: list[int] = []
    for index, line in enumerate([*lines, Line("#", "#")]):
        if line.blank:
            continue
        if "<a " in line.html and _LINKS_ONLY.fullmatch(line.html):
            run.append(index)
            if line.html.count("<a ") > 1:
                found.add(index)
            continue
        if len(run) >= 3:
            found |= set(run)
        run = []
    return found


# -- the end

_END_MARK = re.compile(
    r"\A[\W_]{0,80}(?:the[\W_]{0,40}end|fin|finis|ende|fine|end|la fin|el fin|end of story)[\W_]{0,80}\Z", re.IGNORECASE
)
_COPYRIGHT = re.compile(r"\A\W{0,10}(?:copyright\b|\(c\)|©)", re.IGNORECASE)


def _read_end(draft: Draft, start: int) -> int:
    """Where the text ends. What follows an end mark in the last part are end notes."""
    lines = draft.prose.lines
    end = len(lines)
    while end > start and lines[end - 1].blank:
        end -= 1
    for index in range(end - 1, max(start, end - 150), -1):
        if _END_MARK.match(lines[index].text) and lines[index].text.strip():
            draft.complete = True
            if any(is_words(line.text) for line in lines[index + 1 : end]):
                draft.end_notes = draft.prose.render_body(index + 1, end)
            return index + 1
    return _above_copyright(draft, start, end)


def _above_copyright(draft: Draft, start: int, end: int) -> int:
    """A copyright line near the end, under a rule or a blank line, closes the text; with what follows it is a note."""
    lines = draft.prose.lines
    for index in range(max(start + 1, end - 40), end):
        if (
            _COPYRIGHT.match(lines[index].text)
            and not is_words(lines[index - 1].text)
            and draft.prose.words(start, index) > 100
        ):
            draft.end_notes = draft.prose.render_body(index, end)
            return index
    return end
