"""A story as one self-contained page: readable anywhere, in any theme, without scripts, fonts or other files."""

from __future__ import annotations

from html import escape
from typing import BinaryIO, Final

from ..markup import rendered
from ..model import Chapter, Markup, Story, WriteOptions
from . import addresses, byline, direction, facts, heading, language, printable, standalone, title


def write(story: Story, out: BinaryIO, options: WriteOptions) -> None:
    """UTF-8 HTML5 that is also well-formed XML. Equal inputs give equal bytes."""
    tongue = f'lang="{language(story)}" ' if language(story) else ""
    page = (
        f'<!DOCTYPE html>\n<html {tongue}dir="{direction(story)}">\n<head><meta charset="utf-8"/>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        f"<title>{_text(f'{title(story)} by {byline(story)}')}</title>\n<style>{_STYLE}</style></head>\n"
        f"<body>\n{_header(story, options)}\n<main>\n{_contents(story)}{_chapters(story)}</main>\n</body>\n</html>\n"
    )
    out.write(page.encode("utf-8", "replace"))


def _text(value: str) -> str:
    return escape(printable(value))


def _header(story: Story, options: WriteOptions) -> str:
    rows = "".join(f"<dt>{_text(label)}</dt><dd>{_text(value)}</dd>\n" for label, value in facts(story, options))
    for label, url in addresses(story, options):
        rows += f'<dt>{label}</dt><dd><a href="{escape(url)}">{escape(url)}</a></dd>\n'
    notes = "".join(f"<p>{_text(note)}</p>\n" for note in (options.byline_note, options.updates_note) if note)
    parts = (
        ("Summary", story.summary),
        ("Disclaimer", story.disclaimer),
        ("Spoilers", story.spoilers),
        ("Notes", story.notes),
    )
    asides = "".join(_aside(story, label, markup, f"t{place}", 2) for place, (label, markup) in enumerate(parts))
    return (
        f'<header>\n<h1>{_text(title(story))}</h1>\n<p class="byline">by {_text(byline(story))}</p>\n{notes}'
        f"<dl>\n{rows}</dl>\n{asides}</header>"
    )


def _contents(story: Story) -> str:
    if len(story.chapters) < 2:
        return ""
    lines = "".join(
        f'<li><a href="#chapter-{place}">{_text(heading(chapter))}</a></li>\n'
        for place, chapter in enumerate(story.chapters, 1)
    )
    return f'<nav aria-labelledby="contents"><h2 id="contents">Contents</h2>\n<ol>\n{lines}</ol></nav>\n'


def _chapters(story: Story) -> str:
    chapters = "".join(_chapter(story, chapter, place) for place, chapter in enumerate(story.chapters, 1))
    return chapters + _aside(story, "End Notes", story.end_notes, "e", 2)


def _chapter(story: Story, chapter: Chapter, place: int) -> str:
    shown = len(story.chapters) > 1 or bool(chapter.title)
    label = heading(chapter) if shown else title(story)
    head = f'<h2 id="chapter-{place}">{_text(label)}</h2>\n' if shown else ""
    return (
        f'<article aria-label="{_text(label)}">\n{head}'
        + _aside(story, "Summary", chapter.summary, f"s{place}", 3)
        + _aside(story, "Notes", chapter.notes, f"n{place}", 3)
        + rendered(Markup(standalone(chapter.text, story, f"c{place}")), str(place))
        + _aside(story, "End Notes", chapter.end_notes, f"e{place}", 3)
        + "\n</article>\n"
    )


def _aside(story: Story, label: str, markup: Markup, prefix: str, level: int) -> str:
    if not markup:
        return ""
    return f'<section class="note"><h{level}>{label}</h{level}>\n{standalone(markup, story, prefix)}</section>\n'


_STYLE: Final = """
:root { color-scheme: light dark; }
body { font: 1.1rem/1.6 Georgia, "Times New Roman", serif; max-width: 38rem; margin: 0 auto; padding: 1rem; }
h1, .byline { text-align: center; }
h1, h2, h3 { line-height: 1.25; }
dt { font-weight: bold; margin-top: 0.5rem; }
dd { margin-inline-start: 1rem; overflow-wrap: anywhere; }
.note { border-inline-start: 3px solid; padding-inline-start: 1rem; margin: 1.5rem 0; }
blockquote { margin-inline: 2rem; }
pre { white-space: pre-wrap; }
table { border-collapse: collapse; }
td, th { border: 1px solid; padding: 0.2rem 0.5rem; }
hr.scene { border: 0; overflow: visible; height: auto; text-align: center; }
hr.scene::before { content: attr(title); }
.center { text-align: center; }
.right { text-align: end; }
.big { font-size: 1.2em; }
.small { font-size: 0.85em; }
.mono { font-family: monospace; }
.image-missing { font-style: italic; }
"""
