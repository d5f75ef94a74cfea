"""Small pure steps on text, markup and stories that readers, writers and forms share."""

from __future__ import annotations

import html
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, Final, Literal, cast, get_args, get_origin, get_type_hints

from .errors import Damaged
from .markup import clean
from .markup.angles import as_words
from .model import Author, Chapter, Finding, Markup, Review, SeriesPlace, Source, Story

_TAG: Final = re.compile(r"<[^>]*>")
_BLOCK_TAG: Final = re.compile(r"</?(?:p|h[1-6]|blockquote|ul|ol|li|dl|dt|dd|pre|table|tr|td|th|caption|br|hr)\b[^>]*>")

# --- plain fields ----------------------------------------------------------------------------------------------------

_FOREIGN_TAG: Final = re.compile(
    r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)|</?[A-Za-z][^<>]*>", re.DOTALL | re.IGNORECASE
)
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff]")


def plain(text: str) -> str:
    """A title, name or tag: no markup, entities decoded once, NFC, one line, no space at either end."""
    if "<" in text:
        text = _FOREIGN_TAG.sub("", as_words(text))
    decoded = html.unescape(text) if "&" in text else text
    return " ".join(unicodedata.normalize("NFC", _UNPRINTABLE.sub("", decoded)).split())


# --- counting --------------------------------------------------------------------------------------------------------

_WORD: Final = re.compile(r"[^\W_]+(?:['’‐-][^\W_]+)*")
_TYPOGRAPHY: Final = tuple(dict.fromkeys("’‐", "'").items()) + tuple(dict.fromkeys("“”‘…—–«»\u00a0", " ").items())
_IN_WORDS: Final = bytes(
    ord("a") if chr(code).isalnum() else ord("'") if chr(code) in "'-" else ord(" ") for code in range(128)
) + bytes(128)


def word_count(markup: Markup) -> int:
    """Words of canonical markup: runs of letters and digits, joined by apostrophes and hyphens."""
    text = html.unescape(_TAG.sub("", _BLOCK_TAG.sub(" ", markup)))
    typed = text
    for sign, on_a_typewriter in () if text.isascii() else _TYPOGRAPHY:
        typed = typed.replace(sign, on_a_typewriter)
    return _ascii_words(typed.encode()) if typed.isascii() else len(_WORD.findall(text))


def _ascii_words(text: bytes) -> int:
    """What `_WORD` counts, without making a string of each word: a rescue counts hundreds of millions."""
    letters = text.translate(_IN_WORDS).replace(b"''", b"  ").strip(b"'")
    return len(letters.replace(b" '", b"  ").replace(b"' ", b"  ").split())


def recount(story: Story) -> Story:
    """The story with the word counts of its chapters and of the whole made true."""
    chapters = tuple(replace(chapter, word_count=word_count(chapter.text)) for chapter in story.chapters)
    return replace(story, chapters=chapters, word_count=sum(chapter.word_count for chapter in chapters))


# --- ratings and warnings --------------------------------------------------------------------------------------------

_RATING_WORDS: Final = {
    "Not Rated": "not rated|unrated|not yet rated|no rating",
    "General Audiences": (
        "general audiences|general audience|general|all ages|all audiences|everyone|for everyone|suitable for all|"
        "u|g|k|6+|9+|frc|fr7|fr-7"
    ),
    "Teen And Up Audiences": (
        "teen and up audiences|teen and up|teen & up|teens|teen|young adult|"
        "pg|k+|pg-13|pg13|pg 13|pg-14|pg14|pg-15|pg15|pg 15|t|12|12+|12a|13|13+|14|14+|14a|frt|fr13|fr-13"
    ),
    "Mature": "mature|mature audiences|r|soft r|hard r|light r|strong r|m|15|15+|16|16+|r-15|r15|frm|fr15|fr-15|fr18|fr-18",
    "Explicit": (
        "explicit|adults only|adult only|nc-17|nc17|nc 17|nc-18|nc18|nc-21|ma|x|xxx|e|18|18+|21+|frao|fr21|fr-21|adult++"
    ),
}
_RATINGS: Final = {word: rating for rating, words in _RATING_WORDS.items() for word in words.split("|")}
_ORDER: Final = tuple(_RATING_WORDS)
_RATING_LEAD: Final = re.compile(r"(?:(?:fiction|story|overall|rated|rating|is|:|-|=|\[|\()\s*)+(?=\S)")
_RATING: Final = re.compile(
    "(?:" + "|".join(re.escape(word) for word in sorted(_RATINGS, key=len, reverse=True)) + r")(?![\w+])"
)
_PAIRING: Final = re.compile(r"[mfx]/[mfx]\b")  # a category that strayed into the rating's place
_BETWEEN: Final = re.compile(r"\s*(?:/|-|–|,|&|\bto\b|\bthrough\b|\band\b|\bor\b|\bup to\b)\s*")
_REMARK: Final = re.compile(
    r"\s*(?:\Z|[.;:,!()\[\]*/–—-]|(?:for|because|due|rated|overall|rating|in|with|adult|just)\b)"
)


