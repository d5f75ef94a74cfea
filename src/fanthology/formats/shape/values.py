"""The values of a header in the fields of a Story."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from .. import header, transforms
from ..model import CATEGORIES, EMPTY, SeriesPlace
from .draft import Draft
from .facts import iso_date, language_code
from .intake import Intake, joined_markup
from .lines import Prose, cut, escaped
from .titles import take_authors, take_title


def _listed(intake: Intake, text: str) -> list[str]:
    """A value as a list: commas, semicolons and line ends part it, but not inside brackets."""
    parts: list[str] = []
    depth, current = 0, ""
    for sign in text:
        depth = max(depth + (sign in "([") - (sign in ")]"), 0)
        if sign in ",;\n" and not depth:
            parts.append(current)
            current = ""
        else:
            current += sign
    parts.append(current)
    cleaned = (intake.plain(part.strip(" .*_")) for part in parts)
    return [part for part in cleaned if part and part.lower() not in {"none", "n/a", "-"}]


def interpret(block: header.Header, draft: Draft) -> None:
    """Put every entry of a header into its field; what no field takes goes to `labels`, in order."""
    for entry in block.entries:
        if entry.value.strip().lower() in {"none", "keine", "aucun", "ninguno"} and entry.fields not in {
            ("warnings",),
            ("rating",),
        }:
            continue
        if entry.fields and entry.fields[0] in _PROSE_FIELDS:
            _take_prose(draft, entry)
            continue
        for name, value in _shared_out(entry):
            taken = bool(value) and _interpret_one(draft, name, value)
            if not taken and value:
                label = draft.intake.plain(entry.label)
                draft.labels.append((label, draft.intake.plain(value)))


def _shared_out(entry: header.Entry) -> list[tuple[str, str]]:
    """The values of an entry with two labels: "Rating/Warnings: PG-13, violence" has two, in that order."""
    if not entry.fields:
        return [("", entry.value)]
    if len(entry.fields) == 1:
        return [(entry.fields[0], entry.value)]
    if set(entry.fields) == {"characters", "pairing"}:
        parts = re.split(r"[,;\n]", entry.value)
        pairs = [part for part in parts if re.search(r"/|&|\bx\b", part)]
        return [("pairing", ", ".join(pairs)), ("characters", ", ".join(part for part in parts if part not in pairs))]
    parts = re.split(r"\s{0,3}[/;,|]\s{0,3}|\s-\s", entry.value, maxsplit=len(entry.fields) - 1)
    if len(parts) < len(entry.fields):
        return [(entry.fields[0], entry.value)]
    return list(zip(entry.fields, parts, strict=True))


def _interpret_one(draft: Draft, name: str, value: str) -> bool:
    """Whether the field `name` took the value."""
    facts, intake = draft.facts, draft.intake
    if name in _LIST_FIELDS:
        target = _LIST_FIELDS[name]
        facts[target] = tuple(dict.fromkeys((*facts.get(target, ()), *_listed(intake, value))))
        return True
    reader = _FIELD_READERS.get(name)
    return reader(draft, value) if reader else False


_LIST_FIELDS = {"pairing": "relationships", "characters": "characters", "genre": "additional_tags", "beta": "beta"}


_PROSE_FIELDS = frozenset({"summary", "disclaimer", "notes", "spoilers"})


def _take_prose(draft: Draft, entry: header.Entry) -> None:
    """A value of sentences: with its italics and links when the lines are HTML, as paragraphs when they are text."""
    if not entry.value:
        return
    html = _marked_up(draft.prose, entry) if draft.prose.from_html else _as_html(entry.value)
    name = entry.fields[0]
    if name == "notes" and "chapter" in entry.label.lower():
        draft.notes_at.append((0, html))
        return
    draft.facts[name] = joined_markup(draft.facts.get(name, EMPTY), draft.intake.markup(html, name))


def _marked_up(prose: Prose, entry: header.Entry) -> str:
    """The lines of an entry as HTML, the label taken off the first of them."""
    lines = [replace(line, tag="p", path=(), centred=False) for line in prose.lines[entry.first : entry.last + 1]]
    take = None if entry.first < entry.last else len("".join(entry.value.split()))
    lines[0] = replace(lines[0], html=cut(lines[0].html, entry.skip, take))
    return Prose(lines, from_html=True).render(0, len(lines))


def _as_html(value: str) -> str:
    return "".join(f"<p>{escaped(' '.join(part.split()))}</p>" for part in re.split(r"\n\s*\n", value) if part.strip())


def _read_title(draft: Draft, value: str) -> bool:
    known = draft.title
    take_title(draft, value)
    return not known


def _read_author(draft: Draft, value: str) -> bool:
    known = draft.authors
    take_authors(draft, value)
    return not known and bool(draft.authors)


def _read_contact(draft: Draft, value: str) -> bool:
    """Contacts are private: counted, shown nowhere."""
    draft.intake.redact()
    draft.labels.append(("Contact", "[contact]"))
    return bool(value)


def _read_rating(draft: Draft, value: str) -> bool:
    written = draft.intake.plain(value)
    if draft.facts.get("rating_as_written"):
        return False
    draft.facts["rating_as_written"] = written
    draft.facts["rating"] = transforms.map_rating(written)
    return True


def _read_warnings(draft: Draft, value: str) -> bool:
    parts = _listed(draft.intake, value) or [draft.intake.plain(value)]
    draft.facts["warnings_as_written"] = (*draft.facts.get("warnings_as_written", ()), *parts)
    mapped = [warning for part in parts if (warning := transforms.map_warning(part))]
    draft.facts["warnings"] = tuple(dict.fromkeys((*draft.facts.get("warnings", ()), *mapped)))
    return True


def _read_fandom(draft: Draft, value: str) -> bool:
    parts = [name.strip() for part in _listed(draft.intake, value) for name in re.split(r"\s+/\s+|\s+x\s+", part)]
    draft.facts["fandoms"] = tuple(dict.fromkeys((*draft.facts.get("fandoms", ()), *(part for part in parts if part))))
    return True


_CROSSOVER = re.compile(r"(?i)\b(?:crossover|x-?over)\s{0,3}[(\[:]\s{0,3}([^()\[\]]{3,200})[)\]]?")


def _read_type(draft: Draft, value: str) -> bool:
    """A category means something else on every site: kept as a label; a crossover names its fandoms."""
    if (match := _CROSSOVER.search(value)) and not draft.facts.get("fandoms"):
        draft.facts["fandoms"] = tuple(
            draft.intake.plain(part) for part in re.split(r"\s{0,3}[/&+,]\s{0,3}", match[1]) if part.strip()
        )
    exact = tuple(part for part in _listed(draft.intake, value) if part in CATEGORIES)
    draft.facts["categories"] = tuple(dict.fromkeys((*draft.facts.get("categories", ()), *exact)))
    return len(exact) == len(_listed(draft.intake, value))


def _read_date(draft: Draft, value: str) -> bool:
    draft.facts.setdefault("published", iso_date(value))
    return iso_date(value) is not None


def _read_updated(draft: Draft, value: str) -> bool:
    draft.facts.setdefault("updated", iso_date(value))
    return iso_date(value) is not None


def _read_series(draft: Draft, value: str) -> bool:
    text = draft.intake.plain(value)
    match = re.match(
        r"(.{1,200}?)[\s,]{0,3}[\[(#]?\s{0,2}(?:part|book|story|no\.|#)?\s{0,2}(\d{1,3})\s{0,2}(?:of \d{1,3})?[\])]?\Z",
        text,
        re.IGNORECASE,
    )
    place = (
        SeriesPlace(match[1].strip(" ,:-"), int(match[2])) if match and match[1].strip(" ,:-") else SeriesPlace(text)
    )
    draft.facts["series"] = (*draft.facts.get("series", ()), place)
    return True


def _read_status(draft: Draft, value: str) -> bool:
    lowered = value.strip().lower().rstrip(".!")
    if match := re.match(r"(?:chapter |part )?(\d{1,3})\s{0,2}(?:/|of)\s{0,2}(\d{1,3}|\?)", lowered):
        if match[2] != "?":
            draft.facts.setdefault("expected_chapters", int(match[2]))
        draft.facts.setdefault("complete", False if match[2] == "?" else None)
    elif re.match(
        r"(?:in ?complete|wip|work in progress|in progress|unfinished|ongoing|no\b|nein\b|non\b|abandoned)", lowered
    ):
        draft.facts["complete"] = False
    elif re.match(r"(?:complete|finished|yes|done|ja\b|oui\b|sí|abgeschlossen|terminée?|completa)", lowered):
        draft.facts["complete"] = True
    return False


def _read_parts(draft: Draft, value: str) -> bool:
    if match := re.match(r"\s{0,3}(?:(\d{1,4})\s{0,2}(?:/|of)\s{0,2})?(\d{1,4})\s{0,3}\Z", value):
        draft.facts.setdefault("expected_chapters", int(match[2]))
    return False


def _read_permission(draft: Draft, value: str) -> bool:
    known = draft.facts.get("archive_permission", "")
    draft.facts["archive_permission"] = "; ".join(part for part in (known, draft.intake.plain(value)) if part)
    return True


def _read_language(draft: Draft, value: str) -> bool:
    draft.facts.setdefault("language", language_code(value))
    return language_code(value) is not None


_FIELD_READERS: dict[str, Callable[[Draft, str], bool]] = {
    "title": _read_title,
    "author": _read_author,
    "contact": _read_contact,
    "rating": _read_rating,
    "warnings": _read_warnings,
    "fandom": _read_fandom,
    "type": _read_type,
    "date": _read_date,
    "updated": _read_updated,
    "series": _read_series,
    "status": _read_status,
    "parts": _read_parts,
    "permission": _read_permission,
    "language": _read_language,
}
