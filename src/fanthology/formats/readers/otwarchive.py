"""Works of the Archive of Our Own and of every other site that runs otwarchive: saved pages and HTML downloads.

A page may be a whole work or one chapter of many; a download is always whole. Login pages, warnings before adult
works, chapter lists and error pages are refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from .. import shape, transforms
from ..context import Context
from ..errors import NotAStory
from ..model import CATEGORIES, RATINGS, WARNINGS, Author, Chapter, Reading, SeriesPlace, Source, Story


def read(data: bytes, context: Context) -> Reading:
    """Read a work page or an HTML download. Raises NotAStory when the page holds no story text."""
    decoded = shape.decoded(data)
    page = shape.open_page(decoded.text, context)
    document = _Document(page, shape.Intake(context, base_url=page.url or ""))
    download = (
        page.first("#preface") is not None and page.first("dl.tags") is not None and page.first("dl.work.meta") is None
    )
    if not download:
        _refuse(page)
    story = _read_download(document) if download else _read_page(document)
    return Reading((story,), "otwarchive", 1.0, decoded.decoder, decoded.findings)


@dataclass(slots=True)
class _Document:
    """A page being read: facts gathered so far, in the words of Story."""

    page: shape.Page
    intake: shape.Intake
    labels: list[tuple[str, str]] = field(default_factory=list)
    gifts: list[str] = field(default_factory=list)
    inspired_by: list[str] = field(default_factory=list)

    @property
    def context(self) -> Context:
        return self.intake.context

    def label(self, name: str, value: str) -> None:
        if value:
            self.labels.append((self.intake.plain(name.strip().rstrip(":")), self.intake.plain(value)))


# ---------------------------------------------------------------- refusals

_REFUSALS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    (
        "refused.adult-interstitial",
        re.compile(r"This work could have adult content|may contain adult content\. If you (?:proceed|continue)"),
        "This is the warning before an adult work, not the work. Save the page that follows it.",
    ),
    (
        "refused.unrevealed",
        re.compile(r"ongoing challenge and will be revealed soon|This work is part of an ongoing challenge"),
        "The work was not revealed yet when the page was saved.",
    ),
    (
        "refused.login",
        re.compile(
            r"<title>\s{0,50}New Session|This work is only available to registered users|you don't have permission to access the page"
        ),
        "This is a login page, not a work. Log in on the old site and save the work itself.",
    ),
    (
        "refused.error-page",
        re.compile(
            r"Error [45]\d\d\b|Retry later|<title>\s{0,50}(?:404|403|500|502|503|Page Not Found|Just a moment)"
            r"|The page you were looking for (?:doesn't|does not) exist|couldn't find the work you were looking for|Shields are up"
        ),
        "This is an error page of the site, not a work.",
    ),
)


def _refuse(page: shape.Page) -> None:
    """Raise NotAStory with the reason when the page has no work text."""
    if page.first("#chapters") is not None and (
        page.first("#chapters .userstuff") is not None or page.first("dl.work.meta") is not None
    ):
        return
    if page.first("ol.chapter.index") is not None:
        raise NotAStory(
            "This is the chapter list of a work: titles and dates, no text. Save the work itself.",
            code="refused.chapter-index",
        )
    title = page.first("title")
    main = page.first("#main") or page.tree.body
    seen = f"<title>{shape.node_text(title)}</title> {shape.node_text(main)}".replace("’", "'")
    for code, pattern, message in _REFUSALS:
        if pattern.search(seen):
            raise NotAStory(message, code=code)
    if (
        page.first("#new_user_session, #loginform") is not None
        and page.first("dl.work.meta") is None
        and len(seen) < 3000
    ):
        raise NotAStory(
            "This is a login page, not a work. Log in on the old site and save the work itself.", code="refused.login"
        )
    if page.first("li.work.blurb, li.bookmark.blurb, li.series.blurb, ol.index") is not None:
        raise NotAStory("This is a list of works, not a work.", code="refused.listing")
    raise NotAStory("This page of the site holds no work text.", code="refused.no-text")


# ---------------------------------------------------------------- work pages


def _read_page(document: _Document) -> Story:
    page, intake = document.page, document.intake
    meta = page.first("dl.work.meta")
    facts = _page_facts(document, meta) if meta is not None else _no_facts(document)
    address = _work_address(document)
    preface = page.first("#workskin > .preface.group") or page.first(".preface.group:not(.chapter)")
    chapters = _page_chapters(document)
    _associations(document, page.tree.css("#workskin .preface.group:not(.chapter) ul.associations li, #children li"))
    title = intake.plain(
        _heading_text(page.first("h2.title.heading") or page.first("h2.title")), "title"
    ) or _title_from_head(document)
    story = Story(
        title=title,
        authors=_authors(document, page.first("h3.byline.heading") or page.first(".byline")),
        summary=intake.markup(_userstuff(preface, ".summary.module"), "summary"),
        notes=intake.markup(_userstuff(preface, ".notes.module:not(.end)"), "notes"),
        end_notes=intake.markup(_userstuff(page.first("#work_endnotes"), ""), "end_notes"),
        chapters=chapters,
        gifts=tuple(document.gifts),
        inspired_by=tuple(document.inspired_by),
        labels=tuple(document.labels),
        source=Source(url=address.url, software="otwarchive", ids=address.ids, captured_at=page.captured_at),
    )
    story = replace(story, **facts.fields())
    _report_missing(document, facts, chapters)
    return intake.finish(story)


def _page_chapters(document: _Document) -> tuple[Chapter, ...]:
    """The chapters in the file. Ids such as #notes repeat in every chapter, so each is searched inside its own element."""
    page = document.page
    blocks = [
        node for node in page.tree.css("#chapters div.chapter") if (shape.attribute(node, "id")).startswith("chapter-")
    ]
    if not blocks:
        body = page.first("#chapters > .userstuff") or page.first("#chapters .userstuff")
        if body is None:
            raise NotAStory("This page of the site holds no work text.", code="refused.no-text")
        number, title = _stated_number(page), ""
        return (document.intake.chapter(number, _body(body), title),)
    return tuple(_page_chapter(document, block, index) for index, block in enumerate(blocks, start=1))


