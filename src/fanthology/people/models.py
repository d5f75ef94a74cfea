"""Who people are: the account, which is shown nowhere, and the pen names, which is all that others ever see.

Pen names of one person are never linked in public. Authorship elsewhere points at pen names, never at accounts.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

from fanthology.base.folding import fold


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(login_key=fold(username or ""))


class Person(AbstractBaseUser):
    """An account. `login` and `email` are private; `login_key` is what makes a login unique."""

    login = models.CharField(max_length=60)
    login_key = models.CharField(max_length=120, unique=True, editable=False)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    is_keeper = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[PersonManager] = PersonManager()
    USERNAME_FIELD = "login_key"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(login_key=""), name="person_has_a_login"),
        ]

    def __str__(self) -> str:
        return self.login

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.login_key = fold(self.login)
        super().save(*args, **kwargs)


class PenNameQuerySet(models.QuerySet["PenName"]):
    def by_name(self) -> PenNameQuerySet:
        return self.order_by("name_key", "id")


class PenName(models.Model):
    """A name works are signed with. Names are not unique (two people may be "Mina"), slugs are.

    An unclaimed pen name came with a rescue; its `origin` is the old site's name, and its bio waits, unshown,
    for the owner. A memorial pen name has no claim button and gets no mail.
    """

    class Status(models.TextChoices):
        OWNED = "owned", "owned"
        UNCLAIMED = "unclaimed", "unclaimed"
        ORPHANED = "orphaned", "orphaned"

    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="pen_names")
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=400, db_index=True, editable=False)
    slug = models.CharField(max_length=100, unique=True)
    status = models.CharField(max_length=10, choices=Status.choices)
    is_default = models.BooleanField(default=False)
    is_memorial = models.BooleanField(default=False)
    bio = models.TextField(blank=True)
    bio_is_shown = models.BooleanField(default=False)
    joined_on = models.DateField(null=True, blank=True)
    joined_precision = models.CharField(max_length=5, blank=True)
    origin = models.CharField(max_length=200, blank=True)
    stamp = models.PositiveBigIntegerField(default=1)

    objects: ClassVar[models.Manager[PenName]] = PenNameQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(status="owned", person__isnull=False) | (~Q(status="owned") & Q(person__isnull=True)),
                name="pen_name_owned_exactly_by_a_person",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["owned", "unclaimed", "orphaned"]), name="pen_name_status_known"
            ),
            models.UniqueConstraint(fields=["person"], condition=Q(is_default=True), name="one_default_pen_name_each"),
            models.CheckConstraint(condition=~Q(name=""), name="pen_name_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = fold(self.name)
        super().save(*args, **kwargs)
