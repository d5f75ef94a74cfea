"""What the archive itself says: news, and pages such as rules and help. News comments of a former site stay with their news."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from fanthology.people.models import PenName


class NewsQuerySet(models.QuerySet["News"]):
    def shown(self) -> Self:
        return self.filter(is_public=True)

    def newest(self) -> Self:
        return self.order_by("-written_at", "-id")


class News(models.Model):
    """A news post. `origin` names the former site it was written on; such news is shown apart from our own."""

    title = models.CharField(max_length=255)
    text = models.TextField(blank=True)
    author_name = models.CharField(max_length=200, blank=True)
    written_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    origin = models.CharField(max_length=200, blank=True)
    is_public = models.BooleanField(default=True)

    objects: ClassVar[models.Manager[News]] = NewsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "news"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(title=""), name="news_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title


class NewsComment(models.Model):
    """A comment on news, signed by a pen name or by the name a guest gave."""

    news = models.ForeignKey(News, on_delete=models.CASCADE, related_name="comments")
    pen_name = models.ForeignKey(
        PenName, null=True, blank=True, on_delete=models.SET_NULL, related_name="news_comments"
    )
    guest_name = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    written_at = models.DateTimeField(null=True, blank=True, default=timezone.now)


class CustomPage(models.Model):
    """A page at /about/SLUG/. Those of a former site arrive as inert text and unpublished."""

    slug = models.CharField(max_length=100, unique=True)
    title = models.CharField(max_length=255)
    text = models.TextField(blank=True)
    origin = models.CharField(max_length=200, blank=True)
    is_public = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(slug=""), name="page_has_a_slug"),
        ]

    def __str__(self) -> str:
        return self.title
