"""What readers said of works, as `Review`s of a `Story`: as anybody may read it, and nobody unmasked."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.utils.timezone import localtime

from fanthology.formats.model import Markup
from fanthology.formats.model import Review as Said
from fanthology.works.access import State
from fanthology.works.models import Chapter, Work
from fanthology.works.stories import ANONYMOUS

from .models import Review


def reviews_of(works: Sequence[Work]) -> dict[int, tuple[Said, ...]]:
    """By work: its reviews, oldest first and those without a date before them, with the answers to them. Two queries.

    Held and hidden ones are left out, with what answers them, and so is what was said of a chapter in the bin. `chapter`
    is the place among all chapters of the work but those. What its author answers on an anonymous work is "Anonymous".
    """
    places = _places(works)
    nameless = {work.pk for work in works if work.anonymous}
    rows = Review.objects.filter(work__in=works, state="shown").select_related("pen_name")
    below: dict[int | None, list[Review]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.written_at.timestamp() if row.written_at else 0.0, row.pk)):
        if row.chapter_id is None or row.chapter_id in places:
            below[row.parent_id].append(row)

    def said(row: Review) -> Said:
        masked = row.by_author and row.work_id in nameless
        name = row.pen_name.name if row.pen_name else row.guest_name
        return Said(
            author=ANONYMOUS if masked else name or None,
            text=Markup(row.text),
            signed=row.pen_name is not None and not masked,
            date=localtime(row.written_at, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if row.written_at else None,
            chapter=places.get(row.chapter_id or 0),
            stars=row.stars,
            replies=tuple(map(said, below[row.pk])),
        )

    found: dict[int, list[Said]] = defaultdict(list)
    for row in below[None]:
        found[row.work_id or 0].append(said(row))
    return {work_id: tuple(reviews) for work_id, reviews in found.items()}


def _places(works: Sequence[Work]) -> dict[int, int]:
    """Chapter → its place as a story counts, which leaves out what is in the bin."""
    rows = Chapter.objects.filter(work__in=works).exclude(state=State.BINNED).order_by("work_id", "position")
    places: dict[int, int] = {}
    last: dict[int, int] = defaultdict(int)
    for chapter_id, work_id in rows.values_list("pk", "work_id"):
        last[work_id] += 1
        places[chapter_id] = last[work_id]
    return places
