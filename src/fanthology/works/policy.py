"""The content policy: from what is declared about a work, through the archive's rules, to a decision with a reason.

Pure: it sees declared facts only, never a text. A rescue asks it about every work that it brings in or back. The
shipped rules, the only ones so far, refuse what its own author declares as sexual content involving someone under 18,
whatever a former archive allowed, and hold what is contradictory or merely suspected for moderators. None of them says
MEMBERS_ONLY: like `rules` of `decide`, it is for rules of an archive's own, which can add to these and not soften them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum

VERSION = 1


class Verdict(IntEnum):
    """In order of strictness; of several rules that apply, the strictest wins."""

    ALLOW = 0
    MEMBERS_ONLY = 1
    HOLD = 2
    REFUSE = 3


@dataclass(frozen=True, slots=True)
class Declared:
    """What author or former site say about a work. `declared_ages` are ages given for characters in sexual content."""

    rating: str | None = None
    rating_as_written: str = ""
    warnings: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    declared_ages: tuple[int, ...] = ()
    archive_permission: str = ""
    language: str | None = None
    is_rescued: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """`applies` looks at the facts; `reason` is a stable code, `words` the sentence its author reads.

    `looks`: how many people have to look at what it holds before it may be released.
    """

    reason: str
    verdict: Verdict
    words: str
    applies: Callable[[Declared], bool]
    looks: int = 1


@dataclass(frozen=True, slots=True)
class Decision:
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    version: int = field(default=VERSION)


_UNDERAGE_SEX = re.compile(
    r"\b(under-?\s?age(d)?\s+(sex\w*|smut|lemon)|minor\s+sex|sex(ual)?\s+(with|involving)\s+(a\s+)?minors?|shota(con)?|lolicon"
    r"|p(a)?edophilia|chan\s*slash|cub\s+porn)\b",
    re.IGNORECASE,
)
_UNDERAGE = re.compile(
    r"\b(under-?\s?age(d)?|chan|minors?\s*/\s*adults?|adults?\s*/\s*minors?|jailbait|teen\s*/\s*adult|adult\s*/\s*teen)\b",
    re.IGNORECASE,
)
_NOT_UNDERAGE = re.compile(
    r"\b(no|not|non|never)[\s-]+under-?\s?age|under-?\s?age[d]?\s+drink\w*|of\s+age\b", re.IGNORECASE
)
_SEXUAL = re.compile(
    r"\b(smut|pwp|lemons?|porn\w*|sex(ual)?(\s+content|\s+situations?)?|explicit\s+sex\w*|erotica|rape|non-?con)\b",
    re.IGNORECASE,
)
_ASK_FIRST = re.compile(
    r"\b(ask|e-?mail|write|contact)\s+(me\s+)?(first|before)|not?\s+(archiv|repost|forward)\w*|do\s+not\s+\w+",
    re.IGNORECASE,
)


def _words(facts: Declared) -> Iterable[str]:
    yield from facts.warnings
    yield from facts.tags
    yield facts.rating_as_written
    for label, value in facts.labels:
        yield f"{label}: {value}"


def _says(facts: Declared, pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(words) and not _NOT_UNDERAGE.search(words) for words in _words(facts))


def _is_sexual(facts: Declared) -> bool:
    return facts.rating == "Explicit" or "Rape/Non-Con" in facts.warnings or _says(facts, _SEXUAL)


def _declares_underage_sex(facts: Declared) -> bool:
    if "Underage Sex" in facts.warnings or _says(facts, _UNDERAGE_SEX):
        return True
    return _is_sexual(facts) and (_says(facts, _UNDERAGE) or any(age < 18 for age in facts.declared_ages))


def _hints_at_underage(facts: Declared) -> bool:
    return _says(facts, _UNDERAGE)


def _contradicts_itself(facts: Declared) -> bool:
    others = set(facts.warnings) - {"No Archive Warnings Apply", "Creator Chose Not To Use Archive Warnings"}
    return "No Archive Warnings Apply" in facts.warnings and bool(others)


def _asks_first(facts: Declared) -> bool:
    return facts.is_rescued and bool(_ASK_FIRST.search(facts.archive_permission))


SHIPPED = (
    Rule(
        "minors.declared",
        Verdict.REFUSE,
        "Its own header declares sexual content involving someone under 18. This archive does not keep such works.",
        _declares_underage_sex,
    ),
    Rule(
        "minors.suspected",
        Verdict.HOLD,
        "Its header mentions someone under age. A moderator looks at it before it can be posted.",
        _hints_at_underage,
        looks=2,
    ),
    Rule(
        "warnings.contradictory",
        Verdict.HOLD,
        "It says that no archive warnings apply and names one. A moderator or the author has to say which is true.",
        _contradicts_itself,
        looks=2,
    ),
    Rule(
        "permission.ask-first",
        Verdict.HOLD,
        "Its author wrote “ask first” about archiving. It stays unpublished until someone has asked.",
        _asks_first,
    ),
)


def rule_of(reason: str) -> Rule | None:
    """The shipped rule with this code; None for a reason that is in words already."""
    return next((rule for rule in SHIPPED if rule.reason == reason), None)


def in_words(reason: str) -> str:
    """A reason as a sentence, for whoever waits or decides."""
    rule = rule_of(reason)
    return rule.words if rule else f"{reason[:1].upper()}{reason[1:]}." if reason else ""


def decide(facts: Declared, rules: Iterable[Rule] = SHIPPED) -> Decision:
    """The strictest verdict of the rules that apply, with the reasons of that strictness and below, strictest first."""
    applying = sorted((rule for rule in rules if rule.applies(facts)), key=lambda rule: -rule.verdict)
    if not applying:
        return Decision(Verdict.ALLOW)
    return Decision(
        applying[0].verdict, tuple(rule.reason for rule in applying), tuple(rule.words for rule in applying)
    )