def map_rating(text: str | None) -> str | None:
    """The archive's rating for a rating of another site, or None when the words are not surely a rating.

    Whole tokens only ("Rated R for violence", "PG-13 to NC-17": the highest counts; never the first letter of a word).
    """
    rest = " ".join((text or "").lower().split())
    if lead := _RATING_LEAD.match(rest):
        rest = rest[lead.end() :]
    if _PAIRING.match(rest):
        return None
    found: list[str] = []
    while match := _RATING.match(rest):
        found.append(_RATINGS[match[0]])
        rest = rest[match.end() :]
        joint = _BETWEEN.match(rest)
        if joint is None or not _RATING.match(rest, joint.end()):
            break
        rest = rest[joint.end() :]
    return max(found, key=_ORDER.index) if found and _REMARK.match(rest) else None


_WARNING_WORDS: Final = {
    "Creator Chose Not To Use Archive Warnings": (
        "choose not to use archive warnings|author chose not to use archive warnings|"
        "creator chose not to use archive warnings|chose not to use archive warnings"
    ),
    "No Archive Warnings Apply": "no archive warnings apply",
    "Graphic Depictions Of Violence": "graphic depictions of violence|graphic violence|graphic depiction of violence",
    "Major Character Death": "major character death|main character death|death of a major character|death of a main character",
    "Rape/Non-Con": "rape/non-con|rape/noncon|rape|non-con|noncon|non con|non-consensual sex|nonconsensual sex",
    "Underage Sex": "underage sex|underage",
}
_WARNING_OF: Final = {word: name for name, words in _WARNING_WORDS.items() for word in words.split("|")}


def map_warning(text: str | None) -> str | None:
    """One of the six archive warnings, or None. "None" and "Violence" are no archive warnings and stay unknown."""
    return _WARNING_OF.get(" ".join((text or "").lower().replace(" / ", "/").split()).rstrip("."))


# --- private contacts ------------------------------------------------------------------------------------------------

_MAIL_AT: Final = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}|(?:aol|hotmail|yahoo|gmail|msn|compuserve)\b)"
)
_MAIL_SPELLED: Final = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}\s?[(\[{<]\s?at\s?[)\]}>]\s?[\w-]{1,63}(?:\s?(?:\.|[(\[{<]\s?dot\s?[)\]}>]|\bdot\b)\s?[\w-]{1,63}){1,4}"
    r"|(?<![\w.+-])[\w.+-]{1,64} at [\w-]{1,63} dot (?:com|net|org|edu|co|de|fr|uk|ca|au)\b",
    re.IGNORECASE,
)
_MESSENGER: Final = re.compile(
    r"\b(AIM|ICQ|MSN|YIM|Y!M|Yahoo|AOL|Skype|Jabber|Discord|Telegram|WhatsApp)"
    r"((?:\s(?:messenger|IM|screen ?name|name|id|handle|number|#))?\s?(?:[:=]|\sis\s)\s?)([\w.#+@-]{2,40})",
    re.IGNORECASE,
)


def mask_contacts(text: str) -> tuple[str, int]:
    """Replace e-mail addresses by `[e-mail]` and messenger names by `[contact]`. Returns the text and how many."""
    text, mails = _MAIL_AT.subn("[e-mail]", text)
    text, spelled = _MAIL_SPELLED.subn("[e-mail]", text)
    text, names = _MESSENGER.subn(lambda match: f"{match[1]}{match[2]}[contact]", text)
    return text, mails + spelled + names


_PRIVATE_LINK: Final = re.compile(r'<a href="(?:mailto:|[^"]*@)[^"]*"[^>]*>(.*?)</a>', re.DOTALL)
_PIECE: Final = re.compile(r"(<[^>]*>)")


def mask_contacts_in(markup: Markup) -> tuple[Markup, int]:
    """`mask_contacts` for canonical markup. Links that hold an address are undone; their text stays, masked."""
    opened, links = _PRIVATE_LINK.subn(r"\1", markup)
    masked, total = [], 0
    for piece in _PIECE.split(opened):
        # In an attribute "[e-mail]" is as good as in text; nothing else of a tag looks like an address.
        text, count = mask_contacts(html.unescape(piece)) if "&" in piece and piece[0] != "<" else mask_contacts(piece)
        masked.append(html.escape(text, quote=False) if "&" in piece and piece[0] != "<" else text)
        total += count
    return Markup("".join(masked)), max(total, links)


