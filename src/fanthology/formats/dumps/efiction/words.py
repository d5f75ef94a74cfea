"""One text field of eFiction: bytes of unknown charset → words, with everything that was done or could not be done reported.

The order of the steps is the order in which the damage was done, backwards: charset, mojibake, escaping, code, markup.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field, replace

from ... import markup, transforms
from ...decode import decode, repair
from ...model import EMPTY, Finding, Markup
from ..sql import Value

_ESCAPED = re.compile(r"\\(['\"\\])")
_CODE = re.compile(
    r"<\?(?!xml).*?(?:\?>|\Z)|<%.*?%>|<script\b[^>]*\blanguage\s*=\s*[\"']?php.*?</script\s*>",
    re.DOTALL | re.IGNORECASE,
)
_LOST = re.compile(r"(?:(?<=[\s(“\"'>])|^)(?:\?{2,}|\?(?=\w))\w*")
_DAMAGE = re.compile(r"(?<![&#\w-])[rtbh]\d{1,2};|(?<=[A-Za-z,.!?…’”>])(?:r1[1267]|r[01]|r30|t82);")
_MENDED = {
    "r12;": "—",
    "r11;": "–",
    "r16;": "‘",
    "r17;": "’",
    "r0;": "“",
    "r1;": "”",
    "r30;": "…",
    "t82;": "™",
    "b29;": "♥",
    "h6;": "Ж",
}

TEXT_LIMIT = 65_535
"""Bytes that a TEXT column holds; older MySQL cut what was longer without a word."""

MYSQL_CHARSETS = {
    "latin1": "windows-1252",
    "cp1250": "windows-1250",
    "cp1251": "windows-1251",
    "cp1256": "windows-1256",
    "cp1257": "windows-1257",
    "latin2": "iso-8859-2",
    "latin5": "windows-1254",
    "latin7": "iso-8859-13",
    "greek": "iso-8859-7",
    "hebrew": "iso-8859-8",
    "koi8r": "koi8-r",
    "koi8u": "koi8-u",
    "sjis": "shift_jis",
    "cp932": "cp932",
    "ujis": "euc-jp",
    "eucjpms": "euc-jp",
    "euckr": "euc-kr",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5",
    "tis620": "tis-620",
}
"""MySQL's names of charsets, as the rest of the world calls them. UTF-8 in all its names is tried first anyway."""


WESTERN = "windows-1252"
LANGUAGES = {
    **dict.fromkeys(("pl", "cs", "cz", "sk", "hu", "hr", "sl", "ro"), "windows-1250"),
    **dict.fromkeys(("ru", "uk", "bg"), "windows-1251"),
    **dict.fromkeys(("el", "gr"), "windows-1253"),
    "tr": "windows-1254",
    "he": "windows-1255",
}
"""The old one-byte charset of the site's own language, where bytes alone look Western."""

_MIXTURES = frozenset({"utf-8", "utf-8+windows-1252"})
_NEVER_POSTED = frozenset({"macintosh", "cp437"})


def python_charset(mysql: str) -> str | None:
    """The codec name for a MySQL charset name; None for UTF-8, binary, ascii and unknown ones."""
    return MYSQL_CHARSETS.get(mysql.lower())


@dataclass(slots=True)
class Report:
    """Where findings of one record are collected."""

    findings: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        """Add one; an address of a person that its samples caught is masked."""
        if "@" in finding.before or "@" in finding.after:
            finding = replace(finding, before=masked_name(finding.before), after=masked_name(finding.after))
        self.findings.append(finding)

    def done(self) -> tuple[Finding, ...]:
        return tuple(self.findings)


