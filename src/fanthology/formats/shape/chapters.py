"""Where chapters begin: headings that count up, each on a line of its own; else where posts or files begin."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..errors import LimitExceeded
from ..model import EMPTY, Chapter
from .draft import Draft
from .headings import Heading, heading_of, series_of
from .intake import joined_markup
from .lines import Prose, despaced, is_rule, is_words
from .titles import split_title

_LEAD_WORDS = 150
"""Less than this before the first heading is a note; more is a chapter without a heading."""
_EPILOGUE_WORDS = 200
"""A shorter epilogue stays inside the last chapter."""


@dataclass(frozen=True, slots=True)
class _Span:
    """One chapter to be: its title and its lines, from `start` up to `stop`. `head` is the line of its heading."""

    title: str
    head: int
    start: int
    stop: int


def chapters_of(draft: Draft, start: int, end: int) -> tuple[Chapter, ...]:
    """The lines from `start` to `end` as chapters. Text before the first heading is kept as notes or as a chapter."""
    spans = _by_headings(draft, start, end) or _by_sections(draft, start, end) or [_single(draft, start, end)]
    if len(spans) > draft.context.limits.entries:
        raise LimitExceeded(f"The file falls into {len(spans):,} chapters.", code="limit.entries")
    chapters: list[Chapter] = []
    for span, after in zip(spans, [*spans[1:], None], strict=True):
        position = len(chapters) + 1
        chapter = draft.intake.chapter(
            position,
            draft.prose.render_body(span.start, span.stop),
            draft.intake.plain(span.title, f"chapters[{position - 1}].title"),
        )
        chapters.append(_with_notes(draft, chapter, None if position == 1 else span, after))
    return tuple(chapters)


def _with_notes(draft: Draft, chapter: Chapter, span: _Span | None, after: _Span | None) -> Chapter:
    """The chapter with the remarks that its posts carry before and after the text.

    A post that opens with a heading carries its notes to that chapter; what it says at its end belongs to the chapter
    before the next heading. No span: from the first line on.
    """
    top, below = _above_blanks(draft, span), _above_blanks(draft, after)
    lower, upper = (span.head if span else -1), (after.head if after else len(draft.prose.lines))
    notes = "".join(html for at, html in draft.notes_at if (not span or top <= at) and (not after or at < below))
    end_notes = "".join(html for at, html in draft.end_notes_at if lower < at <= upper)
    where = f"chapters[{chapter.position - 1}]"
    return replace(
        chapter,
        notes=draft.intake.markup(notes, f"{where}.notes"),
        end_notes=draft.intake.markup(end_notes, f"{where}.end_notes"),
    )


def _above_blanks(draft: Draft, span: _Span | None) -> int:
    """The first of the blank lines and rules over a heading."""
    top = span.head if span else 0
    while top and not is_words(draft.prose.lines[top - 1].text):
        top -= 1
    return top


def _by_headings(draft: Draft, start: int, end: int) -> list[_Span]:
    lines = draft.prose.lines
    found = [
        (index, heading)
        for index in range(start, end)
        if (heading := heading_of(lines[index].text)) and _stands_alone(draft.prose, index, heading)
    ]
    series = series_of(found)
    if len(series) > 2 and series[-1][1].number is None and draft.prose.words(series[-1][0], end) < _EPILOGUE_WORDS:
        series.pop()
    if not series:
        return []
    spans = _lead(draft, start, series[0][0])
    stops = [*(place for place, _ in series[1:]), end]
    for (index, heading), stop in zip(series, stops, strict=True):
        spans.append(_Span(heading.title, index, _body_start(draft.prose, index, stop), stop))
    return spans


def _lead(draft: Draft, start: int, first: int) -> list[_Span]:
    """What stands before the first heading: nothing, a chapter of its own, or notes."""
    words = draft.prose.words(start, first)
    if words >= _LEAD_WORDS:
        return [_Span("", start, start, first)]
    if words and any(is_words(line.text) for line in draft.prose.lines[start:first]):
        notes = draft.intake.markup(draft.prose.render(start, first), "notes")
        draft.facts["notes"] = joined_markup(draft.facts.get("notes", EMPTY), notes)
        draft.context.report(
            "notes.boundary", "info", "What stands before the first chapter was taken for notes.", where="notes"
        )
    return []


def _by_sections(draft: Draft, start: int, end: int) -> list[_Span]:
    """Posts that carry no headings are one chapter each."""
    marks = [(at, title) for at, title in draft.sections if start <= at < end]
    if len(marks) < 2:
        return []
    begins = [start, *(at for at, _ in marks[1:])]
    return [_Span(title, at, at, stop) for (_, title), at, stop in zip(marks, begins, [*begins[1:], end], strict=True)]


def _single(draft: Draft, start: int, end: int) -> _Span:
    """One chapter. A first line that repeats the title with a part number is its heading, not its text."""
    lines = draft.prose.lines
    first = next((index for index in range(start, end) if is_words(lines[index].text)), end)
    if first == end or not draft.title or len(lines[first].text) >= 120:
        return _Span("", start, start, end)
    text = despaced(lines[first].text)
    whole, part, _ = split_title(text)
    if whole.lower() == draft.title.lower():
        return _Span(text[len(whole) :].strip(" ,:-–—()[]") if part or whole != text else "", first, first + 1, end)
    heading = heading_of(text)
    if (
        heading
        and heading.kind != "bare"
        and draft.facts.get("expected_chapters")
        and _stands_alone(draft.prose, first, heading)
    ):
        return _Span(heading.title, first, first + 1, end)
    return _Span("", start, start, end)


def _stands_alone(prose: Prose, index: int, heading: Heading) -> bool:
    """A heading has its line to itself: nothing but a rule touches it from above; a bare number is touched from no side."""
    lines = prose.lines
    above = lines[index - 1] if index else None
    below = lines[index + 1] if index + 1 < len(lines) else None
    if prose.from_html:
        line = lines[index]
        return line.tag.startswith("h") or above is None or above.blank or above.group != line.group
    if above is not None and above.text.strip() and not is_rule(above.text):
        return False
    return heading.kind != "bare" or below is None or not below.text.strip() or is_rule(below.text)


def _body_start(prose: Prose, index: int, stop: int) -> int:
    """The line a chapter's text begins on: one rule directly under the heading belongs to the heading."""
    body = index + 1
    if body < stop and is_rule(prose.lines[body].text):
        body += 1
    return body
