"""What is known already: old ids → ids here, and what was left out. Hides the `SourceKey` rows.

The ids of a whole site are held in memory (some 100 bytes each); rows are read only for the batch that needs them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ..digests import digests_of, whole
from ..models import Outcome, Run, Site, SourceKey
from ..report import Account

MEMORISED = ("person", "work", "chapter", "series", "challenge", "news")


class Known:
    def __init__(self, site: Site, run: Run) -> None:
        self.site, self.run = site, run
        self.ids: dict[str, dict[str, int]] = {kind: {} for kind in MEMORISED}
        rows = SourceKey.objects.filter(site=site, kind__in=MEMORISED).values_list("kind", "old_id", "object_id")
        for kind, old_id, object_id in rows.iterator(chunk_size=5000):
            self.ids[kind][old_id] = object_id
        self.left_out: dict[str, dict[str, str]] = defaultdict(dict)
        gone = Outcome.objects.filter(run=run, outcome__in=["left-out", "refused"]).values_list(
            "kind", "old_id", "reason"
        )
        for kind, old_id, reason in gone.iterator(chunk_size=5000):
            self.left_out[kind][old_id] = reason

    def id(self, kind: str, old_id: str) -> int | None:
        return self.ids[kind].get(old_id)

    def rows(self, kind: str, old_ids: Iterable[str]) -> dict[str, SourceKey]:
        """The rows of these old ids, by old id. At most some hundred at once."""
        found = SourceKey.objects.filter(site=self.site, kind=kind, old_id__in=list(old_ids))
        return {row.old_id: row for row in found}

    def new(
        self, kind: str, old_id: str, object_id: int, fields: dict[str, object] | None = None, *, digest: str = ""
    ) -> SourceKey:
        """An unsaved row for something just made here. `digest` where it stands for more than these fields."""
        digests = digests_of(fields or {})
        return SourceKey(
            site=self.site,
            kind=kind,
            old_id=old_id,
            object_id=object_id,
            first_run=self.run,
            last_run=self.run,
            digest=digest or (whole(digests) if fields is not None else ""),
            digests=digests,
        )

    def save(self, rows: Iterable[SourceKey]) -> None:
        """Write new rows (inside the caller's transaction) and remember them."""
        made = SourceKey.objects.bulk_create(list(rows), batch_size=500)
        self.remember(made)

    def remember(self, rows: Iterable[SourceKey]) -> None:
        for row in rows:
            if row.kind in self.ids:
                self.ids[row.kind][row.old_id] = row.object_id

    def seen_again(self, rows: Iterable[SourceKey]) -> None:
        """Unchanged: note only that this run met them, so that what vanished can be told."""
        stale = [row.pk for row in rows if row.last_run_id != self.run.pk]
        if stale:
            SourceKey.objects.filter(pk__in=stale).update(last_run=self.run)

    def outcome_of(self, row: SourceKey) -> str:
        """Either “added”, where this very run made it before it was interrupted, or “unchanged”."""
        return "added" if row.first_run_id == self.run.pk else "unchanged"


@dataclass(slots=True)
class Bringing:
    """What every step is given. `beat` is called between batches: it renews the lease and raises when it is time to stop."""

    run: Run
    site: Site
    known: Known
    account: Account
    beat: Callable[[], None]
    forbids: bool = False
    notes: list[Outcome] = field(default_factory=list)

    def note(
        self, kind: str, old_id: str, outcome: str, reason: str = "", *, title: str = "", object_id: int | None = None
    ) -> Outcome:
        """An unsaved row about what became of one old thing; saved by `write_notes` in the batch's transaction."""
        note = Outcome(
            run=self.run,
            kind=kind,
            old_id=old_id[:200],
            outcome=outcome,
            reason=reason[:200],
            title=title[:255],
            object_id=object_id,
        )
        self.notes.append(note)
        if outcome in ("left-out", "refused"):
            self.known.left_out[kind][old_id] = reason
        return note

    def write_notes(self) -> None:
        """Save the notes of this batch; one about the same thing from before an interruption stays."""
        Outcome.objects.bulk_create(self.notes, batch_size=500, ignore_conflicts=True)
        self.notes.clear()

    def leave_out(self, kind: str, old_id: str, reason: str, *, title: str = "") -> None:
        self.note(kind, old_id, "left-out", reason, title=title)
        self.account.left_out_here(kind, reason)
