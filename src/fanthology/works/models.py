"""Works, chapters, series and what hangs on them. Truth is here; search, counters and editions can be rebuilt.

Invariants that one table can hold are named constraints, because a rescue inserts in bulk and passes by every form.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.expressions import RawSQL
from django.utils import timezone

from fanthology.base.folding import fold
from fanthology.base.models import Blob
from fanthology.people.models import PenName
from fanthology.tags.models import Kind, Tag, TagParent, TagQuerySet

from .access import Audience, Facts, Sight, State, Viewer, effective_audience, sight
from .dates import LONG_AGO

STATES = [(state.value, state.value) for state in State]
AUDIENCES = [(audience.value, audience.value) for audience in Audience]
PRECISIONS = ("year", "month", "day")
ADULT_RATINGS = ("Not Rated", "Mature", "Explicit")


def dated(field: str, precision: str, name: str) -> models.CheckConstraint:
    """A date is known with its precision, or not at all."""
    known = Q(**{f"{field}__isnull": False, f"{precision}__in": PRECISIONS})
    unknown = Q(**{f"{field}__isnull": True, precision: ""})
    return models.CheckConstraint(condition=known | unknown, name=name)


class WorkQuerySet(models.QuerySet["Work"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(_as_q(sight(viewer)))

    def in_tag(self, tag_id: int) -> Self:
        """Works with this tag, a synonym of it or a subtag."""
        return self.filter(pk__in=WorkTag.objects.filter(tag__found_under__ancestor_id=tag_id).values("work_id"))

    def by(self, pen_name: PenName) -> Self:
        """Works signed with this pen name; anonymous ones are not on anybody's page."""
        return self.filter(authorship__pen_name=pen_name, anonymous=False)

    def posted(self) -> Self:
        return self.filter(state=State.POSTED)

    def newest(self) -> Self:
        return self.order_by("-revised_at", "-id")

    def newly_arrived(self) -> Self:
        """Works posted here by their authors, newest first: bulk arrivals keep quiet and are not news."""
        return self.filter(arrived_in_bulk=False).newest()


def _as_q(seen: Sight) -> Q:
    if seen.everything:
        return Q()
    members = Audience.MEMBERS in seen.audiences
    allowed = Q(state__in=[state.value for state in seen.states], unrevealed=False)
    if not members:
        allowed &= Q(audience=Audience.EVERYONE.value, gate_members=False)
    if seen.own:
        own = Authorship.objects.filter(pen_name_id__in=seen.own).values("work_id")
        allowed |= Q(pk__in=own) & ~Q(state=State.BINNED.value)
    return allowed


