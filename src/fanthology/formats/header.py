"""The label table: blocks such as Title:/Rating:/Pairing:/A/N that authors put above (or below) their stories.

`find` works on plain lines and knows nothing of HTML or of Story: it says which lines are header, what each label
means and what its value is. Lines it does not understand stay in the block as unknown labels, so nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

WINDOW: Final = 25
"""Two known labels must stand within so many lines."""
DEPTH: Final = 80
"""How far from the beginning a header may start."""

_VARIANTS: Final = {
    "title": (
        "title|story title|story|fic title|fic|fic name|story name|name|work title|name of story|titel|titre|"
        "título|titulo|titolo"
    ),
    "chapter_title": "part title|chapter title|chapter name",
    "author": (
        "author|by|written by|writer|from|penname|pen name|author name|author's name|authors|author(s)|pseud|"
        "pseudonym|lj name|creator|auteur|auteure|autor|autorin|autor/in|autora|autore|author's pseudonym|"
        "authoress|ff author"
    ),
    "contact": (
        "email|e-mail|e mail|mail|author e-mail|author email|author's email|author's e-mail|email address|"
        "e-mail address|addy|contact|feedback to|send feedback to|feedback address|website|web site|web page|"
        "webpage|url|homepage|home page|author's website|author website|aim|icq|msn|yim|lj|livejournal|site|"
        "email to|correo|adresse"
    ),
    "fandom": (
        "fandom|show|tv show|universe|crossover|x-over|xover|crossover with|source|canon|serie tv|"
        "fandom/pairing|book|movie"
    ),
    "rating": (
        "rating|rated|rate|age rating|film rating|story rating|altersfreigabe|clasificación|classement|freigabe"
    ),
    "pairing": (
        "pairing|paring|ship|shipping|relationship|couple|romantic pairing|main pairing|focus|slash pairing|"
        "pareja|paarung|relationships"
    ),
    "characters": (
        "character|cast|starring|featuring|pov|main character|main cast|personaje|personnage|charakter|"
        "charaktere|personen|personajes"
    ),
    "summary": (
        "summary|summery|sumary|synopsis|description|blurb|teaser|author's summary|in short|resumé|résumé|"
        "resume|story summary|short summary|zusammenfassung|inhalt|resumen|riassunto|kurzbeschreibung|"
        "sommaire|argumento"
    ),
    "warnings": (
        "warning|content note|content warning|cw|tw|trigger warning|trigger|contain|advisory|squick|caution|"
        "kink|warnung|warnungen|advertencia|avertissement|avvertimenti"
    ),
    "spoilers": "spoiler|spoil|spoilers for|spoiler warning|spoiler alert",
    "timeline": (
        "season|episode|timeline|time line|set|set in|set after|time frame|timeframe|takes place|continuity|"
        "coda to|setting|time period|zeit"
    ),
    "disclaimer": (
        "disclaimer|standard disclaimer|disclamer|legal|legal stuff|legal disclaimer|legalese|ownership|"
        "claimer|copyright|descargo|don't own|haftungsausschluss|disclaimers|usual disclaimer|disclaim|"
        "rechtliches|descargo de responsabilidad"
    ),
    "notes": (
        "a/n|an|author's note|authors note|author note|authors' note|author's notes|note|comment|authorial|"
        "dedication|thanks|thanks to|acknowledgement|acknowledgment|credit|notes|story note|story notes|"
        "anmerkung|anmerkungen|author's comment|author's chapter notes|author's chapter note|autornotiz|"
        "notas|nota|nota de la autora|note de l'auteur|n/a|dedicated to|special thanks|chapter notes|"
        "chapter note"
    ),
    "beta": (
        "beta|beta'd by|betaed|betaed by|beta'ed by|edited by|editor|beta-reader|beta reader|beta by|"
        "beta readers|betas|betareader|unbeta'd"
    ),
    "genre": "genre|keyword|género|tags|tag|additional tags|genere|kategorie/genre",
    "type": (
        "type|category|classification|code|story code|kind|slash/het/gen|kategorie|catégorie|categoría|categories"
    ),
    "date": (
        "date|date posted|posted|posted on|date published|publish|published|date archived|published on|"
        "first posted|veröffentlicht|publié|fecha|archived"
    ),
    "written": (
        "written|date written|started|finished|created|completed on|date completed|written on|date finished|"
        "last revised"
    ),
    "updated": "updated|update|last updated|last update|date updated|last modified|revised|aktualisiert",
    "series": (
        "series|part of|verse|arc|series name|sequel to|prequel|prequel to|follows|sequel|companion to|"
        "previous part|series/sequel|in series|serie|série|companion piece to"
    ),
    "status": "status|complete|completed|wip|finished|story status|abgeschlossen",
    "parts": "part|chapter|parts|chapters|number of chapters|kapitel|chapitre|chapitres|capítulos|capitulos",
    "permission": (
        "archive|archiving|archive permission|archiving permission|archival|distribution|permission|"
        "permission to archive|posting|archived at|archive at|archivieren|archivierung|redistribution|"
        "forwarding"
    ),
    "words": (
        "word|word count|wordcount|length|size|story size|words|wörter|mots|palabras|number of words|approx. word count"
    ),
    "prompt": (
        "prompt|challenge|written for|for|request|recipient|gift for|fest|claim|table|bingo|prompts|"
        "challenges|challenge info"
    ),
    "feedback": "feedback|review|r&r|concrit|feedback policy|reviews|reviews welcome|rückmeldung|comments welcome",
    "language": "language|sprache|langue|idioma|lingua",
    "url": (
        "story url|story link|original source|source url|original url|originally posted at|link|author url|"
        "read count|read|hits|packaged|publisher"
    ),
}

FIELDS: Final = tuple(_VARIANTS)
_STRONG: Final = frozenset(
    {
        "title",
        "author",
        "fandom",
        "rating",
        "pairing",
        "summary",
        "disclaimer",
        "spoilers",
        "warnings",
        "characters",
        "permission",
        "genre",
    }
)
_SENTENCES: Final = frozenset({"summary", "notes", "disclaimer", "spoilers"})
_WEAK_WORDS: Final = frozenset(
    {
        "by",
        "from",
        "name",
        "story",
        "show",
        "source",
        "book",
        "focus",
        "an",
        "site",
        "cast",
        "set",
        "contain",
        "starring",
        "fic",
    }
)


def _table() -> dict[str, str]:
    table: dict[str, str] = {}
    for name, variants in _VARIANTS.items():
        for variant in variants.split("|"):
            table.setdefault(variant, name)
    return table


_TABLE: Final = _table()
_LABEL: Final = re.compile(
    r"\A[^\w\"'“”„‘’«»<]{0,6}_?(?P<label>[^\W\d_][\w'’.&()/+, -]{0,44}?)[ \t*_]{0,4}"
    r"(?:[:：=][ \t*_]{0,6}|[ \t]{1,6}[-–—~][ \t]{1,6}|[ \t]{0,3}\.{3,40}[ \t]{0,3})(?P<value>.*)\Z",
    re.DOTALL,
)
_INLINE: Final = re.compile(
    r"(?i)(?<![\w'’])(chapters|completed?|status|word ?count|words|read(?: ?count)?|published|updated|rated|rating|reviews|genres?|"
    r"language|categories|characters|pairings?|warnings?|series|challenges|date|title|author|fandom|summary|spoilers|disclaimer)\s{0,2}:\s"
)
_PARTS: Final = re.compile(r"\s{0,3}(?:/|&|\+|,|\band\b|\bund\b|\bet\b|\by\b)\s{0,3}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One label with its value. `fields` is empty for a label the table does not know; `first`..`last` are its lines.

    `skip` is how many signs of the first line, not counting spaces, stand before the value.
    """

    label: str
    fields: tuple[str, ...]
    value: str
    first: int
    last: int
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Header:
    """A block of entries over the lines `first`..`last`, both inclusive."""

    entries: tuple[Entry, ...]
    first: int
    last: int