def _page_chapter(document: _Document, block: LexborNode, index: int) -> Chapter:
    intake = document.intake
    heading = block.css_first("h3.title")
    number, title = _chapter_title(shape.node_text(heading), index)
    link = shape.attribute(heading.css_first("a") if heading else None, "href")
    ident = re.search(r"/chapters/(\d{1,12})", link)
    body = (
        block.css_first('div.userstuff[role="article"]')
        or block.css_first("div.userstuff.module")
        or block.css_first("div.userstuff")
    )
    where = f"chapters[{index - 1}]"
    byline = shape.node_text(block.css_first(".byline"))
    if byline:
        document.label(f"Chapter {number} by", re.sub(r"(?i)\A(?:chapter )?by ", "", byline))
    return intake.chapter(
        number,
        _body(body),
        intake.plain(title, f"{where}.title"),
        summary=intake.markup(_userstuff(block, ".summary.module"), f"{where}.summary"),
        notes=intake.markup(_userstuff(block, ".notes.module:not(.end)"), f"{where}.notes"),
        end_notes=intake.markup(_userstuff(block, ".end.notes.module"), f"{where}.end_notes"),
        source_ids=(("chapter", ident[1]),) if ident else (),
    )


_NUMBERED = re.compile(
    r"\A(?:Chapter|Kapitel|Chapitre|Capítulo|Capitolo|Hoofdstuk|Глава)\s{1,3}(\d{1,5})\s{0,3}(?::\s{0,3}(.*))?\Z",
    re.DOTALL,
)