class Work(models.Model):
    """A story as published.

    `rating` None = the source does not say (treated like Mature at the gate). `warnings_stated` False = a former site
    had no warnings to give, which is not the same as none apply. `revised_at` puts works in order; it is a date to show
    only where `revised_precision` says how much of it is known ("" = nobody said, see `dates.last_change`). `version`
    counts changes of what a download holds, `stamp` changes of what a page shows. `origin` names the former site,
    `origin_ids` the pairs (name, id) that its software knew the story by; `arrived_in_bulk` keeps it out of "new".
    """

    title = models.CharField(max_length=255)
    title_key = models.CharField(max_length=510, editable=False)
    summary = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    end_notes = models.TextField(blank=True)
    disclaimer = models.TextField(blank=True)
    spoilers = models.TextField(blank=True)
    beta_credits = models.JSONField(default=list, blank=True)
    archive_permission = models.CharField(max_length=500, blank=True)
    labels = models.JSONField(default=list, blank=True)
    language = models.CharField(max_length=35, blank=True)
    rating = models.ForeignKey(Tag, null=True, blank=True, on_delete=models.PROTECT, related_name="rated_works")
    rating_as_written = models.CharField(max_length=250, blank=True)
    warnings_as_written = models.JSONField(default=list, blank=True)
    warnings_stated = models.BooleanField(default=True)
    gate_adults = models.BooleanField(default=False)
    gate_members = models.BooleanField(default=False)
    gate_text = models.TextField(blank=True)
    needs_consent = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=STATES, default=State.DRAFT.value)
    audience = models.CharField(max_length=10, choices=AUDIENCES, default=Audience.EVERYONE.value)
    hold_reason = models.CharField(max_length=60, blank=True)
    anonymous = models.BooleanField(default=False)
    unrevealed = models.BooleanField(default=False)
    complete = models.BooleanField(null=True, blank=True)
    expected_chapters = models.PositiveIntegerField(null=True, blank=True)
    chapter_count = models.PositiveIntegerField(default=0)
    word_count = models.PositiveIntegerField(default=0)
    is_round_robin = models.BooleanField(default=False)
    is_featured = models.BooleanField(default=False)
    published_on = models.DateField(null=True, blank=True)
    published_precision = models.CharField(max_length=5, blank=True)
    revised_at = models.DateTimeField(default=timezone.now)
    revised_precision = models.CharField(max_length=5, blank=True, default="day")
    posted_at = models.DateTimeField(null=True, blank=True)
    binned_at = models.DateTimeField(null=True, blank=True)
    origin = models.CharField(max_length=200, blank=True)
    origin_url = models.CharField(max_length=500, blank=True)
    origin_software = models.CharField(max_length=60, blank=True)
    origin_ids = models.JSONField(default=list, blank=True)
    arrived_in_bulk = models.BooleanField(default=False)
    hide_from_search_engines = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    stamp = models.PositiveBigIntegerField(default=1)
    made_at = models.DateTimeField(auto_now_add=True)

    authors: models.ManyToManyField[PenName, Authorship] = models.ManyToManyField(
        PenName, through="Authorship", related_name="works"
    )
    tags: models.ManyToManyField[Tag, WorkTag] = models.ManyToManyField(Tag, through="WorkTag", related_name="works")

    objects: ClassVar[models.Manager[Work]] = WorkQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(title=""), name="work_has_a_title"),
            models.CheckConstraint(condition=Q(state__in=[state.value for state in State]), name="work_state_known"),
            models.CheckConstraint(condition=Q(audience__in=[a.value for a in Audience]), name="work_audience_known"),
            models.CheckConstraint(
                condition=~Q(state=State.POSTED.value) | Q(posted_at__isnull=False), name="posted_work_has_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.BINNED.value) | Q(binned_at__isnull=False), name="binned_work_has_a_time"
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=False) | Q(needs_consent=True), name="unrated_work_needs_consent"
            ),
            dated("published_on", "published_precision", "work_publication_date_has_precision"),
            models.CheckConstraint(
                condition=Q(revised_precision__in=["", *PRECISIONS])
                & (Q(revised_precision="") | ~Q(revised_at=LONG_AGO)),
                name="work_update_has_precision",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "-revised_at", "-id"], name="work_newest"),
            models.Index(fields=["title_key"], name="work_by_title"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.title_key = fold(self.title)
        super().save(*args, **kwargs)

    @property
    def effective_audience(self) -> Audience:
        return effective_audience(self.audience, gate_members=self.gate_members)

    def facts(self, authors: frozenset[int] = frozenset()) -> Facts:
        return Facts(State(self.state), self.effective_audience, self.unrevealed, authors)

    @property
    def date_is_known(self) -> bool:
        """Whether anybody said when it was published or changed."""
        return bool(self.revised_precision) or self.published_on is not None

    @property
    def is_one_shot(self) -> bool:
        return self.chapter_count == 1 and self.expected_chapters in (None, 1)


class Authorship(models.Model):
    """Who signs a work, in order."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="authorship")
    pen_name = models.ForeignKey(PenName, on_delete=models.PROTECT, related_name="authorship")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["work", "pen_name"], name="one_authorship_per_pen_name"),
        ]


class Text(models.Model):
    """The words of one revision: canonical markup, the same ready to send, and privately what was handed in.

    `cleaner` is the version of the rules that made the markup, so that a change of rules can find its work.
    """

    CLEANER: ClassVar[int] = 1

    sha256 = models.CharField(max_length=64, db_index=True)
    markup = models.TextField(blank=True)
    rendered = models.TextField(blank=True)
    original = models.TextField(blank=True)
    word_count = models.PositiveIntegerField(default=0)
    cleaner = models.PositiveSmallIntegerField(default=1)


class ChapterQuerySet(models.QuerySet["Chapter"]):
    def readable_by(self, viewer: Viewer, *, is_author: bool = False) -> Self:
        """Chapters of a work that the viewer may see already: posted ones, or all for its author and the keeper."""
        if viewer.is_keeper or is_author:
            return self.exclude(state=State.BINNED)
        return self.filter(state=State.POSTED)

    def in_order(self) -> Self:
        return self.order_by("position")


class Chapter(models.Model):
    """A chapter keeps its id for ever; its position may change. `contributor` signs a chapter of a round robin.

    `anchor` is the part of its paragraphs' ids that is this chapter's alone, so that they differ on one long page.
    """

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="chapters")
    position = models.PositiveIntegerField()
    anchor = models.CharField(max_length=12)
    state = models.CharField(max_length=10, choices=STATES, default=State.POSTED.value)
    title = models.CharField(max_length=255, blank=True)
    summary = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    end_notes = models.TextField(blank=True)
    contributor = models.ForeignKey(
        PenName, null=True, blank=True, on_delete=models.SET_NULL, related_name="contributions"
    )
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="current_in")
    word_count = models.PositiveIntegerField(default=0)
    origin_ids = models.JSONField(default=list, blank=True)
    published_on = models.DateField(null=True, blank=True)
    published_precision = models.CharField(max_length=5, blank=True)

    objects: ClassVar[models.Manager[Chapter]] = ChapterQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["work", "position"], name="one_chapter_per_position"),
            models.UniqueConstraint(fields=["work", "anchor"], name="one_chapter_per_anchor"),
            models.CheckConstraint(condition=Q(state__in=[state.value for state in State]), name="chapter_state_known"),
            models.CheckConstraint(condition=Q(position__gte=1), name="chapters_count_from_one"),
            dated("published_on", "published_precision", "chapter_date_has_precision"),
        ]

    def __str__(self) -> str:
        return self.title or f"Chapter {self.position}"


class Revision(models.Model):
    """An immutable saved state of a chapter; the last one is what `Chapter.text` points at."""

    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="revisions")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(PenName, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["chapter", "number"], name="one_revision_per_number"),
        ]


class WorkTag(models.Model):
    """A tag on a work, as its author wrote it and in the author's order. `role` is for relationships."""

    ROLES: ClassVar[list[tuple[str, str]]] = [("", "unsaid"), ("main", "main"), ("background", "background")]

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="work_tags")
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="work_tags")
    as_written = models.CharField(max_length=250)
    position = models.PositiveSmallIntegerField(default=0)
    role = models.CharField(max_length=10, choices=ROLES, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["work", "tag"], name="a_tag_once_per_work"),
        ]


