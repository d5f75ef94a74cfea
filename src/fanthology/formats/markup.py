"""Hostile HTML → canonical markup. The allow-list is here; the security of every page and edition depends on it.

Canonical markup is well-formed XHTML and a closed language:

- the top level holds blocks only: `p h1…h6 blockquote ul ol dl table pre figure details hr`; a `p` holds no block;
- classes are those of `CLASSES`; there is no `style`, no script, no handler, no image, no comment;
- an `id` exists only on an empty `<span id="a-…"></span>` that a link of the same fragment points to;
- a scene break that an author drew stands as `<hr class="scene" title="* * *"/>` (made by `transforms.scene_breaks`);
- void tags end in `/>`, all others have an end tag, so the same bytes are good HTML and good XML.

How: nh3 (an HTML5 parser with an allow-list) decides what may live; `_Rewriter` walks its well-nested output once and
writes the canonical form. Inline tags are opened lazily and reopened after a block, so text is never lost and
crossed, empty and doubled tags vanish.
"""

from __future__ import annotations

import hashlib
import html as entities
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

import nh3

from .model import Finding, Markup, Severity

Mode = Literal["auto", "html", "text"]

_INLINE_CLASSES: Final = frozenset({"big", "small", "mono", "image-missing"})
CLASSES: Final = _INLINE_CLASSES | {"center", "right", "scene"}