# --- scene breaks ----------------------------------------------------------------------------------------------------

_SIGNS: Final = "*~#§◊◇◆○●◦•·♦♠♣♥❤♡★☆✶✦✧✨❖❦❧☙☆⁂∞†‡^"
_ORNAMENT: Final = re.compile(
    rf"(?=.*[{re.escape(_SIGNS)}])[{re.escape(_SIGNS)}\-–—_=+.:/\\|<>%@&oOxX ]+"  # *** ~*~ -x- *oOo* #
    r"|(?:[-–—_=+/\\|<>%@] ?){3,}"  # ----- ===== / / /
    r"|[-–—_=.<> ]*(?:oOo|OoO|o0o|0o0|xXx|XxX)(?:[oO0xX]*)[-–—_=.<> ]*"  # oOo xXx -oOoOo-
    r"|[oO0] [oO0] [oO0](?: [oO0])*|[xX] [xX] [xX](?: [xX])*|[oO]{5,}|[xX]{5,}"
)
_WORDY: Final = re.compile(r"[^\W\d_oOxX]")  # a letter that no ornament is made of
_MAX_ORNAMENT: Final = 80
_MAX_MARKED: Final = 10 * _MAX_ORNAMENT  # with its tags and entities
_P: Final = re.compile(r"<p(?P<attributes>(?: [a-z]+=\"[^\"]*\")*)>(?P<inner>.*?)</p>", re.DOTALL)
_OPENING: Final = re.compile(r"<(?!br/)[a-z][^>]*>")
_LINKS: Final = re.compile(r"<a |<span id=")


def scene_breaks(markup: Markup) -> Markup:
    """Turn paragraphs and lines that hold an ornament only into `<hr class="scene" title="the ornament"/>`.

    The author's own ornament is kept in `title`; pages and editions show it (CSS `content: attr(title)`),
    `markup.plain_text` prints it, and `markup.clean` keeps it. Idempotent.
    """
    return Markup(_P.sub(_split_at_ornaments, markup))


def _ornament(line: str) -> str | None:
    """The text of a line that is nothing but an ornament. A link and the place where one leads are more than that."""
    if "<" not in line and "&" not in line and _WORDY.search(line):  # nearly every line there is
        return None
    if len(line) > _MAX_MARKED or _LINKS.search(line):
        return None
    text = html.unescape(_TAG.sub("", line)).replace("\u00a0", " ").strip()
    return text if text and len(text) <= _MAX_ORNAMENT and _ORNAMENT.fullmatch(text) else None


def _split_at_ornaments(match: re.Match[str]) -> str:
    ornament = _ornament(match["inner"].replace("<br/>", " "))
    if ornament or "<br/>" not in match["inner"]:
        return _scene(ornament) if ornament else match[0]
    pieces: list[str] = []
    kept: list[str] = []
    depth = 0  # of the inline tags that are open: a line within them cannot be taken out
    for line in match["inner"].split("<br/>"):
        ornament = None if depth or "<" in line else _ornament(line)
        if ornament is None:
            kept.append(line)
            depth += len(_OPENING.findall(line)) - line.count("</")
            continue
        pieces += (*_paragraph(match["attributes"], kept), _scene(ornament))
        kept = []
    if not pieces:
        return match[0]
    is_on_top = match.start() == 0 or match.string[match.start() - 1] == "\n"
    return ("\n" if is_on_top else "").join((*pieces, *_paragraph(match["attributes"], kept)))


def _paragraph(attributes: str, lines: list[str]) -> tuple[str, ...]:
    return (f"<p{attributes}>{'<br/>'.join(lines)}</p>",) if any(line.strip() for line in lines) else ()


def _scene(ornament: str) -> str:
    return f'<hr class="scene" title="{html.escape(" ".join(ornament.split()))}"/>'


# --- JSON form ---------------------------------------------------------------------------------------------------------
# The public contract of docs/developer/story-json.md. Reader and writer of JSON share it and know nothing of each other.

SCHEMA: Final = "fanthology-story/1"
_MARKUP_FIELDS: Final = frozenset({"summary", "notes", "end_notes", "disclaimer", "spoilers", "text"})
_PARTS: Final[dict[str, type]] = {
    "authors": Author,
    "series": SeriesPlace,
    "chapters": Chapter,
    "reviews": Review,
    "replies": Review,
    "findings": Finding,
}
_KEY_ORDER: Final = {
    Chapter: ("position", "title", "summary", "notes", "end_notes", "published", "text", "word_count", "source_ids"),
    Review: ("author", "signed", "date", "chapter", "text", "stars", "replies"),
    Finding: ("code", "severity", "where", "before", "after", "count", "message"),
    Story: (
        *("title", "authors", "summary", "notes", "end_notes", "disclaimer", "spoilers", "rating", "rating_as_written"),
        *("warnings", "warnings_as_written", "categories", "fandoms", "characters", "relationships", "additional_tags"),
        *(
            "language",
            "published",
            "updated",
            "complete",
            "expected_chapters",
            "word_count",
            "series",
            "gifts",
            "inspired_by",
        ),
        *("beta", "archive_permission", "chapters", "reviews", "labels", "source", "findings"),
    ),
}


