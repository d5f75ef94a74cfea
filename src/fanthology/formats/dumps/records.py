"""What a whole archive is made of, one record per row that means something to people.

`open_dump` streams them in the order of the classes below: what later records refer to by key comes first.
A `key` is the old software's own id as text ("12"); it is the identity that makes a second run safe.
Text is decoded, repaired and (where typed Markup) sanitised already. Private data stands only in `Private`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ..model import EMPTY, Finding, Markup, Story


@dataclass(frozen=True, slots=True)
class Private:
    """What the old site knew and nobody else may: never shown, never exported, sealed with the source.

    `pen_name` is the name as it stood, where an address in it is masked for everybody else; else "".
    """

    email: str = ""
    pen_name: str = ""
    real_name: str = ""
    password_hash: str = ""
    contacts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """The old site itself, from its settings: name, address, slogan, software and version ("efiction", "3.5.8")."""

    name: str
    url: str = ""
    slogan: str = ""
    software: str = ""
    version: str = ""
    language: str = ""
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class RatingRecord:
    """A rating of the old site. `gates`: subset of {"warn", "adults", "members"}; `mapped` one of RATINGS or None."""

    key: str
    name: str
    gates: frozenset[str] = frozenset()
    warning_text: str = ""
    mapped: str | None = None


TagKind = Literal["category", "fandom", "character", "relationship", "additional", "warning"]


@dataclass(frozen=True, slots=True)
class TagRecord:
    """A tag of the old site. `source` names its table ("categories", "characters", "classes"), `group` its class type ("Genres").

    `name` is always what the old site called it. `kind` is the reader's proposal; the keeper may map it. `mapped` is the
    archive's own word where one is certain ("Graphic Depictions Of Violence"). `parent` is the key of the parent in the
    same `source`, `fandom` the key of the category a character belongs to.
    """

    key: str
    source: str
    name: str
    kind: TagKind
    group: str = ""
    description: Markup = EMPTY
    parent: str | None = None
    fandom: str | None = None
    mapped: str | None = None
    locked: bool = False


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A member. `level` -1 = locked out on the old site. `favourites` wait until the author comes."""

    key: str
    name: str
    bio: Markup = EMPTY
    joined: str | None = None
    website: str = ""
    trusted: bool = False
    level: int = 0
    beta_reader: bool = False
    private: Private = Private()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryRecord:
    """A story with what only a whole archive knows about it: keys of people, tags, rating and challenges.

    `authors` are person keys, main author first; a key the archive does not hold (a vanished member) is in
    `missing_authors`. `tags` are (source, key) pairs in the form's order. `visible` False = the old site hid it
    (not validated). `chapter_states` maps the position of a hidden chapter to False; `chapter_authors` maps a
    position to the person key of its contributor where it is not the main author. `reads` = the old counter.
    """

    key: str
    story: Story
    authors: tuple[str, ...] = ()
    missing_authors: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    rating: str | None = None
    visible: bool = True
    hidden_chapters: frozenset[int] = frozenset()
    chapter_authors: tuple[tuple[int, str], ...] = ()
    challenges: tuple[str, ...] = ()
    round_robin: bool = False
    featured: bool = False
    reads: int = 0


@dataclass(frozen=True, slots=True)
class SeriesRecord:
    """A series. `places` in order: ("story"|"series", key, confirmed)."""

    key: str
    title: str
    summary: Markup = EMPTY
    author: str | None = None
    openness: Literal["closed", "moderated", "open"] = "closed"
    places: tuple[tuple[Literal["story", "series"], str, bool], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    challenges: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class ChallengeRecord:
    key: str
    title: str
    summary: Markup = EMPTY
    challenger: str = ""
    challenger_key: str | None = None
    tags: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """A review. `target` says on what: ("story"|"series"|"news", key). `chapter_key` = the old chapter id or None.

    `author_key` only where the old site knew a signed member; guests are never linked by name. `reply` is the
    author's response, split out of the text. `stars` 1..10 or None.
    """

    key: str
    target: tuple[Literal["story", "series", "news"], str]
    author: str
    author_key: str | None = None
    chapter_key: str | None = None
    text: Markup = EMPTY
    date: str | None = None
    stars: int | None = None
    reply: Markup = EMPTY
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class FavouriteRecord:
    """A favourite of a member: pending until that member claims the account. `kind` story, author or series."""

    person: str
    kind: Literal["story", "author", "series"]
    target: str
    comment: Markup = EMPTY


@dataclass(frozen=True, slots=True)
class NewsRecord:
    key: str
    title: str
    text: Markup
    author: str = ""
    date: str | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class PageRecord:
    """A custom page of the old site (rules, help): inert text, whatever code stood in it is gone and reported."""

    key: str
    title: str
    text: Markup
    findings: tuple[Finding, ...] = ()


Record = (
    SiteRecord
    | RatingRecord
    | TagRecord
    | PersonRecord
    | ChallengeRecord
    | StoryRecord
    | SeriesRecord
    | ReviewRecord
    | FavouriteRecord
    | NewsRecord
    | PageRecord
)


@dataclass(slots=True)
class RowCount:
    """The account of one table: `rows` = taken + merged + sum(left_out.values()), always."""

    rows: int = 0
    taken: int = 0
    merged: int = 0
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def balanced(self) -> bool:
        return self.rows == self.taken + self.merged + sum(self.left_out.values())
