"""Who may see what: the one table from which pages, lists, feeds, downloads and search are derived.

It speaks in neutral words (state, audience) and knows no database: `works.models` turns a `Sight` into a `Q`,
`search` into a clause, and `answer` says the same thing about one work. A property test holds the three equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a work or chapter stands. Only POSTED is for others."""

    DRAFT = "draft"
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    POSTED = "posted"
    HELD = "held"
    HIDDEN = "hidden"
    BINNED = "binned"


class Audience(StrEnum):
    EVERYONE = "everyone"
    MEMBERS = "members"


def effective_audience(audience: str, *, gate_members: bool) -> Audience:
    """The stricter of what the author chose and what the rating's gate asks. `models` says the same in SQL."""
    return Audience.MEMBERS if gate_members else Audience(audience)


class Answer(StrEnum):
    """LOG_IN is given only where logging in would help; everything else forbidden looks missing."""

    YES = "yes"
    LOG_IN = "log in"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: a guest, a member (with the ids of their own pen names) or a keeper."""

    person: int | None = None
    is_keeper: bool = False
    pen_names: frozenset[int] = frozenset()

    @property
    def is_member(self) -> bool:
        return self.person is not None


GUEST = Viewer()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rule needs to know of one work. `audience` is the effective one: the strictest of author and gates."""

    state: State
    audience: Audience
    unrevealed: bool = False
    authors: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Sight:
    """All that a viewer may see: everything, or revealed works in these states for these audiences, and their own."""

    everything: bool
    states: frozenset[State]
    audiences: frozenset[Audience]
    own: frozenset[int]


def sight(viewer: Viewer) -> Sight:
    audiences = frozenset(Audience) if viewer.is_member else frozenset({Audience.EVERYONE})
    return Sight(viewer.is_keeper, frozenset({State.POSTED}), audiences, viewer.pen_names)


def answer(facts: Facts, viewer: Viewer) -> Answer:
    """May `viewer` see this work?"""
    seen = sight(viewer)
    if seen.everything or (facts.authors & seen.own and facts.state is not State.BINNED):
        return Answer.YES
    if facts.state not in seen.states or facts.unrevealed:
        return Answer.MISSING
    if facts.audience in seen.audiences:
        return Answer.YES
    return Answer.LOG_IN
