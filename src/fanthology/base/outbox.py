"""News for the floors above. Hides cursors, and who reads when.

A verb publishes inside its transaction; the pulse lane hands the news, in order, to every consumer that asked for the
topic, in batches, at least once: a consumer must not mind being told twice.

    @consumer("search", topics=("work.", "tag."))      # a topic, or a beginning that ends in a dot
    def drain(events: list[OutboxEvent]) -> None: ...
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Max, Min, Q
from django.utils import timezone

from .failpoints import reach
from .models import OutboxCursor, OutboxEvent

Drain = Callable[[list[OutboxEvent]], None]
BATCH = 500
LEASE = timedelta(seconds=60)
KEPT = timedelta(days=30)
_LOCK = 0x0B0C5


@dataclass(frozen=True, slots=True)
class Consumer:
    name: str
    topics: tuple[str, ...]
    drain: Drain

    @property
    def wants(self) -> Q:
        """The events this consumer asked for."""
        wanted = Q()
        for topic in self.topics:
            wanted |= Q(topic__startswith=topic) if topic.endswith(".") else Q(topic=topic)
        return wanted


CONSUMERS: dict[str, Consumer] = {}


def consumer(name: str, *, topics: tuple[str, ...] = ()) -> Callable[[Drain], Drain]:
    """Register a function that is handed the news of `topics` (none = all), in order, at least once."""

    def register(drain: Drain) -> Drain:
        CONSUMERS[name] = Consumer(name, topics, drain)
        return drain

    return register


def publish(topic: str, subject: str, subject_id: int, **data: object) -> OutboxEvent:
    """Tell whoever cares, if and when the surrounding transaction commits. `data` must be JSON."""
    _hold_readers()
    return OutboxEvent.objects.create(topic=topic, subject=subject, subject_id=subject_id, data=data)


def publish_many(topic: str, subject: str, subject_ids: list[int]) -> None:
    """The same news about many subjects, in one statement: what a bulk job uses."""
    _hold_readers()
    OutboxEvent.objects.bulk_create(
        (OutboxEvent(topic=topic, subject=subject, subject_id=subject_id) for subject_id in subject_ids), batch_size=500
    )


def pending(name: str, *, limit: int = BATCH) -> list[OutboxEvent]:
    """The next events for a consumer, in order; those of other topics are left out. `advance` when they are done."""
    found = CONSUMERS.get(name)
    with transaction.atomic():
        _wait_for_writers()
        position = OutboxCursor.objects.filter(consumer=name).values_list("position", flat=True).first() or 0
        news = OutboxEvent.objects.filter(id__gt=position).order_by("id")
        return list(news.filter(found.wants if found else Q())[:limit])


def advance(name: str, position: int) -> None:
    """Everything up to event `position` is done. Never goes back; see `rewind`."""
    OutboxCursor.objects.get_or_create(consumer=name)
    OutboxCursor.objects.filter(consumer=name, position__lt=position).update(position=position)


def rewind(name: str, position: int = 0) -> None:
    """Read again from after event `position`: after a rebuild that began there."""
    OutboxCursor.objects.update_or_create(consumer=name, defaults={"position": position})


def position() -> int:
    """The id of the last event there is; 0 when there was none."""
    with transaction.atomic():
        _wait_for_writers()
        return OutboxEvent.objects.aggregate(last=Max("id"))["last"] or 0


def is_behind(name: str) -> bool:
    """Whether there is news that this consumer has not taken yet, so that what it keeps may not be right yet."""
    read = OutboxCursor.objects.filter(consumer=name).values_list("position", flat=True).first() or 0
    return OutboxEvent.objects.filter(CONSUMERS[name].wants, id__gt=read).exists()


def deliver(name: str) -> int:
    """Hand one consumer everything pending; returns how many events. Nothing where another worker is at it."""
    lease = secrets.token_hex(16)
    if not _take(name, lease):
        return 0
    told = 0
    try:
        while events := pending(name):
            CONSUMERS[name].drain(events)
            reach("outbox.drained")
            advance(name, events[-1].id)
            told += len(events)
            if not _renew(name, lease):
                break
    finally:
        OutboxCursor.objects.filter(consumer=name, lease=lease).update(lease="", lease_until=None)
    return told


def tidy() -> int:
    """Forget events that are a month old and that every consumer has read. Returns how many."""
    cursors = OutboxCursor.objects.filter(consumer__in=CONSUMERS)
    read = cursors.aggregate(least=Min("position"))["least"] if cursors.count() == len(CONSUMERS) else None
    old = OutboxEvent.objects.filter(created_at__lt=timezone.now() - KEPT, id__lte=read or 0)
    return old.delete()[0]


def _take(name: str, lease: str) -> bool:
    """Become the reader for a consumer, unless nothing is pending or another worker reads. One query when idle."""
    last = OutboxEvent.objects.filter(CONSUMERS[name].wants).aggregate(last=Max("id"))["last"] or 0
    cursor, _ = OutboxCursor.objects.get_or_create(consumer=name)
    if cursor.position >= last:
        return False
    now = timezone.now()
    free = OutboxCursor.objects.filter(Q(lease="") | Q(lease_until__lt=now), consumer=name)
    return bool(free.update(lease=lease, lease_until=now + LEASE))


def _renew(name: str, lease: str) -> bool:
    mine = OutboxCursor.objects.filter(consumer=name, lease=lease)
    return bool(mine.update(lease_until=timezone.now() + LEASE))


def _hold_readers() -> None:
    """On PostgreSQL ids become visible out of order: readers wait until every publisher has committed.

    SQLite has one writer at a time, so ids are visible in order.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LOCK])


def _wait_for_writers() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
