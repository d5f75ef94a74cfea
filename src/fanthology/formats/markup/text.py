"""Reading canonical markup: its words, and its form with an id on every paragraph."""

from __future__ import annotations

import html as entities
import re
from collections import Counter
from hashlib import blake2b
from typing import Final

from ..model import Markup

_TITLED_RULE: Final = re.compile(r'<hr class="scene" title="([^"]*)"/>')
_BLOCK_END: Final = re.compile(
    r"</(?:p|h[1-6]|blockquote|ul|ol|li|dl|dt|dd|pre|tr|caption|figcaption|summary|details)>|<hr[^>]*/>"
)
ANY_TAG: Final = re.compile(r"<[^>]*>")
_MANY_NEWLINES: Final = re.compile(r"\n{3,}")


def plain_text(markup: Markup) -> str:
    """The words of canonical markup: blocks separated by blank lines, line breaks as newlines, cells by tabs."""
    text = _TITLED_RULE.sub(r"\n\n\1\n\n", markup).replace("<br/>", "\n").replace("<hr/>", "\n\n* * *\n\n")
    text = re.sub(r"</t[dh]>(?=<t[dh])", "\t", text)
    text = ANY_TAG.sub("", _BLOCK_END.sub("\n\n", re.sub(r"<(?:p|ul|ol|blockquote|table)\b[^>]*>", "\n\n", text)))
    return _MANY_NEWLINES.sub("\n\n", entities.unescape(text)).strip("\n")


_PARAGRAPH: Final = re.compile(r"<(p|h[1-6])((?: [a-z]+=\"[^\"]*\")*)>([^<]*+(?:<(?!/\1>)[^<]*+)*+)")
# The bytes that white space and the punctuation of prose are made of in UTF-8: ASCII's, “ ” ‘ ’ … – — « » and no-break
# spaces. Some other letters lose a byte with them; that costs nothing, as equal keys are numbered.
_NO_WORD: Final = bytes(code for code in range(128) if not chr(code).isalnum()) + (
    b"\xe2\x80\x93\x94\x98\x99\x9c\x9d\xa6\xc2\xa0\xab\xbb"
)


def rendered(markup: Markup, chapter: str) -> str:
    """The markup with an id on every paragraph and heading, for bookmarks and reading positions.

    An id is `p-` and a hash of `chapter`, the words of the paragraph (case, spaces and punctuation aside) and how
    often the same words stood before in the chapter: it survives edits of every other paragraph.
    """
    seen: Counter[bytes] = Counter()
    salt = f"{chapter}\n".encode("utf-8", "surrogatepass")

    def with_id(match: re.Match[str]) -> str:
        tag, attributes, inner = match.groups()
        words = _letters(inner)
        seen[words] += 1
        digest = blake2b(b"%b%b\n%d" % (salt, words, seen[words]), digest_size=6).hexdigest()
        return f'<{tag} id="p-{digest}"{attributes}>{inner}'

    return _PARAGRAPH.sub(with_id, markup)


def _letters(inner: str) -> bytes:
    """The letters and digits of a paragraph in a row, whatever their case."""
    if "<" in inner:
        inner = ANY_TAG.sub("", inner)
    if "&" in inner:
        inner = entities.unescape(inner)
    return inner.casefold().encode("utf-8", "surrogatepass").translate(None, _NO_WORD)