def _chapter_title(text: str, index: int) -> tuple[int, str]:
    """("Chapter 3: The Lodge", 1) → (3, "The Lodge"). Old downloads give the bare title."""
    match = _NUMBERED.match(text)
    if not match:
        return index, text
    title = (match[2] or "").strip()
    return int(match[1]), "" if title in {"No Title", match[0]} else title


def _stated_number(page: shape.Page) -> int:
    """A single text without chapter elements is chapter 1 unless the menu of chapters says otherwise."""
    for number, option in enumerate(page.tree.css("#chapter_index option"), start=1):
        if "selected" in option.attributes:
            return number
    return 1


def _body(node: LexborNode | None) -> str:
    """The HTML of a text without its hidden landmark heading."""
    if node is None:
        return ""
    for landmark in node.css(".landmark"):
        landmark.decompose()
    return node.inner_html or ""


def _userstuff(parent: LexborNode | None, selector: str) -> str:
    """The HTML of the first blockquote under the first `selector` of `parent`."""
    module = parent.css_first(selector) if parent is not None and selector else parent
    if module is None:
        return ""
    block = module.css_first("blockquote.userstuff") or module.css_first("blockquote") or module.css_first(".userstuff")
    return (block.inner_html or "") if block is not None else ""


def _heading_text(node: LexborNode | None) -> str:
    """A title without the (Restricted) or (Mystery) picture beside it."""
    return shape.node_text(node)


def _title_from_head(document: _Document) -> str:
    """The title as `<title>` gives it: "Title - Author - Fandom [Site]"."""
    text = re.sub(r"\s{1,5}\[[^\]]{1,100}\]\s{0,5}$", "", shape.node_text(document.page.first("title")))
    return document.intake.plain(re.split(r" - (?:Chapter \d{1,5} - )?", text, maxsplit=1)[0], "title")


# ---------------------------------------------------------------- by-lines

_ARCHIVED_BY = re.compile(r"\s{0,5}\[archived by (.{1,200}?)\]", re.IGNORECASE | re.DOTALL)


def _authors(document: _Document, byline: LexborNode | None) -> tuple[Author, ...]:
    """The authors of a by-line. Anonymous works have none; of imported works the archivist is never the author."""
    text = re.sub(r"\A\s{0,10}by\s{1,10}", "", shape.node_text(byline))
    if byline is None or not text:
        return ()
    if text.lower() in {"anonymous", "anonymous creator"}:
        document.context.report("author.anonymous", "info", "The author posted this work anonymously.", where="authors")
        return ()
    intake = document.intake
    archivists = [intake.plain(match[1]) for match in _ARCHIVED_BY.finditer(text)]
    if archivists:
        names = [part.strip(" ,") for part in _ARCHIVED_BY.sub("\n", text).split("\n")]
        return tuple(
            Author(intake.plain(name, "authors"), archived_by=archivist)
            for name, archivist in zip(names, archivists, strict=False)
            if name
        ) + tuple(Author(intake.plain(name, "authors")) for name in names[len(archivists) :] if name)
    links = byline.css('a[rel="author"]') or [
        link for link in byline.css("a") if "/users/" in shape.attribute(link, "href")
    ]
    if links:
        return tuple(
            Author(
                intake.plain(shape.node_text(link), "authors"),
                url=shape.absolute(shape.attribute(link, "href"), document.page.url),
            )
            for link in links
        )
    return tuple(Author(intake.plain(name, "authors")) for name in text.split(", ") if name.strip())


# ---------------------------------------------------------------- the block of facts


