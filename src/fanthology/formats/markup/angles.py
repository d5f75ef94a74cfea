"""What stands in angle brackets and is no markup, kept from the parser, which would drop it without a word.

Two things that people typed into every form: a tag whose quote was never closed, which eats the story up to the next
quote, and `<grin>`, `<<Can you hear me?>>` or `<http://...>`, which are words. What a parser knows is left to it.
"""

from __future__ import annotations

import re
from typing import Final

from .notes import Notes

# Every element that HTML has or had: whoever typed one of these meant a tag.
_ELEMENTS: Final = (
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote body br "
    "button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed "
    "fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe "
    "image img input ins isindex kbd keygen label layer legend li link listing main map mark marquee math menu menuitem "
    "meta meter multicol nav nobr noembed noframes noscript object ol optgroup option output p param picture plaintext "
    "portal pre progress q rb rp rt rtc ruby s samp script search section select slot small source spacer span strike "
    "strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var "
    "video wbr xml xmp"
).replace(" ", "|")
# The name is no element (nor one with a slip of the key, as in `</i.>`), no `o:p` or `x-y` of other software; after it
# come words, and nothing that gives a value.
_WORDS: Final = re.compile(
    rf"<(?=/?[A-Za-z])(?!/?(?:{_ELEMENTS})\b(?!['’]))(?!/?[A-Za-z]\w*+[:-]\w)(/?[^\s<>=/][^<>=\n]{{0,200}}+)>",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"/?([^\s/>]+)")
_ADDRESS: Final = re.compile(
    r"<((?:https?|ftp|mailto):[^\s<>\"']{1,2000}+|[\w.+-]{1,100}+@[\w.-]{1,200}+)>", re.IGNORECASE
)
_OPENED: Final = re.compile(r"<([a-z][^\s/>]*+)")
_ENDED: Final = re.compile(r"</([a-z][^\s/>]*+)")
# A tag up to the `>` inside a quote that is open: before the next quote another tag begins, or the text ends,
# or that quote stands before a letter, as no closing one does.
_UNCLOSED: Final = re.compile(
    r"(<[A-Za-z][^<>\"']*+(?:(?<==)(?:\"[^\"<>]*+\"|'[^'<>]*+')[^<>\"']*+)*+(?<==)"
    r"(?:(\")[^\"<>]*+(?=>[^\"<]*+(?:<|\Z|\"\w))|(')[^'<>]*+(?=>[^'<]*+(?:<|\Z|'\w))))>"
)


def told_apart(source: str, notes: Notes) -> str:
    """The source with open quotes closed where their tag ends, and with words in angle brackets as text."""
    if "=" in source and _UNCLOSED.search(source):
        source = _closed(source, notes)
    for pattern in (_ADDRESS, _WORDS):
        if pattern.search(source):
            source = _spelt_out(pattern, source, notes)
    return source


def as_words(line: str) -> str:
    """A title or a name in which words in angle brackets are written as text."""
    return _WORDS.sub(r"&lt;\1&gt;", _ADDRESS.sub(r"&lt;\1&gt;", line))


def _closed(source: str, notes: Notes) -> str:
    def close(match: re.Match[str]) -> str:
        notes.add(
            "markup.quote", "warning", "A quote inside a tag was never closed; it ends where the tag does.", match[0]
        )
        return f"{match[1]}{match[2] or match[3]}>"

    return _UNCLOSED.sub(close, source)


def _spelt_out(pattern: re.Pattern[str], source: str, notes: Notes) -> str:
    """Words are spelt out; a name that is closed again later was meant as markup of some kind."""
    lowered = source.lower()
    paired = set(_OPENED.findall(lowered)) & set(_ENDED.findall(lowered))

    def spell(match: re.Match[str]) -> str:
        name = _NAME.match(match[1])
        if name and name[1].lower() in paired:
            return match[0]
        notes.add("markup.words", "info", "Words in angle brackets are no tag; they stay as they are.", match[0])
        return f"&lt;{match[1]}&gt;"

    return pattern.sub(spell, source)
