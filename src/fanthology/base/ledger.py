"""The ledger: who did what, for ever. Hides the hash chain.

Call `write` inside the transaction that makes the change, as its last step but the outbox: writers wait for each other
from here to their commit. What may be personal goes into `details`, which `erase` can take away later without breaking
the chain. The chain shows changed, removed and inserted entries; a cut-off tail only shows against a backup.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import connection, transaction

from .faults import Fault
from .models import LedgerDetail, LedgerEntry

ERASED = "ledger.erased"
_LOCK = 0x1ED6E4  # any number no other advisory lock uses


def write(verb: str, subject: str, subject_id: int, *, actor: int | None, **details: object) -> LedgerEntry:
    """Append an entry. `actor` is the id of the account, None for the archive itself; details must be JSON."""
    with transaction.atomic():
        _wait_for_turn()
        last = LedgerEntry.objects.order_by("-number").only("number", "sha256").first()
        salt = secrets.token_hex(16)
        text = json.dumps(details, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        entry = LedgerEntry(
            number=last.number + 1 if last else 1,
            at=datetime.now(UTC),
            actor=actor,
            verb=verb,
            subject=subject,
            subject_id=subject_id,
            details_sha256=_digest(salt, text),
            previous=last.sha256 if last else "",
        )
        entry.sha256 = _seal(entry)
        entry.save(force_insert=True)
        LedgerDetail.objects.create(entry=entry, salt=salt, text=text)
    return entry


def head() -> LedgerEntry | None:
    """The last entry: kept in every backup, so that a tail cut off later can be seen."""
    return LedgerEntry.objects.order_by("-number").first()


def details_of(entry: LedgerEntry) -> dict[str, object] | None:
    """The details, or None where they were erased."""
    detail = LedgerDetail.objects.filter(entry=entry).first()
    return json.loads(detail.text) if detail else None


def erase(subject: str, subject_id: int, *, actor: int | None) -> int:
    """Take away the details of every entry about a subject; that it happened stays. Returns how many are gone."""
    with transaction.atomic():
        gone, _ = LedgerDetail.objects.filter(entry__subject=subject, entry__subject_id=subject_id).delete()
        write(ERASED, subject, subject_id, actor=actor)
    return gone


def verify() -> list[Fault]:
    """Walk the whole chain; empty when all is well."""
    return list(_faults())


def _faults() -> Iterator[Fault]:
    erased: dict[tuple[str, int], int] = {}
    for entry in LedgerEntry.objects.filter(verb=ERASED).order_by("number"):
        erased[entry.subject, entry.subject_id] = entry.number
    previous, number = "", 0
    for entry in LedgerEntry.objects.select_related("detail").order_by("number").iterator(chunk_size=1000):
        number += 1
        if entry.number != number:
            yield Fault("ledger.gap", f"entry {number}", f"Ledger entries {number} to {entry.number - 1} are missing.")
            number = entry.number
        elif entry.previous != previous:
            yield Fault("ledger.broken", f"entry {number}", "The entry does not follow from the one before it.")
        if entry.sha256 != _seal(entry):
            yield Fault("ledger.changed", f"entry {number}", "The entry was changed after it was written.")
        detail = getattr(entry, "detail", None)
        if detail is None:
            if erased.get((entry.subject, entry.subject_id), 0) < number:
                yield Fault("ledger.details-missing", f"entry {number}", "The details are gone and no erasure says so.")
        elif _digest(detail.salt, detail.text) != entry.details_sha256:
            yield Fault(
                "ledger.details-changed", f"entry {number}", "The details were changed after they were written."
            )
        previous = entry.sha256


def _wait_for_turn() -> None:
    """One appender at a time until its commit. On SQLite an IMMEDIATE transaction is alone already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _digest(salt: str, text: str) -> str:
    return hashlib.sha256(f"{salt}:{text}".encode()).hexdigest()


def _seal(entry: LedgerEntry) -> str:
    fields = (
        entry.previous,
        entry.number,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor,
        entry.verb,
        entry.subject,
        entry.subject_id,
        entry.details_sha256,
    )
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()