class Charset:
    """Decides the charset of fields that are not UTF-8: what the keeper said, else what the dump said, else one vote.

    Short fields are too short to guess from, so the bytes of many fields vote together, and no field is guessed alone.
    A field that is valid UTF-8 is UTF-8, whatever its neighbours are: both kinds stand in one table, even in one story.
    A keeper who says UTF-8 leaves the rest to the vote.
    """

    SAMPLE = 64 * 1024

    def __init__(self, encoding: str = "auto") -> None:
        self.given = None if encoding == "auto" or codecs.lookup(encoding).name.startswith("utf-8") else encoding
        self.declared: str | None = None
        self.language = ""
        self._sample = bytearray()
        self._elected: str | None = None

    def hear(self, value: Value) -> None:
        """Let a field vote, if it is not UTF-8."""
        if self.given or len(self._sample) >= self.SAMPLE or not isinstance(value, bytes) or value.isascii():
            return
        try:
            value.decode()
        except UnicodeDecodeError as error:
            self._sample += value[max(0, error.start - 2048) : error.start + 2048] + b"\n"

    def elect(self) -> str | None:
        """The charset for fields that are not UTF-8; None = there was nothing to vote on."""
        if self._elected is None:
            self._elected = self.given or self._vote()
        return self._elected

    def _vote(self) -> str | None:
        """The dump's own word, unless it is latin1, which MySQL said of everything; then what the bytes look like.

        That word still rules out what no browser ever posted to such a table: the charsets of Macintosh and DOS. What is
        UTF-8 in the sample is read before any vote counts, so a mixture has elected what its other bytes are.
        """
        if self.declared not in (None, WESTERN) or not self._sample:
            return self.declared
        guessed = decode(bytes(self._sample)).decoder
        if guessed in _MIXTURES or (self.declared == WESTERN and guessed in _NEVER_POSTED):
            guessed = WESTERN
        return LANGUAGES.get(self.language[:2].lower(), guessed) if guessed == WESTERN else guessed

    def text(self, data: bytes, report: Report, where: str) -> str:
        """One field's text. Never fails; what was done beyond plain UTF-8 is reported."""
        if data.isascii():
            return data.decode("ascii")
        if self.given is None:
            try:
                return data.decode()
            except UnicodeDecodeError as error:
                if error.reason == "unexpected end of data" and not data[: error.start].isascii():
                    report.add(Finding("text.truncated", "loss", "The text ends in the middle of a character", where))
                    return data[: error.start].decode()
        # the newline keeps a last letter such as é from looking like the beginning of a longer one
        decoded = decode(data + b"\n", declared=self.elect())
        for finding in decoded.findings:
            report.add(replace(finding, where=where))
        return decoded.text.removesuffix("\n")


class Words:
    """Fields as plain text or markup. One per dump: it knows the charset."""

    def __init__(self, charset: Charset, base_url: str = "") -> None:
        self.charset = charset
        self.base_url = base_url

    def raw(self, value: Value, report: Report, where: str) -> str:
        """The author's text as typed: decoded, mojibake mended, unescaped once; damage that cannot be mended reported."""
        if value is None:
            return ""
        if isinstance(value, int):
            return str(value)
        text, findings = repair(self.charset.text(value, report, where), where=where)
        for finding in findings:
            report.add(finding)
        text = unescape(text, report, where)
        report_damage(text, report, where)
        return text

    def plain(self, value: Value, report: Report, where: str) -> str:
        """A title, name or tag: one line, no markup."""
        return transforms.plain(self.raw(value, report, where))

    def marked(self, value: Value, report: Report, where: str, *, private: bool = True) -> Markup:
        """A text with markup, sanitised. `private`: addresses of people are masked in it."""
        return self.cleaned(self.raw(value, report, where), report, where, private=private)

    def cleaned(self, text: str, report: Report, where: str, *, private: bool = True) -> Markup:
        """The same for text that is decoded and unescaped already."""
        if not text.strip():
            return EMPTY
        text = drop_code(text, report, where)
        result, findings = markup.clean(text, mode="auto", where=where, base_url=self.base_url)
        for finding in findings:
            report.add(finding)
        return self.masked(result, report, where) if private else result

    def masked(self, text: Markup, report: Report, where: str) -> Markup:
        masked, count = transforms.mask_contacts_in(text)
        if count:
            report.add(Finding("private.redacted", "info", "Addresses of people were masked", where, count=count))
        return masked


def unescape(text: str, report: Report, where: str) -> str:
    r"""Undo `\'`, `\"` and `\\`, once: the site showed such text without its backslashes. `\n` and `\t` stay as typed."""
    if "\\" not in text:
        return text
    mended, count = _ESCAPED.subn(r"\1", text)
    if count:
        match = _ESCAPED.search(text)
        before = _around(text, match.start(), 20) if match else ""
        report.add(
            Finding(
                "text.unescaped",
                "info",
                "Backslashes before quotes were undone",
                where,
                before,
                _ESCAPED.sub(r"\1", before),
                count,
            )
        )
    return mended


