"""Every work of the archive as Story JSON, one per line: for its keeper, who may take the whole archive elsewhere."""

from __future__ import annotations

import json
from typing import BinaryIO

from fanthology.formats.transforms import story_to_dict

from .access import State
from .models import Work
from .stories import story_of

BATCH = 200


def json_lines(out: BinaryIO) -> int:
    """Write all works but those in the bin, with all their chapters, in the order of their ids. Returns how many."""
    written = 0
    for work in Work.objects.exclude(state=State.BINNED).order_by("pk").iterator(chunk_size=BATCH):
        line = json.dumps(story_to_dict(story_of(work, all_chapters=True)), ensure_ascii=False)
        out.write(line.encode() + b"\n")
        written += 1
    return written
