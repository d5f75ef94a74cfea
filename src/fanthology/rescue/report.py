"""The account of a rescue: every row, every finding, what is private, what authors said about archiving.

An `Account` is fed while records pass by and becomes the JSON of `Run.report`; the page and the printed table are made
from that JSON alone. It grows with the number of kinds of things found, not with the number of things.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from fanthology.formats import Finding
from fanthology.formats.dumps.efiction.files import TABLE as TEXT_FILES
from fanthology.formats.dumps.records import (
    ChallengeRecord,
    NewsRecord,
    PageRecord,
    PersonRecord,
    RatingRecord,
    Record,
    ReviewRecord,
    RowCount,
    SeriesRecord,
    SiteRecord,
    StoryRecord,
    TagRecord,
)

from .places import place_in_words

SAMPLES = 5
LISTED = 500
SEVERITIES = ("loss", "warning", "info")
TABLES = {
    "person": "authors",
    "work": "stories",
    "chapter": "chapters",
    "series": "series",
    "place": "inseries",
    "review": "reviews",
    "comment": "comments",
    "challenge": "challenges",
    "favourite": "favorites",
    "news": "news",
    "page": "messages",
    "rating": "ratings",
    "coauthor": "coauthors",
}
_PERMISSION = re.compile(
    r"\b(?:(?:ask|e-?mail|write(?:\s+to)?|contact)\s+(?:me\s+)?(?:first|before)\b"
    r"|(?:do\s*n[o']t|don’t|not\s+to\s+be|no)\s+(?:re-?)?(?:archiv|post|distribut|publish|upload)\w*"
    r"|(?:anyone|anybody|feel\s+free)\b[^.!?\n<>]{0,40}\barchive"
    r"|archiv(?:e|ing)\s*:)",
    re.IGNORECASE,
)
_HINT = re.compile(r"archiv|post|distribut|publish|upload|first|before", re.IGNORECASE)
_SENTENCE_ENDS = re.compile(r"[.!?\n<>]")
_REFUSES = re.compile(r"\b(ask|e-?mail|write|contact)\b|\bnot\b|n['’]t|\bno\s", re.IGNORECASE)
NOT_LOST_THERE = frozenset({"text.missing", "dump.truncated", "file.unread"})
_TAGS = re.compile(r"<[^>]*>")


def permission_words(record: StoryRecord) -> str:
    """What its author says about archiving it elsewhere: the header's own line, or the sentence in notes that says so."""
    story = record.story
    if story.archive_permission:
        return story.archive_permission
    for field_ in (story.disclaimer, story.notes, story.summary, story.end_notes):
        found = _sentence(_TAGS.sub("\n", field_)) if _HINT.search(field_) else ""
        if found:
            return found
    return ""


def _sentence(text: str) -> str:
    """The sentence in which a permission or its refusal stands, at most 80 characters on either side."""
    found = _PERMISSION.search(text)
    if found is None:
        return ""
    before, after = text[max(0, found.start() - 80) : found.start()], text[found.end() : found.end() + 80]
    start = _SENTENCE_ENDS.split(before)[-1]
    return " ".join((start + found.group(0) + _SENTENCE_ENDS.split(after)[0]).split())


def asks_first(words: str) -> bool:
    """Whether these words keep others from archiving without asking."""
    return bool(words and _REFUSES.search(words))


def lost_here(report: Mapping[str, Any]) -> dict[str, int]:
    """Code → places of the losses that are no fault of the old site: they can still be made good, or we cannot read them.

    Missing texts count only when no story files were handed over; with the files they are truly lost.
    """
    places = {found["code"]: found["places"] for found in report["findings"] if found["code"] in NOT_LOST_THERE}
    if report["tables"].get(TEXT_FILES, {}).get("rows"):
        places.pop("text.missing", None)
    return places


@dataclass(slots=True)
class Grouped:
    """All findings of one code: how often, in how many things, and some samples."""

    severity: str
    message: str
    places: int = 0
    things: int = 0
    samples: list[dict[str, str]] = field(default_factory=list)


