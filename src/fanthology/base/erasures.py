"""The erasure journal: what was taken back for ever, kept outside the database and outside every backup.

A verb that erases calls `remember` as the last step of its transaction; after a restore `replay` erases again whatever
the backup brought back. A line holds ids only, so the journal itself tells nothing about anybody.

    @replays("work")
    def erase_again(work_id: int, erased_at: datetime) -> bool: ...          # True when there was something to erase

A restore brings back an older counter of ids as well. So whoever erases again sees to it that the id is not given out
anew (`ids.start_above`), and spares what bears it but was made after `erased_at`: that is somebody else's.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

Replay = Callable[[int, datetime], bool]
REPLAYS: dict[str, Replay] = {}


def replays(subject: str) -> Callable[[Replay], Replay]:
    """Register the function that erases a subject again; it is told also of those of which nothing is here."""

    def register(replay: Replay) -> Replay:
        REPLAYS[subject] = replay
        return replay

    return register


def remember(subject: str, subject_id: int) -> None:
    """Write the erasure down, durably. Should the transaction fail after this, the wish stands all the same."""
    journal = Path(settings.ERASURES)
    journal.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"at": timezone.now().isoformat(), "subject": subject, "id": subject_id}) + "\n"
    with os.fdopen(os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        out.write(line)
        out.flush()
        os.fsync(out.fileno())


def replay() -> int:
    """Erase again everything the journal names. Returns how many subjects were back and are gone again."""
    return sum(bool(REPLAYS[subject](subject_id, erased_at)) for subject, subject_id, erased_at in _entries())


def unknown() -> set[str]:
    """Kinds of subjects in the journal that no room can erase: asked before a restore, which must not bring them back."""
    return {subject for subject, *_ in _entries()} - set(REPLAYS)


def _entries() -> list[tuple[str, int, datetime]]:
    journal = Path(settings.ERASURES)
    lines = journal.read_text(encoding="utf-8").splitlines() if journal.exists() else []
    return [entry for line in lines if (entry := _entry(line))]


def _entry(line: str) -> tuple[str, int, datetime] | None:
    """A line's subject, its id and when; None for one that a power cut left half-written (its erasure was never confirmed)."""
    try:
        entry = json.loads(line)
        return str(entry["subject"]), int(entry["id"]), datetime.fromisoformat(entry["at"])
    except (ValueError, KeyError, TypeError):
        return None