def drop_code(text: str, report: Report, where: str) -> str:
    """Program code goes and is reported; it is never run. An unclosed `<?` runs to the end, as it did for PHP."""
    if "<" not in text:
        return text
    cleaned, count = _CODE.subn("", text)
    if count:
        match = _CODE.search(text)
        sample = match[0][:80] if match else ""
        report.add(
            Finding(
                "code.dropped",
                "warning",
                "Program code of the old site was left out",
                where,
                before=sample,
                count=count,
            )
        )
    return cleaned


def report_damage(text: str, report: Report, where: str) -> None:
    """Report what the old software destroyed at save time: it can be guessed at, so it is never mended silently."""
    if ";" in text:
        eaten = [match for match in _DAMAGE.finditer(text) if match[0] in _MENDED]
        if eaten:
            before = text[max(0, eaten[0].start() - 30) : eaten[0].start() + 60].strip()
            after = _DAMAGE.sub(lambda match: _MENDED.get(match[0], match[0]), before)
            message = "Character references were eaten by the old software; the proposal is a guess"
            report.add(Finding("text.entity-damage", "warning", message, where, before, after, len(eaten)))
    if "?" in text:
        lost = _LOST.findall(text)
        told = any(finding.code == "encoding.lost" and finding.where == where for finding in report.findings)
        if lost and not told:
            message = "Characters that the old database could not hold stand as question marks for good"
            report.add(Finding("encoding.lost", "loss", message, where, before=" ".join(lost)[:80], count=len(lost)))


def is_truncated(value: Value) -> bool:
    """Whether a field fills a TEXT column to the brim, as bytes of the dump or of the table it came from."""
    if not isinstance(value, bytes) or len(value) < TEXT_LIMIT:
        return False
    if len(value) == TEXT_LIMIT:
        return True
    try:
        return len(value.decode()) == TEXT_LIMIT  # a one-byte table, dumped as UTF-8
    except UnicodeDecodeError:
        return False


RESPONSES = (
    "author's response", "author’s response", "author response", "response from the author", "response", "reply", "author's reply",
    "antwort des autors", "antwort der autorin", "antwort vom autor", "antwort des autors/der autorin", "autorenantwort",
    "antwort", "kommentar des autors",
    "réponse de l'auteur", "réponse de l’auteur", "réponse de l'auteure", "réponse de l'auteur(e)", "réponse",
    "respuesta del autor", "respuesta de la autora", "respuesta del autor/a", "respuesta",
    "risposta dell'autore", "risposta dell’autore", "risposta dell'autrice", "risposta",
    "resposta do autor", "resposta da autora", "resposta",
    "antwoord van de auteur", "reactie van de auteur", "reactie van auteur", "reactie", "antwoord",
    "odpowiedź autora", "odpowiedź autorki", "odpowiedź",
    "svar från författaren", "författarens svar", "forfatterens svar", "svar fra forfatteren", "svar",
    "kirjoittajan vastaus", "vastaus", "ответ автора", "ответ", "відповідь автора", "odpověď autora", "odpověď", "odpoveď autora",
    "válasz", "a szerző válasza", "răspunsul autorului", "yazarın cevabı", "απάντηση συγγραφέα",
    "תגובת המחבר", "作者回复", "作者回應", "作者の返信",
)  # fmt: skip
"""What eFiction's languages print before an author's answer, which stands inside the text of the review."""

_LABELS = frozenset(RESPONSES)
_RESPONSE = re.compile(r"(?:<br\s*/?>\s*){2}<(i|em)>\s*([^<>:：\n]{1,60}?)\s*[:：]\s*", re.IGNORECASE)
_CLOSING = re.compile(r"\s*</(?:i|em)>\s*\Z", re.IGNORECASE)


def split_response(text: str, *, answered: bool) -> tuple[str, str]:
    """(the review, the author's answer). The label is known, or any label counts when the row says `answered`."""
    found = None
    for match in _RESPONSE.finditer(text):
        if match[2].casefold() in _LABELS:
            found = match
            break
        if answered:
            found = match
    if found is None:
        return text, ""
    return text[: found.start()], _CLOSING.sub("", text[found.end() :])


def masked_name(name: str) -> str:
    """A name that somebody typed: an address typed in its place is masked."""
    return transforms.mask_contacts(name)[0]


def _around(text: str, at: int, width: int) -> str:
    return text[max(0, at - width) : at + width].strip()
