"""Plain text: stories with a header block, with a by-line, or with nothing; and posts of Usenet and mailing lists.

A file may hold several posts one after the other, as people saved them: the parts of one story. Each post's mail
head, signature and remarks around the text are told apart from the story; addresses never leave this module.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from .. import shape
from ..context import Context
from ..errors import NotAStory
from ..model import Author, Reading


def read(data: bytes, context: Context) -> Reading:
    """Read a text file as one story. Raises NotAStory when it holds no words."""
    decoded = shape.decoded(data)
    prose = shape.prose_from_text(decoded.text)
    if not any(any(sign.isalpha() for sign in line.text) for line in prose.lines):
        raise NotAStory("The file holds no words.", code="refused.no-text")
    intake = shape.Intake(context)
    draft = shape.Draft(prose, intake)
    texts = prose.texts
    if posts := split_posts(texts):
        _take_posts(draft, [part for post in posts for part in _boxed(texts, post)])
    story = shape.story_from_prose(draft)
    return Reading((intake.finish(story),), "text", 0.5, decoded.decoder, decoded.findings)


# ---------------------------------------------------------------- mail heads


@dataclass(slots=True)
class Post:
    """One post: its head by lower-case names, and its lines from `start` up to `stop` in the file."""

    head: dict[str, str]
    start: int
    stop: int
    title: str = field(default="", init=False)
    part: int | None = field(default=None, init=False)
    parts: int | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.title, self.part, self.parts = shape.split_title(self.head.get("subject", ""))


_HEAD_LINE = re.compile(
    r"\A>?(newsgroups|path|from|subject|message-id|organi[sz]ation|date|lines|x-[a-z-]{1,30}|distribution|nntp-posting-\w{1,10}|xref|sender"
    r"|reply-to|article-i\.d\.|return-path|received|references|followup-to|summary|keywords|expires|approved|status|to|cc|mime-version"
    r"|content-[a-z-]{1,30}|in-reply-to|delivered-to|mailing-list|precedence|list-[a-z-]{1,30}|originator|archive-name|user-agent|posted"
    r"|supersedes|control|bcc|errors-to|resent-[a-z-]{1,20})\s{0,3}:\s{0,5}(.{0,2000})\Z",
    re.IGNORECASE | re.DOTALL,
)
_ENVELOPE = re.compile(r"\A>?From \S{1,200}|\AArticle:? \d{1,9} of \S{1,100}", re.DOTALL)


def split_posts(lines: list[str]) -> list[Post]:
    """The posts of a file, in order; [] when it does not begin with a mail head. A head has From or Subject and a third line."""
    heads: list[tuple[int, int, dict[str, str]]] = []
    number = 0
    while number < len(lines):
        if not lines[number].strip() or (number and lines[number - 1].strip() and not heads):
            number += 1
            continue
        head, after = _head_at(lines, number)
        if head:
            heads.append((number, after, head))
        number = max(after, number + 1)
    if not heads or any(shape.is_words(line) for line in lines[: heads[0][0]][:200] if len(line) > 60):
        return []
    stops = [begin for begin, _, _ in heads[1:]] + [len(lines)]
    return [Post(head, after, stop) for (_, after, head), stop in zip(heads, stops, strict=True)]


def _head_at(lines: list[str], number: int) -> tuple[dict[str, str], int]:
    """The mail head that begins on a line, and the line after it; ({}, number) when there is none."""
    head: dict[str, str] = {}
    name, at = "", number
    while at < len(lines) and at - number < 60:
        line = lines[at]
        if not line.strip():
            break
        if match := _HEAD_LINE.match(line):
            name = match[1].lower()
            head.setdefault(name, match[2].strip())
        elif name and line[:1] in " \t":
            head[name] += " " + line.strip()
        elif not (at == number and _ENVELOPE.match(line)):
            return {}, number
        at += 1
    if (
        len(head) < 3
        or not ({"from", "subject"} & head.keys())
        or not ({"from", "date", "message-id", "newsgroups", "to"} & head.keys())
    ):
        return {}, number
    return head, at


_SENDER = re.compile(
    r"\A\s{0,3}(?:\"?(?P<before>[^\"<>()]{2,100}?)\"?\s{0,3}<[^>]{0,200}>|\S{1,200}\s{1,3}\((?P<inside>[^()]{2,100})\))"
)


def sender_name(value: str) -> str:
    """The person of a From line: "a@b.c (Name, Remarks)" or "Name <a@b.c>"; "" when it is an address alone."""
    match = _SENDER.match(value)
    name = (match["before"] or match["inside"] or "") if match else ""
    return (
        ""
        if "@" in name
        else re.split(r",(?!\s{0,2}(?:jr|sr)\b)|\s{2,}|\s[-/]\s", name, maxsplit=1, flags=re.IGNORECASE)[0].strip(
            " \"'"
        )
    )


# ---------------------------------------------------------------- posts of one story


def _take_posts(draft: shape.Draft, posts: list[Post]) -> None:
    """Cut every post down to its text. Heads and signatures go, remarks before and after are kept as notes."""
    lines, texts = draft.prose.lines, draft.prose.texts
    kept: list[shape.Line] = []
    found = [_Found() for _ in posts]
    for number, (post, facts) in enumerate(zip(posts, found, strict=True), start=1):
        stop = _signature(draft, post)
        start, end = _text_of(texts, post, stop, facts)
        draft.sections.append((len(kept), f"Part {post.part or number}" if len(posts) > 1 else ""))
        top = start if facts.top is None else facts.top
        while top > post.start and not shape.is_words(texts[top - 1]):
            top -= 1
        if notes := draft.prose.render(post.start, top):
            draft.notes_at.append((len(kept), notes))
        kept += [*lines[start:end], shape.Line("", "")]
        if end_notes := draft.prose.render(end, stop):
            draft.end_notes_at.append((len(kept), end_notes))
    draft.prose = shape.Prose(kept, wrapped=draft.prose.wrapped)
    _take_heads(draft, posts, found)


@dataclass(slots=True)
class _Found:
    """What the text of a post says about itself, against its mail head. `top` is the line its title box begins on.

    `line` is the title's line as it was written: it may say more than the subject does.
    """

    title: str = ""
    line: str = ""
    author: str = ""
    top: int | None = None


def _take_heads(draft: shape.Draft, posts: list[Post], found: list[_Found]) -> None:
    """Title, author and dates from the heads, where the text itself does not know better."""
    first = posts[0]
    days = [day for post in posts if (day := shape.iso_date(post.head.get("date", "")))]
    draft.published = min(days, default=None)
    draft.updated = max(days, default=None) if len(set(days)) > 1 else None
    title = next((facts.title for facts in found if facts.title), "") or first.title
    draft.title = draft.intake.plain(_proper(title), "title")
    byline = next((facts.author for facts in found if facts.author), "")
    sender = sender_name(first.head.get("from", ""))
    draft.intake.redact(sum(1 for post in posts if "@" in post.head.get("from", "")))
    draft.authors = shape.authors_of(draft.intake, byline) or (
        (Author(draft.intake.plain(sender, "authors")),) if sender else ()
    )
    if byline and sender and sender.split()[-1].lower() not in byline.lower():
        draft.context.report(
            "author.poster", "info", "The story was posted by somebody else than its author.", where="authors"
        )
    parts = max((post.parts or 0 for post in posts), default=0)
    if parts:
        draft.facts["expected_chapters"] = parts
        here = {post.part for post in posts if post.part}
        if len(here) < parts:
            draft.context.report(
                "chapters.missing",
                "loss",
                f"The subject says {parts} parts; {len(here)} are here.",
                where="chapters",
                count=parts - len(here),
            )
    for name in ("newsgroups", "summary", "keywords"):
        if value := first.head.get(name):
            draft.labels.append((name.capitalize(), draft.intake.plain(value)))
    for line in dict.fromkeys(facts.line for facts in found if facts.line):
        if _letters(shape.split_title(line)[0]) != _letters(title):
            draft.labels.append(("Title", draft.intake.plain(line)))
    if first.head.get("subject", "").strip() != title:
        draft.labels.append(("Subject", draft.intake.plain(first.head.get("subject", ""))))


_SMALL = frozenset(
    ["a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "nor", "of", "on", "or", "the", "to", "with"]
)


def _proper(title: str) -> str:
    """A title in capitals in ordinary letters: "A MAN'S ARRIVAL" → "A Man's Arrival"."""
    if not title.isupper() or len(title) < 5:
        return title
    words = title.lower().split()
    return " ".join(
        word if place and word in _SMALL else word[:1].upper() + word[1:] for place, word in enumerate(words)
    )


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).lower()


_SIGNATURE = re.compile(r"\A-- ?\Z")
_SIGNATURE_LINES = 20


def _signature(draft: shape.Draft, post: Post) -> int:
    """Where the signature begins: it goes, with a finding, for it holds addresses and telephone numbers."""
    lines = draft.prose.lines
    for index in range(post.stop - 1, max(post.start, post.stop - _SIGNATURE_LINES), -1):
        if _SIGNATURE.match(lines[index].text):
            removed = [line.text for line in lines[index + 1 : post.stop] if line.text.strip()]
            draft.context.report(
                "furniture.removed",
                "info",
                "The signature of a post was left out.",
                where="chapters",
                count=len(removed),
            )
            draft.intake.redact(sum("@" in line for line in removed))
            return index
    return post.stop


def _text_of(lines: list[str], post: Post, stop: int, found: _Found) -> tuple[int, int]:
    """The lines of a post that are story: below the title box, above the closing remarks."""
    start = _below_title(lines, post, stop, found)
    start = _below_comment(lines, post.start, stop) or start
    if start == post.start:
        start = _below_cast(lines, post.start, stop) or start
    return start, _above_remarks(lines, post, start, stop)


def _boxed(lines: list[str], post: Post) -> list[Post]:
    """A post that holds several parts, each under the title in its box, as one post per part."""
    key = _letters(post.title)
    if len(key) < 4:
        return [post]
    boxes = [
        index
        for index in range(post.start, post.stop)
        if _letters(lines[index]) == key
        and any(shape.is_rule(lines[near]) for near in (index - 1, index + 1) if 0 <= near < len(lines))
    ]
    starts = [post.start]
    for index in boxes[1:]:
        top = index
        while top > starts[-1] + 1 and not shape.is_words(lines[top - 1]):
            top -= 1
        starts.append(top)
    stops = [*starts[1:], post.stop]
    return [replace(post, start=start, stop=stop) for start, stop in zip(starts, stops, strict=True)]


_BOX_LINES = 60
_PART_LINE = re.compile(
    r"(?i)\A[\W_]{0,80}(?:part|pt\.?|chapter)\s{1,3}[\divx]{1,5}(?:\s{0,2}(?:of|/)\s{0,2}\d{1,3})?[\W_]{0,80}\Z"
)
_BY = re.compile(r"(?i)\A\W{0,6}(?:written\s)?by\b[:\s]{0,3}(?P<name>.{0,80})\Z", re.DOTALL)


def _below_title(lines: list[str], post: Post, stop: int, found: _Found) -> int:
    """The first line of text under a title, by-line, rules and part mark; the post's start when it has none.

    A title is a line that says what the subject says, or the line above a by-line that stands apart.
    """
    key = _letters(post.title)
    for index in range(post.start, min(post.start + _BOX_LINES, stop)):
        text = shape.despaced(lines[index])
        if not shape.is_words(text) or not _stands_out(lines, index):
            continue
        letters = _letters(text)
        if len(key) > 3 and key in letters and len(letters) < len(key) + 50:
            found.title = post.title if letters != key else found.title or text
            found.line = text
            found.top = index
            return _skip_box(lines, index + 1, stop, found)
        match = _BY.match(text)
        if match and _is_byline(lines, index, match["name"]):
            top = next((at for at in range(index - 1, post.start - 1, -1) if shape.is_words(lines[at])), index)
            found.top = index
            if top < index and len(lines[top].strip()) < 80:
                found.title, found.top = shape.split_title(shape.despaced(lines[top]))[0], top
            return _skip_box(lines, index, stop, found)
    return post.start


def _stands_out(lines: list[str], index: int) -> bool:
    """Nothing but rules, blanks and a by-line touches the line."""
    for near in (index - 1, index + 1):
        if (
            0 <= near < len(lines)
            and shape.is_words(lines[near])
            and not _BY.match(lines[near].strip())
            and not _HEAD_LINE.match(lines[near])
        ):
            return (
                len(lines[index].expandtabs()) - len(lines[index].expandtabs().lstrip()) >= 8
                and near == index - 1
                and bool(_BY.match(lines[index].strip()))
            )
    return True


def _is_byline(lines: list[str], index: int, name: str) -> bool:
    deep = len(lines[index].expandtabs()) - len(lines[index].expandtabs().lstrip()) >= 3
    return deep and len(name.split()) <= 6 and not re.search(r"[.?!]\s", name)


def _skip_box(lines: list[str], index: int, stop: int, found: _Found) -> int:
    """Go over by-line, rules, part mark and the name under a lone "by"; at most a dozen lines."""
    limit = min(index + 12, stop)
    start = index
    while index < limit:
        text = lines[index].strip()
        match = _BY.match(text)
        if match and len(text) < 100 and len(match["name"].split()) <= 8:
            name = match["name"].strip()
            if not name:
                index = next((at for at in range(index + 1, limit) if lines[at].strip()), index)
                name = lines[index].strip()
            found.author = found.author or name
            start = index + 1
        elif _PART_LINE.match(text) and not _letters(text).startswith("chapter"):
            start = index + 1
        elif text and not shape.is_rule(text):
            break
        elif text:
            start = index + 1
        index += 1
    return start


def _below_comment(lines: list[str], start: int, stop: int) -> int | None:
    """The line under a remark in /* */ at the top of a post."""
    first = next((index for index in range(start, min(start + 5, stop)) if lines[index].strip()), None)
    if first is None or not lines[first].lstrip().startswith("/*"):
        return None
    return next((index + 1 for index in range(first, min(first + 60, stop)) if "*/" in lines[index]), None)


_CAST = re.compile(r"\A\s{0,20}\w[\w .']{0,30}\.{2,40}\s?\w")


def _below_cast(lines: list[str], start: int, stop: int) -> int | None:
    """The line under a cast list with leader dots near the top of a script."""
    cast = [index for index in range(start, min(start + 40, stop)) if _CAST.match(lines[index])]
    return cast[-1] + 1 if len(cast) >= 3 else None


_REMARK_LINES = 60
_CLOSING = re.compile(
    r"(?i)\A\W{0,20}(?:to be continued|tbc|fade out|end (?:of )?part \w{1,6}|continued in part \w{1,6}|the\W{1,30}end)\W{0,40}\Z"
)


def _above_remarks(lines: list[str], post: Post, start: int, stop: int) -> int:
    """Where the story of a post ends: at "To be continued", or at a rule under which its author signs."""
    sender = _letters(sender_name(post.head.get("from", "")))
    for index in range(max(start, stop - _REMARK_LINES), stop):
        text = lines[index].strip()
        if (
            _CLOSING.match(text)
            and (stop - index < 20 or "fade" not in text.lower())
            and not text.lower().strip("-_=*~ ").startswith("the")
        ):
            return index + 1
        if text.startswith("/*") and any("*/" in line for line in lines[index:stop]):
            return index
        if (
            shape.is_rule(text)
            and len(text) > 40
            and sender
            and any(sender in _letters(line) for line in lines[index:stop])
        ):
            return index
    return stop