def fields_of(label: str) -> tuple[str, ...]:
    """What a label means: ("title",), or several for "Characters/Pairings", or () when the table does not know it."""
    key = " ".join(label.lower().replace("’", "'").replace("(s)", "").replace("(es)", "").strip(" \t*_.-").split())
    if found := _lookup(key):
        return (found,)
    parts = [_lookup(part) for part in _PARTS.split(key)]
    if 1 < len(parts) <= 3 and all(parts):
        return tuple(dict.fromkeys(part for part in parts if part))
    return ()


def _lookup(key: str) -> str | None:
    return _TABLE.get(key) or _TABLE.get(key.removesuffix("s")) or _TABLE.get(key.removesuffix("es")) or None


def find(lines: Sequence[str], *, wrapped: bool, start: int = 0, depth: int = DEPTH) -> Header | None:
    """The first header block that begins within `depth` lines from `start`, or None.

    `wrapped`: the lines are cut at some 70 columns, so that a value may run on over full lines. A block needs two
    different known labels within WINDOW lines, one of which no dialogue begins with.
    """
    found = [
        entry
        for number in range(start, min(start + depth + WINDOW, len(lines)))
        for entry in _entries(lines[number], number)
    ]
    known = [entry for entry in found if entry.fields]
    for index, entry in enumerate(known):
        if entry.first >= start + depth:
            return None
        near = [other for other in known[index:] if other.first - entry.first < WINDOW]
        if _is_header(near, found, entry.first):
            return _grow(lines, _top(lines, entry.first, start), wrapped=wrapped)
    return None


