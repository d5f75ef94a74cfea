"""One walk over what the HTML parser let through; it writes the canonical form."""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass, field
from typing import Final

from .allowed import (
    CHILDREN,
    FLATTENED,
    FLOW,
    FREE,
    INLINE,
    MAX_BLOCKS,
    MAX_INLINES,
    ORPHAN,
    PHRASING,
    REOPEN_BUDGET,
    SPACES,
    STRUCTURE,
    TRANSPARENT,
    VOID,
)
from .attributes import block_class, inline_class, kept_of, styled, written
from .links import address, anchor_of
from .notes import Notes
from .tokens import Token, attributes_of, tokens


@dataclass(slots=True, eq=False)
class _Inline:
    """An inline element in force. Compared by identity: the same one may be reopened after a block."""

    tag: str
    start: str
    stop: str
    written: bool = False


@dataclass(slots=True, eq=False)
class _Block:
    """A block element in force; written when its first content arrives."""

    tag: str
    start: str = ""
    implied: bool = False
    written: bool = False
    children: set[str] = field(default_factory=set)
    last: str = ""


@dataclass(slots=True)
class _Frame:
    """What closing an input element has to undo."""

    inlines: int
    height: int
    inherited: dict[str, str]
    paragraph: dict[str, str] | None
    is_block: bool
    ends_line: bool = False