def tags_known_to(viewer: Viewer) -> TagQuerySet:
    """Tags whose names give nothing away: built-in ones, and those that a work in `viewer`'s sight is found by.

    A name that only a draft or a hidden work bears is as hidden as the work.
    """
    if viewer.is_keeper:
        return Tag.objects.all()
    seen = Work.objects.visible_to(viewer)
    below = TagParent.objects.filter(parent=OuterRef("pk"), child__posted_uses__gt=0)
    return Tag.objects.filter(
        Q(kind_id__lte=Kind.CATEGORY)
        | Exists(seen.filter(work_tags__tag__found_under__ancestor=OuterRef("pk")))
        | Exists(seen.filter(work_tags__tag=OuterRef("pk")))
        | Exists(below)
    )


class WorkStats(models.Model):
    """Counters, lagging up to 60 s: hits are buffered, never written per request."""

    work = models.OneToOneField(Work, on_delete=models.CASCADE, primary_key=True, related_name="stats")
    hits = models.PositiveBigIntegerField(default=0)
    kudos = models.PositiveIntegerField(default=0)
    reviews = models.PositiveIntegerField(default=0)
    bookmarks = models.PositiveIntegerField(default=0)


DEEPEST = 20  # so many series inside one another are opened, the outermost among them

# Sub-series upwards, level by level: the ORM cannot say it. A circle comes back to where it was until it is too deep.
_CLIMB = """
    WITH RECURSIVE holding (id, depth) AS (
        {direct} UNION
        SELECT place.series_id, holding.depth + 1 FROM works_seriesplace AS place
        JOIN holding ON place.subseries_id = holding.id WHERE place.confirmed AND holding.depth < {deepest}
    ) SELECT id FROM holding
"""