def _top(lines: Sequence[str], first: int, start: int) -> int:
    """Unknown labels right above the first known one are header too."""
    while first > start and _entries(lines[first - 1], first - 1):
        first -= 1
    return first


def _is_header(near: list[Entry], found: list[Entry], first: int) -> bool:
    """Two different known labels, one strong, and not drowned in unknown ones as the speakers of a script are."""
    fields = {name for entry in near for name in entry.fields}
    strong = {
        name for entry in near for name in entry.fields if name in _STRONG and entry.label.lower() not in _WEAK_WORDS
    }
    if len(fields) < 2 or not strong:
        return False
    last = near[-1].last
    unknown = sum(1 for entry in found if not entry.fields and first <= entry.first <= last)
    return unknown <= 2 * len(near)


def _entries(line: str, number: int) -> list[Entry]:
    """The label or labels of one line; [] when it begins with none."""
    text = line.strip()
    if not text or len(text) > 20_000:
        return []
    marks = list(_INLINE.finditer(text)) if text.count(":") > 1 else []
    if len(marks) > 1 and marks[0].start() <= 3 and (len(marks) > 2 or marks[1].start() < 60):
        ends = [mark.start() for mark in marks[1:]] + [len(text)]
        return [
            Entry(
                mark[1],
                fields_of(mark[1]),
                text[mark.end() : end].strip(" \t|;,•·-"),
                number,
                number,
                _signs(text[: mark.end()]),
            )
            for mark, end in zip(marks, ends, strict=True)
        ]
    match = _LABEL.match(text)
    if not match:
        return []
    label, value = match["label"].strip(" *_"), match["value"].strip().strip("*_").strip()
    fields = fields_of(label)
    dashed = ":" not in text[: match.start("value")] and "=" not in text[: match.start("value")]
    if not fields and (dashed or not label[:1].isupper() or len(label.split()) > 5):
        return []
    return [Entry(label, fields, value, number, number, _signs(text[: match.start("value")]))]


def _signs(text: str) -> int:
    """How many signs a text has without its spaces: the same in a line and in the HTML it was taken from."""
    return len("".join(text.split()))


