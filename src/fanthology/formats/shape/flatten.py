"""HTML as lines: one walk over the tree, whatever program made it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from .. import header
from .lines import Line, Prose, escaped, is_rule, joined, keeps_lines, paragraphs, prose_from_text
from .page import Page

_BLOCKS = frozenset(
    [
        "p",
        "div",
        "center",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "address",
        "article",
        "section",
        "main",
        "header",
        "footer",
        "aside",
        "nav",
        "figure",
        "figcaption",
        "form",
        "fieldset",
        "dl",
        "dt",
        "dd",
        "ul",
        "ol",
        "li",
        "table",
        "tbody",
        "thead",
        "tfoot",
        "tr",
        "td",
        "th",
        "caption",
        "blockquote",
        "pre",
        "hr",
        "body",
        "details",
        "summary",
        "noframes",
        "noscript",
        "xmp",
        "listing",
        "plaintext",
    ]
)
_PATHS = frozenset({"blockquote", "ul", "ol", "li", "table", "tr", "td", "th"})
_SKIPPED = frozenset(
    [
        "nav",
        "script",
        "style",
        "head",
        "title",
        "meta",
        "link",
        "template",
        "iframe",
        "object",
        "embed",
        "applet",
        "select",
        "option",
        "button",
        "input",
        "textarea",
        "map",
        "area",
        "svg",
        "math",
        "audio",
        "video",
    ]
)
_INLINES = frozenset(
    [
        "b",
        "i",
        "em",
        "strong",
        "u",
        "s",
        "strike",
        "del",
        "ins",
        "sub",
        "sup",
        "big",
        "small",
        "tt",
        "code",
        "kbd",
        "var",
        "samp",
        "cite",
        "q",
        "abbr",
        "acronym",
        "dfn",
        "a",
        "ruby",
        "rt",
        "rp",
        "rb",
    ]
)
_ITALIC = re.compile(r"font-style\s{0,3}:\s{0,3}(?:italic|oblique)", re.IGNORECASE)
_BOLD = re.compile(r"font-weight\s{0,3}:\s{0,3}(?:bold|[6-9]00)", re.IGNORECASE)
_CENTRED = re.compile(r"text-align\s{0,3}:\s{0,3}center", re.IGNORECASE)
_HIDDEN = re.compile(
    r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden|mso-hide\s{0,3}:\s{0,3}all", re.IGNORECASE
)
_MEANING = re.compile("|".join(each.pattern for each in (_ITALIC, _BOLD, _CENTRED, _HIDDEN)), re.IGNORECASE)
_CSS_CLASS = re.compile(r"\.([A-Za-z][\w-]{0,60})\s{0,5}\{([^{}]{0,2000})\}")


@dataclass(slots=True)
class _Flattener:
    """Walks a tree once and lays it out as lines. State of the walk: open inline tags, blocks, and the line being built."""

    styles: dict[str, str]
    lines: list[Line] = field(default_factory=list)
    inline: list[tuple[str, str]] = field(default_factory=list)
    path: list[tuple[str, int]] = field(default_factory=list)
    tags: list[str] = field(default_factory=lambda: ["p"])
    centred: int = 0
    outside: list[int] = field(default_factory=list)
    group: int = 0
    counter: int = 0
    breaks: int = 0
    text: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)

    def flush(self) -> None:
        """End the line being built, closing its inline tags and opening them again for the next."""
        text = " ".join("".join(self.text).split(" ")).replace("\xa0", " ")
        text = re.sub(r"[ \t\r\n\f]+", " ", text)
        html = "".join(self.html)
        if text.strip() or "<img" in html:
            indented = self.breaks == 1 and re.match(
                r"[ ]{0,3}(?:\xa0[ ]?){3,}|\u3000", "".join(self.text)[:30].lstrip("\n\r\t")
            )
            if self.breaks > 1 or indented:
                self.new_group()
                if self.lines and self.lines[-1].text:
                    self.lines.append(Line("", ""))
            closing = "".join(f"</{tag}>" for tag, _ in reversed(self.inline))
            self.lines.append(
                Line(
                    text.strip(),
                    (html + closing).strip(),
                    self.tags[-1],
                    self.group,
                    self.centred > 0,
                    tuple(self.path),
                )
            )
            self.breaks = 0
        self.text = []
        self.html = [f"<{tag}{rest}>" for tag, rest in self.inline]

    def new_group(self) -> None:
        self.counter += 1
        self.group = self.counter

    def end_block(self) -> None:
        self.flush()
        if self.lines and not self.lines[-1].blank:
            self.lines.append(Line("", ""))
        self.breaks = 0
        self.new_group()

    def rule(self) -> None:
        self.end_block()
        self.lines += [Line("", "<hr>", "hr", self.group, path=tuple(self.path)), Line("", "")]

    def style_of(self, node: LexborNode) -> str:
        """The style of an element, with what its classes mean in the document's own style sheet (Google Docs)."""
        own = node.attributes.get("style") or ""
        if self.styles:
            for name in (node.attributes.get("class") or "").split()[:20]:
                own += ";" + self.styles.get(name, "")
        return own