_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_FLOW: Final = frozenset({"", "blockquote", "figure", "details"})  # bare text in these is wrapped in p; "" is the root
_FREE: Final = frozenset({"li", "dd", "td", "th", "figcaption"})  # text and blocks side by side
_PHRASING: Final = _HEADINGS | {"dt", "summary", "caption", "pre"}  # no block may enter
_STRUCTURE: Final = {"ul": "li", "ol": "li", "dl": "dd", "table": "tbody", "tbody": "tr", "thead": "tr", "tr": "td"}
_CHILDREN: Final = {
    "ul": {"li"},
    "ol": {"li"},
    "dl": {"dt", "dd"},
    "table": {"caption", "colgroup", "thead", "tbody"},
    "colgroup": {"col"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tr": {"td", "th"},
}
_ORPHAN: Final = {"li": "ul", "dt": "dl", "dd": "dl"}
_TABLE_PARTS: Final = frozenset({"caption", "colgroup", "thead", "tbody", "tfoot", "tr", "td", "th"})
_PARTS: Final = _TABLE_PARTS | {"li", "dt", "dd", "summary"}
_BLOCKS: Final = (_FLOW | _FREE | _PHRASING | frozenset(_STRUCTURE) | _PARTS) - {""}
_TRANSPARENT: Final = frozenset(
    {
        *("div", "center", "address", "section", "article", "header", "footer", "main", "nav", "aside"),
        *("form", "fieldset", "legend", "hgroup", "dir", "menu"),
    }
)
_KEPT_INLINE: Final = (
    *("b", "i", "em", "strong", "u", "s", "sub", "sup", "small", "q", "cite"),
    *("code", "samp", "kbd", "var", "abbr", "dfn", "ins", "del", "span"),
)
_INLINE: Final = {
    **{tag: tag for tag in _KEPT_INLINE},
    "strike": "s",
    "tt": "code",
    "acronym": "abbr",
    "big": "span",
    "font": "span",
}
_VOID: Final = frozenset({"br", "hr", "img", "col"})
_TAGS: Final = set(_BLOCKS | _TRANSPARENT | set(_INLINE) | _VOID | {"p", "a", "ruby", "rt", "rp"})
_GONE_WITH_CONTENTS: Final = {
    "script",
    "style",
    "svg",
    "math",
    "iframe",
    "noscript",
    "xmp",
    "template",
    "noembed",
    "noframes",
}
_ATTRIBUTES: Final = {
    "*": {"title", "lang", "dir", "class", "align", "style", "id"},
    "a": {"href", "name"},
    "img": {"alt", "src"},
    "font": {"size", "face"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "col": {"span"},
    "colgroup": {"span"},
    "blockquote": {"cite"},
    "q": {"cite"},
}
_VALUES: Final = {
    "dir": re.compile(r"ltr|rtl|auto"),
    "lang": re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}"),
    "start": re.compile(r"-?\d{1,6}"),
    "type": re.compile(r"[1aAiI]"),
    "colspan": re.compile(r"[1-9]\d{0,2}"),
    "rowspan": re.compile(r"[1-9]\d{0,2}"),
    "span": re.compile(r"[1-9]\d{0,2}"),
    "scope": re.compile(r"row|col|rowgroup|colgroup"),
    "title": re.compile(r".{1,1000}", re.DOTALL),
}
_STYLES: Final = (
    (re.compile(r"font-style\s*:\s*(?:italic|oblique)\b"), "i"),
    (re.compile(r"font-weight\s*:\s*(?:bold|bolder|[6-9]00)\b"), "b"),
    (re.compile(r"text-decoration(?:-line)?\s*:[^;]*\bunderline\b"), "u"),
    (re.compile(r"text-decoration(?:-line)?\s*:[^;]*\bline-through\b"), "s"),
    (re.compile(r"vertical-align\s*:\s*super\b"), "sup"),
    (re.compile(r"vertical-align\s*:\s*sub\b"), "sub"),
)
_STYLE_ALIGN: Final = re.compile(r"text-align\s*:\s*(center|right)\b")

MAX_BLOCKS: Final = 128
MAX_INLINES: Final = 64
_MAX_URL: Final = 2_080
_SCHEMES: Final = {"http", "https", "mailto", "ftp"}
_REOPEN_BUDGET: Final = 1_000_000

_TOKEN: Final = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:[^<>"]|"[^"]*")*)>|([^<]+)')
_ATTRIBUTE: Final = re.compile(r'([^\s"=<>]+)="([^"]*)"')
_SPACES: Final = re.compile(r"[ \t\n\r\f]{2,}|[\t\n\r\f]")
# What XML forbids, the C1 controls, and noncharacters: none of them is text.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_FORBIDDEN_ASCII: Final = dict.fromkeys((*range(9), 11, *range(14, 32), 127))


def clean(html: str, *, mode: Mode = "auto", where: str = "", base_url: str = "") -> tuple[Markup, tuple[Finding, ...]]:
    """Canonical markup from foreign text. Never raises; cleaning what is clean changes nothing.

    `mode` "text" takes the input literally; "html" takes newlines as spaces; "auto" is the rule of eFiction and
    otwarchive: without any `<p>`, `<br>` or other block tag a newline is a line break and a blank line ends a
    paragraph. Relative links are resolved against `base_url` when it is given. `where` is copied into the findings.
    """
    notes = _Notes(where)
    source = _characters(html)
    if mode == "text":
        source = _paragraphs(entities.escape(source, quote=False))
    else:
        notes.removed(source)
        if mode == "auto" and not _DECISIVE.search(source):
            source = _paragraphs(source)
    safe = nh3.clean(
        source,
        tags=_TAGS,
        clean_content_tags=_GONE_WITH_CONTENTS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=None,
    )
    # Character references have become characters only now: the forbidden among them go here.
    if "&#" in source:
        safe = _characters(safe)
    return Markup(_Rewriter(safe, notes, base_url).run()), notes.findings()


def _characters(text: str) -> str:
    """Text as XML and people know it: one kind of newline, no control characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")
    return text.translate(_FORBIDDEN_ASCII) if text.isascii() else _FORBIDDEN.sub("", text)


# --- plain text as input ---------------------------------------------------------------------------------------------

_DECISIVE: Final = re.compile(
    r"<(?:p|br|div|table|tr|td|ul|ol|li|dl|dt|dd|pre|section|article|figure|details)\b", re.IGNORECASE
)
_BLOCK_TAG: Final = re.compile(r"<(?:hr|center|h[1-6]|blockquote|address)\b", re.IGNORECASE)
_BLANK_LINE: Final = re.compile(r"\n[ \t\u00a0]*\n\s*")


def _paragraphs(text: str) -> str:
    """Newlines to line breaks, blank lines to paragraphs; a piece with a heading or rule in it stays unwrapped."""
    pieces = []
    for piece in _BLANK_LINE.split(text.strip(" \t\n")):
        broken = piece.strip("\n").replace("\n", "<br>")
        pieces.append(f"<br><br>{broken}<br><br>" if _BLOCK_TAG.search(piece) else f"<p>{broken}</p>")
    return "\n".join(pieces)


# --- findings --------------------------------------------------------------------------------------------------------

_REMOVALS: Final[tuple[tuple[str, Severity, tuple[str, ...], re.Pattern[str]], ...]] = (
    ("scripts", "info", ("script",), re.compile(r"<script\b|\b(?:java|vb)script\s*:", re.IGNORECASE)),
    ("event handlers", "info", ("=",), re.compile(r"<[a-z][^<>]{0,2000}?[\s/\"']on[a-z]{3,20}\s*=", re.IGNORECASE)),
    ("styles", "info", ("style",), re.compile(r"<style\b|<[a-z][^<>]{0,2000}?[\s/\"']style\s*=", re.IGNORECASE)),
    (
        "embedded media",
        "warning",
        ("<iframe", "<object", "<embed", "<applet", "<audio", "<video", "<svg", "<math", "<canvas", "<form"),
        re.compile(r"<(?:iframe|object|embed|applet|audio|video|svg|math|canvas|form)\b", re.IGNORECASE),
    ),
)
_SAMPLE: Final = 80


class _Notes:
    """Collects what was left out, one finding per kind with the number of cases and the first as sample."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._found: dict[tuple[str, Severity, str], list[str | int]] = {}

    def add(self, code: str, severity: Severity, message: str, sample: str, count: int = 1) -> None:
        entry = self._found.setdefault((code, severity, message), [sample[:_SAMPLE], 0])
        entry[1] = int(entry[1]) + count

    def removed(self, source: str) -> None:
        """Report scripts, handlers, styles and embeds as they stand in the source; nh3 removes them silently."""
        if "<" not in source:
            return
        lowered = source.lower()
        for what, severity, hints, pattern in _REMOVALS:
            if any(hint in lowered for hint in hints) and (first := pattern.search(source)):
                sample = source[first.start() : first.start() + _SAMPLE]
                count = len(pattern.findall(source))
                self.add("markup.removed", severity, f"Removed {what}: not allowed in a story.", sample, count)

    def findings(self) -> tuple[Finding, ...]:
        return tuple(
            Finding(code, severity, message, self._where, before=str(sample), count=int(count))
            for (code, severity, message), (sample, count) in self._found.items()
        )


# --- tokens ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Token:
    """One piece of nh3's output. `end` is the index of the matching end tag (its own index for text and void tags)."""

    kind: Literal["text", "open", "close"]
    tag: str
    text: str
    end: int = 0


def _tokens(safe: str) -> list[_Token]:
    tokens: list[_Token] = []
    waiting: list[int] = []
    for match in _TOKEN.finditer(safe):
        closing, tag, attributes, text = match.groups()
        index = len(tokens)
        if text:
            tokens.append(_Token("text", "", entities.unescape(text), index))
        elif closing:
            tokens[waiting.pop()].end = index
            tokens.append(_Token("close", tag, "", index))
        else:
            tokens.append(_Token("open", tag, attributes, index))
            if tag not in _VOID:
                waiting.append(index)
    return tokens


def _attributes(token: _Token) -> dict[str, str]:
    return {name: entities.unescape(value) for name, value in _ATTRIBUTE.findall(token.text)} if token.text else {}


# --- links -----------------------------------------------------------------------------------------------------------

# Controls, spaces and invisible characters that browsers skip at the ends of an address or inside its scheme.
_INVISIBLE: Final = re.compile(
    "[\x00-\x20\x7f-\xa0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]"
)
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_HOST: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?\.?(?::\d{1,4}|:[1-5]\d{4})?")
_LONE_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


def address(value: str, base_url: str = "") -> str | None:
    """A link target that is safe and well-formed (http, https, ftp, mailto or relative), or None."""
    bare = _INVISIBLE.sub("", value)
    scheme = _SCHEME.match(bare)
    if not bare or (scheme and scheme[1].lower() not in _SCHEMES):
        return None
    trimmed = (
        _INVISIBLE.sub(lambda match: " " if match[0] in " \u00a0" else "", value).strip(" \u00a0").replace("\\", "/")
    )
    try:
        joined = urljoin(base_url, trimmed) if base_url else trimmed
        parts = urlsplit(f"https:{joined}" if joined.startswith("//") else joined)
        host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return None
    if parts.scheme in ("http", "https", "ftp") and not _HOST.fullmatch(host):
        return None
    path, query, fragment = (_quoted(part) for part in (parts.path, parts.query, parts.fragment))
    result = urlunsplit((parts.scheme, host, path, query, fragment))
    return (
        result if len(result) <= _MAX_URL and not result.startswith("//") and _same_kind(result, parts.scheme) else None
    )


def _quoted(part: str) -> str:
    return quote(_LONE_PERCENT.sub("%25", part), safe="!$%&'()*+,/:;=?@-._~")


def _same_kind(result: str, scheme: str) -> bool:
    """Quoting and joining must not have made another scheme of it, and the result must read back as itself."""
    found = _SCHEME.match(result)
    return (found[1].lower() if found else "") == scheme


def _anchor(name: str) -> str:
    """The canonical id for an author's anchor name; "" when nothing of it is left."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", unquote(name)).strip("-")
    return plain if not plain or (plain.startswith("a-") and len(plain) > len("a-")) else f"a-{plain}"


# --- the rewriter ----------------------------------------------------------------------------------------------------


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
    children: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Frame:
    """What closing an input element has to undo."""

    inlines: int
    height: int
    inherited: dict[str, str]
    paragraph: dict[str, str] | None
    is_block: bool
    ends_line: bool = False


class _Rewriter:
    """One walk over the tokens. `run` returns the canonical fragment."""

    def __init__(self, safe: str, notes: _Notes, base_url: str) -> None:
        self._tokens = _tokens(safe)
        self._notes = notes
        self._base_url = base_url
        self._linked = {_anchor(entities.unescape(name)) for name in re.findall(r' href="#([^"]+)"', safe)}
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
        self._budget = _REOPEN_BUDGET + 2 * len(safe)

    def run(self) -> str:
        skip_to = -1
        for index, token in enumerate(self._tokens):
            if index <= skip_to:
                continue
            if token.kind == "text":
                self._text(token.text)
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

    def _open(self, index: int, token: _Token) -> None:
        attributes = _attributes(token)
        if anchor := _anchor(attributes.get("id") or attributes.get("name") or ""):
            self._anchor(anchor)
        tag = token.tag
        if tag in _VOID:
            self._void(tag, attributes)
        elif tag in _INLINE or tag in ("a", "ruby", "rt"):
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
            self._out.append(f"<col{_written(_kept(attributes, 'span'))}/>")

    def _image(self, attributes: dict[str, str]) -> None:
        """Images are never fetched from other hosts by a reader's device; the description stands for them."""
        description = _SPACES.sub(" ", attributes.get("alt", "")).strip()
        source = attributes.get("src", "")
        self._notes.add("image.left-out", "warning", "An image was left out; its description stands instead.", source)
        self._wanted.append(_Inline("span", '<span class="image-missing">', "</span>"))
        self._text(f"[image: {description}]" if description else "[image]")
        self._wanted.pop()

    def _rule(self, attributes: dict[str, str]) -> None:
        if self._blocks[-1].tag in _PHRASING:
            self._break()
            return
        self._end_text()
        self._settle("hr")
        is_scene = "scene" in attributes.get("class", "").split()
        kept = {"class": "scene", **_kept(attributes, "title")} if is_scene else {}
        self._write_blocks()
        self._child("hr")
        self._out.append(f"<hr{_written(kept)}/>")
        self._newline()

    # Inline elements

    def _open_inline(self, index: int, tag: str, attributes: dict[str, str]) -> None:
        if tag == "a":
            self._open_link(attributes)
        elif tag == "ruby":
            if self._is_ruby(index):
                self._want("ruby", f"<ruby{_written(_kept(attributes, 'lang', 'dir'))}>", "</ruby>")
        elif tag == "rt":
            if self._wanted and self._wanted[-1].tag == "ruby":
                self._want("rt", "<rp>(</rp><rt>", "</rt><rp>)</rp>")
        else:
            name = _INLINE[tag]
            kept = _kept(attributes, "title", "lang", "dir", "cite")
            kept |= _inline_class(tag, attributes)
            if name != "span" or kept:
                self._want(name, f"<{name}{_written(kept)}>", f"</{name}>")
            for style in _styled(attributes):
                self._want(style, f"<{style}>", f"</{style}>")

    def _open_link(self, attributes: dict[str, str]) -> None:
        value = attributes.get("href", "").strip()
        if not value or any(inline.tag == "a" for inline in self._wanted):
            return
        target = address(value, self._base_url) if not value.startswith("#") else f"#{_anchor(value[1:])}"
        if target is None:
            self._notes.add(
                "link.removed", "info", "A link with an unusable address was removed; its text stays.", value
            )
        elif target != "#":
            kept = {"href": target, **_kept(attributes, "title", "lang", "dir")}
            if target.startswith(("http:", "https:", "ftp:")):
                kept["rel"] = "nofollow"
            self._want("a", f"<a{_written(kept)}>", "</a>")

    def _want(self, tag: str, start: str, stop: str) -> None:
        if len(self._wanted) >= MAX_INLINES:
            self._notes.add("markup.flattened", "warning", _FLATTENED, start)
        elif tag in ("q", "sub", "sup") or all(inline.start != start for inline in self._wanted):
            self._wanted.append(_Inline(tag, start, stop))

    def _is_ruby(self, index: int) -> bool:
        """Whether this ruby is what XHTML allows: (text, rt) once or more, nothing but inline text in between."""
        if any(inline.tag == "ruby" for inline in self._wanted) or len(self._wanted) > MAX_INLINES - 2:
            return False
        shape, depth, part = "", 0, ""
        for token in self._tokens[index + 1 : self._tokens[index].end]:
            if token.kind == "open":
                depth += token.tag not in _VOID
                if token.tag in ("rt", "rp") and depth == 1:
                    part = token.tag
                elif token.tag not in _INLINE and token.tag != "a":
                    return False
            elif token.kind == "close":
                depth -= 1
                part = part if depth else ""
            elif token.text.strip():
                shape += {"rt": "t", "rp": ""}.get(part, "b")
        return bool(re.fullmatch("(?:b+t+)+", shape))

    # Blocks

    def _open_block(self, index: int, tag: str, attributes: dict[str, str]) -> None:
        if self._blocks[-1].tag in _PHRASING:
            self._boundary()
            self._push(is_block=False).ends_line = True
            return
        self._end_text()
        while tag in _TABLE_PARTS and self._blocks[-1].implied and not _permits(self._blocks[-1].tag, tag):
            self._pop_block()
        tag = self._placed(index, tag)
        frame = self._push(is_block=True)
        own = _kept(attributes, "lang", "dir") | _block_class(tag, attributes)
        self._paragraph = None
        if tag == "p" or tag in _TRANSPARENT:
            self._inherited = self._inherited | own
            self._paragraph = self._inherited if tag == "p" or self._blocks[-1].tag in _FREE else None
        elif len(self._blocks) >= MAX_BLOCKS:
            self._notes.add("markup.flattened", "warning", _FLATTENED, f"<{tag}>")
        else:
            self._settle(tag)
            frame.height = len(self._blocks)
            names = ("start", "type", "colspan", "rowspan", "scope", "span", "cite")
            self._push_block(tag, self._inherited | own | _kept(attributes, *names))
            self._inherited = {}
        for name in _styled(attributes):
            self._want(name, f"<{name}>", f"</{name}>")

    def _placed(self, index: int, tag: str) -> str:
        """The tag that this element may be where it stands; "p" or "div" when it has no right to its own."""
        parent = self._blocks[-1]
        if tag == "tfoot":
            tag = "tbody"
        if tag == "thead" and set(parent.children) - {"caption", "colgroup"}:
            tag = "tbody"
        allowed = {
            "details": self._next_is(index, "open", "summary"),
            "summary": parent.tag == "details" and not parent.children,
            "figcaption": parent.tag == "figure"
            and "figcaption" not in parent.children
            and self._is_edge(index, parent),
            "caption": parent.tag == "table" and not parent.children,
            "colgroup": parent.tag == "table" and not set(parent.children) - {"caption", "colgroup"},
            "thead": parent.tag == "table",
            "tbody": parent.tag == "table",
            "tr": parent.tag in ("tbody", "thead"),
            "td": parent.tag == "tr",
            "th": parent.tag == "tr",
        }
        return tag if allowed.get(tag, True) else "p"

    def _is_edge(self, index: int, figure: _Block) -> bool:
        return not figure.written or self._next_is(self._tokens[index].end, "close", "figure")

    def _next_is(self, index: int, kind: str, tag: str) -> bool:
        """Whether the next token that is more than white space is this one."""
        following = index + 1
        while self._tokens[following].kind == "text" and not self._tokens[following].text.strip():
            following += 1
        return (self._tokens[following].kind, self._tokens[following].tag) == (kind, tag)

    def _settle(self, tag: str) -> None:
        """Open or close implied lists and cells until `tag` ("" for text) may be written."""
        while True:
            top = self._blocks[-1]
            if _permits(top.tag, tag):
                return
            if top.implied and (top.tag in ("ul", "dl") or _permits(self._blocks[-2].tag, tag)):
                self._pop_block()
            elif top.tag in _STRUCTURE:
                self._push_block(_STRUCTURE[top.tag], {}, implied=True)
            else:
                self._push_block(_ORPHAN[tag], {}, implied=True)

    def _push_block(self, tag: str, attributes: dict[str, str], *, implied: bool = False) -> None:
        if tag == "dd" and not self._blocks[-1].children:
            self._write_blocks()
            self._child("dt")
            self._out.append("<dt></dt>")
        self._blocks.append(_Block(tag, f"<{tag}{_written(attributes)}>", implied))

    def _pop_block(self) -> None:
        self._end_text()
        block = self._blocks[-1]
        if block.tag in ("td", "th", "dt", "dd", "summary"):
            self._write_blocks()
        if block.tag == "dl" and block.children[-1:] == ["dt"]:
            self._out.append("<dd></dd>")
        self._blocks.pop()
        if block.written:
            self._out.append(f"</{block.tag}>")
            self._newline()

    def _write_blocks(self) -> None:
        for depth, block in enumerate(self._blocks):
            if not block.written:
                block.written = True
                self._blocks[depth - 1].children.append(block.tag)
                self._out.append(block.start)

    def _child(self, tag: str) -> None:
        self._blocks[-1].children.append(tag)

    def _newline(self) -> None:
        if len(self._blocks) == 1:
            self._out.append("\n")

    # Text

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
        flat = _SPACES.sub(" ", text)
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
        if top in _FLOW or (top in _FREE and (self._paragraph is not None or any(attributes.values()))):
            self._out.append(f"<p{_written(attributes)}>")
            self._blocks[-1].children.append("p")
            self._in_p = True

    def _sync(self, gap: str) -> None:
        """Close the inline tags no longer wanted, write the gap, open those newly wanted, then waiting anchors."""
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
            self._notes.add("markup.flattened", "warning", _FLATTENED, inline.start)
            inline.start = inline.stop = ""
        inline.written = True

    def _end_text(self) -> None:
        """End the current run of text, and its p."""
        self._out.extend(inline.stop for inline in reversed(self._opened))
        self._opened = []
        if self._in_p:
            self._out.append("</p>")
            self._newline()
        self._in_p = self._filled = False
        self._breaks, self._space = 0, ""

    # Anchors and the links to them

    def _anchor(self, anchor: str) -> None:
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


_FLATTENED: Final = "Tags nested too deeply were flattened; their text stays."
_ANCHOR: Final = re.compile(r'<span id="(a-[^"]*)"></span>')
_INNER_LINK: Final = re.compile(r'<a href="#(a-[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


def _permits(parent: str, tag: str) -> bool:
    """Whether `tag` ("" for text) may stand directly inside `parent`."""
    if parent in _STRUCTURE or parent == "colgroup":
        return tag in _CHILDREN[parent]
    return tag not in _ORPHAN


def _kept(attributes: dict[str, str], *names: str) -> dict[str, str]:
    """The named attributes whose values are of the allowed form."""
    kept = {}
    for name in names:
        value = _SPACES.sub(" ", attributes.get(name, "")).strip()
        if name == "cite":
            value = address(value) or ""
        elif not _VALUES[name].fullmatch(value):
            value = ""
        if value:
            kept[name] = value
    return kept


def _block_class(tag: str, attributes: dict[str, str]) -> dict[str, str]:
    """Alignment as a class; an explicit left or justify cancels what would be inherited."""
    styled = _STYLE_ALIGN.search(attributes.get("style", "").lower())
    words = [
        *attributes.get("class", "").split(),
        attributes.get("align", "").lower(),
        *(styled.groups() if styled else ()),
    ]
    words += ["center"] if tag == "center" else []
    chosen = [{"middle": "center", "justify": "left"}.get(word, word) for word in words]
    aligned = [word for word in chosen if word in ("center", "right", "left")]
    return {"class": aligned[-1].replace("left", "")} if aligned else {}


def _inline_class(tag: str, attributes: dict[str, str]) -> dict[str, str]:
    words = {word for word in attributes.get("class", "").split() if word in _INLINE_CLASSES}
    if tag == "big":
        words.add("big")
    if tag == "font":
        words |= _font(attributes)
    return {"class": " ".join(sorted(words))} if words else {}


def _font(attributes: dict[str, str]) -> set[str]:
    """What of a font tag carries meaning: clearly larger, clearly smaller, typewriter. Sizes near the body's do not."""
    words = {"mono"} if re.search(r"courier|mono|consol|typewriter", attributes.get("face", "").lower()) else set()
    size = attributes.get("size", "").strip()
    if re.fullmatch(r"\+[1-7]|[5-7]", size):
        words.add("big")
    elif re.fullmatch(r"-[2-7]|1", size):
        words.add("small")
    return words


def _styled(attributes: dict[str, str]) -> list[str]:
    """The inline tags that say the same as a style attribute."""
    style = attributes.get("style", "").lower()
    return [tag for pattern, tag in _STYLES if pattern.search(style)] if style else []


def _written(attributes: dict[str, str]) -> str:
    return "".join(
        f' {name}="{entities.escape(value)}"' for name, value in sorted(attributes.items(), key=_order) if value
    )


def _order(attribute: tuple[str, str]) -> tuple[bool, str]:
    """One order for all: the link target first, then by name."""
    return attribute[0] != "href", attribute[0]


# --- reading canonical markup ----------------------------------------------------------------------------------------

_TITLED_RULE: Final = re.compile(r'<hr class="scene" title="([^"]*)"/>')
_BLOCK_END: Final = re.compile(
    r"</(?:p|h[1-6]|blockquote|ul|ol|li|dl|dt|dd|pre|tr|caption|figcaption|summary|details)>|<hr[^>]*/>"
)
_ANY_TAG: Final = re.compile(r"<[^>]*>")
_MANY_NEWLINES: Final = re.compile(r"\n{3,}")


def plain_text(markup: Markup) -> str:
    """The words of canonical markup: blocks separated by blank lines, line breaks as newlines, cells by tabs."""
    text = _TITLED_RULE.sub(r"\n\n\1\n\n", markup).replace("<br/>", "\n").replace("<hr/>", "\n\n* * *\n\n")
    text = re.sub(r"</t[dh]>(?=<t[dh])", "\t", text)
    text = _ANY_TAG.sub("", _BLOCK_END.sub("\n\n", re.sub(r"<(?:p|ul|ol|blockquote|table)\b[^>]*>", "\n\n", text)))
    return _MANY_NEWLINES.sub("\n\n", entities.unescape(text)).strip("\n")


_PARAGRAPH: Final = re.compile(r"<(p|h[1-6])((?: [a-z]+=\"[^\"]*\")*)>(.*?)</\1>", re.DOTALL)


def rendered(markup: Markup, chapter: str) -> str:
    """The markup with an id on every paragraph and heading, for bookmarks and reading positions.

    An id is `p-` and a hash of `chapter`, the words of the paragraph (case, spaces and punctuation aside) and how
    often the same words stood before in the chapter: it survives edits of every other paragraph.
    """
    seen: Counter[str] = Counter()

    def with_id(match: re.Match[str]) -> str:
        words = " ".join(re.findall(r"\w+", entities.unescape(_ANY_TAG.sub("", match[3])).casefold()))
        seen[words] += 1
        key = f"{chapter}\n{words}\n{seen[words]}".encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(key, digest_size=6).hexdigest()
        return f'<{match[1]} id="p-{digest}"{match[2]}>{match[3]}</{match[1]}>'

    return _PARAGRAPH.sub(with_id, markup)
