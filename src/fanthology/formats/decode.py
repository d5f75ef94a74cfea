"""Bytes → text, and damaged text → text. Every guess and every change is reported; nothing is guessed back that is gone.

`decode` chooses the charset of a whole file. `repair` mends one field of already decoded text, because old archives
keep clean and damaged fields in one table, and clean and damaged words in one line.

How `repair` stays safe: UTF-8 that was read as windows-1252 leaves sequences of known shape (`Ã©`, `â€™`). Most of
these shapes cannot stand in any clean text; those are *certain*. A few can (`MANHÃ”` in Portuguese capitals,
`« volé »` with French no-break spaces, `píš…` in Czech); those are changed only when a certain one stands in the same
field and every other non-ASCII character of the field is damaged too. Clean text therefore comes out as it went in.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

from resiliparse.parse.encoding import detect_encoding

from .model import Finding

_LATIN_1_LABELS: Final = frozenset(
    {"ascii", "us-ascii", "iso-8859-1", "iso8859-1", "latin-1", "latin1", "l1", "cp1252"}
)
_CP1252: Final = "windows-1252"
_MIXED: Final = "utf-8+windows-1252"
_SAMPLE: Final = 60
_PASSES: Final = 3
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """`decoder` is the charset used (a WHATWG-like name, or "utf-8+windows-1252" for a file that mixes both)."""

    text: str
    decoder: str
    findings: tuple[Finding, ...] = ()


def decode(data: bytes, *, declared: str | None = None) -> Decoded:
    """Turn the bytes of one file into text. Never raises.

    Order: byte order mark, strict UTF-8, the `declared` charset (labels of latin-1 mean windows-1252, as in every
    browser, and still leave room for UTF-8 mixed in), and last, where nothing is declared or the bytes deny it, a file
    that mixes UTF-8 and windows-1252 or the best score among the likely charsets.
    Newlines, control characters and damage inside the text are left alone; see `repair`.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _with_losses(data[len(mark) :], name)
    label = _label(declared)
    if b"\x1b$" in data and (japanese := _strict(data, "iso2022_jp")) is not None:
        return Decoded(japanese, "iso-2022-jp")
    if (text := _strict(data, "utf-8")) is not None:
        return Decoded(text, "utf-8")
    if label not in (None, "utf-8", _CP1252) and (text := _strict(data, str(label))) is not None:
        return Decoded(text, str(label))
    if (text := _cut(data, proven=label == _CP1252)) is not None:
        return Decoded(text + "\ufffd", "utf-8", (_lost(text + "\ufffd", "\ufffd", 1, ""),))
    if _is_mostly_utf8(data, expected=label == "utf-8"):
        return _mixed(data)
    # every byte is something in windows-1252: a word beats any score
    return Decoded(_cp1252(data), _CP1252) if label == _CP1252 else _scored(data)


def _label(declared: str | None) -> str | None:
    """A charset label as found in pages and mail, normalised; None when it names nothing we can decode."""
    name = (declared or "").strip().strip("\"'").lower()
    if name in _LATIN_1_LABELS or name == _CP1252:
        return _CP1252
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # "hex" or "rot13" are codecs of Python, but not charsets.
    return found.name if getattr(found, "_is_text_encoding", False) else None


def _strict(data: bytes, charset: str) -> str | None:
    try:
        return data.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return None


def _cut(data: bytes, *, proven: bool) -> str | None:
    r"""The text before a last character that was cut in UTF-8; None where the last byte may be a letter of its own.

    One byte proves nothing after plain ASCII (`caf\xe9`). `proven`: only other UTF-8 before it proves anything.
    """
    tail = _CUT_TAIL.search(data)
    if tail is None or ((proven or len(tail[0]) == 1) and data[: tail.start()].isascii()):
        return None
    return _strict(data[: tail.start()], "utf-8")