def prose_from_html(page: Page, root: LexborNode | None = None) -> Prose:
    """A document as lines: blocks become lines between blank ones, `<br>` ends a line, two of them end a paragraph."""
    styles: dict[str, str] = {}
    for sheet in page.tree.css("style"):
        rules = _CSS_CLASS.findall((sheet.text() or "")[:200_000])
        styles |= {name: body for name, body in rules if _MEANING.search(body)}
    flattener = _Flattener(styles)
    _walk(flattener, root or page.tree.body or page.tree.root)
    flattener.end_block()
    return Prose(flattener.lines, from_html=True)


def _walk(flattener: _Flattener, start: LexborNode | None) -> None:
    """Depth first without recursion: pages nest deeper than Python's stack."""
    stack: list[tuple[LexborNode, list[str] | None]] = [(start, None)] if start is not None else []
    while stack:
        node, opened = stack.pop()
        if opened is not None:
            _leave(flattener, opened)
            continue
        if node.is_text_node:
            content = node.text_content or ""
            flattener.text.append(content)
            flattener.html.append(escaped(content))
            continue
        if not node.is_element_node or (node.tag or "") in _SKIPPED:
            continue
        marks = _enter(flattener, node)
        if marks is None:
            continue
        stack.append((node, marks))
        child = node.last_child
        while child is not None:
            stack.append((child, None))
            child = child.prev


def _enter(flattener: _Flattener, node: LexborNode) -> list[str] | None:
    """Open an element. Returns what `_leave` must close, or None when the element has no inside to visit."""
    tag = node.tag or ""
    style = flattener.style_of(node)
    if style and tag != "hr" and _HIDDEN.search(style):
        return None
    if tag == "br":
        flattener.flush()
        flattener.breaks += 1
        return None
    if tag == "hr":
        flattener.rule()
        return None
    if tag == "img":
        _image(flattener, node)
        return None
    if tag == "pre" or tag in {"xmp", "listing", "plaintext"}:
        _preformatted(flattener, node)
        return None
    marks: list[str] = []
    if tag in _BLOCKS:
        marks += _enter_block(flattener, node, tag, style)
    elif tag in _INLINES:
        marks.append(_open_inline(flattener, tag, node))
    if style and (tag not in _BLOCKS or tag == "p"):
        for pattern, name in ((_ITALIC, "i"), (_BOLD, "b")):
            if pattern.search(style):
                marks.append(_open_inline(flattener, name, None))
    return marks


def _enter_block(flattener: _Flattener, node: LexborNode, tag: str, style: str) -> list[str]:
    flattener.end_block()
    marks = ["block"]
    if tag == "table" and flattener.centred:
        flattener.outside.append(flattener.centred)
        flattener.centred = 0  # a table in the middle of the page does not centre its text
        marks.append("table")
    if tag in _PATHS and not (tag in {"table", "tr", "td", "th"} and _is_layout(node)):
        flattener.counter += 1
        flattener.path.append((tag, flattener.counter))
        marks.append("path")
    if (
        tag == "center"
        or (node.attributes.get("align") or "").lower() == "center"
        or (style and _CENTRED.search(style))
    ):
        flattener.centred += 1
        marks.append("centred")
    if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
        flattener.tags.append(tag)
        marks.append("tag")
    return marks


