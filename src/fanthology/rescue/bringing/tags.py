"""Tags and ratings of the former site: what each becomes here, by the keeper's mapping.

All of them are held until the first thing that uses them comes, because a child may stand before its parent; then they
are written together. Same-named tags of different parents are told apart by a disambiguator.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from fanthology.base.folding import fold
from fanthology.formats.dumps.records import RatingRecord, TagRecord
from fanthology.formats.markup import plain_text
from fanthology.tags.actions import add_tags, draw_lines, erase_line
from fanthology.tags.models import Kind, Tag

from ..models import SourceKey, TagMapping
from .known import Bringing

KINDS = {
    "category": Kind.CATEGORY,
    "fandom": Kind.FANDOM,
    "character": Kind.CHARACTER,
    "relationship": Kind.RELATIONSHIP,
    "additional": Kind.ADDITIONAL,
    "warning": Kind.WARNING,
    "rating": Kind.RATING,
}
NAMELESS = "it has no name"
LEFT_OUT_BY_CHOICE = "the keeper chose to leave it out"
BATCH = 100


@dataclass(frozen=True, slots=True)
class Rating:
    """What a rating of the old site means here: our rating or None, its gates and its warning in words."""

    tag: Tag | None
    name: str
    gates: frozenset[str] = frozenset()
    gate_text: str = ""


@dataclass(slots=True)
class Tags:
    """`of` (source, key) → tag, `rating` key → Rating. None = nothing here stands for it."""

    bringing: Bringing
    known: dict[tuple[str, str], Tag] = field(default_factory=dict)
    ratings: dict[str, Rating] = field(default_factory=dict)
    _waiting: list[TagRecord] = field(default_factory=list)
    _waiting_ratings: list[RatingRecord] = field(default_factory=list)
    _mappings: dict[tuple[str, str], TagMapping] = field(default_factory=dict)
    _by_name: dict[str, Tag] = field(default_factory=dict)
    _replaced: dict[int, int] = field(default_factory=dict)  # tag → the tag that its old name was before

    def __post_init__(self) -> None:
        site = self.bringing.site
        rows = TagMapping.objects.filter(site=site).select_related("tag")
        self._mappings = {(row.source, row.old_id): row for row in rows}
        self._by_name = {tag.name: tag for tag in Tag.objects.filter(kind_id=Kind.RATING)}
        for mapping in self._mappings.values():  # what an earlier slice or run settled
            if mapping.source == "ratings":
                self._remember_rating(mapping)
            elif mapping.tag is not None and mapping.kind_id is not None:
                self.known[mapping.source, mapping.old_id] = mapping.tag

    def of(self, source: str, key: str) -> Tag | None:
        return self.known.get((source, key))

    def old_name(self, source: str, key: str) -> str:
        """What the old site called it; "" where it is not known."""
        mapping = self._mappings.get((source, key))
        return mapping.old_name if mapping else ""

    def rating(self, key: str | None, name: str | None) -> Rating:
        """The rating with this old key; else ours of that name; else unknown."""
        found = self.ratings.get(key or "")
        if found is not None:
            return found
        return Rating(self._by_name.get(name or ""), name or "")

    def take(self, record: TagRecord | RatingRecord) -> None:
        if isinstance(record, RatingRecord):
            self._waiting_ratings.append(record)
        else:
            self._waiting.append(record)

    @property
    def is_settled(self) -> bool:
        return not self._waiting and not self._waiting_ratings

    def settle(self) -> None:
        """Write what waits, in small transactions: mapping rows, tags, lines between them, keys."""
        ratings, self._waiting_ratings = self._waiting_ratings, []
        for rating in ratings:
            self._settle_rating(rating)
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        records = {(record.source, record.key): record for record in waiting}
        apart = self._disambiguators(records)
        for start in range(0, len(waiting), BATCH):
            self._settle_batch(waiting[start : start + BATCH], apart)
            self.bringing.beat()
        lines = set(self._lines(records))
        if lines:
            draw_lines(lines=sorted(lines))
        self._unhang(lines)

    def _unhang(self, lines: set[tuple[int, int]]) -> None:
        """A tag that bears another name in a newer dump: its lines hang on the new name, so they leave the old one."""
        mapped = set(TagMapping.objects.filter(tag__in=self._replaced.values()).values_list("tag_id", flat=True))
        old = {new: tag for new, tag in self._replaced.items() if tag not in mapped}
        for parent, child in sorted(lines):
            above, below = old.get(parent, parent), old.get(child, child)
            if (above, below) != (parent, child):
                erase_line(parent_id=above, child_id=below)
        self._replaced.clear()

    # -- ratings

    def _settle_rating(self, record: RatingRecord) -> None:
        mapping = self._mappings.get(("ratings", record.key))
        if mapping is None:
            mapping = TagMapping(
                site=self.bringing.site, source="ratings", old_id=record.key, old_name=record.name[:250]
            )
            mapping.kind_id = Kind.RATING
            mapping.name = record.mapped or ""
        if not mapping.by_keeper:
            mapping.gates, mapping.gate_text = sorted(record.gates), record.warning_text
        mapping.tag = self._by_name.get(mapping.name)
        mapping.save()
        self._mappings["ratings", record.key] = mapping
        self._remember_rating(mapping)
        self.bringing.account.did("rating", "added" if mapping.tag else "unknown")

    def _remember_rating(self, mapping: TagMapping) -> None:
        gates = frozenset(mapping.gates)
        self.ratings[mapping.old_id] = Rating(
            self._by_name.get(mapping.name), mapping.old_name, gates, mapping.gate_text
        )

    # -- tags

    def _settle_batch(self, batch: list[TagRecord], apart: dict[tuple[str, str], str]) -> None:
        with transaction.atomic():
            mappings = [self._mapping(record) for record in batch]
            wanted = [mapping for mapping in mappings if mapping.kind_id is not None]
            names = [
                (mapping.kind_id or 0, mapping.name, apart.get((mapping.source, mapping.old_id), ""))
                for mapping in wanted
            ]
            for mapping, tag in zip(wanted, add_tags(names=names), strict=True):
                if mapping.tag_id not in (None, tag.pk):
                    self._replaced[tag.pk] = mapping.tag_id
                mapping.tag = tag
                self.known[mapping.source, mapping.old_id] = tag
            self._describe(batch)
            for mapping in mappings:
                mapping.save()
            outcomes = self._write_keys(wanted)
        for mapping in mappings:
            if mapping.kind_id is None:
                self.known.pop((mapping.source, mapping.old_id), None)
                reason = LEFT_OUT_BY_CHOICE if mapping.by_keeper else NAMELESS
                self.bringing.leave_out(f"tag:{mapping.source}", mapping.old_id, reason, title=mapping.old_name)
            else:
                self.bringing.account.did(
                    f"tag:{mapping.source}", outcomes.get(f"{mapping.source}:{mapping.old_id}", "added")
                )
        self.bringing.write_notes()

    def _describe(self, batch: list[TagRecord]) -> None:
        """What the old site said about a category or character, in plain words, where nobody here has said anything."""
        changed = {}
        for record in batch:
            tag = self.of(record.source, record.key)
            if tag is not None and record.description and not tag.description:
                tag.description = plain_text(record.description)
                changed[tag.pk] = tag
        Tag.objects.bulk_update(changed.values(), ["description"], batch_size=100)

    def _mapping(self, record: TagRecord) -> TagMapping:
        mapping = self._mappings.get((record.source, record.key))
        if mapping is None:
            mapping = TagMapping(site=self.bringing.site, source=record.source, old_id=record.key)
            self._mappings[record.source, record.key] = mapping
        if not mapping.by_keeper:
            mapping.kind_id = KINDS[record.kind]
            mapping.name = (record.mapped or record.name)[:250]
        mapping.old_name, mapping.group = record.name[:250], record.group[:100]
        if not fold(mapping.name):
            mapping.kind_id, mapping.tag = None, None
        return mapping

    def _disambiguators(self, records: dict[tuple[str, str], TagRecord]) -> dict[tuple[str, str], str]:
        """Of several tags with one name, every one but the first bears its parent's name behind its own."""
        first: dict[tuple[int | None, str], tuple[str, str]] = {}
        found = {}
        for place, record in records.items():
            mapping = self._mapping(record)
            if first.setdefault((mapping.kind_id, fold(mapping.name)), place) == place:
                continue
            above = (
                records.get((record.source, record.parent))
                if record.parent
                else records.get(("categories", record.fandom or ""))
            )
            if above is not None:
                found[place] = above.name[:100]
        return found

    def _write_keys(self, mappings: list[TagMapping]) -> dict[str, str]:
        """What each tag that was known already counts as."""
        known = self.bringing.known
        wanted = {f"{mapping.source}:{mapping.old_id}": mapping for mapping in mappings}
        present = known.rows("tag", wanted)
        changed = []
        for old_id, row in present.items():
            tag = wanted[old_id].tag
            if tag is not None and row.object_id != tag.pk:
                row.object_id = tag.pk
                changed.append(row)
        SourceKey.objects.bulk_update(changed, ["object_id"])
        known.seen_again(present.values())
        new = [
            known.new("tag", old_id, mapping.tag.pk)
            for old_id, mapping in wanted.items()
            if mapping.tag and old_id not in present
        ]
        known.save(new)
        return {old_id: known.outcome_of(row) for old_id, row in present.items()}

    def _lines(self, records: dict[tuple[str, str], TagRecord]) -> Iterable[tuple[int, int]]:
        """Parent over child among categories, fandom over character."""
        for (source, key), record in records.items():
            child = self.of(source, key)
            above = self.of(source, record.parent) if record.parent else self.of("categories", record.fandom or "")
            if child is not None and above is not None and child.pk != above.pk:
                yield above.pk, child.pk
