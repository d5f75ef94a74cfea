"""A rescue: the former site, each run over what is left of it, and the keys by which old things are known here.

`SourceKey` is the identity that makes a second run safe and old addresses answerable. `FormerMember` is private.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from fanthology.people.models import PenName, Person
from fanthology.tags.models import Kind, Tag


class Site(models.Model):
    """A former site. Nothing of it is published without a recorded `basis`; without an owner only for members."""

    BASES: ClassVar[list[tuple[str, str]]] = [
        ("owner-moves", "Its owner moves it here"),
        ("owner-permits", "Its owner permits it"),
        ("no-owner", "No owner can be found"),
    ]

    name = models.CharField(max_length=200)
    slug = models.CharField(max_length=100, unique=True)
    software = models.CharField(max_length=60, blank=True)
    version = models.CharField(max_length=30, blank=True)
    prefix = models.CharField(max_length=60, blank=True)
    address = models.CharField(max_length=500, blank=True)
    basis = models.CharField(max_length=20, choices=BASES, blank=True)
    basis_note = models.TextField(blank=True)
    basis_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    basis_at = models.DateTimeField(null=True, blank=True)
    stamp = models.PositiveBigIntegerField(default=1)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(name=""), name="site_has_a_name"),
            models.CheckConstraint(
                condition=Q(basis="", basis_at__isnull=True) | (~Q(basis="") & Q(basis_at__isnull=False)),
                name="basis_is_recorded_with_its_time",
            ),
            models.CheckConstraint(
                condition=Q(basis__in=["", "owner-moves", "owner-permits", "no-owner"]), name="basis_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_owner(self) -> bool:
        return self.basis in ("owner-moves", "owner-permits")


class Host(models.Model):
    """A host name (lower case, without port) and path under which the former site answered ("" = at the root)."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="hosts")
    host = models.CharField(max_length=253)
    path = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["host", "path"], name="one_site_per_host_and_path"),
        ]


class Run(models.Model):
    """One pass over a dump or folder. `settings` are what the keeper chose, `report` what was found and counted.

    `sources` name the sealed files. A run is a row with states, not a task's memory: it survives a restart anywhere.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "received"
        EXAMINING = "examining", "being examined"
        EXAMINED = "examined", "examined"
        BRINGING = "bringing", "being brought in"
        BROUGHT = "brought", "waiting to be published"
        PUBLISHING = "publishing", "being published"
        PUBLISHED = "published", "published"
        UNDOING = "undoing", "being undone"
        UNDONE = "undone", "undone"
        FAILED = "failed", "failed"

    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVED)
    kind = models.CharField(max_length=40, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    sources = models.JSONField(default=list, blank=True)
    source_sha256 = models.CharField(max_length=64, blank=True)
    report = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)
    started_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    purge_sources_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "received",
                        "examining",
                        "examined",
                        "bringing",
                        "brought",
                        "publishing",
                        "published",
                        "undoing",
                        "undone",
                        "failed",
                    ]
                ),
                name="run_state_known",
            ),
        ]

    @property
    def called(self) -> str:
        """What the site of this run is called, as far as anybody knows yet."""
        told = self.report.get("site", {}).get("name", "")
        return self.site.name if self.site else str(told) or "An old site"

    @property
    def file_names(self) -> list[str]:
        """What was handed over: tells runs without a name apart."""
        named = [upload.name for upload in self.uploads.all()]
        return named or [str(path).rpartition("/")[2] for path in self.settings.get("paths") or []]

    @property
    def stories_found(self) -> int:
        return int(self.report.get("totals", {}).get("stories", 0))


class Outcome(models.Model):
    """What became of one old thing in one run, with what was found in it. The report's rows behind the sums."""

    OUTCOMES: ClassVar[list[tuple[str, str]]] = [
        ("added", "brought in"),
        ("updated", "updated"),
        ("unchanged", "unchanged"),
        ("conflict", "changed on both sides"),
        ("held", "held"),
        ("refused", "refused"),
        ("left-out", "left out"),
    ]

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="outcomes")
    kind = models.CharField(max_length=20)
    old_id = models.CharField(max_length=200)
    title = models.CharField(max_length=255, blank=True)
    outcome = models.CharField(max_length=10, choices=OUTCOMES)
    reason = models.CharField(max_length=200, blank=True)
    object_id = models.PositiveBigIntegerField(null=True, blank=True)
    findings = models.JSONField(default=list, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "kind", "old_id"], name="one_outcome_per_old_thing_and_run"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["run", "kind", "outcome"], name="outcomes_of_a_run")
        ]


