"""The query language: what people type → a tree that no engine's words stand in.

    lamp "two long, one short" -ghost (fog OR storm) author:tamsin fandom:"Greek Mythology" words:1k-5k updated:<30d

Words are ANDed. A malformed query is never an error: `parse` gives its best reading and says what it took it for.
The documented fields are FIELDS; docs and the help page are made from it.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

TEXT_FIELDS = {"title": "title", "author": "authors", "series": "series", "text": "body", "summary": "summary"}
TAG_FIELDS = {
    "fandom": "fandom",
    "character": "character",
    "relationship": "relationship",
    "rating": "rating",
    "warning": "warning",
    "category": "category",
    "tag": "",
}
NUMBER_FIELDS = {"words": "words", "kudos": "kudos", "reviews": "reviews", "chapters": "chapters"}
SORTS = ("best", "updated", "published", "words", "shortest", "kudos", "reviews", "title", "author")

FIELDS: tuple[tuple[str, str, str], ...] = (
    ("title:", "a word of the title", "title:lamp"),
    ("author:", "a pen name", "author:tamsin"),
    ("fandom:", "a fandom, with everything that is put below it", 'fandom:"Greek Mythology"'),
    ("character:", "a character", 'character:"Mina Harker"'),
    ("relationship:", "a relationship", 'relationship:"Lucy Westenra & Mina Harker"'),
    ("tag:", "any tag", 'tag:"slow burn"'),
    ("rating:", "a rating", "rating:teen"),
    ("warning:", "an archive warning", "warning:violence"),
    ("category:", "a category", "category:gen"),
    ("language:", "a language by its code", "language:de"),
    ("series:", "a word of a series' title", "series:harbour"),
    ("text:", "the story itself", 'text:"the log comes before the matches"'),
    ("summary:", "the summary", "summary:winter"),
    ("words:", "length in words: a number, a range, > or <", "words:1k-5k"),
    ("chapters:", "chapters that are here", "chapters:1"),
    ("updated:", "age (d, w, m, y) or date of the last update", "updated:<30d"),
    ("published:", "year, month or day of publication", "published:2003"),
    ("complete:", "yes or no", "complete:yes"),
    ("crossover:", "more than one fandom: yes or no", "crossover:no"),
    ("kudos:", "kudos received", "kudos:>10"),
    ("reviews:", "reviews received", "reviews:>3"),
    (
        "sort:",
        "best, updated, published, words (longest first), shortest, kudos, reviews, title or author",
        "sort:words",
    ),
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word or phrase; `field` "" = in title, author, tags, series, summary or text."""

    text: str
    field: str = ""
    is_phrase: bool = False