def _grow(lines: Sequence[str], first: int, *, wrapped: bool) -> Header:
    """From the first label on: every entry with the lines of its value, up to where prose begins."""
    entries: list[Entry] = []
    number, last = first, first
    while number < len(lines):
        here = _entries(lines[number], number)
        if here and (here[0].fields or number == first or _belongs(lines, number, last)):
            last = _value_end(lines, number, wrapped=wrapped)
            more = "\n".join(line.strip() for line in lines[number + 1 : last + 1]).rstrip()
            tail = here[-1]
            value = f"{tail.value}\n{more}".strip() if more else tail.value
            entries += [*here[:-1], replace(tail, value=value, last=last)]
            number = last + 1
        elif not lines[number].strip() and number - last <= 4:
            number += 1
        else:
            break
    return Header(tuple(entries), first, last)


def _belongs(lines: Sequence[str], number: int, last: int) -> bool:
    """An unknown label is header when it stands right under a known one, or when a known one follows soon."""
    return number - last <= 1 or _next_known(lines, number + 1, 4) is not None


def _next_known(lines: Sequence[str], start: int, reach: int) -> int | None:
    for number in range(start, min(start + reach, len(lines))):
        if any(entry.fields for entry in _entries(lines[number], number)):
            return number
    return None


def _value_end(lines: Sequence[str], number: int, *, wrapped: bool) -> int:
    """The last line of the value whose label stands on line `number`."""
    entry = _entries(lines[number], number)[-1]
    last, size = number, len(entry.value)
    if not entry.value:
        last = _next_text(lines, number)
        if last == number or _entries(lines[last], last):
            return number
        size = len(lines[last])
    while last + 1 < len(lines):
        line = lines[last + 1]
        if not line.strip() or _RULE.match(line.strip()) or _starts_entry(lines, last + 1):
            break
        full = (wrapped and line[:1] in " \t") or (
            len(lines[last].rstrip()) >= 45 and (wrapped or _breaks_off(entry, lines[last]))
        )
        if not full and _next_known(lines, last + 2, 6) is None:
            break
        last += 1
        size += len(line)
    follow = _next_known(lines, last + 1, 12)
    sure = follow is not None and _is_sure(lines, follow)
    if follow is not None and sure and follow > last + 1 and size < 4000 and _is_one_value(lines, last + 1, follow):
        return max(at for at in range(last, follow) if lines[at].strip() or at == last)
    return last


def _breaks_off(entry: Entry, line: str) -> bool:
    """Whether a value of sentences ends its line in the middle of one."""
    return bool(_SENTENCES & set(entry.fields)) and line.rstrip()[-1].isalnum()


def _is_sure(lines: Sequence[str], number: int) -> bool:
    """A label after unlabelled paragraphs must be beyond doubt: strong, short, and not the only one to come."""
    entry = _entries(lines[number], number)[0]
    if len(lines[number]) > 400:
        return False
    near = {
        name
        for at in range(number, min(number + 3, len(lines)))
        for each in _entries(lines[at], at)
        for name in each.fields
    }
    if entry.label.lower().startswith(("a/n", "author")):
        return True
    return len(near) > 1 or (bool(_STRONG & set(entry.fields)) and entry.label.lower() not in _WEAK_WORDS)


def _starts_entry(lines: Sequence[str], number: int) -> bool:
    here = _entries(lines[number], number)
    return bool(here) and (bool(here[0].fields) or len(here[0].label.split()) <= 3)


def _next_text(lines: Sequence[str], number: int) -> int:
    """The line of text that follows within two lines, or `number` itself."""
    for at in range(number + 1, min(number + 3, len(lines))):
        if lines[at].strip():
            return at
    return number


def _is_one_value(lines: Sequence[str], first: int, end: int) -> bool:
    """Whether the unlabelled lines before the next known label are further paragraphs of a value: no rule, no label among them."""
    between = [line.strip() for line in lines[first:end] if line.strip()]
    return (
        bool(between)
        and sum(map(len, between)) < 3000
        and not any(_RULE.match(line) or _entries(line, 0) for line in between)
    )


_RULE: Final = re.compile(r"[\W_]{3,200}\Z")