class Account:
    """Counts what passes. `take` for each record, `end` with the dump's own counts, `as_json` at any time."""

    def __init__(self) -> None:
        self.site: dict[str, str] = {}
        self.totals: Counter[str] = Counter()
        self.here: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.left_out: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.private: Counter[str] = Counter()
        self.findings: dict[str, Grouped] = {}
        self.permission: list[dict[str, str]] = []
        self.asks_first = 0
        self.decisions: Counter[str] = Counter()
        self.decided: list[dict[str, str]] = []
        self.tags: list[dict[str, Any]] = []
        self.tables: dict[str, dict[str, Any]] = {}
        self.vanished: dict[str, list[str]] = {}
        self.kind = ""

    # -- while records pass

    def take(self, record: Record) -> None:
        """Count one record with its findings."""
        match record:
            case SiteRecord():
                self.site = {name: str(value) for name, value in asdict(record).items()}
            case PersonRecord():
                self._person(record)
            case StoryRecord():
                self._story(record)
            case TagRecord():
                self.totals["tags"] += 1
                self._tag(record.source, record.key, record.name, record.group, record.kind, record.mapped)
            case RatingRecord():
                self.totals["ratings"] += 1
                self._tag(
                    "ratings",
                    record.key,
                    record.name,
                    "",
                    "rating",
                    record.mapped,
                    sorted(record.gates),
                    record.warning_text,
                )
            case ReviewRecord():
                self.totals["comments" if record.target[0] == "news" else "reviews"] += 1
                self.found(record.findings, f"review {record.key}")
            case SeriesRecord():
                self._plain("series", record)
            case ChallengeRecord():
                self._plain("challenges", record)
            case NewsRecord():
                self._plain("news", record)
            case PageRecord():
                self._plain("pages", record)
            case _:
                self.totals["favourites"] += 1

    def _plain(self, name: str, record: SeriesRecord | ChallengeRecord | NewsRecord | PageRecord) -> None:
        self.totals[name] += 1
        self.found(record.findings, record.title)

    def _person(self, record: PersonRecord) -> None:
        self.totals["people"] += 1
        self.found(record.findings, "a member")
        kept = record.private
        self.private.update(
            {
                "e-mail addresses": bool(kept.email),
                "real names": bool(kept.real_name),
                "password digests": bool(kept.password_hash),
                "messenger names and the like": len(kept.contacts) + bool(kept.pen_name),
                "members locked out on the old site": record.level < 0,
            }
        )

    def _story(self, record: StoryRecord) -> None:
        story = record.story
        self.totals["stories"] += 1
        self.totals["chapters"] += len(story.chapters)
        self.totals["words"] += story.word_count or sum(chapter.word_count for chapter in story.chapters)
        self.totals["hidden stories"] += not record.visible
        self.totals["hidden chapters"] += len(record.hidden_chapters)
        self.found(story.findings, story.title, record.key, [chapter.title for chapter in story.chapters])
        words = permission_words(record)
        if words:
            self.asks_first += asks_first(words)
            if len(self.permission) < LISTED:
                self.permission.append(
                    {
                        "key": record.key,
                        "title": story.title,
                        "words": words,
                        "asks": "yes" if asks_first(words) else "",
                    }
                )

    def _tag(
        self,
        source: str,
        key: str,
        name: str,
        group: str,
        kind: str,
        mapped: str | None,
        gates: Iterable[str] = (),
        gate_text: str = "",
    ) -> None:
        if len(self.tags) < 20_000:
            self.tags.append(
                {
                    "source": source,
                    "key": key,
                    "name": name,
                    "group": group,
                    "kind": kind,
                    "mapped": mapped or "",
                    "gates": list(gates),
                    "gate_text": gate_text,
                }
            )

    def found(
        self, findings: Iterable[Finding], title: str = "", story: str = "", chapters: Sequence[str] = ()
    ) -> None:
        """Group findings by code; the first few of each that differ stay as samples. `story` is its old number."""
        codes = set()
        for finding in findings:
            group = self.findings.setdefault(finding.code, Grouped(finding.severity, finding.message))
            group.places += finding.count
            codes.add(finding.code)
            if finding.code.startswith("private."):
                self.private["contacts in texts, masked"] += finding.count
            if len(group.samples) < SAMPLES:
                # What was masked must not come back through its own report.
                hide = finding.code.startswith("private.")
                sample = {
                    "title": title,
                    "story": story,
                    "where": place_in_words(finding.where, chapters),
                    "message": finding.message,
                    "before": "" if hide else finding.before[:300],
                    "after": "" if hide else finding.after[:300],
                }
                if sample not in group.samples:
                    group.samples.append(sample)
        for code in codes:
            self.findings[code].things += 1

    # -- what the site does

    def did(self, kind: str, outcome: str, number: int = 1) -> None:
        self.here[kind][outcome] += number

    def left_out_here(self, kind: str, reason: str, number: int = 1) -> None:
        """The dump had it, the site did not take it: `reason` is shown and counted against the table."""
        self.here[kind]["left out"] += number
        self.left_out[kind][reason] += number

    def decided_on(self, record: StoryRecord, verdict: str, reasons: Iterable[str]) -> None:
        """What the content policy said where it was not simply “allow”."""
        for reason in reasons:
            self.decisions[f"{verdict}: {reason}"] += 1
        if len(self.decided) < LISTED:
            self.decided.append(
                {"key": record.key, "title": record.story.title, "verdict": verdict, "reason": ", ".join(reasons)}
            )

    def end(self, counts: Mapping[str, RowCount], findings: Iterable[Finding]) -> None:
        """The dump's own account and its findings about itself, after the last record."""
        self.found(findings, "the dump")
        self.tables = {
            name: {"rows": count.rows, "taken": count.taken, "merged": count.merged, "left_out": dict(count.left_out)}
            for name, count in sorted(counts.items())
        }

    # -- the result

    def balanced_tables(self) -> dict[str, dict[str, Any]]:
        """Every table with what the site left out moved from "taken" to its reason. The sums stay equal to the rows."""
        tables = {name: {**row, "left_out": dict(row["left_out"])} for name, row in self.tables.items()}
        by_name = {name.rpartition("fanfiction_")[2]: row for name, row in tables.items()}
        for kind, reasons in self.left_out.items():
            row = by_name.get(kind.removeprefix("tag:") if kind.startswith("tag:") else TABLES.get(kind, kind))
            if row is None:
                continue
            for reason, number in reasons.items():
                row["taken"] -= number
                row["left_out"][reason] = row["left_out"].get(reason, 0) + number
        for row in tables.values():
            row["balanced"] = row["rows"] == row["taken"] + row["merged"] + sum(row["left_out"].values())
        return tables

    def as_json(self) -> dict[str, Any]:
        tables = self.balanced_tables()
        order = {severity: place for place, severity in enumerate(SEVERITIES)}
        findings = sorted(self.findings.items(), key=lambda pair: (order.get(pair[1].severity, 9), -pair[1].places))
        return {
            "schema": "fanthology-rescue/1",
            "kind": self.kind,
            "site": self.site,
            "totals": dict(self.totals),
            "permission": {"asks_first": self.asks_first, "words": self.permission},
            "private": {name: number for name, number in self.private.items() if number},
            "losses": sum(group.places for group in self.findings.values() if group.severity == "loss"),
            "findings": [{"code": code, **asdict(group)} for code, group in findings],
            "policy": {"counts": dict(self.decisions), "works": self.decided},
            "tables": tables,
            "balanced": all(row["balanced"] for row in tables.values()),
            "here": {kind: {what: n for what, n in did.items() if n} for kind, did in sorted(self.here.items())},
            "left_out_here": {kind: dict(reasons) for kind, reasons in sorted(self.left_out.items())},
            "vanished": self.vanished,
            "tags": self.tags,
        }

    def snapshot(self) -> dict[str, Any]:
        """All of its state, for going on in another process."""
        state = dict(vars(self))
        state["findings"] = {code: asdict(group) for code, group in self.findings.items()}
        return {name: _plain(value) for name, value in state.items()}

    @classmethod
    def resumed(cls, state: Mapping[str, Any]) -> Account:
        account = cls()
        for name, value in state.items():
            current = getattr(account, name)
            if name == "findings":
                account.findings = {code: Grouped(**group) for code, group in value.items()}
            elif isinstance(current, defaultdict):
                current.update({kind: Counter(counts) for kind, counts in value.items()})
            elif isinstance(current, Counter):
                current.update(value)
            else:
                setattr(account, name, value)
        return account


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(held) for key, held in value.items()}
    return value
