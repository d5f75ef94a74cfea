"""A story as EPUB 3.3: one file per chapter, nav and NCX, a drawn cover, the same bytes for the same story.

Canonical markup is XHTML already, so pages are put together as strings; nothing of a story is parsed again.
Accessibility is described as it is and no conformance is claimed: nobody has audited what people upload.
"""

from __future__ import annotations

import colorsys
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import BinaryIO, Final

from ..markup import plain_text, rendered
from ..model import Chapter, Markup, Story, WriteOptions
from . import addresses, byline, direction, facts, heading, hue, identifier, language, printable, standalone, title

_EPOCH: Final = (2000, 1, 1, 0, 0, 0)
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_DATE: Final = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")


@dataclass(frozen=True, slots=True)
class _Page:
    """One XHTML file of the book. `kind` is its epub:type, `label` its line in the contents."""

    name: str
    label: str
    kind: str
    body: str

    @property
    def id(self) -> str:
        return f"page-{self.name.removesuffix('.xhtml')}"


def write(story: Story, out: BinaryIO, options: WriteOptions) -> None:
    """Write the book to `out`. Equal stories and options give equal bytes; the clock is never asked."""
    pages = tuple(_pages(story, options))
    with zipfile.ZipFile(out, "w") as book:
        _add(book, "mimetype", "application/epub+zip", packed=False)
        _add(book, "META-INF/container.xml", _CONTAINER)
        _add(book, "OEBPS/package.opf", _package(story, options, pages))
        _add(book, "OEBPS/nav.xhtml", _nav(story, pages))
        _add(book, "OEBPS/toc.ncx", _ncx(story, options, pages))
        _add(book, "OEBPS/style.css", _STYLE)
        _add(book, "OEBPS/cover.svg", _cover(story, options))
        for page in pages:
            _add(book, f"OEBPS/{page.name}", _xhtml(story, page.label, page.body))


def _add(book: zipfile.ZipFile, name: str, text: str, *, packed: bool = True) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.create_system = 3  # Unix, also where we run on something else: the byte is part of the book
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    book.writestr(entry, text.encode("utf-8", "replace"))


# --- pages -----------------------------------------------------------------------------------------------------------


def _pages(story: Story, options: WriteOptions) -> Iterator[_Page]:
    yield _Page("title.xhtml", "Title Page", "titlepage", _title_page(story, options))
    alone = len(story.chapters) == 1
    for number, chapter in enumerate(story.chapters, 1):
        label = title(story) if alone and not chapter.title else heading(chapter)
        yield _Page(f"chapter-{number:04}.xhtml", label, "chapter", _chapter_page(story, chapter, number, label))
    if story.end_notes:
        body = f'<section epub:type="endnotes"><h1>End Notes</h1>{standalone(story.end_notes, story, "e")}</section>'
        yield _Page("end-notes.xhtml", "End Notes", "endnotes", body)


def _title_page(story: Story, options: WriteOptions) -> str:
    rows = "".join(f"<dt>{_text(label)}</dt><dd>{_text(value)}</dd>" for label, value in facts(story, options))
    links = "".join(
        f'<dt>{label}</dt><dd><a href="{escape(url)}">{escape(url)}</a></dd>'
        for label, url in addresses(story, options)
    )
    notes = "".join(
        f'<p class="about">{_text(note)}</p>' for note in (options.byline_note, options.updates_note) if note
    )
    parts = (
        ("Summary", story.summary),
        ("Disclaimer", story.disclaimer),
        ("Spoilers", story.spoilers),
        ("Notes", story.notes),
    )
    asides = "".join(_aside(story, label, markup, f"t{place}") for place, (label, markup) in enumerate(parts))
    return (
        f'<section epub:type="titlepage" class="front"><h1>{_text(title(story))}</h1>'
        f'<p class="byline">by {_text(byline(story))}</p>{notes}<dl class="facts">{rows}{links}</dl>{asides}</section>'
    )


