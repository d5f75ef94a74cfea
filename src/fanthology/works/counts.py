"""Counters that are derived from works and may be counted anew at any time."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q

from fanthology.tags.models import Kind, Tag, TagClosure

from .access import GUEST
from .models import Work, WorkQuerySet, WorkTag


def recount_tags(tag_ids: Iterable[int] | None = None, *, dry: bool = False) -> int:
    """Set `posted_uses` of every canonical tag above these (None = of all tags) to what a guest would find.

    Returns how many tags were wrong; with `dry` they stay so.
    """
    wanted = None if tag_ids is None else _with_ancestors(list(tag_ids))
    counts = _counts(wanted, Work.objects.visible_to(GUEST))
    wrong = []
    for tag in Tag.objects.all() if wanted is None else Tag.objects.filter(pk__in=wanted):
        uses = counts.get(tag.pk, 0)
        if tag.posted_uses != uses:
            tag.posted_uses = uses
            tag.stamp += 1
            wrong.append(tag)
    if not dry:
        Tag.objects.bulk_update(wrong, ["posted_uses", "stamp"], batch_size=200)
    return len(wrong)


def _with_ancestors(tag_ids: list[int]) -> set[int]:
    return {*tag_ids, *TagClosure.objects.filter(tag_id__in=tag_ids).values_list("ancestor_id", flat=True)}


def _counts(ancestors: set[int] | None, public: WorkQuerySet) -> dict[int, int]:
    rows = WorkTag.objects.filter(work__in=public)
    if ancestors is not None:
        rows = rows.filter(tag__found_under__ancestor_id__in=ancestors)
    found = rows.values_list("tag__found_under__ancestor_id").annotate(works=Count("work_id", distinct=True))
    counts: dict[int, int] = dict(found)
    ratings = Tag.objects.filter(kind_id=Kind.RATING)
    counts.update(ratings.values_list("pk").annotate(times=Count("rated_works", filter=Q(rated_works__in=public))))
    return counts
