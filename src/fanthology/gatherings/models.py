"""What people do together: challenges (a prompt that others answer with works). Exchanges and collections join them here."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fanthology.people.models import PenName
from fanthology.tags.models import Tag
from fanthology.works.models import Series, Work


class Challenge(models.Model):
    """A prompt, by a pen name or under a name a guest gave."""

    title = models.CharField(max_length=255)
    summary = models.TextField(blank=True)
    challenger = models.ForeignKey(PenName, null=True, blank=True, on_delete=models.SET_NULL, related_name="challenges")
    challenger_name = models.CharField(max_length=200, blank=True)
    tags = models.ManyToManyField(Tag, related_name="challenges", blank=True)
    origin = models.CharField(max_length=200, blank=True)
    is_public = models.BooleanField(default=False)
    stamp = models.PositiveBigIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(title=""), name="challenge_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title


class ChallengeResponse(models.Model):
    """A work or series that answers a challenge."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="responses")
    work = models.ForeignKey(Work, null=True, blank=True, on_delete=models.CASCADE, related_name="challenge_responses")
    series = models.ForeignKey(
        Series, null=True, blank=True, on_delete=models.CASCADE, related_name="challenge_responses"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(work__isnull=False, series__isnull=True) | Q(work__isnull=True, series__isnull=False),
                name="response_is_one_thing",
            ),
            models.UniqueConstraint(
                fields=["challenge", "work"], condition=Q(work__isnull=False), name="work_responds_once"
            ),
            models.UniqueConstraint(
                fields=["challenge", "series"], condition=Q(series__isnull=False), name="series_responds_once"
            ),
        ]