def _with_losses(data: bytes, charset: str) -> Decoded:
    text = data.decode(charset, "replace")
    lost = text.count("\ufffd") - (0 if _strict(data, charset) is None else text.count("\ufffd"))
    return Decoded(text, charset, (_lost(text, "\ufffd", lost, ""),) if lost else ())


# --- files that mix UTF-8 with windows-1252 -------------------------------------------------------------------------

_UTF8_SEQUENCE: Final = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]"
    rb"|(?:\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f])[\x80-\xbf]"
    rb"|(?:\xf0[\x90-\xbf]|[\xf1-\xf3][\x80-\xbf]|\xf4[\x80-\x8f])[\x80-\xbf]{2}"
)
_HIGH: Final = re.compile(rb"[\x80-\xff]")
_CUT_TAIL: Final = re.compile(rb"(?:[\xc2-\xf4]|[\xe0-\xf4][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})\Z")


def _is_mostly_utf8(data: bytes, *, expected: bool) -> bool:
    """True when the valid UTF-8 sequences speak against a one-byte charset. A declared UTF-8 needs less proof."""
    valid = len(_UTF8_SEQUENCE.findall(data))
    stray = len(_HIGH.findall(_UTF8_SEQUENCE.sub(b"", data)))
    return valid > 0 and (expected or valid >= 2 * stray)


def _mixed(data: bytes) -> Decoded:
    """Decode valid sequences as UTF-8 and every stray byte as windows-1252."""
    parts: list[str] = []
    stray, end = 0, 0
    for match in re.finditer(rb"(?:[\x00-\x7f]|" + _UTF8_SEQUENCE.pattern + rb")+", data):
        stray += match.start() - end
        parts += (_cp1252(data[end : match.start()]), match[0].decode("utf-8"))
        end = match.end()
    stray += len(data) - end
    parts.append(_cp1252(data[end:]))
    message = f"The file mixes UTF-8 and windows-1252; {stray} bytes outside UTF-8 were read as windows-1252."
    return Decoded("".join(parts), _MIXED, (Finding("encoding.guessed", "warning", message, count=stray),))


# --- one-byte and East Asian charsets by score -----------------------------------------------------------------------

_C1: Final = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}
"""What windows-1252 shows for the bytes 80–9F; the five it leaves undefined fall through to the C1 controls."""


def _cp1252(data: bytes) -> str:
    return data.decode("latin-1").translate(_C1)


def _scored(data: bytes) -> Decoded:
    """Choose by likeness to prose among windows-1252, MacRoman, the DOS code pages and what resiliparse detects."""
    candidates = {_CP1252: _cp1252(data), "macintosh": data.decode("mac_roman"), "cp437": data.decode("cp437")}
    detected = detect_encoding(data, from_html_meta=False)
    if detected and detected not in candidates and (text := _strict(data, detected)) is not None:
        if _is_foreign(text):
            return Decoded(text, detected, (_guessed(detected),))
        candidates[detected] = text
    best = max(candidates, key=lambda name: (_likeness(candidates[name]), name == _CP1252))
    return Decoded(candidates[best], best, (_guessed(best),))


def _is_foreign(text: str) -> bool:
    """True for a text whose non-ASCII letters are mostly of one script beyond Latin: such a guess is rarely chance."""
    letters = [character for character in text if character.isalpha() and character > "\x7f"]
    beyond = sum(character > "\u036f" for character in letters)
    return len(letters) >= 4 and beyond > 0.8 * len(letters)


