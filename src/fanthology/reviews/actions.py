"""What is done to reviews, one verb each."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Count

from fanthology.works.actions import touch_works
from fanthology.works.models import WorkStats

from .models import Review


def add_reviews(*, reviews: Sequence[Review], replies: Sequence[tuple[int, Review]] = ()) -> list[Review]:
    """Save reviews that came with a rescue, and replies as (place of the parent in `reviews`, reply)."""
    with transaction.atomic():
        made = Review.objects.bulk_create(reviews)
        answers = []
        for place, reply in replies:
            parent = made[place]
            reply.parent, reply.work_id, reply.series_id, reply.chapter_id = (
                parent,
                parent.work_id,
                parent.series_id,
                parent.chapter_id,
            )
            answers.append(reply)
        Review.objects.bulk_create(answers)
        works = {review.work_id for review in made if review.work_id}
        recount_reviews(work_ids=sorted(works))
        touch_works(work_ids=works)
    return made


def recount_reviews(*, work_ids: Sequence[int]) -> None:
    """Set the counter of these works to the reviews that are shown; authors' replies are not counted as reviews."""
    shown = Review.objects.shown().filter(work_id__in=work_ids, by_author=False)
    counts = dict(shown.values_list("work_id").annotate(number=Count("pk")))
    for work_id in work_ids:
        WorkStats.objects.filter(work_id=work_id).update(reviews=counts.get(work_id, 0))