@dataclass(slots=True)
class _Facts:
    """The tag table and the statistics of a work, from a page or a download."""

    ratings: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    fandoms: list[str] = field(default_factory=list)
    relationships: list[str] = field(default_factory=list)
    characters: list[str] = field(default_factory=list)
    freeforms: list[str] = field(default_factory=list)
    language: str | None = None
    series: list[SeriesPlace] = field(default_factory=list)
    stats: dict[str, str] = field(default_factory=dict)
    rest: list[tuple[str, str]] = field(default_factory=list)

    @property
    def chapters(self) -> tuple[int | None, int | None]:
        """(posted, expected) of "3/7" or "3/?"."""
        match = re.search(r"(\d[\d,.\s]{0,8})/\s{0,2}(\d[\d,.\s]{0,8}|\?)", self.stats.get("chapters", ""))
        if not match:
            return None, None
        return _number(match[1]), None if match[2] == "?" else _number(match[2])

    def fields(self) -> dict[str, Any]:
        """The same in the words of Story."""
        posted, expected = self.chapters
        published = shape.iso_date(self.stats.get("published", ""))
        updated = shape.iso_date(
            self.stats.get("status", "") or self.stats.get("updated", "") or self.stats.get("completed", "")
        )
        rating = self.ratings[0] if self.ratings else None
        mapped = [(text, text if text in WARNINGS else transforms.map_warning(text)) for text in self.warnings]
        return {
            "rating": rating if rating in RATINGS else transforms.map_rating(rating or ""),
            "rating_as_written": rating,
            "warnings": tuple(dict.fromkeys(warning for _, warning in mapped if warning)),
            "warnings_as_written": tuple(self.warnings),
            "categories": tuple(text for text in self.categories if text in CATEGORIES),
            "fandoms": tuple(self.fandoms),
            "relationships": tuple(self.relationships),
            "characters": tuple(self.characters),
            "additional_tags": tuple(self.freeforms),
            "language": self.language,
            "series": tuple(self.series),
            "published": published,
            "updated": updated,
            "complete": None if posted is None else posted == expected,
            "expected_chapters": expected,
        }


def _number(text: str) -> int | None:
    digits = re.sub(r"\D", "", text)
    return int(digits) if digits and len(digits) < 10 else None


_TAG_FIELDS = {
    "rating": "ratings",
    "warning": "warnings",
    "category": "categories",
    "fandom": "fandoms",
    "relationship": "relationships",
    "character": "characters",
    "freeform": "freeforms",
}


def _page_facts(document: _Document, meta: LexborNode) -> _Facts:
    """Facts of a work page: the class of each dd names its field."""
    facts = _Facts()
    for dd in meta.css("dd"):
        classes = shape.attribute(dd, "class").split()
        kind = classes[0] if classes else ""
        if kind in _TAG_FIELDS:
            tags = _tags(document, dd)
            if not tags and kind in {"warning", "freeform"} and "show" in shape.node_text(dd).lower():
                document.context.report(
                    "tags.hidden", "warning", "The saver's preferences hid these tags: unknown, not none.", where=kind
                )
            getattr(facts, _TAG_FIELDS[kind]).extend(tags)
        elif kind == "language":
            facts.language = shape.language_code(shape.attribute(dd, "lang")) or shape.language_code(
                shape.node_text(dd)
            )
        elif kind == "series":
            facts.series.extend(_series(document, dd))
        elif kind == "stats":
            continue
        elif dd.parent is not None and "stats" in shape.attribute(dd.parent, "class"):
            facts.stats[kind] = shape.node_text(dd)
        else:
            document.label(_label_before(dd) or kind.capitalize(), _joined(dd))
    return _finish_facts(document, facts)


def _finish_facts(document: _Document, facts: _Facts) -> _Facts:
    """Keep as labels what no field takes: foreign categories, counts of kudos and hits."""
    for category in facts.categories:
        if category not in CATEGORIES:
            document.label("Category", category)
    for name in ("words", "comments", "kudos", "bookmarks", "hits"):
        if value := facts.stats.get(name):
            document.label(name.capitalize(), value)
    return facts


def _no_facts(document: _Document) -> _Facts:
    document.context.report("header.missing", "warning", "The page has no block of tags and dates.")
    return _Facts()