@dataclass(frozen=True, slots=True)
class TagNamed:
    """A tag by name; `kind` "" = of any kind. Who resolves it follows synonyms and subtags."""

    name: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Between:
    """`low` ≤ number ≤ `high`; None is open. Dates are days as YYYYMMDD, `updated` seconds since 1970."""

    field: str
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Exactly:
    """A field with few values: language, complete (1/0), crossover (1/0)."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Node, ...]


Node = Word | TagNamed | Between | Exactly | Not | All | AnyOf


@dataclass(slots=True)
class Parsed:
    """The tree, the wanted order ("" = none said) and friendly remarks about what was read differently than typed."""

    node: Node
    sort: str = ""
    remarks: list[str] = field(default_factory=list)

    @property
    def is_everything(self) -> bool:
        return self.node == All()


_TOKEN = re.compile(
    r"""(?P<open>-?\()|(?P<close>\))|(?P<minus>-(?=[^\s]))?(?:(?P<field>[A-Za-z]{2,15}):)?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s()"]+))|(?P<odd>["-])""",
    re.VERBOSE,
)
MOST_TOKENS = 100
_AMOUNT = r"(\d[\d,.]*)\s*(k|m)?"
_NUMBER = re.compile(rf"^(?:(?P<op>[<>]=?|=)?{_AMOUNT}|{_AMOUNT}\s*(?:-|–|\.\.)\s*{_AMOUNT})$", re.IGNORECASE)
_AGE = re.compile(r"^(?P<op>[<>])?=?(?P<number>\d{1,4})(?P<unit>d|w|m|y)$", re.IGNORECASE)
_DATE = re.compile(r"^(?P<op>[<>]=?)?(\d{4}(?:-\d{2}(?:-\d{2})?)?)(?:\.\.(\d{4}(?:-\d{2}(?:-\d{2})?)?))?$")
_YEARS = re.compile(r"^(\d{4})-(\d{4})$")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


def parse(text: str, *, today: dt.date) -> Parsed:
    """The best reading of what was typed. `today` is the day that ages (`updated:<30d`) count from."""
    parsed = Parsed(All())
    reader = _Reader(text, today, parsed)
    parsed.node = _flat(reader.alternatives(nested=False))
    return parsed


class _Reader:
    """A walk over the tokens, one method for each level: alternatives, a run of parts, one part."""

    def __init__(self, text: str, today: dt.date, parsed: Parsed) -> None:
        self.tokens = list(_TOKEN.finditer(text))
        if len(self.tokens) > MOST_TOKENS:
            parsed.remarks.append(f"Only the first {MOST_TOKENS} words were searched for.")
            del self.tokens[MOST_TOKENS:]
        self.place = 0
        self.today = today
        self.parsed = parsed

    def alternatives(self, *, nested: bool) -> Node:
        runs = [self.run(nested=nested)]
        while self.place < len(self.tokens) and self._is_or():
            self.place += 1
            runs.append(self.run(nested=nested))
        full = tuple(run for run in runs if run != All())
        return full[0] if len(full) == 1 else AnyOf(full) if full else All()

    def run(self, *, nested: bool) -> Node:
        parts: list[Node] = []
        while self.place < len(self.tokens) and not self._is_or():
            token = self.tokens[self.place]
            self.place += 1
            if token["close"]:
                if nested:
                    self.place -= 1
                    break
                self.parsed.remarks.append("A closing bracket without its opening one was left out.")
            elif token["open"]:
                parts.append(self._bracket(negated=token["open"].startswith("-")))
            elif not token["odd"]:
                parts.extend(self._part(token))
        return All(tuple(parts))

    def _is_or(self) -> bool:
        token = self.tokens[self.place]
        return token["word"] in ("OR", "|") and not token["field"] and not token["minus"]

    def _bracket(self, *, negated: bool) -> Node:
        inside = self.alternatives(nested=True)
        if self.place < len(self.tokens):
            self.place += 1
        else:
            self.parsed.remarks.append("A bracket was never closed; it was taken to end with the query.")
        return Not(inside) if negated and inside != All() else inside

    def _part(self, token: re.Match[str]) -> Iterator[Node]:
        name = (token["field"] or "").lower()
        phrase = token["phrase"]
        text = (phrase if phrase is not None else token["word"] or "").strip()
        if text in ("AND", "and", "&") and not name:
            return
        node = self._node(name, text, is_phrase=phrase is not None, typed=token[0])
        if node is not None:
            yield Not(node) if token["minus"] else node

    def _node(self, name: str, text: str, *, is_phrase: bool, typed: str) -> Node | None:
        if name == "sort":
            self._sort(text)
            return None
        if not text:
            return None
        if name in TEXT_FIELDS:
            return Word(text, TEXT_FIELDS[name], is_phrase)
        if name in TAG_FIELDS:
            return TagNamed(text, TAG_FIELDS[name])
        if name in ("complete", "crossover", "language"):
            return self._exactly(name, text)
        if name in NUMBER_FIELDS or name in ("updated", "published"):
            between = self._between(name, text)
            if between is None:
                self.parsed.remarks.append(f"“{typed}” could not be read as a number or date and was left out.")
            return between
        if name:
            self.parsed.remarks.append(f"There is no field “{name}:”; it was searched for as words.")
            return Word(f"{name} {text}", is_phrase=True)
        return Word(text, is_phrase=is_phrase)

    def _sort(self, text: str) -> None:
        if text.lower() in SORTS:
            self.parsed.sort = text.lower()
        else:
            self.parsed.remarks.append(f"There is no order “{text}”; known are {', '.join(SORTS)}.")

    def _exactly(self, name: str, text: str) -> Node | None:
        if name == "language":
            return Exactly("language", text.lower())
        answer = {"yes": "1", "true": "1", "only": "1", "no": "0", "false": "0", "exclude": "0"}.get(text.lower())
        if answer is None:
            self.parsed.remarks.append(f"“{name}:” is yes or no; “{text}” was left out.")
            return None
        return Exactly(name, answer)

    def _between(self, name: str, text: str) -> Node | None:
        if name == "updated":
            return _updated(text, self.today)
        if name == "published":
            return _published(text)
        return _number(NUMBER_FIELDS[name], text)


def _number(name: str, text: str) -> Between | None:
    match = _NUMBER.match(text.strip())
    if not match:
        return None
    operator, single, single_unit, low, low_unit, high, high_unit = match.groups()
    if single is None:
        first, second = _amount(low, low_unit), _amount(high, high_unit)
        return Between(name, min(first, second), max(first, second))
    number = _amount(single, single_unit)
    if not operator or operator == "=":
        return Between(name, number, number)
    if operator.startswith(">"):
        return Between(name, number + (operator == ">"), None)
    return Between(name, None, number - (operator == "<"))


def _amount(digits: str, unit: str | None) -> int:
    factor = {"k": 1_000, "m": 1_000_000}.get((unit or "").lower(), 1)
    if unit and "." in digits:
        whole, _, part = digits.partition(".")
        return min(int(float(f"{_digits(whole)}.{_digits(part)}") * factor), 2**53)
    return min(int(_digits(digits)) * factor, 2**53)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text) or "0"


def _updated(text: str, today: dt.date) -> Between | None:
    age = _AGE.match(text)
    if age:
        days = min(int(age["number"]) * _DAYS[age["unit"].lower()], 300_000)
        edge = _seconds(today - dt.timedelta(days=days))
        return Between("updated", None, edge) if age["op"] == ">" else Between("updated", edge, None)
    dates = _published(text)
    if dates is None:
        return None
    low = _seconds(_day(dates.low)) if dates.low else None
    high = _seconds(_day(dates.high)) + 86_399 if dates.high else None
    return Between("updated", low, high)


def _published(text: str) -> Between | None:
    years = _YEARS.match(text)
    if years:
        return Between("published", _edge(years[1], last=False), _edge(years[2], last=True))
    match = _DATE.match(text)
    if not match:
        return None
    operator, first, second = match.groups()
    low, high = _edge(first, last=False), _edge(second or first, last=True)
    if low is None or high is None:
        return None
    if operator and operator.startswith(">"):
        return Between("published", low if "=" in operator else high + 1, None)
    if operator:
        return Between("published", None, high if "=" in operator else low - 1)
    return Between("published", low, high)


def _edge(text: str, *, last: bool) -> int | None:
    """The first or last day of a year, month or day, as YYYYMMDD; None where there is no such day."""
    year, month, day = (*(int(part) for part in text.split("-")), 0, 0)[:3]
    try:
        dt.date(year, month or 1, day or 1)
    except ValueError:
        return None
    if not 1000 <= year <= 9000:
        return None  # no story is that old or that new, and the day next to it must be a date as well
    month = month or (12 if last else 1)
    return year * 10_000 + month * 100 + (day or (calendar.monthrange(year, month)[1] if last else 1))


def _day(number: int) -> dt.date:
    """The date of a YYYYMMDD; one step before the first or after the last day of a month is the day next to it."""
    return dt.date(number // 10_000, number // 100 % 100, 1) + dt.timedelta(days=number % 100 - 1)


def _seconds(day: dt.date) -> int:
    return (day - dt.date(1970, 1, 1)).days * 86_400


def _flat(node: Node) -> Node:
    """The same tree without brackets that mean nothing."""
    if isinstance(node, All):
        parts = tuple(part for part in map(_flat, node.parts) if part != All())
        return parts[0] if len(parts) == 1 else All(parts)
    if isinstance(node, AnyOf):
        return AnyOf(tuple(map(_flat, node.parts)))
    if isinstance(node, Not):
        return Not(_flat(node.part))
    return node
