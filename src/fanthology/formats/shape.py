"""From a document to a story: what several readers share.

Two halves. `Intake` turns foreign text into clean fields and keeps the account of what it had to change. `Page`
opens an HTML document with whatever a capture tool wrapped around it. (Plain documents: see `prose` below.)
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import unquote, urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from . import header, markup, transforms
from .context import Context
from .decode import Decoded, decode, repair
from .errors import LimitExceeded
from .model import CATEGORIES, EMPTY, Author, Chapter, Finding, Markup, SeriesPlace, Source, Story

# ---------------------------------------------------------------- fields


@dataclass(slots=True)
class Intake:
    """Cleans one field after another and counts what was private. Call `report` once at the end."""

    context: Context
    base_url: str = ""
    masked: int = 0
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)

    def plain(self, text: str | None, where: str = "") -> str:
        """A title, name, tag or label: repaired, NFC, one line, contacts masked."""
        if not text or not text.strip():
            return ""
        repaired, findings = repair(text, where=where)
        self._keep(findings)
        value, masked = transforms.mask_contacts(transforms.plain(" ".join(repaired.split())))
        self.masked += masked
        return value

    def markup(self, html: str | None, where: str = "", *, text: bool = False) -> Markup:
        """A text, note or summary as canonical markup, contacts masked. `text`: newlines mean something."""
        if not html or not html.strip():
            return EMPTY
        repaired, findings = repair(html, where=where)
        self._keep(findings)
        value, findings = markup.clean(repaired, mode="text" if text else "html", where=where, base_url=self.base_url)
        self._keep(findings)
        value, masked = transforms.mask_contacts_in(value)
        self.masked += masked
        return value

    def chapter(self, position: int, html: str, title: str = "", **rest: Markup | str | None | tuple[tuple[str, str], ...]) -> Chapter:
        """A chapter from its raw HTML and an already plain title."""
        text = self.markup(html, f"chapters[{position - 1}].text")
        made = Chapter(position=position, text=text, title=title, word_count=transforms.word_count(text))
        return replace(made, **rest)  # type: ignore[arg-type]

    def redact(self, count: int = 1) -> None:
        """Count private data that was left out altogether."""
        self.masked += count

    def finish(self, story: Story) -> Story:
        """The story with its word count and with everything found on the way."""
        if self.masked:
            self.context.report(
                "private.redacted",
                "info",
                "E-mail addresses and other contacts were masked or left out; the original stays in the sealed source.",
                count=self.masked,
            )
        if not story.authors:
            self.context.report("author.unknown", "warning", "The file does not say who wrote the story.", where="authors")
        return replace(transforms.recount(story), findings=tuple(self.context.findings))

    def _keep(self, findings: tuple[Finding, ...]) -> None:
        room = self.context.limits.findings - len(self.context.findings)
        self.context.findings.extend(findings[: max(room, 0)])


def decoded(data: bytes) -> Decoded:
    """The text of a file, with its charset as a meta element or XML declaration names it."""
    return decode(data, declared=declared_charset(data))


_CHARSET = re.compile(rb"""(?i)<(?:meta|\?xml)[^>]{0,300}?\b(?:charset|encoding)\s{0,5}=\s{0,5}["']?\s{0,5}([a-z0-9_:.\-]{2,40})""")


def declared_charset(data: bytes) -> str | None:
    """The charset that an HTML or XML file claims in its first kilobytes, in lower case, or None."""
    match = _CHARSET.search(data[:16_384])
    return match[1].decode("ascii").lower() if match else None


# ---------------------------------------------------------------- dates and languages

