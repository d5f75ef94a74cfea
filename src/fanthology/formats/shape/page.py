"""HTML documents, and what capture tools wrap around them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ..context import Context
from ..errors import LimitExceeded
from .facts import day_of, iso_date

_TOOLBAR = re.compile(r"(?s)<!-- BEGIN WAYBACK TOOLBAR INSERT -->.{0,300000}?<!-- END WAYBACK TOOLBAR INSERT -->")
_ARCHIVED_ON = re.compile(r"FILE ARCHIVED ON (\d\d:\d\d:\d\d) (\w{3,9} \d{1,2}, \d{4})")
_REWRITTEN = re.compile(
    r"(?:https?:)?(?://web\.archive\.org)?/web/(\d{4,14})(?:[a-z]{2}_)?/(https?:/{1,2}[^\s\"'<>]{1,2000})"
)
_REWRITTEN_LINK = re.compile(r"(?:https?:)?(?://web\.archive\.org)?/web/\d{4,14}(?:[a-z]{2}_)?/(?=https?:/|mailto:)")
_SAVED_FROM = re.compile(r"<!--\s{0,5}saved from url=\(\d{1,6}\)([^\s<>]{1,2000})", re.IGNORECASE)
_SINGLEFILE = re.compile(
    r"Page saved with SingleFile\s{1,5}url:\s{0,5}([^\s<>]{1,2000})\s{1,5}saved date:\s{0,5}([^\n<>]{1,100})"
)
_HTTRACK = re.compile(
    r"<!-- Mirrored from ([^\s<>]{1,2000}) by HTTrack[^>]{0,200}?(\w{3}, \d{2} \w{3} \d{4} \d\d:\d\d:\d\d GMT)?\s{0,3}-->"
)

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,30})")
_NOT_NESTING = frozenset(
    [
        "p",
        "li",
        "dt",
        "dd",
        "tr",
        "td",
        "th",
        "tbody",
        "thead",
        "tfoot",
        "option",
        "optgroup",
        "colgroup",
        "br",
        "hr",
        "img",
        "input",
        "meta",
        "link",
        "area",
        "base",
        "col",
        "embed",
        "source",
        "track",
        "wbr",
        "param",
        "frame",
        "html",
        "head",
        "body",
        "script",
        "style",
    ]
)
DEEPEST = 4_000
"""Elements open at once. Parsing costs the square of the depth; the worst honest page known leaves some hundreds open."""


@dataclass(slots=True)
class Page:
    """A parsed HTML document. `url` is its own address, not the capture's; `captured_at` an ISO instant or day."""

    tree: LexborHTMLParser
    html: str
    url: str | None = None
    captured_at: str | None = None

    def first(self, selector: str) -> LexborNode | None:
        return self.tree.css_first(selector)

    def meta(self, name: str) -> str:
        """The content of `<meta name|property=name>`, or ""."""
        node = self.tree.css_first(f'meta[name="{name}"], meta[property="{name}"]')
        return (node.attributes.get("content") or "") if node else ""


def open_page(html: str, context: Context) -> Page:
    """Parse a document and take off what the Wayback Machine, SingleFile, HTTrack or a browser put around it.

    Raises LimitExceeded when elements nest deeper than any page that people made.
    """
    url, captured_at = _capture(html)
    if "/web/" in html and _REWRITTEN_LINK.search(html):
        html = _REWRITTEN_LINK.sub("", _TOOLBAR.sub("", html))
    html = html.replace("\x00", "")
    _check_depth(html)
    tree = LexborHTMLParser(html)
    page = Page(tree, html, url or context.url or None, captured_at)
    if page.url is None:
        link = tree.css_first('link[rel="canonical"]')
        address = (link.attributes.get("href") or "") if link else page.meta("og:url")
        page.url = _web_address(address)
    return page


def _capture(html: str) -> tuple[str | None, str | None]:
    """The original address and the time of capture as the wrapping says."""
    if match := _SINGLEFILE.search(html):
        return _web_address(match[1]), iso_date(match[2])
    if match := _SAVED_FROM.search(html[:5000]):
        rewritten = _REWRITTEN.search(match[1])
        return (_web_address(rewritten[2]), _stamp(rewritten[1])) if rewritten else (_web_address(match[1]), None)
    if match := _HTTRACK.search(html):
        return _web_address("http://" + match[1]), iso_date(match[2] or "")
    if "WAYBACK" in html or "FILE ARCHIVED ON" in html:
        archived = _ARCHIVED_ON.search(html)
        rewritten = re.search(r"__wm\.wombat\(\"([^\"]{1,2000})\",\s{0,3}\"(\d{14})\"", html)
        day = iso_date(archived[2]) if archived else None
        if rewritten:
            return _web_address(rewritten[1]), _stamp(rewritten[2])
        return None, f"{day}T{archived[1]}Z" if archived and day else None
    return None, None


def _stamp(digits: str) -> str | None:
    """A Wayback stamp ("20040102100000") as an ISO instant or, when shorter, as the day."""
    day = day_of(int(digits[:4]), int(digits[4:6] or 1), int(digits[6:8] or 1)) if len(digits) >= 4 else None
    if day and len(digits) == 14:
        return f"{day}T{digits[8:10]}:{digits[10:12]}:{digits[12:14]}Z"
    return day


def _web_address(text: str) -> str | None:
    """An http(s) address, or None: file: addresses hold the names of people's computers."""
    text = re.sub(r"^(https?:)/(?=[^/])", r"\1//", text.strip())
    if text.startswith("//"):
        text = "https:" + text
    return text if text.startswith(("http://", "https://")) else None


def _check_depth(html: str) -> None:
    depth = 0
    for match in _TAG.finditer(html):
        name = match[2].lower()
        if name in _NOT_NESTING:
            continue
        depth = max(depth - 1, 0) if match[1] else depth + 1
        if depth > DEEPEST:
            raise LimitExceeded(f"More than {DEEPEST:,} elements of the page are open at once.", code="limit.depth")


def node_text(node: LexborNode | None) -> str:
    """The text of an element on one line, or ""."""
    return " ".join(node.text(separator="", strip=False).replace("\xa0", " ").split()) if node is not None else ""


def attribute(node: LexborNode | None, name: str) -> str:
    return (node.attributes.get(name) or "") if node is not None else ""


def absolute(address: str, base: str | None) -> str | None:
    """`address` as an absolute web address where that can be known; a relative one stays as written."""
    if not address:
        return None
    try:
        return urljoin(base, address) if base else address
    except ValueError:
        return None
