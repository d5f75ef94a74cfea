"""What every room leans on: the archive itself, blobs, jobs, the outbox and the ledger. Knows no other room.

Other rooms do not write these rows; they call `blobs`, `jobs`, `outbox` and `ledger`.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils import timezone


class Archive(models.Model):
    """The archive as a whole: one row, id 1.

    `stamp` counts up whenever something changes that many pages show (`pages.touch_archive`). `database_id` is new
    after every restore, so that a search index of former days is recognised as not ours.
    """

    class ReviewWord(models.TextChoices):
        REVIEWS = "reviews", "Reviews"
        COMMENTS = "comments", "Comments"

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=200, default="Fanthology")
    tagline = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=35, default="en")
    review_word = models.CharField(max_length=10, choices=ReviewWord.choices, default=ReviewWord.REVIEWS)
    stamp = models.PositiveBigIntegerField(default=1)
    database_id = models.UUIDField(default=uuid.uuid4)
    set_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="archive_is_one"),
            models.CheckConstraint(
                condition=Q(review_word__in=["reviews", "comments"]), name="archive_review_word_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> Archive:
        """The one row; made with its defaults where a fresh database has none yet."""
        return cls.objects.get_or_create(id=1)[0]


class Blob(models.Model):
    """Bytes kept on disk under their SHA-256 (64 hex digits). A row means: the file is there, whole and on the platter.

    `size` in bytes; `put_at` is the last time somebody put these bytes, which keeps fresh ones from being deleted.
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    put_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Exact(Length("sha256"), 64), name="blob_named_by_sha256"),
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} ({self.media_type}, {self.size} bytes)"


class Job(models.Model):
    """A piece of work to be done outside a request: ids only, idempotent, resumable.

    While it runs, `lease` is the holder's token and `lease_until` the moment after which the reaper may give the job
    to another worker. `attempts` counts starts since the last progress. `key` is unique among unfinished jobs of one
    name.
    """

    class Lane(models.TextChoices):
        PULSE = "pulse", "pulse"
        LONG = "long", "long"

    class State(models.TextChoices):
        QUEUED = "queued", "queued"
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"
        CANCELLED = "cancelled", "cancelled"

    name = models.CharField(max_length=100)
    lane = models.CharField(max_length=10, choices=Lane.choices, default=Lane.LONG)
    key = models.CharField(max_length=200, null=True, blank=True)
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    run_after = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    cancel_asked = models.BooleanField(default=False)
    progress_done = models.PositiveBigIntegerField(default=0)
    progress_total = models.PositiveBigIntegerField(default=0)
    note = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(lane__in=["pulse", "long"]), name="job_lane_known"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed", "cancelled"]), name="job_state_known"
            ),
            models.CheckConstraint(
                condition=(Q(state="running", lease_until__isnull=False) & ~Q(lease=""))
                | (~Q(state="running") & Q(lease_until__isnull=True, lease="")),
                name="job_leased_exactly_while_running",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"], finished_at__isnull=True)
                | Q(state__in=["done", "failed", "cancelled"], finished_at__isnull=False),
                name="job_finished_has_a_time",
            ),
            models.UniqueConstraint(
                fields=["name", "key"],
                condition=Q(state__in=["queued", "running"]),
                name="job_key_once_while_unfinished",
            ),
        ]
        indexes = [
            models.Index(fields=["lane", "run_after", "id"], condition=Q(state="queued"), name="job_queue"),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="job_leases"),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk} ({self.state})"


class OutboxEvent(models.Model):
    """News for the floors above, written in the transaction that made it. Read in order of `id` by consumers' cursors."""

    topic = models.CharField(max_length=100)
    subject = models.CharField(max_length=50)
    subject_id = models.BigIntegerField()
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.topic} {self.subject} {self.subject_id}"


class OutboxCursor(models.Model):
    """How far one consumer has read (id of the last event done), and which worker reads for it just now."""

    consumer = models.CharField(max_length=100, primary_key=True)
    position = models.PositiveBigIntegerField(default=0)
    lease = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.consumer} at {self.position}"


class LedgerEntry(models.Model):
    """What somebody did, for ever: append-only, each entry sealed over the one before it.

    `sha256` covers the entry's own fields, the digest of its details and `previous`. Nothing personal stands here:
    ids and verbs only. `number` counts from 1 without a gap.
    """

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    actor = models.BigIntegerField(null=True, blank=True, db_index=True)
    verb = models.CharField(max_length=100)
    subject = models.CharField(max_length=50)
    subject_id = models.BigIntegerField()
    details_sha256 = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(number=1, previous="") | (Q(number__gt=1) & ~Q(previous="")), name="ledger_chained_from_one"
            ),
            models.CheckConstraint(condition=~Q(sha256=F("previous")), name="ledger_entry_is_not_its_own_past"),
        ]
        indexes = [models.Index(fields=["subject", "subject_id"], name="ledger_subject")]

    def __str__(self) -> str:
        return f"{self.number}: {self.verb} {self.subject} {self.subject_id}"


class LedgerDetail(models.Model):
    """The details of an entry, which may be personal: erasable without breaking the chain.

    `text` is canonical JSON, kept to the byte because its digest is chained; `salt` goes with it, so that the digest
    left behind gives nothing away.
    """

    entry = models.OneToOneField(LedgerEntry, on_delete=models.CASCADE, primary_key=True, related_name="detail")
    salt = models.CharField(max_length=32)
    text = models.TextField()

    def __str__(self) -> str:
        return f"details of {self.entry_id}"