# An accent stands in small letters, also after the first capital of a name (`Rémi`, `Fëanor`), or in capitals
# that begin a word or stand among others (`Étienne`, `DÎNER`), but not small among capitals nor the other way round.
_LIKELY: Final = re.compile(
    r"(?<=\w)’(?=\w)|(?:(?<=\s)|^)[“‘«¿¡](?=\w)|(?<=[\w.,!?…])[”’»](?!\w)|(?<=\w)…(?!\w)|\s?[—–]\s?"
    r"|(?<![A-Z][A-Z])[àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþßœšž](?![A-Z])"
    r"|(?:(?<![A-Za-z])(?=.[A-Za-z])|(?<=[A-Z])(?=.[A-Z](?![a-z])))[ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŒŠŽ]"
    r"|[©°£€\u00a0½]",
    re.MULTILINE,
)
_UNLIKELY: Final = re.compile(
    r"[\x80-\x9f\u2500-\u259f√∫≈∆∂∑∏π∞≤≥≠◊Ω\uf8ff˘˙˚˝˛ˇıﬁﬂ⌠⌡∙ⁿ∩≡Γ¤¦¨¬¯±µ¶¸]|(?<=[a-z])[ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜ]"
    r"|(?<=n)í(?=t\b)|(?<=\s)[ìîùô](?=\w)|(?<=[.,!?])[ìîöó]|(?<=\w)[æù](?=(?:t|s|re|ll|ve|d|m)\b)"
)


def _likeness(text: str) -> int:
    """A score of how much the non-ASCII characters stand where prose has them. Higher is better."""
    return len(_LIKELY.findall(text)) - 3 * len(_UNLIKELY.findall(text))


def _guessed(charset: str) -> Finding:
    return Finding("encoding.guessed", "warning", f"The file does not say its encoding; {charset} fits best.")


# --- repair of decoded text -------------------------------------------------------------------------------------------

_BYTE_OF: Final = {**{chr(code): code for code in range(0x80, 0x100)}, **{shown: code for code, shown in _C1.items()}}


def _class(first: int, last: int) -> str:
    """A regex class of everything that bytes first..last look like when read as windows-1252 or latin-1."""
    return "[" + re.escape("".join(sorted(c for c, code in _BYTE_OF.items() if first <= code <= last))) + "]"


_TAIL: Final = _class(0x80, 0xBF)
_SEQUENCE: Final = re.compile(
    f"{_class(0xC2, 0xDF)}{_TAIL}"
    f"|(?:à{_class(0xA0, 0xBF)}|[á-ìîï]{_TAIL}|í{_class(0x80, 0x9F)}){_TAIL}"
    f"|(?:ð{_class(0x90, 0xBF)}|[ñ-ó]{_TAIL}|ô{_class(0x80, 0x8F)}){_TAIL}{{2}}"
)
_RUN: Final = re.compile(f"(?:{_SEQUENCE.pattern})+")
_SUSPICION: Final = re.compile(_class(0xC2, 0xF4) + _TAIL)  # one cheap look tells most clean texts from damaged ones
_CONTROL: Final = re.compile("[\x80-\x9f]")
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")
# What may follow an accented letter in clean text: punctuation, spaces, marks, and letters of windows-1252's own rows.
_PUNCTUATION: Final = frozenset("’‘“”…–—‚„«»‹›¿¡\u00a0\u00ad")
_MARKS: Final = frozenset("¹²³ªº°®™©")
_LETTERS: Final = frozenset("šžœŠŽŒŸƒ")
# Capitals before letters of windows-1252's upper rows that one alphabet has beside them, so that only more damage tells:
# French and Skolt Sámi (`ÂŒ`, `Âš`), Estonian and Finnish (`ÄŽ`).
_SPELT_AFTER: Final = {"Â": "œŒšŠžŽŸ", "Ä": "šŠžŽ"}
_EURO_SECOND: Final = frozenset("€‚„†ˆ˜™")  # E2 80 … E2 99: punctuation, €, ™, arrows, stars, hearts