def _chapter_page(story: Story, chapter: Chapter, number: int, label: str) -> str:
    return (
        f'<section epub:type="chapter" role="doc-chapter"><h1>{_text(label)}</h1>'
        + _aside(story, "Summary", chapter.summary, "s")
        + _aside(story, "Notes", chapter.notes, "n")
        + rendered(Markup(standalone(chapter.text, story, "c")), str(number))
        + _aside(story, "End Notes", chapter.end_notes, "e")
        + "</section>"
    )


def _aside(story: Story, label: str, markup: Markup, prefix: str) -> str:
    return f'<div class="note"><h2>{label}</h2>{standalone(markup, story, prefix)}</div>' if markup else ""


def _xhtml(story: Story, label: str, body: str) -> str:
    tongue = f'lang="{language(story)}" xml:lang="{language(story)}" ' if language(story) else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
        f'{tongue}dir="{direction(story)}">\n<head><meta charset="utf-8"/><title>{_text(label)}</title>'
        f'<link rel="stylesheet" type="text/css" href="style.css"/></head>\n<body>{body}</body>\n</html>\n'
    )


def _text(value: str) -> str:
    return escape(printable(value))


# --- contents --------------------------------------------------------------------------------------------------------


def _nav(story: Story, pages: tuple[_Page, ...]) -> str:
    lines = "".join(f'<li><a href="{page.name}">{_text(page.label)}</a></li>' for page in pages)
    start = next((page for page in pages if page.kind == "chapter"), pages[0])
    body = (
        f'<nav epub:type="toc" role="doc-toc" id="toc"><h1>Contents</h1><ol>{lines}</ol></nav>'
        '<nav epub:type="landmarks" hidden="hidden"><h2>Landmarks</h2><ol>'
        f'<li><a epub:type="titlepage" href="{pages[0].name}">Title Page</a></li>'
        f'<li><a epub:type="bodymatter" href="{start.name}">Start of the story</a></li></ol></nav>'
    )
    return _xhtml(story, title(story), body)


def _ncx(story: Story, options: WriteOptions, pages: tuple[_Page, ...]) -> str:
    points = "".join(
        f'<navPoint id="{page.id}" playOrder="{order}"><navLabel><text>{_text(page.label)}</text></navLabel>'
        f'<content src="{page.name}"/></navPoint>'
        for order, page in enumerate(pages, 1)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1">'
        f'<head><meta name="dtb:uid" content="{identifier(story, options)}"/><meta name="dtb:depth" content="1"/>'
        '<meta name="dtb:totalPageCount" content="0"/><meta name="dtb:maxPageNumber" content="0"/></head>'
        f"<docTitle><text>{_text(title(story))}</text></docTitle><navMap>{points}</navMap></ncx>\n"
    )


# --- the package -----------------------------------------------------------------------------------------------------


def _package(story: Story, options: WriteOptions, pages: tuple[_Page, ...]) -> str:
    items = "".join(f'<item id="{page.id}" href="{page.name}" media-type="application/xhtml+xml"/>\n' for page in pages)
    spine = "".join(f'<itemref idref="{page.id}"/>' for page in pages)
    metadata = "\n".join((*_metadata(story, options), *_accessibility()))
    tongue = f' xml:lang="{language(story)}"' if language(story) else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="uid"'
        f'{tongue}>\n<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n{metadata}\n</metadata>\n'
        "<manifest>\n"
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>\n'
        '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>\n'
        '<item id="style" href="style.css" media-type="text/css"/>\n'
        '<item id="cover" href="cover.svg" media-type="image/svg+xml" properties="cover-image"/>\n'
        f"{items}</manifest>\n"
        f'<spine toc="ncx" page-progression-direction="{direction(story)}">{spine}</spine>\n</package>\n'
    )