def story_to_dict(story: Story) -> dict[str, Any]:
    """The story as the JSON contract has it: plain dicts, lists, strings and numbers in the contract's order."""
    return {"schema": SCHEMA, **_to_dict(story)}


def _to_dict(value: object) -> dict[str, Any]:
    names = _KEY_ORDER.get(type(value)) or tuple(each.name for each in fields(value))  # type: ignore[arg-type]
    return {name: _to_json(name, getattr(value, name)) for name in names}


def _to_json(name: str, value: object) -> Any:
    if name in {"source_ids", "ids"} and isinstance(value, tuple):
        return dict(value)
    if isinstance(value, tuple):
        return [_to_json("", item) for item in value]
    if is_dataclass(value):
        return _to_dict(value)
    return str(value) if isinstance(value, Markup) else value


def story_from_dict(data: object) -> Story:
    """The story back from its JSON form. The JSON is foreign input: markup is cleaned, types are checked.

    Raises Damaged, in plain words, for a wrong schema or a value of the wrong kind. Keys nobody knows are ignored,
    missing ones are unknown.
    """
    if not isinstance(data, Mapping) or data.get("schema") != SCHEMA:
        raise Damaged(f"This is not a story in the form {SCHEMA}.")
    try:
        return cast("Story", _from_dict(Story, data, ""))
    except (TypeError, ValueError, RecursionError) as fault:
        raise Damaged(f"The JSON of this story is not of the form {SCHEMA}: {fault}.") from fault


def _from_dict(kind: type, data: object, where: str) -> object:
    if not isinstance(data, Mapping):
        raise TypeError(f"{where or 'the story'} is not an object")
    hints = _hints(kind)
    values: dict[str, Any] = {}
    for name, hint in hints.items():
        if name in data:
            values[name] = _from_json(name, hint, data[name], f"{where}.{name}" if where else name)
    try:
        return kind(**values)
    except TypeError:
        missing = ", ".join(name for name in hints if name not in values)
        raise ValueError(f"{where or 'the story'} lacks one of: {missing}") from None


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _from_json(name: str, hint: Any, value: Any, where: str) -> Any:
    """One value of the kind its field declares."""
    if name in _PARTS:
        return tuple(
            _from_dict(_PARTS[name], item, f"{where}[{index}]") for index, item in enumerate(_list(value, where))
        )
    if name == "source":
        return _from_dict(Source, value, where)
    if name in {"source_ids", "ids"}:
        if not isinstance(value, dict):
            raise TypeError(f"{where} is not an object")
        return tuple((_string(key, where), _string(item, where)) for key, item in value.items())
    if name == "labels":
        return tuple(_label(item, where) for item in _list(value, where))
    if name in _MARKUP_FIELDS:
        return clean(_string(value, where), mode="html", where=where)[0]
    if get_origin(hint) is tuple:
        return tuple(_string(item, where) for item in _list(value, where))
    return _scalar(hint, value, where)


def _scalar(hint: Any, value: Any, where: str) -> Any:
    allowed = get_args(hint) or (hint,)
    if value is None and type(None) in allowed:
        return None
    if get_origin(hint) is Literal:
        if value not in allowed:
            raise ValueError(f"{where} is {str(value)[:40]!r}, not one of {', '.join(map(str, allowed))}")
        return value
    if isinstance(value, bool):
        if bool in allowed:
            return value
    elif isinstance(value, int) and int in allowed:
        return value
    elif isinstance(value, int | float) and float in allowed and math.isfinite(value):
        return float(value)
    elif isinstance(value, str) and str in allowed:
        return _string(value, where)
    raise ValueError(f"{where} is of the wrong kind")


def _list(value: object, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{where} is not a list")
    return value


def _label(item: object, where: str) -> tuple[str, str]:
    if not isinstance(item, list) or len(item) != 2:
        raise ValueError(f"{where} holds something that is not a pair")
    return _string(item[0], where), _string(item[1], where)


def _string(value: object, where: str) -> str:
    """Text without what no database takes: NULs and halves of surrogate pairs."""
    if not isinstance(value, str):
        raise TypeError(f"{where} is not text")
    return _NEVER_TEXT.sub("", value)


_NEVER_TEXT: Final = re.compile(r"[\x00\ud800-\udfff]")