class SeriesQuerySet(models.QuerySet["Series"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Series that hold, directly or in series inside them (down to `DEEPEST`), a work the viewer may see."""
        places = SeriesPlace.objects.filter(work_id__in=Work.objects.visible_to(viewer).values("pk"), confirmed=True)
        direct, params = places.order_by().values_list("series_id", Value(0)).query.sql_with_params()
        found = _CLIMB.format(direct=direct, deepest=DEEPEST - 1)
        return self.filter(pk__in=RawSQL(found, params))  # noqa: S611 - no value stands in it: all are parameters

    def by_title(self) -> Self:
        return self.order_by("title_key", "id")


class Series(models.Model):
    """Works in order, by one or several authors. `openness`: may others add works (open), ask to (moderated), or not."""

    OPENNESS: ClassVar[list[tuple[str, str]]] = [("closed", "closed"), ("moderated", "moderated"), ("open", "open")]

    title = models.CharField(max_length=255)
    title_key = models.CharField(max_length=510, editable=False)
    summary = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    complete = models.BooleanField(null=True, blank=True)
    openness = models.CharField(max_length=10, choices=OPENNESS, default="closed")
    authors: models.ManyToManyField[PenName, Any] = models.ManyToManyField(PenName, related_name="series", blank=True)
    origin = models.CharField(max_length=200, blank=True)
    stamp = models.PositiveBigIntegerField(default=1)

    objects: ClassVar[models.Manager[Series]] = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "series"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(title=""), name="series_has_a_title"),
            models.CheckConstraint(
                condition=Q(openness__in=["closed", "moderated", "open"]), name="series_openness_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.title_key = fold(self.title)
        super().save(*args, **kwargs)


class SeriesPlace(models.Model):
    """One place in a series: a work or a sub-series, never both. Cycles are refused in actions and found by check."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="places")
    position = models.PositiveIntegerField()
    work = models.ForeignKey(Work, null=True, blank=True, on_delete=models.CASCADE, related_name="series_places")
    subseries = models.ForeignKey(Series, null=True, blank=True, on_delete=models.CASCADE, related_name="parent_places")
    confirmed = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(work__isnull=False, subseries__isnull=True) | Q(work__isnull=True, subseries__isnull=False),
                name="series_place_holds_one_thing",
            ),
            models.UniqueConstraint(
                fields=["series", "work"], condition=Q(work__isnull=False), name="a_work_once_per_series"
            ),
            models.UniqueConstraint(
                fields=["series", "subseries"], condition=Q(subseries__isnull=False), name="a_subseries_once_per_series"
            ),
            models.CheckConstraint(
                condition=Q(subseries__isnull=True) | ~Q(subseries=F("series")), name="series_not_in_itself"
            ),
        ]


class Gift(models.Model):
    """A work given to someone: a pen name here, or a name that nobody here has (yet). A refused gift leaves no public trace."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="gifts")
    pen_name = models.ForeignKey(PenName, null=True, blank=True, on_delete=models.CASCADE, related_name="gifts")
    name = models.CharField(max_length=200)
    refused = models.BooleanField(default=False)


class Inspiration(models.Model):
    """A work made after another: inside this archive, or at an address or title outside it."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="inspirations")
    source_work = models.ForeignKey(Work, null=True, blank=True, on_delete=models.SET_NULL, related_name="inspired")
    words = models.CharField(max_length=500, blank=True)
    url = models.CharField(max_length=500, blank=True)


class Edition(models.Model):
    """A rendering of one version of a work that was served once. The partial MD5 is how e-readers recognise a file.

    The blob may be dropped and built again (same bytes); the row and its digests stay.
    """

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="editions")
    version = models.PositiveIntegerField()
    format = models.CharField(max_length=10)
    blob = models.ForeignKey(Blob, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    sha256 = models.CharField(max_length=64)
    partial_md5 = models.CharField(max_length=32, db_index=True)
    size = models.PositiveBigIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["work", "version", "format"], name="one_edition_per_version_and_format"),
        ]


class Tombstone(models.Model):
    """What is left at the address of a work that was taken back: that it is gone, since when, and why in one word."""

    REASONS: ClassVar[list[tuple[str, str]]] = [("withdrawn", "withdrawn"), ("legal", "legal"), ("undone", "undone")]

    work_id = models.PositiveBigIntegerField(unique=True)
    reason = models.CharField(max_length=10, choices=REASONS)
    made_at = models.DateTimeField(auto_now_add=True)


class DoNotImport(models.Model):
    """Somebody asked that nothing of theirs be brought in. Only keyed digests are kept: of an e-mail, name and site, or address."""

    KINDS: ClassVar[list[tuple[str, str]]] = [("email", "e-mail"), ("name", "name and site"), ("url", "address")]

    kind = models.CharField(max_length=5, choices=KINDS)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "digest"], name="asked_once"),
        ]
