"""What readers say: reviews (called comments where the keeper prefers) and kudos."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from fanthology.people.models import PenName
from fanthology.works.access import State
from fanthology.works.models import Chapter, Series, Work


class ReviewQuerySet(models.QuerySet["Review"]):
    def shown(self) -> Self:
        """What anybody may read: what was said of a chapter that is not posted stays with that chapter."""
        return self.filter(Q(chapter__isnull=True) | Q(chapter__state=State.POSTED.value), state="shown")


class Review(models.Model):
    """A review on exactly one of: work (perhaps one chapter of it), series. Replies carry the target of their parent.

    Signed by a pen name, or by the name a guest gave; a guest is never linked to a member of the same name.
    `stars` are half stars, 1..10; None = words only. A rating without words has an empty `text`.
    """

    STATES: ClassVar[list[tuple[str, str]]] = [("shown", "shown"), ("held", "held"), ("hidden", "hidden")]

    work = models.ForeignKey(Work, null=True, blank=True, on_delete=models.CASCADE, related_name="reviews")
    chapter = models.ForeignKey(Chapter, null=True, blank=True, on_delete=models.SET_NULL, related_name="reviews")
    series = models.ForeignKey(Series, null=True, blank=True, on_delete=models.CASCADE, related_name="reviews")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="replies")
    pen_name = models.ForeignKey(PenName, null=True, blank=True, on_delete=models.SET_NULL, related_name="reviews")
    guest_name = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    stars = models.PositiveSmallIntegerField(null=True, blank=True)
    by_author = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=STATES, default="shown")
    written_at = models.DateTimeField(null=True, blank=True, default=timezone.now)

    objects: ClassVar[models.Manager[Review]] = ReviewQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(work__isnull=False, series__isnull=True) | Q(work__isnull=True, series__isnull=False),
                name="review_has_one_target",
            ),
            models.CheckConstraint(
                condition=Q(chapter__isnull=True) | Q(work__isnull=False), name="chapter_review_names_its_work"
            ),
            models.CheckConstraint(condition=Q(pen_name__isnull=True) | Q(guest_name=""), name="review_signed_once"),
            models.CheckConstraint(
                condition=Q(stars__isnull=True) | Q(stars__range=(1, 10)), name="stars_are_half_stars_1_to_10"
            ),
            models.CheckConstraint(condition=Q(state__in=["shown", "held", "hidden"]), name="review_state_known"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["work", "state", "written_at"], name="reviews_of_a_work")
        ]


class Kudos(models.Model):
    """A reader's thanks, once per pen name; guests are counted in WorkStats."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="kudos")
    pen_name = models.ForeignKey(PenName, on_delete=models.CASCADE, related_name="kudos")
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "kudos"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["work", "pen_name"], name="kudos_once"),
        ]