def _open_inline(flattener: _Flattener, tag: str, node: LexborNode | None) -> str:
    rest = ""
    if tag == "a" and node is not None and (address := node.attributes.get("href")):
        rest = f' href="{escaped(_plain_link(address)).replace(chr(34), "&quot;")}"'
    flattener.inline.append((tag, rest))
    flattener.html.append(f"<{tag}{rest}>")
    return "inline"


def _plain_link(address: str) -> str:
    """A link without the redirect that Google Docs wraps around it."""
    match = re.match(r"https?://www\.google\.com/url\?q=([^&]{1,2000})&", address)
    return unquote(match[1]) if match else address


def _leave(flattener: _Flattener, marks: list[str]) -> None:
    for mark in reversed(marks):
        if mark == "inline":
            tag, _ = flattener.inline.pop()
            flattener.html.append(f"</{tag}>")
        elif mark == "block":
            flattener.end_block()
        elif mark == "path":
            flattener.flush()
            flattener.path.pop()
        elif mark == "centred":
            flattener.flush()
            flattener.centred -= 1
        elif mark == "table":
            flattener.flush()
            flattener.centred = flattener.outside.pop()
        else:
            flattener.flush()
            flattener.tags.pop()


def _image(flattener: _Flattener, node: LexborNode) -> None:
    """A picture that is a bar is a scene break; others stay with their address."""
    source = node.attributes.get("src") or ""
    name = source.rsplit("/", 1)[-1].lower()
    if re.search(r"(?:bar|line|divider|rule|separator|break)\d{0,3}\.(?:gif|png|jpe?g)\Z", name):
        flattener.rule()
    elif source.startswith(("http://", "https://", "//")):
        alt = escaped(node.attributes.get("alt") or "").replace('"', "&quot;")
        flattener.html.append(f'<img src="{escaped(source).replace(chr(34), "&quot;")}" alt="{alt}">')


def _preformatted(flattener: _Flattener, node: LexborNode) -> None:
    """Preformatted text is a text file inside the page: flowed again when it was cut at a width."""
    flattener.end_block()
    inner = prose_from_text(node.text() or "")
    for block in paragraphs(inner.texts, wrapped=inner.wrapped):
        flattener.new_group()
        lines = [line.strip() for line in block]
        if inner.wrapped and not keeps_lines(block):
            lines = _header_lines(block) or [joined(block)]
        tag = "hr" if len(lines) == 1 and is_rule(lines[0]) and set(lines[0]) <= set("-_=") else "p"
        for line in lines:
            shown = "<hr>" if tag == "hr" else escaped(line)
            flattener.lines.append(
                Line("" if tag == "hr" else line, shown, tag, flattener.group, path=tuple(flattener.path))
            )
        flattener.lines.append(Line("", ""))
    flattener.new_group()


def _header_lines(block: list[str]) -> list[str]:
    """A block of labels, one line for each with its value; [] when the block is prose."""
    found = header.find(block, wrapped=True)
    if found is None:
        return []
    starts = sorted({0, *(entry.first for entry in found.entries), min(found.last + 1, len(block))})
    return [joined(part) for at, to in zip(starts, [*starts[1:], len(block)], strict=True) if (part := block[at:to])]


def _is_layout(node: LexborNode) -> bool:
    """A table that holds the page rather than data: a cell with much text, or tables within."""
    table = node
    while table.tag != "table" and table.parent is not None:  # a parser lets no cell stand outside a table
        table = table.parent
    if any(each.mem_id != table.mem_id for each in table.css("table, p, hr, h1, h2, center, pre")):
        return True
    return any(len(cell.text()) > 400 for cell in table.css("td"))