class Rewriter:
    """One walk over the tokens. `run` returns the canonical fragment."""

    def __init__(self, safe: str, notes: Notes, base_url: str) -> None:
        # Where no link points into the text no anchor waits for its place, and plain paragraphs may stay whole.
        self._tokens = tokens(safe, prose=' href="#' not in safe)
        self._notes = notes
        self._base_url = base_url
        self._linked = {anchor_of(entities.unescape(name)) for name in re.findall(r' href="#([^"]+)"', safe)}
        self._out: list[str] = []
        self._blocks: list[_Block] = [_Block("", written=True)]
        self._wanted: list[_Inline] = []
        self._opened: list[_Inline] = []
        self._frames: list[_Frame] = []
        self._inherited: dict[str, str] = {}
        self._paragraph: dict[str, str] | None = None  # attributes of the <p> in force, None outside
        self._in_p = False  # a <p> has been written and is open
        self._filled = False  # the current run of text has content
        self._space = ""  # white space seen and not yet written
        self._breaks = 0  # line breaks seen and not yet written
        self._anchors: list[str] = []
        self._anchored: set[str] = set()
        self._budget = REOPEN_BUDGET + 2 * len(safe)

    def run(self) -> str:
        skip_to = -1
        for index, token in enumerate(self._tokens):
            if index <= skip_to:
                continue
            if token.kind == "text":
                self._text(token.text)
            elif token.kind == "prose":
                self._prose(token.text)
            elif token.kind == "close":
                self._close()
            elif token.tag == "rp":
                # Fallback brackets are written anew around each rt; elsewhere they are ordinary text.
                skip_to = token.end if any(inline.tag == "ruby" for inline in self._wanted) else -1
                if skip_to < 0:
                    self._push(is_block=False)
            else:
                self._open(index, token)
        self._end_text()
        while len(self._blocks) > 1:
            self._pop_block()
        return self._without_dangling("".join(self._out).rstrip("\n"))

    # Opening and closing input elements

    def _push(self, *, is_block: bool) -> _Frame:
        frame = _Frame(len(self._wanted), len(self._blocks), self._inherited, self._paragraph, is_block)
        self._frames.append(frame)
        return frame

    def _open(self, index: int, token: Token) -> None:
        attributes = attributes_of(token)
        if attributes and (anchor := anchor_of(attributes.get("id") or attributes.get("name") or "")):
            self._set_anchor(anchor)
        tag = token.tag
        if tag in VOID:
            self._void(tag, attributes)
        elif tag in INLINE or tag in ("a", "ruby", "rt"):
            self._push(is_block=False)
            self._open_inline(index, tag, attributes)
        else:
            self._open_block(index, tag, attributes)

    def _close(self) -> None:
        frame = self._frames.pop()
        if frame.is_block:
            self._end_text()
            while len(self._blocks) > frame.height:
                self._pop_block()
            self._inherited, self._paragraph = frame.inherited, None
        elif frame.ends_line:
            self._boundary()
        del self._wanted[frame.inlines :]

    def _void(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "br":
            self._break()
        elif tag == "img":
            self._image(attributes)
        elif tag == "hr":
            self._rule(attributes)
        elif self._blocks[-1].tag == "colgroup":
            self._write_blocks()
            self._out.append(f"<col{written(kept_of(attributes, 'span'))}/>")

    def _image(self, attributes: dict[str, str]) -> None:
        """Images are never fetched from other hosts by a reader's device; the description stands for them."""
        description = SPACES.sub(" ", attributes.get("alt", "")).strip()
        source = attributes.get("src", "")
        self._notes.add("image.left-out", "warning", "An image was left out; its description stands instead.", source)
        self._wanted.append(_Inline("span", '<span class="image-missing">', "</span>"))
        self._text(f"[image: {description}]" if description else "[image]")
        self._wanted.pop()

    def _rule(self, attributes: dict[str, str]) -> None:
        if self._blocks[-1].tag in PHRASING:
            self._break()
            return
        self._end_text()
        self._settle("hr")
        is_scene = "scene" in attributes.get("class", "").split()
        kept = {"class": "scene", **kept_of(attributes, "title")} if is_scene else {}
        self._write_blocks()
        self._child("hr")
        self._out.append(f"<hr{written(kept)}/>")
        self._newline()

    # Inline elements

    def _open_inline(self, index: int, tag: str, attributes: dict[str, str]) -> None:
        if tag == "a":
            self._open_link(attributes)
        elif tag == "ruby":
            if self._is_ruby(index):
                self._want("ruby", f"<ruby{written(kept_of(attributes, 'lang', 'dir'))}>", "</ruby>")
        elif tag == "rt":
            if self._wanted and self._wanted[-1].tag == "ruby":
                self._want("rt", "<rp>(</rp><rt>", "</rt><rp>)</rp>")
        else:
            name = INLINE[tag]
            kept = kept_of(attributes, "title", "lang", "dir", "cite")
            kept |= inline_class(tag, attributes)
            if name != "span" or kept:
                self._want(name, f"<{name}{written(kept)}>", f"</{name}>")
            for style in styled(attributes):
                self._want(style, f"<{style}>", f"</{style}>")

    def _open_link(self, attributes: dict[str, str]) -> None:
        value = attributes.get("href", "").strip()
        if not value or any(inline.tag == "a" for inline in self._wanted):
            return
        target = address(value, self._base_url) if not value.startswith("#") else f"#{anchor_of(value[1:])}"
        if target is None:
            self._notes.add(
                "link.removed", "info", "A link with an unusable address was removed; its text stays.", value
            )
        elif target != "#":
            kept = {"href": target, **kept_of(attributes, "title", "lang", "dir")}
            if target.startswith(("http:", "https:", "ftp:")):
                kept["rel"] = "nofollow"
            self._want("a", f"<a{written(kept)}>", "</a>")

    def _want(self, tag: str, start: str, stop: str) -> None:
        if len(self._wanted) >= MAX_INLINES:
            self._notes.add("markup.flattened", "warning", FLATTENED, start)
        elif tag in ("q", "sub", "sup") or all(inline.start != start for inline in self._wanted):
            self._wanted.append(_Inline(tag, start, stop))

    def _is_ruby(self, index: int) -> bool:
        """Whether this ruby is what XHTML allows: (text, rt) once or more, nothing but inline text in between."""
        if any(inline.tag == "ruby" for inline in self._wanted) or len(self._wanted) > MAX_INLINES - 2:
            return False
        shape, depth, part = "", 0, ""
        for place in range(index + 1, self._tokens[index].end):
            token = self._tokens[place]
            if token.kind == "open":
                depth += token.tag not in VOID
                if token.tag in ("rt", "rp") and depth == 1:
                    part = token.tag
                elif token.tag not in INLINE and token.tag != "a":
                    return False
            elif token.kind == "close":
                depth -= 1
                part = part if depth else ""
            elif token.text.strip():
                shape += {"rt": "t", "rp": ""}.get(part, "b")
        return bool(re.fullmatch("(?:b+t+)+", shape))

    # Blocks

    def _open_block(self, index: int, tag: str, attributes: dict[str, str]) -> None:
        if self._blocks[-1].tag in PHRASING:
            self._boundary()
            self._push(is_block=False).ends_line = True
            return
        self._end_text()
        tag = self._placed(index, tag)
        frame = self._push(is_block=True)
        own = kept_of(attributes, "lang", "dir") | block_class(tag, attributes) if attributes or tag == "center" else {}
        self._paragraph = None
        if tag == "p" or tag in TRANSPARENT:
            self._inherited = self._inherited | own
            self._paragraph = self._inherited if tag == "p" or self._blocks[-1].tag in FREE else None
        elif self._is_too_deep(tag):
            self._notes.add("markup.flattened", "warning", FLATTENED, f"<{tag}>")
        else:
            self._settle(tag)
            frame.height = len(self._blocks)
            self._push_block(
                tag, self._inherited | own | (kept_of(attributes, *_BLOCK_ATTRIBUTES) if attributes else {})
            )
            self._inherited = {}
        for name in styled(attributes):
            self._want(name, f"<{name}>", f"</{name}>")

    def _placed(self, index: int, tag: str) -> str:
        """The tag that this element may be where it stands; "p" or "div" when it has no right to its own."""
        parent = self._blocks[-1]
        if tag == "tfoot" or (tag == "thead" and parent.children - {"caption", "colgroup"}):
            tag = "tbody"
        if tag == "details":
            fits = self._next_is(index, "open", "summary")
        elif tag == "summary":
            fits = parent.tag == "details" and not parent.children
        elif tag == "figcaption":
            fits = parent.tag == "figure" and tag not in parent.children and self._is_edge(index, parent)
        elif tag == "caption":
            fits = parent.tag == "table" and not parent.children
        elif tag == "colgroup":
            fits = parent.tag == "table" and not parent.children - {"caption", "colgroup"}
        else:
            fits = tag not in _PARENTS or parent.tag in _PARENTS[tag]
        return tag if fits else "p"

    def _is_edge(self, index: int, figure: _Block) -> bool:
        return not figure.written or self._next_is(self._tokens[index].end, "close", "figure")

    def _next_is(self, index: int, kind: str, tag: str) -> bool:
        """Whether the next token that is more than white space is this one."""
        following = index + 1
        while self._tokens[following].kind == "text" and not self._tokens[following].text.strip():
            following += 1
        return (self._tokens[following].kind, self._tokens[following].tag) == (kind, tag)

    def _is_too_deep(self, tag: str) -> bool:
        """Whether `tag` would stand too deep, with the blocks that it implies: a second reading finds them written."""
        closing, opening = self._settled(tag)
        return len(self._blocks) - closing + len(opening) + _ROOM.get(tag, 0) >= MAX_BLOCKS

    def _settle(self, tag: str) -> None:
        """Open or close implied lists and cells until `tag` ("" for text) may be written."""
        closing, opening = self._settled(tag)
        for _ in range(closing):
            self._pop_block()
        for each in opening:
            self._push_block(each, {}, implied=True)

    def _settled(self, tag: str) -> tuple[int, list[str]]:
        """How many implied blocks close and which ones open before `tag` ("" for text) may be written."""
        height = len(self._blocks)
        top = self._blocks[-1]
        while (
            not permits(top.tag, tag)
            and top.implied
            and (top.tag in ("ul", "dl") or permits(self._blocks[height - 2].tag, tag))
        ):
            height -= 1
            top = self._blocks[height - 1]
        opening: list[str] = []
        parent = top.tag
        while not permits(parent, tag):
            parent = STRUCTURE[parent] if parent in STRUCTURE else ORPHAN[tag]
            opening.append(parent)
        return len(self._blocks) - height, opening

    def _push_block(self, tag: str, attributes: dict[str, str], *, implied: bool = False) -> None:
        if tag == "dd" and not self._blocks[-1].children:
            self._write_blocks()
            self._child("dt")
            self._out.append("<dt></dt>")
        self._blocks.append(_Block(tag, f"<{tag}{written(attributes)}>", implied))

    def _pop_block(self) -> None:
        self._end_text()
        block = self._blocks[-1]
        if block.tag in ("td", "th", "dt", "dd", "summary"):
            self._write_blocks()
        if block.tag == "dl" and block.last == "dt":
            self._out.append("<dd></dd>")
        self._blocks.pop()
        if block.written:
            self._out.append(f"</{block.tag}>")
            self._newline()

    def _write_blocks(self) -> None:
        if self._blocks[-1].written:
            return
        for depth, block in enumerate(self._blocks):
            if not block.written:
                block.written = True
                self._child(block.tag, depth - 1)
                self._out.append(block.start)

    def _child(self, tag: str, depth: int = -1) -> None:
        self._blocks[depth].children.add(tag)
        self._blocks[depth].last = tag

    def _newline(self) -> None:
        if len(self._blocks) == 1:
            self._out.append("\n")

    # Text

    def _prose(self, paragraph: str) -> None:
        """A paragraph that is canonical already, at the top level."""
        self._end_text()
        self._settle("")
        self._out += (paragraph, "\n")

    def _break(self) -> None:
        if self._blocks[-1].tag == "pre":
            self._text("\n")
            return
        self._space = ""
        self._breaks += self._filled

    def _boundary(self) -> None:
        """A block began or ended where none may stand: at least one line break remains of it."""
        if not self._breaks:
            self._break()

    def _text(self, text: str) -> None:
        if self._blocks[-1].tag == "pre":
            self._preformatted(text)
            return
        flat = SPACES.sub(" ", text)
        if not flat.strip(" \u00a0"):
            self._space += flat
            return
        body = flat.lstrip(" ")
        if body != flat:
            self._space += " "
        self._start_text()
        stripped = body.rstrip(" ")
        self._out.append(entities.escape(stripped, quote=False))
        self._space = " " if stripped != body else ""

    def _preformatted(self, text: str) -> None:
        block = self._blocks[-1]
        if not block.written:
            # An HTML parser drops the newline after <pre>, so none may stand there.
            text = text.lstrip("\n")
            if not text.strip():
                return
            self._write_blocks()
        self._sync("")
        self._out.append(entities.escape(text, quote=False))

    def _start_text(self) -> None:
        """Write all that must stand before the next character: blocks, p, line breaks, space, inline tags."""
        if self._in_p and self._breaks > 1:
            paragraph = self._paragraph
            self._end_text()
            self._paragraph = paragraph
        self._settle("")
        if not self._filled:
            self._write_blocks()
            self._open_p()
        gap = re.sub(" +", " ", self._space) if self._filled and not self._breaks else self._space.replace(" ", "")
        self._sync("<br/>" * min(self._breaks, 2) + gap)
        self._filled, self._breaks, self._space = True, 0, ""

    def _open_p(self) -> None:
        top = self._blocks[-1].tag
        attributes = self._inherited if self._paragraph is None else self._paragraph
        if top in FLOW or (top in FREE and (self._paragraph is not None or any(attributes.values()))):
            self._out.append(f"<p{written(attributes)}>")
            self._child("p")
            self._in_p = True

    def _sync(self, gap: str) -> None:
        """Close the inline tags no longer wanted, write the gap, open those newly wanted, then waiting anchors."""
        if not (self._opened or self._wanted or self._anchors):
            self._out.append(gap)
            return
        common = 0
        while self._opened[common : common + 1] == self._wanted[common : common + 1] != []:
            common += 1
        self._out.extend(inline.stop for inline in reversed(self._opened[common:]))
        self._out.append(gap)
        for inline in self._wanted[common:]:
            self._spend(inline)
            self._out.append(inline.start)
        self._opened = list(self._wanted)
        for anchor in self._anchors:
            self._out.append(f'<span id="{anchor}"></span>')
        self._anchors.clear()

    def _spend(self, inline: _Inline) -> None:
        """Reopening a tag after each block could multiply a small hostile input: beyond the budget it ends instead."""
        if inline.written:
            self._budget -= len(inline.start) + len(inline.stop)
        if self._budget < 0:
            self._notes.add("markup.flattened", "warning", FLATTENED, inline.start)
            inline.start = inline.stop = ""
        inline.written = True

    def _end_text(self) -> None:
        """End the current run of text, and its p."""
        if self._opened:
            self._out.extend(inline.stop for inline in reversed(self._opened))
            self._opened = []
        if self._in_p:
            self._out.append("</p>")
            self._newline()
        self._in_p = self._filled = False
        self._breaks, self._space = 0, ""

    # Anchors and the links to them

    def _set_anchor(self, anchor: str) -> None:
        if anchor in self._linked and anchor not in self._anchored:
            self._anchored.add(anchor)
            self._anchors.append(anchor)

    def _without_dangling(self, fragment: str) -> str:
        """Drop links to anchors that were not written, then anchors that no link is left for."""
        if not self._linked:
            return fragment
        present = set(_ANCHOR.findall(fragment))
        fragment = _INNER_LINK.sub(lambda match: match[0] if match[1] in present else match[2], fragment)
        linked = {match[1] for match in _INNER_LINK.finditer(fragment)}
        return _ANCHOR.sub(lambda match: match[0] if match[1] in linked else "", fragment)


_BLOCK_ATTRIBUTES: Final = ("start", "type", "colspan", "rowspan", "scope", "span", "cite")
_ROOM: Final = {"table": 3, "tbody": 2, "thead": 2, "tr": 1, "ul": 1, "ol": 1, "dl": 1}  # what text within implies
_PARENTS: Final = {
    "thead": ("table",),
    "tbody": ("table",),
    "tr": ("tbody", "thead"),
    "td": ("tr",),
    "th": ("tr",),
}
_ANCHOR: Final = re.compile(r'<span id="(a-[^"]*)"></span>')
_INNER_LINK: Final = re.compile(r'<a href="#(a-[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


def permits(parent: str, tag: str) -> bool:
    """Whether `tag` ("" for text) may stand directly inside `parent`."""
    if parent in STRUCTURE or parent == "colgroup":
        return tag in CHILDREN[parent]
    return tag not in ORPHAN
