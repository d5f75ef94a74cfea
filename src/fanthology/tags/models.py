"""What works are about. A tag belongs to one kind; a synonym points at its canonical tag; closures make search whole.

The author's own spelling is kept on the work (works.WorkTag.as_written), so wrangling never rewrites an author.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from fanthology.base.folding import fold, slug_of


class Kind(models.Model):
    """A kind of tag. The seven built-in kinds have fixed ids, so that code may name them; a keeper may add more."""

    RATING, WARNING, CATEGORY, FANDOM, CHARACTER, RELATIONSHIP, ADDITIONAL = range(1, 8)

    slug = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=60)
    plural = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    is_builtin = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]

    def __str__(self) -> str:
        return self.name


class TagQuerySet(models.QuerySet["Tag"]):
    def of_kind(self, kind: int) -> TagQuerySet:
        return self.filter(kind_id=kind)

    def canonical(self) -> TagQuerySet:
        return self.filter(synonym_of__isnull=True)

    def in_use(self) -> TagQuerySet:
        return self.filter(posted_uses__gt=0)

    def named(self, kind: int, name: str) -> TagQuerySet:
        return self.filter(kind_id=kind, key=fold(name))

    def by_name(self) -> TagQuerySet:
        return self.order_by("key", "id")

    def most_used(self) -> TagQuerySet:
        return self.order_by("-posted_uses", "key")


class Tag(models.Model):
    """One tag. `disambiguator` tells same-named characters apart; the gates stand on ratings only.

    `posted_uses` is derived: works that everyone may find by this tag or a synonym or subtag of it.
    """

    kind = models.ForeignKey(Kind, on_delete=models.PROTECT, related_name="tags")
    name = models.CharField(max_length=250)
    key = models.CharField(max_length=500, editable=False)
    disambiguator = models.CharField(max_length=100, blank=True)
    slug = models.CharField(max_length=100, editable=False)
    synonym_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="synonyms")
    description = models.TextField(blank=True)
    position = models.PositiveIntegerField(default=0)
    gate_warn = models.BooleanField(default=False)
    gate_adults = models.BooleanField(default=False)
    gate_members = models.BooleanField(default=False)
    gate_text = models.TextField(blank=True)
    posted_uses = models.PositiveIntegerField(default=0)
    stamp = models.PositiveBigIntegerField(default=1)
    made_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Tag]] = TagQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "key", "disambiguator"], name="one_tag_per_kind_and_name"),
            models.CheckConstraint(condition=~Q(key=""), name="tag_has_a_name"),
            models.CheckConstraint(
                condition=Q(synonym_of__isnull=True) | ~Q(synonym_of=F("id")), name="tag_is_no_synonym_of_itself"
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.RATING) | Q(gate_warn=False, gate_adults=False, gate_members=False),
                name="only_ratings_carry_gates",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["kind", "-posted_uses"], name="tag_by_use")]

    def __str__(self) -> str:
        return f"{self.name} ({self.disambiguator})" if self.disambiguator else self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = fold(self.name)
        self.slug = slug_of(self.name, fallback="tag")
        super().save(*args, **kwargs)


class TagParent(models.Model):
    """A wrangler's line in the tree: metatag over subtag, fandom over character. Cycles are refused in actions."""

    parent = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="child_lines")
    child = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="parent_lines")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["parent", "child"], name="one_line_per_parent_and_child"),
            models.CheckConstraint(condition=~Q(parent=F("child")), name="tag_is_not_its_own_parent"),
        ]


class TagMember(models.Model):
    """Who is in a relationship, in order. The joiner ("/" or "&") is part of the relationship's own name."""

    relationship = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="member_lines")
    character = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="relationship_lines")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["relationship", "position"], name="one_member_per_place"),
        ]


class TagClosure(models.Model):
    """Derived: every canonical tag under which `tag` is found: itself or its canonical, and all metatags above.

    A character's fandom is not its metatag: lines between different kinds do not enter the closure.
    """

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="found_under")
    ancestor = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="finds")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["tag", "ancestor"], name="one_closure_row_per_pair"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["ancestor", "tag"], name="closure_downwards")]