def _label_before(dd: LexborNode) -> str:
    """The text of the dt before a dd."""
    node = dd.prev
    while node is not None and node.tag != "dt":
        node = node.prev
    return shape.node_text(node)


def _joined(dd: LexborNode) -> str:
    links = [shape.node_text(link) for link in dd.css("a")]
    return ", ".join(link for link in links if link) or shape.node_text(dd)


_STARS = {"*s*": "/", "*a*": "&", "*d*": ".", "*q*": "?", "*h*": "#"}


def _tags(document: _Document, dd: LexborNode) -> list[str]:
    """The tags of one row as shown. Without links (old downloads) commas part them."""
    intake = document.intake
    links = [
        link
        for link in dd.css("a")
        if "/tags/" in shape.attribute(link, "href") or "tag" in shape.attribute(link, "class").split()
    ]
    if links:
        names = (shape.node_text(link) or _from_address(shape.attribute(link, "href")) for link in links)
        return [value for name in names if (value := intake.plain(name))]
    items = dd.css("li")
    texts = [shape.node_text(item) for item in items] if items else shape.node_text(dd).split(", ")
    return [value for text in texts if "show " not in text.lower()[:5] and (value := intake.plain(text.strip(" ,")))]


def _from_address(href: str) -> str:
    """The exact name of a tag from its address."""
    name = unquote(href.rsplit("/tags/", 1)[-1].split("/", maxsplit=1)[0])
    for code, sign in _STARS.items():
        name = name.replace(code, sign)
    return name


_PART_OF = re.compile(r"Part (\d[\d,]{0,6}) of\s{0,3}(.{0,300})", re.DOTALL)


def _series(document: _Document, dd: LexborNode) -> Iterator[SeriesPlace]:
    """The places of a work in its series: "Part 2 of <a>Title</a>", each as often as the row names it."""
    positions = dd.css("span.position")
    for node in positions or [dd]:
        links = [link for link in node.css("a") if "/series/" in shape.attribute(link, "href")]
        numbers = [_number(match[1]) for match in re.finditer(r"Part (\d[\d,]{0,6}) of", shape.node_text(node))]
        for index, link in enumerate(links):
            yield SeriesPlace(
                document.intake.plain(shape.node_text(link)),
                numbers[index] if index < len(numbers) else None,
                shape.absolute(shape.attribute(link, "href"), document.page.url),
            )
        if not links and (match := _PART_OF.search(shape.node_text(node))):
            yield SeriesPlace(document.intake.plain(match[2]), _number(match[1]))


# ---------------------------------------------------------------- gifts and inspirations


def _associations(document: _Document, items: list[LexborNode]) -> None:
    """Lines such as "For X.", "Inspired by T by A.", "In response to a prompt by X", "Translation into …"."""
    intake = document.intake
    for item in items:
        text = shape.node_text(item)
        links = [shape.node_text(link) for link in item.css("a")]
        lowered = text.lower()
        if lowered.startswith("for "):
            names = links or [part for part in re.split(r",\s|\band\b", text[4:].rstrip(".")) if part.strip()]
            document.gifts.extend(value for name in names if (value := intake.plain(name)))
        elif lowered.startswith(
            ("inspired by", "a translation of", "translation of", "a podfic of", "a remix of", "remix of")
        ):
            document.inspired_by.append(
                intake.plain(re.sub(r"(?i)\A.{0,30}?\b(?:by|of)\s{1,3}", "", text, count=1).rstrip("."))
            )
        elif text:
            document.label("Association", text)


# ---------------------------------------------------------------- downloads


