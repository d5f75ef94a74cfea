"""What may live in a story, as data: tags, attributes, values, classes, addresses, and how much of each."""

from __future__ import annotations

import re
from typing import Final

INLINE_CLASSES: Final = frozenset({"big", "small", "mono", "image-missing"})
CLASSES: Final = INLINE_CLASSES | {"center", "right", "scene"}

_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
FLOW: Final = frozenset({"", "blockquote", "figure", "details"})  # bare text in these is wrapped in p; "" is the root
FREE: Final = frozenset({"li", "dd", "td", "th", "figcaption"})  # text and blocks side by side
PHRASING: Final = _HEADINGS | {"dt", "summary", "caption", "pre"}  # no block may enter
STRUCTURE: Final = {"ul": "li", "ol": "li", "dl": "dd", "table": "tbody", "tbody": "tr", "thead": "tr", "tr": "td"}
CHILDREN: Final = {
    "ul": {"li"},
    "ol": {"li"},
    "dl": {"dt", "dd"},
    "table": {"caption", "colgroup", "thead", "tbody"},
    "colgroup": {"col"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tr": {"td", "th"},
}
ORPHAN: Final = {"li": "ul", "dt": "dl", "dd": "dl"}
TABLE_PARTS: Final = frozenset({"caption", "colgroup", "thead", "tbody", "tfoot", "tr", "td", "th"})
_PARTS: Final = TABLE_PARTS | {"li", "dt", "dd", "summary"}
_BLOCKS: Final = (FLOW | FREE | PHRASING | frozenset(STRUCTURE) | _PARTS) - {""}
TRANSPARENT: Final = frozenset(
    {
        *("div", "center", "address", "section", "article", "header", "footer", "main", "nav", "aside"),
        *("form", "fieldset", "legend", "hgroup", "dir", "menu"),
    }
)
_KEPT_INLINE: Final = (
    *("b", "i", "em", "strong", "u", "s", "sub", "sup", "small", "q", "cite"),
    *("code", "samp", "kbd", "var", "abbr", "dfn", "ins", "del", "span"),
)
INLINE: Final = {
    **{tag: tag for tag in _KEPT_INLINE},
    "strike": "s",
    "tt": "code",
    "acronym": "abbr",
    "big": "span",
    "font": "span",
}
VOID: Final = frozenset({"br", "hr", "img", "col"})
TAGS: Final = set(_BLOCKS | TRANSPARENT | set(INLINE) | VOID | {"p", "a", "ruby", "rt", "rp"})
GONE_WITH_CONTENTS: Final = {
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
ATTRIBUTES: Final = {
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
VALUES: Final = {
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


MAX_BLOCKS: Final = 128
MAX_INLINES: Final = 64
# What a parser may be given to do: elements inside one another, attributes of one tag, reopened formatting tags, tags
# in a table outside its cells, ampersands and no-break spaces.
MAX_DEPTH: Final = 256
MAX_ATTRIBUTES: Final = 1_000
MAX_REOPENED: Final = 200_000
MAX_MISPLACED: Final = 2_000
MAX_AMPERSANDS: Final = 20_000
SCHEMES: Final = {"http", "https", "mailto", "ftp"}
REOPEN_BUDGET: Final = 1_000_000


FLATTENED: Final = "Tags nested too deeply were flattened; their text stays."


# White space that is not a single plain space.
SPACES: Final = re.compile(r"[ \t\n\r\f]{2,}|[\t\n\r\f]")
