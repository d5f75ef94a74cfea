"""What this room does when news arrives: tag counters follow the works, by-lines follow the pen names."""

from __future__ import annotations

from fanthology.base.models import OutboxEvent
from fanthology.base.outbox import consumer

from .actions import sign_anew
from .counts import recount_tags
from .models import Work, WorkTag


@consumer("tag counts", topics=("work.", "tag."))
def count_tags(events: list[OutboxEvent]) -> None:
    if any(event.topic.startswith("tag.") for event in events):
        recount_tags()
        return
    works = {event.subject_id for event in events}
    tags = set(WorkTag.objects.filter(work_id__in=works).values_list("tag_id", flat=True))
    tags.update(rating for rating in Work.objects.filter(pk__in=works).values_list("rating_id", flat=True) if rating)
    tags.update(tag_id for event in events for tag_id in event.data.get("tags", ()))
    if tags:
        recount_tags(tags)


@consumer("by-lines", topics=("pen-name.changed",))
def follow_pen_names(events: list[OutboxEvent]) -> None:
    sign_anew(pen_name_ids={event.subject_id for event in events})