def _read_download(document: _Document) -> Story:
    page, intake = document.page, document.intake
    facts = _download_facts(document, page.first("#preface dl.tags") or page.first("dl.tags"))
    link = next(
        (
            node
            for node in page.tree.css("#preface p.message a, p.message a")
            if "/works/" in shape.attribute(node, "href")
        ),
        None,
    )
    page.url = page.url if page.url and "/works/" in page.url else (shape.attribute(link, "href") or page.url)
    address = _work_address(document)
    preface = page.first("#preface .meta") or page.first("#preface")
    blocks = _captions(preface)
    chapters = _download_chapters(document)
    _associations(document, page.tree.css("#preface .meta ul li"))
    afterword = page.first("#afterword")
    story = Story(
        title=intake.plain(shape.node_text(page.first("#preface h1") or page.first("h1")), "title")
        or _download_title(document),
        authors=_authors(document, page.first("#preface div.byline") or page.first(".byline")),
        summary=intake.markup(blocks.get("summary"), "summary"),
        notes=intake.markup(blocks.get("notes") or blocks.get("note"), "notes"),
        end_notes=intake.markup(_userstuff(afterword.css_first("#endnotes") if afterword else None, ""), "end_notes"),
        chapters=chapters,
        gifts=tuple(document.gifts),
        inspired_by=tuple(document.inspired_by),
        source=Source(url=address.url, software="otwarchive", ids=address.ids, captured_at=page.captured_at),
    )
    for node in page.tree.css("#afterword dl dd"):
        document.label("Works inspired by this one", shape.node_text(node))
    story = replace(story, labels=tuple(document.labels), **facts.fields())
    _report_missing(document, facts, chapters)
    return intake.finish(story)


def _download_title(document: _Document) -> str:
    bold = document.page.first("p.message b")
    return document.intake.plain(shape.node_text(bold), "title") or _title_from_head(document)


_DOWNLOAD_LABELS = (
    ("rating", "ratings"),
    ("archive warning", "warnings"),
    ("warning", "warnings"),
    ("categor", "categories"),
    ("fandom", "fandoms"),
    ("relationship", "relationships"),
    ("pairing", "relationships"),
    ("character", "characters"),
    ("additional tag", "freeforms"),
)
_STAT = re.compile(
    r"(Published|Completed|Updated|Words|Chapters):\s{0,5}(.*?)(?=\s{1,5}(?:Published|Completed|Updated|Words|Chapters):|\Z)",
    re.DOTALL,
)


def _download_facts(document: _Document, table: LexborNode | None) -> _Facts:
    """Facts of a download: the text of each dt names its field."""
    facts = _Facts()
    for dd in table.css("dd") if table is not None else []:
        label = _label_before(dd).rstrip(":").strip()
        lowered = label.lower()
        target = next((name for start, name in _DOWNLOAD_LABELS if lowered.startswith(start)), "")
        if target:
            getattr(facts, target).extend(_tags(document, dd))
        elif lowered.startswith("language"):
            facts.language = shape.language_code(shape.node_text(dd))
        elif lowered.startswith("series"):
            facts.series.extend(_series(document, dd))
        elif lowered.startswith("stats"):
            facts.stats.update((name.lower(), value.strip()) for name, value in _STAT.findall(shape.node_text(dd)))
        else:
            document.label(label, _joined(dd))
    return _finish_facts(document, facts)


def _captions(parent: LexborNode | None) -> dict[str, str]:
    """The blockquotes of a meta block by the caption before each: {"summary": html, "notes": html}; the word "chapter" is left off."""
    found: dict[str, str] = {}
    node = parent.child if parent is not None else None
    caption = ""
    while node is not None:
        if node.tag == "p":
            caption = shape.node_text(node).lower().removeprefix("chapter ").rstrip(":")
        elif node.tag == "blockquote" and caption:
            found[caption] = found.get(caption, "") + (node.inner_html or "")
        node = node.next
    return found