class SourceKey(models.Model):
    """(site, kind, old id) → the thing here. `digests` hold what was last imported, field by field, so that a newer
    dump can be told from an edit made here. Kinds: person, work, chapter, series, review, tag, challenge, news, page.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="source_keys")
    kind = models.CharField(max_length=20)
    old_id = models.CharField(max_length=200)
    object_id = models.PositiveBigIntegerField()
    first_run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="first_keys")
    last_run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="last_keys")
    digest = models.CharField(max_length=64, blank=True)
    digests = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["site", "kind", "old_id"], name="one_meaning_per_old_id"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["kind", "object_id"], name="old_ids_of_a_thing")]


class TagMapping(models.Model):
    """What a tag or rating of the former site becomes here: proposed by the reader, changed by the keeper before publishing.

    `source` is the old table ("categories", "characters", "classes", "ratings"). `kind` None = left out, by choice.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="tag_mappings")
    source = models.CharField(max_length=20)
    old_id = models.CharField(max_length=60)
    old_name = models.CharField(max_length=250)
    group = models.CharField(max_length=100, blank=True)
    kind = models.ForeignKey(Kind, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=250, blank=True)
    tag = models.ForeignKey(Tag, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    gates = models.JSONField(default=list, blank=True)
    gate_text = models.TextField(blank=True)
    by_keeper = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["site", "source", "old_id"], name="one_mapping_per_old_tag"),
        ]


class Conflict(models.Model):
    """A field that changed in a newer dump and was edited here: ours stays, theirs is listed until the keeper chooses."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="conflicts")
    source_key = models.ForeignKey(SourceKey, on_delete=models.CASCADE, related_name="conflicts")
    field = models.CharField(max_length=40)
    theirs = models.TextField(blank=True)
    resolved = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "source_key", "field"], name="one_conflict_per_field"),
            models.CheckConstraint(condition=Q(resolved__in=["", "ours", "theirs"]), name="conflict_resolution_known"),
        ]


class OldAddress(models.Model):
    """An address no rule of its software can compute: (host, path, order-free query) → where it lives now."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="old_addresses")
    host = models.CharField(max_length=253, blank=True)
    path = models.CharField(max_length=500)
    query = models.CharField(max_length=500, blank=True)
    target = models.CharField(max_length=500)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["site", "host", "path", "query"], name="one_target_per_old_address"),
        ]


class FormerMember(models.Model):
    """Private: what the former site knew of a member, kept for the day they come. Never shown, exported or logged."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="former_members")
    old_id = models.CharField(max_length=60)
    pen_name = models.ForeignKey(PenName, on_delete=models.CASCADE, related_name="former_members")
    email = models.CharField(max_length=254, blank=True)
    real_name = models.CharField(max_length=200, blank=True)
    password_hash = models.CharField(max_length=200, blank=True)
    website = models.CharField(max_length=500, blank=True)
    contacts = models.JSONField(default=list, blank=True)
    favourites = models.JSONField(default=list, blank=True)
    level = models.SmallIntegerField(default=0)
    was_trusted = models.BooleanField(default=False)
    was_beta_reader = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["site", "old_id"], name="one_former_member_per_old_id"),
        ]


class Upload(models.Model):
    """A file on its way in, in pieces; it goes on where it stopped. The bytes lie outside the database until sealed."""

    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    token = models.CharField(max_length=40, unique=True)
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.CASCADE, related_name="uploads")
    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(received__lte=models.F("size")), name="upload_not_longer_than_announced"
            ),
        ]
