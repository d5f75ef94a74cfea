"""Plain documents as lines: the common ground of text files and of HTML of any maker."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise


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

    @property
    def parts_nothing(self) -> bool:
        """Whether the line is nothing at the edge of a text: blank, or a rule without letters."""
        return self.blank or self.tag == "hr" or (is_rule(self.text) and not any(map(str.isalnum, self.text)))


@dataclass(slots=True)
class Prose:
    """A document as lines. `wrapped`: hard-wrapped plain text, to be flowed again; `from_html`: rendered by groups."""

    lines: list[Line]
    wrapped: bool = False
    from_html: bool = False

    @property
    def texts(self) -> list[str]:
        return [line.text for line in self.lines]

    def words(self, first: int, last: int) -> int:
        """How many words, roughly, the lines from `first` up to `last` hold."""
        return sum(len(line.text.split()) for line in self.lines[first:last])

    def render(self, first: int, last: int) -> str:
        """The HTML of the lines from `first` up to, but not including, `last`."""
        chosen = self.lines[first:last]
        return _render_groups(chosen) if self.from_html else flow([line.text for line in chosen], wrapped=self.wrapped)

    def render_body(self, first: int, last: int) -> str:
        """`render` without rules at either end, which part nothing, and without margins that hold everything."""
        while first < last and self.lines[first].parts_nothing:
            first += 1
        while first < last and self.lines[last - 1].parts_nothing:
            last -= 1
        paths = [line.path for line in self.lines[first:last] if line.html] if self.from_html else []
        margin = 0
        while paths and all(len(path) > margin and path[margin] == paths[0][margin] for path in paths):
            if paths[0][margin][0] != "blockquote":
                break
            margin += 1
        if not margin:
            return self.render(first, last)
        return _render_groups([replace(line, path=line.path[margin:]) for line in self.lines[first:last]])


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_ANSI = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_OVERSTRIKE = re.compile(r"_\x08(.)|(.)\x08_", re.DOTALL)


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
    made: list[str] = []
    for block in paragraphs(lines, wrapped=wrapped):
        if len(block) == 1 and is_rule(block[0]):
            made.append("<hr>" if set(block[0].strip()) <= set("-_=") else f"<p>{escaped(block[0].strip())}</p>")
        elif not wrapped or keeps_lines(block):
            made.append("<p>" + "<br>".join(escaped(line.strip()) for line in block) + "</p>")
        else:
            made.append(f"<p>{escaped(joined(block))}</p>")
    return "\n".join(made)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_PIECE = re.compile(r"<(/?)(\w{1,20})[^>]*>|&[#\w]{1,10};|.", re.DOTALL)


def cut(html: str, skip: int, take: int | None = None) -> str:
    """A line's inline HTML from its sign number `skip` on, for `take` signs; spaces do not count, open tags stay open.

    Tags that close before the first sign taken go with what they held: "<b>Summary:</b> Fog" gives "Fog".
    """
    opened: list[tuple[str, str]] = []
    made: list[str] = []
    seen, last = 0, None if take is None else skip + take
    for match in _PIECE.finditer(html):
        piece = match[0]
        if match[2]:
            if match[2] == "img":
                made += [piece] if seen >= skip else []
            elif not match[1]:
                opened.append((match[2], piece))
                made += [piece] if made else []
            else:
                del opened[-1:]
                made += [piece] if made else []
            continue
        if seen >= skip and (last is None or seen < last) and (made or not piece.isspace()):
            made += [piece] if made else [*(tag for _, tag in opened), piece]
        seen += not piece.isspace()
    return "".join((*made, *(f"</{name}>" for name, _ in reversed(opened))))


def joined(block: list[str]) -> str:
    """The lines of a paragraph as one. A word broken over a line end keeps its hyphen: it may be a compound."""
    parts: list[str] = []
    for line in block:
        text = " ".join(line.split())
        if (
            parts
            and parts[-1].endswith("-")
            and not parts[-1].endswith("--")
            and text[:1].isalpha()
            and parts[-1][-2:-1].isalpha()
        ):
            parts[-1] += text
        else:
            parts.append(text)
    return " ".join(parts)


def paragraphs(lines: list[str], *, wrapped: bool) -> list[list[str]]:
    """Lines grouped into paragraphs: by blank lines, by rules, and in wrapped text by indented first lines."""
    indented = _uses_indents(lines) if wrapped else False
    blocks: list[list[str]] = []
    fresh = True
    for line in lines:
        if not line.strip():
            fresh = True
            continue
        starts = fresh or not wrapped or is_rule(line) or is_rule(blocks[-1][-1])
        starts = starts or (indented and _depth(line) >= 2 and _depth(line) > _depth(blocks[-1][-1]))
        if starts and (
            fresh or wrapped or is_rule(line) or is_rule(blocks[-1][-1]) or not _verse_like(blocks[-1], line)
        ):
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
    starts = sum(1 for line, after in pairwise(texts) if _depth(line) >= 2 and _depth(after) < _depth(line))
    return starts * 25 >= len(texts)


def keeps_lines(block: list[str]) -> bool:
    """Verse, addresses and lists: several lines that all end well before the margin. Scripts: a name before a colon."""
    if len(block) < 2:
        return False
    lengths = [len(line.strip()) for line in block]
    return max(lengths[:-1]) < 50


def is_rule(line: str) -> bool:
    """A line of signs alone: *****, ---*---, # # #, ~~~."""
    text = line.strip()
    if not text or text[0].isalnum() or len(text) > 120 or any(map(str.isalnum, text)):
        return len(text) == 3 and text.lower() in {"xxx", "ooo", "oxo", "xox", "o0o"}
    return len(text) >= 3 or text in {"#", "*", "~", "**", "##"}


def is_words(text: str) -> bool:
    return bool(text.strip()) and not is_rule(text)


def despaced(text: str) -> str:
    """Titles set wide: "A   M A N ' S   A R R I V A L" → "A MAN'S ARRIVAL"."""
    parts = text.split()
    singles = sum(map((1).__eq__, map(len, parts))) if len(parts) * 5 > len(text) else 0
    if singles < 4 or singles * 5 < len(parts) * 4:
        return " ".join(parts)
    return " ".join(word.replace(" ", "") for word in re.split(r"\s{2,}", text.strip()))


_HOLDERS = frozenset({"li", "td", "th"})
"""What holds a single paragraph without a `p` of its own."""


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
        while (
            index + len(run) < len(lines)
            and lines[index + len(run)].group == line.group
            and lines[index + len(run)].html
            and line.group
        ):
            run.append(lines[index + len(run)])
        inside = "<br>".join(each.html for each in run)
        after = next((each.path for each in lines[index + len(run) :] if each.html), ())
        alone = line.path and line.path[-1][0] in _HOLDERS and common < len(line.path) and line.path[-1] not in after
        if line.centred or line.tag != "p" or not alone:
            centre = ' align="center"' if line.centred else ""
            inside = f"<{line.tag}{centre}>{inside}</{line.tag}>"
        parts.append(inside)
        index += len(run)
    parts += [f"</{tag}>" for tag, _ in reversed(open_path)]
    return "\n".join(parts)