def _download_chapters(document: _Document) -> tuple[Chapter, ...]:
    """Walk #chapters: each `.meta.group` opens a chapter, the userstuff after it is its text, `#endnotesN` its end notes."""
    root = document.page.first("#chapters")
    if root is None:
        raise NotAStory("This download holds no chapters.", code="refused.no-text")
    parts: list[tuple[LexborNode | None, list[LexborNode], LexborNode | None]] = []
    node = root.child
    while node is not None:
        classes = shape.attribute(node, "class").split() if node.is_element_node else []
        if "meta" in classes and shape.attribute(node, "id").startswith("endnotes"):
            if parts:
                parts[-1] = (parts[-1][0], parts[-1][1], node)
        elif "meta" in classes:
            parts.append((node, [], None))
        elif any(name.startswith("userstuff") for name in classes):
            if not parts:
                parts.append((None, [], None))
            parts[-1][1].append(node)
        node = node.next
    if not parts:
        for heading in root.css("h2.toc-heading"):
            heading.decompose()
        return (document.intake.chapter(1, root.inner_html or ""),)
    return tuple(_download_chapter(document, part, index) for index, part in enumerate(parts, start=1))


def _download_chapter(
    document: _Document, part: tuple[LexborNode | None, list[LexborNode], LexborNode | None], index: int
) -> Chapter:
    head, bodies, end = part
    intake = document.intake
    where = f"chapters[{index - 1}]"
    captions = _captions(head)
    number, title = _chapter_title(shape.node_text(head.css_first(".heading") if head else None), index)
    byline = shape.node_text(head.css_first("p.byline") if head else None)
    if byline:
        document.label(f"Chapter {index} by", re.sub(r"(?i)\A(?:chapter )?by ", "", byline))
    return intake.chapter(
        number,
        "".join(_body(body) for body in bodies),
        intake.plain(title, f"{where}.title"),
        summary=intake.markup(captions.get("summary"), f"{where}.summary"),
        notes=intake.markup(captions.get("notes") or captions.get("note"), f"{where}.notes"),
        end_notes=intake.markup(_userstuff(end, ""), f"{where}.end_notes"),
    )


# ---------------------------------------------------------------- addresses and gaps


@dataclass(frozen=True, slots=True)
class _Address:
    url: str | None
    ids: tuple[tuple[str, str], ...]


_WORK_PATH = re.compile(r"/works/(\d{1,12})(?:/chapters/(\d{1,12}))?")


def _work_address(document: _Document) -> _Address:
    """The work's own address and ids, from the page's address or from links that only a work page has."""
    page = document.page
    candidates = [page.url or ""]
    for selector in (
        "#chapters h3.title a",
        "li.share a",
        "#chapter_index form",
        "li.download a",
        'input[name="kudo[commentable_id]"]',
        "li.bookmark a",
    ):
        node = page.first(selector)
        if node is not None:
            candidates += [shape.attribute(node, "href"), shape.attribute(node, "action")]
            if node.tag == "input":
                candidates.append(f"/works/{shape.attribute(node, 'value')}")
    for candidate in candidates:
        match = _WORK_PATH.search(candidate.replace("/downloads/", "/works/"))
        if match:
            host = urlsplit(page.url or "")
            url = f"{host.scheme}://{host.netloc}/works/{match[1]}" if host.netloc else None
            return _Address(url, (("work", match[1]),))
    return _Address(page.url, ())


def _report_missing(document: _Document, facts: _Facts, chapters: tuple[Chapter, ...]) -> None:
    """One chapter of many is never a whole work: say how many the site had and how many are here."""
    posted, _ = facts.chapters
    titles = [shape.node_text(option) for option in document.page.tree.css("#chapter_index option")]
    posted = max(posted or 0, len(titles))
    if posted > len(chapters):
        here = ", ".join(str(chapter.position) for chapter in chapters[:20])
        document.context.report(
            "chapters.missing",
            "loss",
            f"The site had {posted} chapters; this file holds {len(chapters)} (number {here}).",
            where="chapters",
            after="; ".join(titles)[:2000],
            count=posted - len(chapters),
        )