def _metadata(story: Story, options: WriteOptions) -> Iterator[str]:
    yield f'<dc:identifier id="uid">{identifier(story, options)}</dc:identifier>'
    yield f'<dc:title id="title">{_text(title(story))}</dc:title>'
    yield _meta("file-as", _filed_title(title(story)), refines="title")
    yield f"<dc:language>{language(story) or 'und'}</dc:language>"
    yield f'<meta property="dcterms:modified">{_modified(story, options)}</meta>'
    for number, author in enumerate(story.authors, 1):
        yield f'<dc:creator id="author{number}">{_text(author.name) or "Anonymous"}</dc:creator>'
        yield _meta("role", "aut", refines=f"author{number}", scheme="marc:relators")
        yield _meta("file-as", printable(author.name) or "Anonymous", refines=f"author{number}")
    for number, name in enumerate(filter(printable, story.beta), 1):
        yield f'<dc:contributor id="beta{number}">{_text(name)}</dc:contributor>'
        yield _meta("role", "edt", refines=f"beta{number}", scheme="marc:relators")
    if date := next((date for date in (story.published, story.updated) if date and _DATE.match(date)), None):
        yield f"<dc:date>{_DATE.match(date)[0]}</dc:date>"  # type: ignore[index]
    if description := printable(plain_text(story.summary)):
        yield f"<dc:description>{_text(description)}</dc:description>"
    if printable(options.site_name):
        yield f"<dc:publisher>{_text(options.site_name)}</dc:publisher>"
    for _, url in addresses(story, options):
        yield f"<dc:source>{escape(url)}</dc:source>"
    tags = (story.fandoms, story.relationships, story.characters, story.additional_tags, story.categories)
    for tag in dict.fromkeys(_text(tag) for kind in tags for tag in kind):
        yield f"<dc:subject>{tag}</dc:subject>" if tag else ""
    yield from _series(story)
    if story.word_count:
        yield _meta("schema:wordCount", str(story.word_count))


def _series(story: Story) -> Iterator[str]:
    for number, place in enumerate((place for place in story.series if printable(place.title)), 1):
        yield f'<meta property="belongs-to-collection" id="series{number}">{_text(place.title)}</meta>'
        yield _meta("collection-type", "series", refines=f"series{number}")
        if place.position is not None:
            yield _meta("group-position", str(place.position), refines=f"series{number}")
        if number == 1:
            yield f'<meta name="calibre:series" content="{_text(place.title)}"/>'
            yield f'<meta name="calibre:series_index" content="{place.position or 1}"/>'


def _accessibility() -> Iterator[str]:
    """What is true of every book we write: text only, with navigation, nothing that flashes, moves or sounds."""
    yield _meta("schema:accessMode", "textual")
    yield _meta("schema:accessModeSufficient", "textual")
    for feature in ("tableOfContents", "structuralNavigation", "readingOrder", "displayTransformability", "unlocked"):
        yield _meta("schema:accessibilityFeature", feature)
    yield _meta("schema:accessibilityHazard", "none")
    yield _meta(
        "schema:accessibilitySummary",
        "Text only, with headings and a table of contents; pictures are replaced by their descriptions. "
        "Written by its author and not audited.",
    )


def _meta(name: str, value: str, *, refines: str = "", scheme: str = "") -> str:
    about = f' refines="#{refines}"' if refines else ""
    vocabulary = f' scheme="{scheme}"' if scheme else ""
    return f'<meta property="{name}"{about}{vocabulary}>{_text(value)}</meta>'


def _filed_title(name: str) -> str:
    """Without its leading article: "The Lamp" is filed under L."""
    article = re.match(r"(The|A|An)\s+(\S.*)", name, re.DOTALL)
    return f"{article[2]}, {article[1]}" if article else name


def _modified(story: Story, options: WriteOptions) -> str:
    """An instant for dcterms:modified: the archive's, else the story's newest date, else a fixed one."""
    if _INSTANT.fullmatch(options.modified):
        return options.modified
    for date in (options.modified, story.updated, story.published):
        if date and re.match(r"\d{4}-\d\d-\d\d", date):
            return f"{date[:10]}T00:00:00Z"
    return "2000-01-01T00:00:00Z"


# --- the cover -------------------------------------------------------------------------------------------------------

_WIDTH: Final = 600
_MARGIN: Final = 60
_SIZES: Final = ((58, 5), (46, 7), (36, 9), (28, 12))  # type size in pixels, and how many lines of it fit