_MONTHS = {name: number for number, names in enumerate(
    (
        "jan january januar janvier enero", "feb february februar fevrier febrero", "mar march maerz marz mars marzo",
        "apr april avril abril", "may mai mayo", "jun june juni juin junio", "jul july juli juillet julio",
        "aug august aout agosto", "sep sept september septembre septiembre", "oct october okt oktober octobre octubre",
        "nov november novembre noviembre", "dec december dez dezember decembre diciembre",
    ),
    start=1,
) for name in names.split()}
_ISO = re.compile(r"\b(\d{4})[-./](\d{1,2})(?:[-./](\d{1,2}))?\b")
_DAY_MONTH_YEAR = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|\.)?[\s\-/]{1,3}(?:of |de )?([^\W\d_]{3,10})\.?,?[\s\-/]{1,3}(?:de )?('?\d{2}|\d{4})\b")
_MONTH_DAY_YEAR = re.compile(r"\b([^\W\d_]{3,10})\.?[\s\-/]{1,3}(\d{1,2})(?:st|nd|rd|th)?,?[\s\-/]{1,3}('?\d{2}|\d{4})\b")
_MONTH_YEAR = re.compile(r"\b([^\W\d_]{3,10})\.?,?\s{1,3}(\d{4})\b")
_NUMERIC = re.compile(r"\b(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})\b")
_YEAR = re.compile(r"\A\W{0,3}((?:19|20)\d{2})\W{0,3}\Z")


def iso_date(text: str) -> str | None:
    """The first date in `text` as "2003-11-02", "2003-11" or "2003", or None. 03/04/05 is unknowable: None."""
    text = text[:200]
    if match := _ISO.search(text):
        return _checked(int(match[1]), int(match[2]), int(match[3]) if match[3] else None)
    if match := _DAY_MONTH_YEAR.search(text):
        if month := _month(match[2]):
            return _checked(_full_year(match[3]), month, int(match[1]))
    if match := _MONTH_DAY_YEAR.search(text):
        if month := _month(match[1]):
            return _checked(_full_year(match[3]), month, int(match[2]))
    if match := _MONTH_YEAR.search(text):
        if month := _month(match[1]):
            return _checked(int(match[2]), month, None)
    if match := _NUMERIC.search(text):
        return _numeric_date(int(match[1]), match[2], int(match[3]), match[4])
    return match[1] if (match := _YEAR.match(text)) else None


def _numeric_date(first: int, mark: str, second: int, year: str) -> str | None:
    """Day and month are told apart by size, by equality, or by the dots of German dates."""
    if first > 12 or (mark == "." and second <= 12):
        return _checked(_full_year(year), second, first)
    if second > 12 or first == second:
        return _checked(_full_year(year), first, second)
    return None


def _month(word: str) -> int | None:
    folded = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().lower()
    return _MONTHS.get(folded)


def _full_year(text: str) -> int:
    year = int(text.lstrip("'"))
    if year >= 100:
        return year
    return year + (1900 if year >= 70 else 2000)


def _checked(year: int, month: int, day: int | None) -> str | None:
    try:
        whole = date(year, month, day or 1)
    except ValueError:
        return None
    if not 1900 <= year <= 2200:
        return None
    return whole.isoformat() if day else whole.isoformat()[:7]


_LANGUAGES = {
    "english": "en", "british english": "en", "american english": "en", "deutsch": "de", "german": "de", "français": "fr", "francais": "fr",
    "french": "fr", "español": "es", "espanol": "es", "spanish": "es", "italiano": "it", "italian": "it", "português europeu": "pt-PT",
    "português brasileiro": "pt-BR", "português": "pt", "portuguese": "pt", "nederlands": "nl", "dutch": "nl", "русский": "ru",
    "russian": "ru", "中文": "zh", "中文-普通话 國語": "zh", "中文-普通话 国语": "zh", "chinese": "zh", "日本語": "ja", "japanese": "ja",
    "한국어": "ko", "korean": "ko", "polski": "pl", "polish": "pl", "suomi": "fi", "finnish": "fi", "svenska": "sv", "swedish": "sv",
    "dansk": "da", "danish": "da", "norsk": "no", "norwegian": "no", "magyar": "hu", "hungarian": "hu", "čeština": "cs", "czech": "cs",
    "türkçe": "tr", "turkish": "tr", "ελληνικά": "el", "greek": "el", "עברית": "he", "hebrew": "he", "العربية": "ar", "arabic": "ar",
    "українська": "uk", "ukrainian": "uk", "tiếng việt": "vi", "vietnamese": "vi", "bahasa indonesia": "id", "indonesian": "id",
    "esperanto": "eo", "lingua latina": "la", "latin": "la", "català": "ca", "catalan": "ca", "română": "ro", "romanian": "ro",
}  # fmt: skip
_BCP47 = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


def language_code(text: str) -> str | None:
    """A BCP 47 code from a code or the name of a language as archives write it, or None."""
    text = text.strip()
    if code := _LANGUAGES.get(text.lower()):
        return code
    return text if _BCP47.fullmatch(text) and len(text) != 3 else None


_COMMON_WORDS = {
    "en": frozenset("the and of to a in was he she it that his her had with you for not but said they on at i is as be my him me".split()),
    "de": frozenset("der die das und nicht ich sie er es ist in zu den mit sich auf ein eine war von dem als hatte ihm wie".split()),
    "fr": frozenset("le la les et de des un une il elle que qui dans ne pas je se en avait était pour sur est son sa".split()),
    "es": frozenset("el la los las y de que en un una no se su por con para lo había era como más le pero".split()),
    "it": frozenset("il la le e di che un una non si in per con era aveva come lo gli della sono ma del".split()),
    "pt": frozenset("o a os as e de que não um uma em se para com por seu sua ele ela mais como mas estava".split()),
    "nl": frozenset("de het een en van ik hij ze niet dat in op te zijn was met voor maar had er je haar".split()),
}
_WORD = re.compile(r"[^\W\d_]+")


def guess_language(text: str) -> str | None:
    """The language of prose by its commonest words, or None when that is not plain. Needs some forty words."""
    words = [match[0].lower() for match in _WORD.finditer(text[:20_000])]
    if len(words) < 40:
        return None
    counts = Counter(words)
    shares = sorted(((sum(counts[word] for word in common) / len(words), code) for code, common in _COMMON_WORDS.items()), reverse=True)
    (best, code), (second, _) = shares[:2]
    return code if best > 0.12 and best > second * 1.5 else None


# ---------------------------------------------------------------- HTML pages and what captures wrap around them

_TOOLBAR = re.compile(r"(?s)<!-- BEGIN WAYBACK TOOLBAR INSERT -->.{0,300000}?<!-- END WAYBACK TOOLBAR INSERT -->")
_ARCHIVED_ON = re.compile(r"FILE ARCHIVED ON (\d\d:\d\d:\d\d) (\w{3,9} \d{1,2}, \d{4})")
_REWRITTEN = re.compile(r"(?:https?:)?(?://web\.archive\.org)?/web/(\d{4,14})(?:[a-z]{2}_)?/(https?:/{1,2}[^\s\"'<>]{1,2000})")
_REWRITTEN_LINK = re.compile(r"(?:https?:)?(?://web\.archive\.org)?/web/\d{4,14}(?:[a-z]{2}_)?/(?=https?:/|mailto:)")
_SAVED_FROM = re.compile(r"<!--\s{0,5}saved from url=\(\d{1,6}\)([^\s<>]{1,2000})", re.I)
_SINGLEFILE = re.compile(r"Page saved with SingleFile\s{1,5}url:\s{0,5}([^\s<>]{1,2000})\s{1,5}saved date:\s{0,5}([^\n<>]{1,100})")
_HTTRACK = re.compile(r"<!-- Mirrored from ([^\s<>]{1,2000}) by HTTrack[^>]{0,200}?(\w{3}, \d{2} \w{3} \d{4} \d\d:\d\d:\d\d GMT)?\s{0,3}-->")

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,30})")
_NOT_NESTING = frozenset(
    "p li dt dd tr td th tbody thead tfoot option optgroup colgroup br hr img input meta link area base col embed source track wbr param frame "
    "html head body script style".split()
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
    day = _checked(int(digits[:4]), int(digits[4:6] or 1), int(digits[6:8] or 1)) if len(digits) >= 4 else None
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


# ---------------------------------------------------------------- plain documents as lines


@dataclass(slots=True)
class Line:
    """One line of a document, the common ground of text files and HTML of any maker.

    `html` is the line as an inline fragment; `group` joins lines of one paragraph (0: none); `path` are the block
    elements around it, each with an identity, such as (("ul", 4), ("li", 5)); `tag` is its own block.
    """

    text: str
    html: str
    tag: str = "p"
    group: int = 0
    centred: bool = False
    path: tuple[tuple[str, int], ...] = ()

    @property
    def blank(self) -> bool:
        return not self.text.strip() and self.tag != "hr" and "<img" not in self.html


@dataclass(slots=True)
class Prose:
    """A document as lines. `wrapped`: hard-wrapped plain text, to be flowed again; `from_html`: rendered by groups."""

    lines: list[Line]
    wrapped: bool = False
    from_html: bool = False

    @property
    def texts(self) -> list[str]:
        return [line.text for line in self.lines]

    def render(self, first: int, last: int) -> str:
        """The HTML of the lines from `first` up to, but not including, `last`."""
        chosen = self.lines[first:last]
        return _render_groups(chosen) if self.from_html else flow([line.text for line in chosen], wrapped=self.wrapped)


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_ANSI = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_OVERSTRIKE = re.compile(r"_\x08(.)|(.)\x08_", re.S)


def prose_from_text(text: str) -> Prose:
    """A plain text as lines: line ends of every kind, form feeds as blank lines, overstrikes and control characters gone."""
    if "\x08" in text:
        text = _OVERSTRIKE.sub(lambda match: match[1] or match[2], text)
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n\n").replace("\ufeff", "")
    text = _CONTROL.sub("", text.replace("\u2028", "\n").replace("\u2029", "\n\n"))
    lines = [line.rstrip() for line in text.split("\n")]
    return Prose([Line(line, "") for line in lines], wrapped=is_wrapped(lines))


def is_wrapped(lines: list[str]) -> bool:
    """Whether a text is cut at some width: most of its lines are of middling length and next to none is long."""
    lengths = [len(line.expandtabs()) for line in lines if line.strip()]
    if len(lengths) < 6:
        return False
    long = sum(1 for length in lengths if length > 100)
    full = sum(1 for length in lengths if 45 <= length <= 100)
    return long * 20 <= len(lengths) and full * 3 >= len(lengths)


def flow(lines: list[str], *, wrapped: bool) -> str:
    """Plain lines as HTML paragraphs. Wrapped prose is joined; verse, scripts and letters keep their line ends."""
    paragraphs: list[str] = []
    for block in _paragraphs(lines, wrapped=wrapped):
        if len(block) == 1 and _is_rule(block[0]):
            paragraphs.append("<hr>" if set(block[0].strip()) <= set("-_=") else f"<p>{escaped(block[0].strip())}</p>")
        elif not wrapped or _keeps_lines(block):
            paragraphs.append("<p>" + "<br>".join(escaped(_indent(line)) for line in block) + "</p>")
        else:
            paragraphs.append(f"<p>{escaped(_joined(block))}</p>")
    return "\n".join(paragraphs)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _indent(line: str) -> str:
    return line.strip()


def _joined(block: list[str]) -> str:
    """The lines of a paragraph as one. A word broken over a line end keeps its hyphen: it may be a compound."""
    parts: list[str] = []
    for line in block:
        text = " ".join(line.split())
        if parts and parts[-1].endswith("-") and not parts[-1].endswith("--") and text[:1].isalpha() and parts[-1][-2:-1].isalpha():
            parts[-1] += text
        else:
            parts.append(text)
    return " ".join(parts)


def _paragraphs(lines: list[str], *, wrapped: bool) -> list[list[str]]:
    """Lines grouped into paragraphs: by blank lines, by rules, and in wrapped text by indented first lines."""
    indented = _uses_indents(lines) if wrapped else False
    blocks: list[list[str]] = []
    fresh = True
    for line in lines:
        if not line.strip():
            fresh = True
            continue
        starts = fresh or not wrapped or _is_rule(line) or _is_rule(blocks[-1][-1])
        starts = starts or (indented and _depth(line) >= 2 and _depth(line) > _depth(blocks[-1][-1]))
        if starts and (fresh or wrapped or _is_rule(line) or _is_rule(blocks[-1][-1]) or not _verse_like(blocks[-1], line)):
            blocks.append([line])
        else:
            blocks[-1].append(line)
        fresh = False
    return blocks


def _verse_like(block: list[str], line: str) -> bool:
    """In unwrapped text short lines that touch are lines of verse or of a letter, not paragraphs."""
    return len(block[-1]) < 60 and len(line) < 60


def _depth(line: str) -> int:
    expanded = line.expandtabs(8)
    return len(expanded) - len(expanded.lstrip())


def _uses_indents(lines: list[str]) -> bool:
    """Whether indented first lines mark paragraphs: a tenth of the lines is indented and the line after mostly is not."""
    texts = [line for line in lines if line.strip()]
    starts = sum(1 for line, after in zip(texts, texts[1:], strict=False) if _depth(line) >= 2 and _depth(after) < _depth(line))
    return starts * 25 >= len(texts)


def _keeps_lines(block: list[str]) -> bool:
    """Verse, addresses and lists: several lines that all end well before the margin. Scripts: a name before a colon."""
    if len(block) < 2:
        return False
    lengths = [len(line.strip()) for line in block]
    return max(lengths[:-1]) < 50


def _is_rule(line: str) -> bool:
    """A line of signs alone: *****, ---*---, # # #, ~~~."""
    text = line.strip()
    if not text or len(text) > 120 or any(sign.isalnum() for sign in text):
        return text.lower() in {"xxx", "ooo", "oxo", "xox", "o0o"}
    return len(text) >= 3 or text in {"#", "*", "~", "**", "##"}


# ---------------------------------------------------------------- HTML as lines

_BLOCKS = frozenset(
    "p div center h1 h2 h3 h4 h5 h6 address article section main header footer aside nav figure figcaption form fieldset dl dt dd ul ol li table tbody "
    "thead tfoot tr td th caption blockquote pre hr body details summary noframes noscript xmp listing plaintext".split()
)
_PATHS = frozenset({"blockquote", "ul", "ol", "li", "table", "tr", "td", "th"})
_SKIPPED = frozenset("script style head title meta link template iframe object embed applet select option button input textarea map area svg math audio video".split())
_INLINES = frozenset("b i em strong u s strike del ins sub sup big small tt code kbd var samp cite q abbr acronym dfn a ruby rt rp rb".split())
_ITALIC = re.compile(r"font-style\s{0,3}:\s{0,3}(?:italic|oblique)", re.I)
_BOLD = re.compile(r"font-weight\s{0,3}:\s{0,3}(?:bold|[6-9]00)", re.I)
_CENTRED = re.compile(r"text-align\s{0,3}:\s{0,3}center", re.I)
_HIDDEN = re.compile(r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden|mso-hide\s{0,3}:\s{0,3}all", re.I)
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
            indented = self.breaks == 1 and re.match(r"[ ]{0,3}(?:\xa0[ ]?){3,}|\u3000", "".join(self.text)[:30].lstrip("\n\r\t"))
            if self.breaks > 1 or indented:
                self.new_group()
                if self.lines and self.lines[-1].text:
                    self.lines.append(Line("", ""))
            closing = "".join(f"</{tag}>" for tag, _ in reversed(self.inline))
            self.lines.append(
                Line(text.strip(), (html + closing).strip(), self.tags[-1], self.group, self.centred > 0, tuple(self.path))
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
        for name, body in _CSS_CLASS.findall((sheet.text() or "")[:200_000]):
            if _ITALIC.search(body) or _BOLD.search(body) or _CENTRED.search(body) or _HIDDEN.search(body):
                styles[name] = body
    flattener = _Flattener(styles)
    start = root or page.tree.body or page.tree.root
    if start is not None:
        _walk(flattener, start)
    flattener.end_block()
    return Prose(flattener.lines, from_html=True)


def _walk(flattener: _Flattener, start: LexborNode) -> None:
    """Depth first without recursion: pages nest deeper than Python's stack."""
    stack: list[tuple[LexborNode, list[str] | None]] = [(start, None)]
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
    if style and _HIDDEN.search(style):
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
    if tag in _PATHS and not (tag in {"table", "tr", "td", "th"} and _is_layout(node)):
        flattener.counter += 1
        flattener.path.append((tag, flattener.counter))
        marks.append("path")
    if tag == "center" or (node.attributes.get("align") or "").lower() == "center" or (style and _CENTRED.search(style)):
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
        if mark == "inline" and flattener.inline:
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
        elif mark == "tag":
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
    for block in _paragraphs(inner.texts, wrapped=inner.wrapped):
        flattener.new_group()
        lines = [_joined(block)] if inner.wrapped and not _keeps_lines(block) else [line.strip() for line in block]
        tag = "hr" if len(lines) == 1 and _is_rule(lines[0]) and set(lines[0]) <= set("-_=") else "p"
        for line in lines:
            shown = "<hr>" if tag == "hr" else escaped(line)
            flattener.lines.append(Line("" if tag == "hr" else line, shown, tag, flattener.group, path=tuple(flattener.path)))
        flattener.lines.append(Line("", ""))
    flattener.new_group()


def _is_layout(node: LexborNode) -> bool:
    """A table that holds the page rather than data: a cell with much text, or tables within."""
    table = node
    while table is not None and table.tag != "table":
        table = table.parent
    if table is None:
        return True
    if table.css_first("table table, table p, table hr, table h1, table h2, table center, table pre") is not None:
        return True
    return any(len(cell.text()) > 400 for cell in table.css("td"))


def _render_groups(lines: list[Line]) -> str:
    """Lines as HTML again: groups become paragraphs with breaks, paths become the elements around them."""
    parts: list[str] = []
    open_path: tuple[tuple[str, int], ...] = ()
    index = 0
    while index < len(lines):
        line = lines[index]
        if not line.html:
            index += 1
            continue
        common = 0
        while common < min(len(open_path), len(line.path)) and open_path[common] == line.path[common]:
            common += 1
        parts += [f"</{tag}>" for tag, _ in reversed(open_path[common:])]
        parts += [f"<{tag}>" for tag, _ in line.path[common:]]
        open_path = line.path
        if line.tag == "hr":
            parts.append("<hr>")
            index += 1
            continue
        run = [line]
        while index + len(run) < len(lines) and lines[index + len(run)].group == line.group and lines[index + len(run)].html and line.group:
            run.append(lines[index + len(run)])
        centre = ' align="center"' if line.centred else ""
        parts.append(f"<{line.tag}{centre}>" + "<br>".join(each.html for each in run) + f"</{line.tag}>")
        index += len(run)
    parts += [f"</{tag}>" for tag, _ in reversed(open_path)]
    return "\n".join(parts)


# ---------------------------------------------------------------- from lines to a story


@dataclass(slots=True)
class Draft:
    """A story in the making: what a reader knows beforehand and what the lines add. Only `finish` makes the Story."""

    prose: Prose
    intake: Intake
    title: str = ""
    authors: tuple[Author, ...] = ()
    published: str | None = None
    updated: str | None = None
    complete: bool | None = None
    language: str | None = None
    front: tuple[int, int] = (0, 0)
    end_notes: str = ""
    labels: list[tuple[str, str]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def context(self) -> Context:
        return self.intake.context


def story_from_prose(draft: Draft) -> Story:
    """Header, title, chapters, end matter: a whole story from plain lines. What is doubtful stays in the text."""
    _remove_furniture(draft)
    lines = draft.prose.lines
    block = header.find(draft.prose.texts, wrapped=draft.prose.wrapped)
    start = 0
    if block is not None:
        interpret(block, draft)
        _read_title_lines(draft, 0, block.first)
        start = block.last + 1
        _keep_front(draft, 0, block.first)
    if not draft.title or not draft.authors:
        start = _read_title_lines(draft, start, min(start + 40, len(lines))) or start
    end = _read_end(draft, start)
    chapters = _chapters(draft, start, end)
    return _story(draft, chapters)


def _story(draft: Draft, chapters: tuple[Chapter, ...]) -> Story:
    if not draft.title:
        draft.context.report("title.unknown", "warning", "The file does not say what the story is called.", where="title")
        draft.title = _title_from_name(draft)
    language = draft.language or draft.facts.pop("language", None)
    draft.facts.pop("language", None)
    if language is None:
        language = guess_language(" ".join(line.text for line in draft.prose.lines[:2000]))
        if language:
            draft.context.report("language.guessed", "info", "The language was told by its commonest words.", where="language", after=language)
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
      you\ must\ (?:login|log\ in)\ \(?register\)?.{0,60} | read\ reviews\s{0,3}/?\s{0,3}(?:post\ a\ review)? | print\ version.{0,40}
    | home\s{0,3}\|.{0,120} | \[?reviews\s{0,2}-\s{0,2}\d{1,6}\]? | text\ size.{0,20} | back\ to\ (?:index|top|main.{0,20}) | leave\ a\ comment
    | \(?\d{1,6}\ comments?\)? | add\ to\ favou?rites | printer | table\ of\ contents | please\ mail\ the\ author | chapter\ \d{1,4}\ of\ \d{1,4}\s{0,3}(?:>>|next)?
    | \[?(?:back|home|next|previous|prev)\]?(?:\s{0,3}[|/\]\[·-]{1,3}\s{0,3}\[?(?:back|home|next|previous|prev|index|main|top)\]?){0,6}
    | report\ this | add\ story\ to\ favorites | this\ page\ hosted\ by.{0,80} | get\ your\ own\ free\ home\ ?page | share | expand\ cut\ tags | no\ cut\ tags
    | log\ in\ /\ no\ account.{0,40} | you\ are\ visitor.{0,60} | sign\ (?:my|the)\ guest\ ?book.{0,40} | view\ (?:my|the)\ guest\ ?book.{0,40}
    | return\ to\ (?:the\ )?(?:main|story|fan\ ?fic\w{0,5}|stories|index|home).{0,40} | this\ site\ is\ (?:best|owned).{0,120}
    )\W{0,4}\Z"""
)
_ARCHIVED_AT = re.compile(r"(?i)\A\W{0,4}this story (?:is )?archived at:?\s{1,5}(https?://\S{1,500})")


def _remove_furniture(draft: Draft) -> None:
    """Take known lines of old sites off both ends; never a line from the middle."""
    lines = draft.prose.lines
    removed: list[str] = []
    for indexes in (range(min(30, len(lines))), range(len(lines) - 1, max(len(lines) - 31, -1), -1)):
        missed = 0
        for index in indexes:
            text = lines[index].text.strip()
            if not text:
                continue
            if match := _ARCHIVED_AT.match(text):
                draft.facts.setdefault("source", Source(url=match[1]))
            elif not _FURNITURE.match(text):
                missed += 1
                if missed > 6:
                    break
                continue
            removed.append(text)
            lines[index] = Line("", "")
    if removed:
        draft.context.report(
            "furniture.removed", "info", "Lines of the old site around the story were left out.", before=" / ".join(removed)[:500], count=len(removed)
        )


# -- title and by-line

_TITLE_BY = re.compile(r"\A[\"“']?(?P<title>[^\n]{1,100}?)[\"”']?,?\s{1,10}(?:by|von|par|por)[:\s]\s{0,5}(?P<author>[^\n]{2,80})\Z", re.I)
_BYLINE = re.compile(r"\A\W{0,4}(?:(?:written|a (?:story|fic|tale|fanfic)|story|fanfic(?:tion)?|fan fiction)\s{1,3})?by\b\s{0,3}:?\s{0,3}(?P<author>.{0,80})\Z", re.I | re.S)
_NOT_A_NAME = re.compile(r"(?i)[.!?;]\s|[!?;]\Z|\b(?:the (?:time|end|way|light|door|window|sea|side|fire)|himself|herself|then|now|which|that|was|were)\b")


def _read_title_lines(draft: Draft, start: int, end: int) -> int | None:
    """Find "Title by Author", or a by-line with the title above it. Returns where the text goes on, or None."""
    texts = [(index, draft.prose.lines[index]) for index in range(start, end) if _is_words(draft.prose.lines[index].text)][:14]
    for place, (index, line) in enumerate(texts):
        text = line.text.strip()
        if place < 3 and (match := _TITLE_BY.match(text)) and _is_name(match["author"]) and len(match["title"].split()) <= 14:
            _take_title(draft, match["title"])
            _take_authors(draft, match["author"])
            return index + 1
        match = _BYLINE.match(text)
        if not match:
            continue
        name, taken = match["author"].strip(), index
        if not name and place + 1 < len(texts):
            taken, name = texts[place + 1][0], texts[place + 1][1].text.strip()
        if name and _is_name(name):
            above = texts[place - 1][1].text if place else ""
            if above and len(above) < 120:
                _take_title(draft, above)
            _take_authors(draft, name)
            _keep_front(draft, start, texts[place - 1][0] if place else index)
            return taken + 1
    return _take_heading(draft, texts)


def _take_heading(draft: Draft, texts: list[tuple[int, Line]]) -> int | None:
    """Without any by-line: the first centred line or heading is the title, and so is a short first line before a blank."""
    if draft.title:
        return None
    for index, line in texts[:4]:
        if (line.centred or line.tag in {"h1", "h2", "h3"}) and len(line.text) <= 120 and not heading_of(line.text):
            _take_title(draft, line.text)
            return index + 1
    return None


def _is_words(text: str) -> bool:
    return bool(text.strip()) and not _is_rule(text)


def _is_name(text: str) -> bool:
    text = re.sub(r"[<(\[].{0,100}", "", text).strip()
    return 0 < len(text) <= 70 and len(text.split()) <= 8 and not _NOT_A_NAME.search(text) and not text.endswith(",")


_SPACED = re.compile(r"\A\W{0,3}(?:\S[ ]){3,60}\S\W{0,3}\Z")


def despaced(text: str) -> str:
    """Titles set wide: "A   M A N ' S   A R R I V A L" → "A MAN'S ARRIVAL"."""
    text = text.strip()
    words = re.split(r"\s{2,}", text)
    singles = sum(1 for part in text.split() if len(part) == 1)
    if singles < 4 or singles * 5 < len(text.split()) * 4:
        return " ".join(text.split())
    return " ".join(word.replace(" ", "") for word in words)


_PARTS_IN_TITLE = re.compile(
    r"""(?xi)\s{0,5}[,:-]?\s{0,5}(?:
      [\(\[]\s{0,3}(?:pt\.?|parts?|ch(?:apter)?s?\.?)?\s{0,3}(?P<a>\d{1,3})[a-z]?\s{0,3}(?:/|of)\s{0,3}(?P<b>\d{1,3}|\?)\s{0,3}[\)\]]
    | \b(?:parts?|pts?\.?|chapters?)\s{1,3}(?P<c>\d{1,3})\s{0,3}(?:/|of|-|–|to)\s{0,3}(?P<d>\d{1,3}|\?)
    | (?<!\d)(?P<e>\d{1,3})\s{0,3}(?:/|\ of\ )\s{0,3}(?P<f>\d{1,3}|\?)
    | [\(\[]\s{0,3}(?:complete|finished|final|repost[^\]\)]{0,20}|new)\s{0,3}[\)\]]
    | \b(?:part|pt\.?)\s{1,3}(?:\d{1,3}[a-z]?|one|two|three|four|five|six|seven|eight|nine|ten|[ivx]{1,6})
    )\s{0,5}\Z"""
)
_TITLE_PREFIX = re.compile(r"(?i)\A\s{0,3}(?:\[?(?:re-?post|new|fic|fanfic|story|tng|ds9|voy|re|fwd?)(?:[:\s][^\]:]{0,15})?\]|(?:re|fwd?|new|repost|story|fic)\s{0,2}:)\s{0,5}")


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


def _take_title(draft: Draft, written: str) -> None:
    """Set the title unless it is known. What was cut off is kept as a label."""
    if draft.title:
        return
    whole = despaced(written)
    title, _, parts = split_title(whole)
    draft.title = draft.intake.plain(title, "title")
    if parts:
        draft.facts.setdefault("expected_chapters", parts)
    if draft.title != draft.intake.plain(_unquoted(whole)):
        draft.labels.append(("Title", draft.intake.plain(whole)))


_ADDRESS = re.compile(r"[<(\[{]?\s{0,3}(?:mailto:)?[\w.+-]{1,64}\s{0,2}(?:@|\bat\b|\(at\)|\[at\])\s{0,2}[\w-]{1,63}(?:\s{0,2}(?:\.|\bdot\b)\s{0,2}[\w-]{1,63}){1,5}\s{0,3}[>)\]}]?", re.I)


def _take_authors(draft: Draft, written: str) -> None:
    if not draft.authors:
        draft.authors = authors_of(draft.intake, written)


def authors_of(intake: Intake, written: str) -> tuple[Author, ...]:
    """Names from a by-line; addresses beside them are private and counted, "[archived by X]" is never an author."""
    archivist = re.search(r"\[archived by (.{1,100}?)\]", written, re.I)
    text = re.sub(r"\[archived by .{1,100}?\]", "", written, flags=re.I)
    text, private = _ADDRESS.subn(" ", text)
    if private:
        intake.redact(private)
    text = re.sub(r"\(\s{0,3}\)|<\s{0,3}>|\[\s{0,3}\]", " ", text)
    text = re.sub(r"(?i)\A\W{0,3}(?:written )?by\s{1,5}", "", text.strip())
    names = re.split(r"\s{0,5}(?:;|&|\band\b|\bund\b|,(?!\s{0,2}(?:jr|sr|ph\.?d|m\.?d|esq)\b))\s{0,5}", text, flags=re.I)
    clean = (intake.plain(name.strip(" \t,.;:*_~-<>|/\"“”") if not re.search(r"\s\"[^\"]+\"\s", name) else name.strip(" ,;:*_~<>|/"), "authors") for name in names)
    found = [name for name in clean if name and name.lower() not in {"anonymous", "unknown", "[e-mail]", "[contact]"} and len(name) <= 120]
    return tuple(Author(name, archived_by=intake.plain(archivist[1]) if archivist else None) for name in dict.fromkeys(found))


def _keep_front(draft: Draft, start: int, end: int) -> None:
    """Lines above the title are the author's foreword, or furniture nobody can be sure of: they stay, as notes."""
    known = {draft.title.lower(), *(author.name.lower() for author in draft.authors)}
    words = [line for line in draft.prose.lines[start:end] if _is_words(line.text)]
    rest = [line for line in words if _unquoted(despaced(line.text)).lower() not in known and not _BYLINE.match(line.text.strip()) and line.text.strip()]
    rest = [line for line in rest if split_title(despaced(line.text))[0].lower() not in known and not _TITLE_BY.match(line.text.strip())]
    if not rest:
        return
    draft.facts["notes"] = draft.intake.markup(draft.prose.render(start, end), "notes")
    draft.context.report(
        "furniture.doubtful", "info", "Lines above the title were kept as notes.", where="notes", before=rest[0].text.strip()[:200], count=len(rest)
    )


# -- the header's words in fields


_LISTED = re.compile(r"\s{0,5}[,;\n]\s{0,5}")


def _listed(intake: Intake, text: str) -> list[str]:
    """A value as a list: commas, semicolons and line ends part it, but not inside brackets."""
    parts: list[str] = []
    depth, current = 0, ""
    for sign in text:
        depth = max(depth + (sign in "([") - (sign in ")]"), 0)
        if sign in ",;\n" and not depth:
            parts.append(current)
            current = ""
        else:
            current += sign
    parts.append(current)
    cleaned = (intake.plain(part.strip(" .*_")) for part in parts)
    return [part for part in cleaned if part and part.lower() not in {"none", "n/a", "-"}]


def interpret(block: header.Header, draft: Draft) -> None:
    """Put every entry of a header into its field; what no field takes goes to `labels`, in order."""
    for entry in block.entries:
        values = _shared_out(entry)
        for name, value in values:
            taken = bool(value) and _interpret_one(draft, name, value)
            if not taken and value:
                label = draft.intake.plain(entry.label)
                draft.labels.append((label, draft.intake.plain(value)))


def _shared_out(entry: header.Entry) -> list[tuple[str, str]]:
    """The values of an entry with two labels: "Rating/Warnings: PG-13, violence" has two, in that order."""
    if not entry.fields:
        return [("", entry.value)]
    if len(entry.fields) == 1:
        return [(entry.fields[0], entry.value)]
    if set(entry.fields) == {"characters", "pairing"}:
        parts = re.split(r"[,;\n]", entry.value)
        pairs = [part for part in parts if re.search(r"/|&|\bx\b", part)]
        return [("pairing", ", ".join(pairs)), ("characters", ", ".join(part for part in parts if part not in pairs))]
    parts = re.split(r"\s{0,3}[/;,|]\s{0,3}|\s-\s", entry.value, maxsplit=len(entry.fields) - 1)
    if len(parts) < len(entry.fields):
        return [(entry.fields[0], entry.value)]
    return list(zip(entry.fields, parts, strict=True))


def _interpret_one(draft: Draft, name: str, value: str) -> bool:
    """Whether the field `name` took the value."""
    facts, intake = draft.facts, draft.intake
    if name in {"summary", "disclaimer", "notes", "spoilers"}:
        written = intake.markup(_as_html(value), name)
        facts[name] = Markup(facts[name] + written) if facts.get(name) else written
        return True
    if name in _LIST_FIELDS:
        target = _LIST_FIELDS[name]
        facts[target] = tuple(dict.fromkeys((*facts.get(target, ()), *_listed(intake, value))))
        return True
    reader = _FIELD_READERS.get(name)
    return reader(draft, value) if reader else False


_LIST_FIELDS = {"pairing": "relationships", "characters": "characters", "genre": "additional_tags", "beta": "beta"}


def _as_html(value: str) -> str:
    return "".join(f"<p>{escaped(' '.join(part.split()))}</p>" for part in re.split(r"\n\s*\n", value) if part.strip())


def _read_title(draft: Draft, value: str) -> bool:
    known = draft.title
    _take_title(draft, value)
    return not known


def _read_author(draft: Draft, value: str) -> bool:
    known = draft.authors
    _take_authors(draft, value)
    return not known and bool(draft.authors)


def _read_contact(draft: Draft, value: str) -> bool:
    """Contacts are private: counted, shown nowhere."""
    draft.intake.redact()
    draft.labels.append(("Contact", "[contact]"))
    return bool(value)


def _read_rating(draft: Draft, value: str) -> bool:
    written = draft.intake.plain(value)
    if draft.facts.get("rating_as_written"):
        return False
    draft.facts["rating_as_written"] = written
    draft.facts["rating"] = transforms.map_rating(written)
    return True


def _read_warnings(draft: Draft, value: str) -> bool:
    parts = _listed(draft.intake, value)
    draft.facts["warnings_as_written"] = (*draft.facts.get("warnings_as_written", ()), *parts)
    mapped = [warning for part in parts if (warning := transforms.map_warning(part))]
    draft.facts["warnings"] = tuple(dict.fromkeys((*draft.facts.get("warnings", ()), *mapped)))
    return True


def _read_fandom(draft: Draft, value: str) -> bool:
    parts = [name.strip() for part in _listed(draft.intake, value) for name in re.split(r"\s+/\s+|\s+x\s+", part)]
    draft.facts["fandoms"] = tuple(dict.fromkeys((*draft.facts.get("fandoms", ()), *(part for part in parts if part))))
    return True


_CROSSOVER = re.compile(r"(?i)\b(?:crossover|x-?over)\s{0,3}[(\[:]\s{0,3}([^()\[\]]{3,200})[)\]]?")


def _read_type(draft: Draft, value: str) -> bool:
    """A category means something else on every site: kept as a label; a crossover names its fandoms."""
    if (match := _CROSSOVER.search(value)) and not draft.facts.get("fandoms"):
        draft.facts["fandoms"] = tuple(draft.intake.plain(part) for part in re.split(r"\s{0,3}[/&+,]\s{0,3}", match[1]) if part.strip())
    exact = tuple(part for part in _listed(draft.intake, value) if part in CATEGORIES)
    draft.facts["categories"] = tuple(dict.fromkeys((*draft.facts.get("categories", ()), *exact)))
    return len(exact) == len(_listed(draft.intake, value))


def _read_date(draft: Draft, value: str) -> bool:
    draft.facts.setdefault("published", iso_date(value))
    return iso_date(value) is not None


def _read_updated(draft: Draft, value: str) -> bool:
    draft.facts.setdefault("updated", iso_date(value))
    return iso_date(value) is not None


def _read_series(draft: Draft, value: str) -> bool:
    text = draft.intake.plain(value)
    match = re.match(r"(.{1,200}?)[\s,]{0,3}[\[(#]?\s{0,2}(?:part|book|story|no\.|#)?\s{0,2}(\d{1,3})\s{0,2}(?:of \d{1,3})?[\])]?\Z", text, re.I)
    place = SeriesPlace(match[1].strip(" ,:-"), int(match[2])) if match and match[1].strip(" ,:-") else SeriesPlace(text)
    draft.facts["series"] = (*draft.facts.get("series", ()), place)
    return True


def _read_status(draft: Draft, value: str) -> bool:
    lowered = value.strip().lower().rstrip(".!")
    if match := re.match(r"(?:chapter |part )?(\d{1,3})\s{0,2}(?:/|of)\s{0,2}(\d{1,3}|\?)", lowered):
        if match[2] != "?":
            draft.facts.setdefault("expected_chapters", int(match[2]))
        draft.facts.setdefault("complete", False if match[2] == "?" else None)
    elif re.match(r"(?:in ?complete|wip|work in progress|in progress|unfinished|ongoing|no\b|nein\b|non\b|abandoned)", lowered):
        draft.facts["complete"] = False
    elif re.match(r"(?:complete|finished|yes|done|ja\b|oui\b|sí|abgeschlossen|terminée?|completa)", lowered):
        draft.facts["complete"] = True
    else:
        return False
    return False


def _read_parts(draft: Draft, value: str) -> bool:
    if match := re.match(r"\s{0,3}(?:(\d{1,4})\s{0,2}(?:/|of)\s{0,2})?(\d{1,4})\s{0,3}\Z", value):
        draft.facts.setdefault("expected_chapters", int(match[2]))
    return False


def _read_permission(draft: Draft, value: str) -> bool:
    known = draft.facts.get("archive_permission", "")
    draft.facts["archive_permission"] = "; ".join(part for part in (known, draft.intake.plain(value)) if part)
    return True


def _read_language(draft: Draft, value: str) -> bool:
    draft.facts.setdefault("language", language_code(value))
    return language_code(value) is not None


_FIELD_READERS: dict[str, Callable[[Draft, str], bool]] = {
    "title": _read_title,
    "author": _read_author,
    "contact": _read_contact,
    "rating": _read_rating,
    "warnings": _read_warnings,
    "fandom": _read_fandom,
    "type": _read_type,
    "date": _read_date,
    "updated": _read_updated,
    "series": _read_series,
    "status": _read_status,
    "parts": _read_parts,
    "permission": _read_permission,
    "language": _read_language,
}

# -- chapters

_NUMBERS = {word: number for number, word in enumerate(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split()
)}  # fmt: skip
_NUMBERS |= {word: number for number, word in enumerate("erstes zweites drittes viertes fünftes sechstes siebtes achtes neuntes zehntes".split(), start=1)}
_NUMBERS |= {word: number for number, word in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), start=1)}
_NUMBERS |= {"thirty": 30, "forty": 40, "fifty": 50}
_ROMAN = re.compile(r"(?=[ivxlc])(?:c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})\Z", re.I)
_HEADING = re.compile(
    r"\A\W{0,6}(?P<kind>chapter|ch\.|part|pt\.|act|scene|episode|book|kapitel|teil|chapitre|partie|capítulo|capitulo|parte|section|day|letter)"
    r"\s{0,3}[#:]?\s{0,3}(?P<number>\d{1,4}|[ivxlc]{1,8}|[a-zü]{3,9}(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?)(?P<of>\s{0,2}(?:/|of)\s{0,2}\d{1,4})?"
    r"(?P<mark>\s{0,3}[.:\-–—)~]{1,4}\s{0,5}|\s{1,5}|\W{0,6}\Z)(?P<title>.{0,70}?)\W{0,6}\Z",
    re.I,
)
_LONE = re.compile(r"\A\W{0,6}(?P<kind>prologue|prolog|epilogue|epilog|interlude|preface|afterword|coda|prólogo|epílogo)\b(?P<title>.{0,60}?)\W{0,6}\Z", re.I)
_BARE = re.compile(r"\A\W{0,4}(?P<number>\d{1,3}|[ivxl]{1,7})\W{0,4}\Z", re.I)


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that looks like the head of a chapter. `number` 0 for a prologue, None for an epilogue."""

    kind: str
    number: int | None
    title: str


def heading_of(text: str) -> Heading | None:
    """What a line says as a chapter heading, or None. Whether it is one depends on the others: see `_series_of`."""
    text = despaced(text)
    if not text or len(text) > 80:
        return None
    if match := _LONE.match(text):
        kind = match["kind"].lower()
        number = 0 if kind.startswith(("prolog", "prólog", "preface")) else None
        return Heading("lone", number, _heading_title(text))
    match = _HEADING.match(text)
    if match and (number := _number(match["number"])) is not None:
        plain_mark = not match["mark"].strip()
        if match["title"] and plain_mark and (match["title"][:1].islower() or text.rstrip()[-1:] in ".,;?!\"”"):
            return None
        return Heading(_KINDS.get(match["kind"].lower(), match["kind"].lower()), number, _heading_title(text))
    match = _BARE.match(text)
    if match and (number := _number(match["number"])) is not None and number < 200:
        return Heading("bare", number, match["number"])
    return None


_KINDS = {"ch.": "chapter", "pt.": "part", "kapitel": "chapter", "chapitre": "chapter", "capítulo": "chapter", "capitulo": "chapter", "teil": "part", "parte": "part", "partie": "part"}


def _heading_title(text: str) -> str:
    text = text.strip(" \t*_~=-^#<>[]|+")
    return text.title() if text.isupper() and len(text) <= 12 else text


def _number(text: str) -> int | None:
    lowered = text.lower()
    if lowered.isdigit():
        return int(lowered)
    if lowered in _NUMBERS:
        return _NUMBERS[lowered]
    tens, _, ones = lowered.replace("-", " ").partition(" ")
    if ones and tens in _NUMBERS and ones in _NUMBERS:
        return _NUMBERS[tens] + _NUMBERS[ones]
    return _roman(lowered) if _ROMAN.match(lowered) else None


def _roman(text: str) -> int:
    values = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
    total = 0
    for sign, after in zip(text, [*text[1:], ""], strict=True):
        total += -values[sign] if values[sign] < values.get(after, 0) else values[sign]
    return total


def _series_of(headings: list[tuple[int, Heading]]) -> list[tuple[int, Heading]]:
    """The headings that form an increasing series of one kind, with prologue and epilogue around them; [] when fewer than two."""
    best: list[tuple[int, Heading]] = []
    for kind in dict.fromkeys(heading.kind for _, heading in headings):
        if kind == "lone":
            continue
        chain: list[tuple[int, Heading]] = []
        for place, heading in headings:
            number = heading.number if heading.number is not None else -1
            last = chain[-1][1].number if chain else None
            if heading.kind == kind and (number in {0, 1} if last is None else number == last + 1):
                chain.append((place, heading))
        if len(chain) > len(best):
            best = chain
    if not best:
        return []
    first = best[0][0]
    lone = [(place, heading) for place, heading in headings if heading.kind == "lone" and ((heading.number == 0) == (place < first))]
    series = sorted([*best, *lone], key=lambda item: item[0])
    return series if len(series) >= 2 and len(best) >= (2 if best[0][1].kind == "bare" else 1) else []


def _chapters(draft: Draft, start: int, end: int) -> tuple[Chapter, ...]:
    """Split at headings that count up; else the whole is one chapter."""
    lines = draft.prose.lines
    candidates = [
        (index, heading)
        for index in range(start, end)
        if (heading := heading_of(lines[index].text)) and _stands_alone(draft.prose, index, heading)
    ]
    series = _series_of(candidates)
    if not series:
        return (_single(draft, start, end),)
    made: list[Chapter] = []
    if any(_is_words(line.text) for line in lines[start : series[0][0]]):
        lead = draft.prose.render(start, series[0][0])
        if sum(len(line.text.split()) for line in lines[start : series[0][0]]) > 150:
            made.append(draft.intake.chapter(1, lead))
        else:
            notes = draft.intake.markup(lead, "notes")
            draft.facts["notes"] = Markup((draft.facts.get("notes") or "") + notes)
            draft.context.report("notes.boundary", "info", "What stands before the first chapter was taken for notes.", where="notes")
    for (index, heading), stop in zip(series, [*(place for place, _ in series[1:]), end], strict=True):
        title, body = _heading_and_body(draft, index, heading, stop)
        made.append(draft.intake.chapter(len(made) + 1, draft.prose.render(body, stop), draft.intake.plain(title)))
    return tuple(made)


def _single(draft: Draft, start: int, end: int) -> Chapter:
    """One chapter. A first line that repeats the title with a part number is its heading, not its text."""
    lines = draft.prose.lines
    first = next((index for index in range(start, end) if _is_words(lines[index].text)), end)
    title = ""
    if first < end and draft.title and len(lines[first].text) < 120:
        text = despaced(lines[first].text)
        whole, part, _ = split_title(text)
        if whole.lower() == draft.title.lower():
            rest = text[len(text.rstrip()) - len(text) :] if part is None else ""
            title = rest or text[len(whole) :].strip(" ,:-–—")
            start = first + 1
        elif (heading := heading_of(text)) and heading.kind != "bare" and draft.facts.get("expected_chapters"):
            title, start = heading.title, first + 1
    return draft.intake.chapter(1, draft.prose.render(start, end), draft.intake.plain(title.strip("()[] "))) 


def _stands_alone(prose: Prose, index: int, heading: Heading) -> bool:
    """A heading has its line to itself: nothing touches it from above except a rule, a bare number nothing on either side."""
    lines = prose.lines
    line = lines[index]
    if prose.from_html:
        alone = line.tag.startswith("h") or line.centred or not any(
            0 <= near < len(lines) and lines[near].group == line.group and lines[near].text for near in (index - 1,)
        )
        return alone
    above = lines[index - 1].text if index else ""
    below = lines[index + 1].text if index + 1 < len(lines) else ""
    if above.strip() and not _is_rule(above):
        return False
    return heading.kind not in {"bare"} or not below.strip() or _is_rule(below)


def _heading_and_body(draft: Draft, index: int, heading: Heading, stop: int) -> tuple[str, int]:
    """The chapter's title and the line its text begins on: rules under the heading go, a short centred line is its title."""
    lines = draft.prose.lines
    body = index + 1
    while body < stop and (_is_rule(lines[body].text) or not lines[body].text.strip()) and lines[body].tag != "hr":
        if _is_rule(lines[body].text) and body > index + 1:
            break
        body += 1
    return heading.title, body


# -- the end

_END_MARK = re.compile(r"\A\W{0,12}(?:the\W{0,5}end|fin|finis|ende|fine|end|la fin|el fin|end of story)\W{0,12}\Z", re.I)


def _read_end(draft: Draft, start: int) -> int:
    """Where the text ends. What follows an end mark in the last part are end notes."""
    lines = draft.prose.lines
    end = len(lines)
    while end > start and lines[end - 1].blank:
        end -= 1
    for index in range(end - 1, max(start, end - 150), -1):
        if _END_MARK.match(lines[index].text) and lines[index].text.strip():
            if any(_is_words(line.text) for line in lines[index + 1 : end]):
                draft.end_notes = draft.prose.render(index + 1, end)
            return index + 1
    return end