def repair(text: str, *, where: str = "") -> tuple[str, tuple[Finding, ...]]:
    """Mend one field: UTF-8 read as windows-1252 (once to thrice), C1 controls, and sure MacRoman confusions.

    Returns the text and what was done: `encoding.repaired` (info; `count` characters mended, with a sample) and
    `encoding.lost` (loss) for characters that are gone for good. Clean text comes out identical, without findings.
    """
    if text.isascii():
        return text, _losses(text, where)
    mended, count = text, 0
    for _ in range(_PASSES):
        mended, changed = _undo_cp1252(mended)
        count += changed
        if not changed:
            break
    for step in (_undo_quotes_of_others, _undo_controls, _undo_macroman):
        mended, changed = step(mended)
        count += changed
    findings = _losses(mended, where)
    if count:
        before, after = _samples(text, mended)
        message = f"{count} characters were damaged by a wrong encoding and have been mended."
        findings = (Finding("encoding.repaired", "info", message, where, before, after, count), *findings)
    return mended, findings


def _undo_cp1252(text: str) -> tuple[str, int]:
    """One layer of UTF-8 read as windows-1252, sequence by sequence. Returns the text and the number of sequences."""
    first = _SUSPICION.search(text)
    if not first:
        return text, 0
    runs = list(_RUN.finditer(text, first.start()))
    certain = {run.start() for run in runs if _run_is_certain(run[0])}
    found = [(run.start(), match) for run in runs for match in _SEQUENCE.finditer(text, run.start(), run.end())]
    chosen = [match for start, match in found if start in certain or _is_certain(text, match)]
    if chosen and len(_NOT_ASCII.findall(text)) == sum(len(match[0]) for _, match in found):
        chosen = [match for _, match in found]
    parts: list[str] = []
    end = 0
    for match in chosen:
        parts += (text[end : match.start()], _decoded(match[0]))
        end = match.end()
    return "".join((*parts, text[end:])), len(chosen)


def _decoded(sequence: str) -> str:
    return bytes(_BYTE_OF[character] for character in sequence).decode("utf-8")


def _run_is_certain(run: str) -> bool:
    """Two sequences side by side with at least one character that no accented letter is followed by in prose."""
    rare = [c for c in run[1:] if _BYTE_OF[c] < 0xC0 and c not in _PUNCTUATION | _MARKS | _LETTERS]
    return bool(rare) and len(_SEQUENCE.findall(run)) > 1


def _is_certain(text: str, match: re.Match[str]) -> bool:
    """True when this one sequence cannot stand in clean text."""
    sequence = match[0]
    if _CONTROL.search(sequence):
        return True
    lead, second = sequence[0], sequence[1]
    if len(sequence) == 4:
        return lead == "ð" and second == "Ÿ"
    if len(sequence) == 3:
        if lead == "â":
            return second in _EURO_SECOND
        return second not in _PUNCTUATION | _MARKS | _LETTERS
    if second in _SPELT_AFTER.get(lead, ""):
        return False
    if lead in "ÂÃÄÅ":
        return second not in _PUNCTUATION or _between(text, match)
    return lead in "ÎÏÐÑ" and second not in _PUNCTUATION | _MARKS | _LETTERS


def _between(text: str, match: re.Match[str]) -> bool:
    """Whether a capital with punctuation (`Ã”`) stands where neither a capital nor that punctuation could."""
    before = text[match.start() - 1 : match.start()]
    after = text[match.end() : match.end() + 1]
    if before.islower():
        return True
    if match[0] in ("Ã\u00a0", "Â\u00a0"):
        return after not in tuple("»:;!?") and not before.isupper()
    return not before.isalpha() and after.isalpha()


# E2 80 xx, the quotation marks and dashes of English prose, as other wrong charsets show them.
_QUOTES: Final = {
    bytes((0xE2, 0x80, last)).decode(charset): bytes((0xE2, 0x80, last)).decode("utf-8")
    for charset in ("mac_roman", "cp437", "cp1251")
    for last in (0x93, 0x94, 0x98 + (charset == "cp1251"), 0x99, 0x9C, 0x9D, 0xA6)
}
_QUOTE: Final = re.compile("|".join(map(re.escape, _QUOTES)))