def _cover(story: Story, options: WriteOptions) -> str:
    """A still cover: title and author on a colour that is this work's own. 600 × 900 units, no fonts but the device's."""
    shade = hue(identifier(story, options))
    ground, line = _colour(shade, 0.22, 0.30), _colour(shade, 0.72, 0.35)
    size, lines = _set(_text_only(title(story)))
    authors = _wrap(_text_only(byline(story)), 24)[:4]
    first = 330 - len(lines) * size * 0.6
    rows = [_line(line, first + place * size * 1.2, size) for place, line in enumerate(lines)]
    rows += [_line(name, 720 + place * 36, 28) for place, name in enumerate(authors)]
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="900" viewBox="0 0 600 900">'
        f"<title>{_text(title(story))}</title>"
        f'<rect width="600" height="900" fill="{ground}"/>'
        f'<rect x="24" y="24" width="552" height="852" fill="none" stroke="{line}" stroke-width="2"/>'
        f'<path d="M 250 640 H 350" stroke="{line}" stroke-width="2"/>'
        f'<g fill="#f6f1e7" font-family="Georgia, serif" text-anchor="middle" direction="{direction(story)}">'
        f"{''.join(rows)}</g></svg>\n"
    )


def _line(text: str, y: float, size: int) -> str:
    return f'<text x="300" y="{y:.0f}" font-size="{size}">{escape(text)}</text>'


def _text_only(value: str) -> str:
    return " ".join(printable(value).split())


def _colour(shade: float, lightness: float, saturation: float) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb(shade, lightness, saturation))


def _set(text: str) -> tuple[int, list[str]]:
    """The largest size at which the text fits, and its lines; the longest titles end in an ellipsis."""
    for size, most in _SIZES:
        if len(lines := _wrap(text, size)) <= most:
            return size, lines
    size, most = _SIZES[-1]
    lines = _wrap(text, size)[:most]
    return size, [*lines[:-1], f"{lines[-1]} …"]


def _advance(character: str) -> float:
    """The width of a character in ems, roughly: full for East Asian and emoji, none for combining marks."""
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    return 0.68 if character.isupper() else 0.52


def _wrap(text: str, size: int) -> list[str]:
    """Break at spaces; within a run without spaces (Japanese, or one endless word) wherever the line is full."""
    room = (_WIDTH - 2 * _MARGIN) / size
    lines, line, used = [], "", 0.0
    for word in re.findall(r"\S+\s*", text):
        width = sum(map(_advance, word.rstrip()))
        if line and used + width > room:
            lines.append(line.rstrip())
            line, used = "", 0.0
        for character in word:
            if line and not character.isspace() and used + _advance(character) > room:
                lines.append(line)
                line, used = "", 0.0
            line += character
            used += _advance(character)
    return [*lines, line.rstrip()]


_CONTAINER: Final = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
    '<rootfile full-path="OEBPS/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>\n'
)
_STYLE: Final = """\
body { margin: 0 5%; line-height: 1.45; }
h1 { font-size: 1.5em; text-align: center; margin: 2em 0 1.5em; line-height: 1.2; }
h2 { font-size: 1.1em; margin: 1.2em 0 0.4em; }
p { margin: 0; text-indent: 1.4em; }
h1 + p, h2 + p, hr + p, div + p, .front p, .note p, blockquote p, li p, td p { text-indent: 0; }
.note p, .front p { margin: 0.4em 0; }
.byline, .about { text-align: center; }
.about { font-style: italic; font-size: 0.9em; }
.note { margin: 1em 0 1.5em; padding: 0 1em; border-left: 2px solid currentColor; font-size: 0.95em; }
.facts dt { font-weight: bold; margin-top: 0.5em; }
.facts dd { margin: 0 0 0 1em; }
blockquote { margin: 1em 2em; }
pre { white-space: pre-wrap; }
hr { border: 0; border-top: 1px solid currentColor; width: 30%; margin: 1.5em auto; }
hr.scene { width: auto; height: auto; overflow: visible; border: 0; text-align: center; }
hr.scene::before { content: attr(title); }
.center { text-align: center; text-indent: 0; }
.right { text-align: right; text-indent: 0; }
.big { font-size: 1.2em; }
.small { font-size: 0.85em; }
.mono { font-family: monospace; }
.image-missing { font-style: italic; }
"""
