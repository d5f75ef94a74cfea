"""Every work of the archive as Story JSON, one per line: for its keeper, who may take the whole archive elsewhere.

What not everyone may read is in it, and says so in its labels: whoever publishes these lines can leave it out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from fanthology.formats.transforms import story_to_dict

from .access import Audience, State
from .models import Work
from .stories import story_of

BATCH = 200


def json_lines(out: BinaryIO) -> int:
    """Write all works but those in the bin, with all their chapters, in the order of their ids. Returns how many.

    Labels mark what is not public: "State in the archive", "Audience in the archive", "Chapters not posted" (numbers).
    """
    written = 0
    for work in Work.objects.exclude(state=State.BINNED).order_by("pk").iterator(chunk_size=BATCH):
        story = story_of(work, all_chapters=True)
        story = replace(story, labels=(*story.labels, *_marks(work)))
        line = json.dumps(story_to_dict(story), ensure_ascii=False)
        out.write(line.encode() + b"\n")
        written += 1
    return written


def _marks(work: Work) -> Iterator[tuple[str, str]]:
    if work.state != State.POSTED or work.unrevealed:
        yield "State in the archive", "unrevealed" if work.state == State.POSTED else work.state
    if work.effective_audience is not Audience.EVERYONE:
        yield "Audience in the archive", work.effective_audience.value
    states = work.chapters.exclude(state=State.BINNED).order_by("position").values_list("state", flat=True)
    closed = [str(number) for number, state in enumerate(states, start=1) if state != State.POSTED]
    if closed:
        yield "Chapters not posted", ", ".join(closed)