def _undo_quotes_of_others(text: str) -> tuple[str, int]:
    return _QUOTE.subn(lambda match: _QUOTES[match[0]], text)


def _undo_controls(text: str) -> tuple[str, int]:
    """C1 controls are windows-1252 read as latin-1; no prose has them on purpose."""
    return _CONTROL.subn(lambda match: _C1[ord(match[0])], text)


_CONTRACTION: Final = r"(?:t|s|re|ll|ve|d|m)\b"
_MAC_PROOF: Final = re.compile(rf"[a-z]Õ{_CONTRACTION}")
_MAC: Final = (
    (re.compile(r"(?<=[A-Za-z])Õ(?=[a-z])|(?<=s)Õ(?=\s)"), "’"),
    (re.compile(r"(?<!\w)Ò(?=\w)"), "“"),
    (re.compile(r"(?<=[\w.,!?])Ó(?!\w)"), "”"),
    (re.compile(r"(?<=[a-z])É(?![A-Za-z])"), "…"),
    (re.compile(r"(?<=[a-z])[ÑÐ](?=[a-z])"), "—"),
)
_NOT_MAC_PROOF: Final = re.compile(
    r"\b(?:can|don|won|didn|doesn|isn|wasn|couldn|wouldn|shouldn|hasn|haven|hadn|aren|weren|ain)ít\b", re.IGNORECASE
)
_NOT_MAC: Final = (
    (re.compile(rf"(?<=[A-Za-z])í(?={_CONTRACTION})"), "’"),
    (re.compile(r"(?<!\w)ì(?=\w)"), "“"),
    (re.compile(r"(?<=[\w.,!?])î(?!\w)"), "”"),
    (re.compile(r"(?<=[a-z])ó(?=[a-z])|(?<=\s)ó(?=\s)"), "—"),
)
_ROMANCE: Final = re.compile("[áéúñãõàèùçâê]")


def _undo_macroman(text: str) -> tuple[str, int]:
    """`donÕt` (MacRoman shown as windows-1252) and `canít` (the reverse): only where an English contraction proves it."""
    steps: tuple[tuple[re.Pattern[str], str], ...] = ()
    if "Õ" in text and _MAC_PROOF.search(text):
        steps = _MAC
    elif ("ít" in text or "ÍT" in text) and _NOT_MAC_PROOF.search(text) and not _ROMANCE.search(text):
        steps = _NOT_MAC
    count = 0
    for pattern, sign in steps:
        text, changed = pattern.subn(sign, text)
        count += changed
    return text, count


# Each begins with its letter, not with a look behind: the engine then leaps from one candidate to the next.
_GONE: Final = re.compile(rf"\ufffd|\?(?:(?<=[a-z]\?)(?={_CONTRACTION})|(?<![^\s:“\"(]\?)\?{{2,}}(?=\s|\Z))|â€(?!\w)")


def _losses(text: str, where: str) -> tuple[Finding, ...]:
    if "?" not in text and "\ufffd" not in text and "â€" not in text:
        return ()
    first = _GONE.search(text)
    return (_lost(text, first[0], len(_GONE.findall(text)), where, first.start()),) if first else ()


def _lost(text: str, sign: str, count: int, where: str, at: int | None = None) -> Finding:
    """The finding for characters that are gone: shown where the first one stood."""
    at = text.find(sign) if at is None else at
    sample = text[max(0, at - _SAMPLE // 2) : at + _SAMPLE // 2]
    message = f"{count} characters were lost before the file reached us; they cannot be restored."
    return Finding("encoding.lost", "loss", message, where, before=sample, after=sample, count=count)


def _samples(before: str, after: str) -> tuple[str, str]:
    """A short piece of both texts around the first difference."""
    at = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after)))
    start = max(0, at - _SAMPLE // 4)
    return before[start : start + _SAMPLE], after[start : start + _SAMPLE]
