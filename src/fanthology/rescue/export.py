"""The way out, beside the way in: every work of the archive as Story JSON, one per line, for its keeper to take elsewhere.

What not everyone may read is in it, and says so in its labels: whoever publishes these lines can leave it out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import BinaryIO

from fanthology.formats.transforms import story_to_dict
from fanthology.reviews.stories import reviews_of
from fanthology.works.access import Audience, State
from fanthology.works.models import Chapter, Work
from fanthology.works.stories import stories_of

BATCH = 50  # works at once, with all their words


def json_lines(out: BinaryIO) -> int:
    """Write all works but those in the bin, with all their chapters and the reviews that are shown, in the order of
    their ids. Returns how many. The same number of queries serves every batch, however much hangs on its works.

    Labels mark what is not public: "State in the archive", "Audience in the archive", "Chapters not posted" (numbers).
    """
    written = 0
    for works in _batches():
        reviews, closed = reviews_of(works), _not_posted(works)
        for work, plain in zip(works, stories_of(works, all_chapters=True), strict=True):
            marks = _marks(work, closed.get(work.pk, ()))
            story = replace(plain, reviews=reviews.get(work.pk, ()), labels=(*plain.labels, *marks))
            out.write(json.dumps(story_to_dict(story), ensure_ascii=False).encode() + b"\n")
            written += 1
    return written


def _batches() -> Iterator[list[Work]]:
    works = Work.objects.exclude(state=State.BINNED).select_related("rating").order_by("pk")
    batch = list(works[:BATCH])
    while batch:
        yield batch
        batch = list(works.filter(pk__gt=batch[-1].pk)[:BATCH])


def _not_posted(works: list[Work]) -> dict[int, list[str]]:
    """By work: the numbers of its chapters that are not posted, as its story counts them."""
    rows = Chapter.objects.filter(work__in=works).exclude(state=State.BINNED).order_by("work_id", "position")
    states: dict[int, list[str]] = {}
    for work_id, state in rows.values_list("work_id", "state"):
        states.setdefault(work_id, []).append(state)
    return {
        work_id: [str(number) for number, state in enumerate(found, start=1) if state != State.POSTED]
        for work_id, found in states.items()
    }


def _marks(work: Work, closed: Iterable[str]) -> Iterator[tuple[str, str]]:
    if work.state != State.POSTED or work.unrevealed:
        yield "State in the archive", "unrevealed" if work.state == State.POSTED else work.state
    if work.effective_audience is not Audience.EVERYONE:
        yield "Audience in the archive", work.effective_audience.value
    if numbers := ", ".join(closed):
        yield "Chapters not posted", numbers
