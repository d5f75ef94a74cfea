"""Nothing is lost: every word of a file is in its story, is reported as left out, or is the name of a label."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from fanthology.formats import read, sniff
from fanthology.formats.errors import NotAStory
from fanthology.formats.header import _VARIANTS
from fanthology.formats.readers.text import split_posts
from fanthology.formats.shape import prose_from_text
from fanthology.formats.transforms import story_to_dict

HERE = Path(__file__).parent
REMAINS = HERE.parents[1].parent / "shared" / "data" / "remains"
FILES = [
    *sorted((HERE / "cases").glob("*/in.*")),
    *sorted(path for path in REMAINS.glob("*/*") if path.suffix in {".txt", ".html"}),
]
WORD = re.compile(r"[^\W_]+")
DATE = re.compile(
    r"(?i)(?<=published:)\W+\w+ \d{1,2},? \d{4}|(?<=updated:)\W+\w+ \d{1,2},? \d{4}|^[\s-]*part \d\d[\s-]*$",
    re.MULTILINE,
)
"""Dates are kept as numbers, and the parts of a story by their order."""
ADDRESS = re.compile(r"\S{1,64}\s?(?:@|\(at\)|\bat\b)\s?\S{1,64}(?:\s?\(?dot\)?\s?\w+)*")
NAMES_OF_LABELS = {word for names in _VARIANTS.values() for word in WORD.findall(names.replace("|", " "))} | set(
    WORD.findall(
        "by categories none genres characters challenges warnings pairings spoilers ratings email mailto written and a an story era"
    )
)
REPEATED = {"usenet-two-posts", "plain-text"}
"""Posts of one story say title and author each time, some set wide; once is enough."""
PROSE = "#preface .userstuff, #chapters .userstuff, #afterword .userstuff, #workskin .userstuff"


def words(text: str) -> Counter[str]:
    return Counter(word.lower() for word in WORD.findall(html.unescape(text)))


def said(path: Path) -> str:
    """What the file says: its text without what never is prose (heads of pages and mails, scripts, hidden elements)."""
    data = path.read_bytes()
    guess = sniff(data, path.name).format
    text = data.decode("utf-8") if is_utf8(data) else data.decode("cp1252")
    if guess == "text":
        lines = prose_from_text(text).texts
        posts = split_posts(lines)
        spans = [(post.start, post.stop) for post in posts] or [(0, len(lines))]
        return "\n".join(line for start, stop in spans for line in unsigned(lines[start:stop]))
    tree = LexborHTMLParser(re.sub(r"(?s)<!-- BEGIN WAYBACK.*?<!-- END WAYBACK TOOLBAR INSERT -->", "", text))
    hidden = "head, script, style, nav, title, xml, select, button, textarea, .landmark, [style*='display:none']"
    for node in tree.css(hidden):
        node.decompose()
    if guess == "otwarchive":
        blocks = {node.mem_id: node for node in tree.css(PROSE) if not nested(node)}
        return "\n".join(untagged(node.html or "") for node in blocks.values())
    assert tree.body is not None
    return untagged(tree.body.html or "")


def untagged(markup: str) -> str:
    """Text where a block ends a word and an italic letter does not."""
    apart = re.sub(r"(?s)</a>\s*(?=<span\b[^>]*></span>\s*<a\b)", " ", markup)
    flat = re.sub(r"(?s)<!--.*?-->|</?(?:a|b|i|em|strong|u|span|font|o:p)\b[^>]*>", "", apart)
    return re.sub(r"(?s)<[^>]*>", " ", flat)


def nested(node: object) -> bool:
    parent = node.parent  # type: ignore[attr-defined]
    while parent is not None:
        if "userstuff" in (parent.attributes.get("class") or "").split():
            return True
        parent = parent.parent
    return False


def unsigned(lines: list[str]) -> list[str]:
    marks = [number for number, line in enumerate(lines) if re.fullmatch(r"-- ?", line) and number > len(lines) - 20]
    return lines[: marks[-1]] if marks else lines


def is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_word_is_somewhere(path: Path) -> None:
    try:
        reading = read(path.read_bytes(), name=path.name)
    except NotAStory:
        return
    kept: Counter[str] = Counter()
    for story in reading.stories:
        kept += words(json.dumps(story_to_dict(story), ensure_ascii=False).replace("\\n", " ").replace("<", " <"))
    lost = words(ADDRESS.sub(" ", DATE.sub(" ", said(path)))) - kept
    names = {name for story in reading.stories for name in words(" ".join(author.name for author in story.authors))}
    lost = Counter({word: count for word, count in lost.items() if not (word in names and word in kept)})
    if path.parent.name in REPEATED:
        lost = Counter(word for word in lost if word not in kept and len(word) > 1)
    assert {word for word in lost if word.removesuffix("s") not in NAMES_OF_LABELS} - NAMES_OF_LABELS == set()
