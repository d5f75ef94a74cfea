"""Plain text: stories with a header block, with a by-line, or with nothing at all."""

from __future__ import annotations

from .. import shape
from ..context import Context
from ..errors import NotAStory
from ..model import Reading


def read(data: bytes, context: Context) -> Reading:
    """Read a text file as one story. Raises NotAStory when it holds no words."""
    decoded = shape.decoded(data)
    prose = shape.prose_from_text(decoded.text)
    if not any(line.text.strip() for line in prose.lines):
        raise NotAStory("The file holds no words.", code="refused.no-text")
    intake = shape.Intake(context)
    story = shape.story_from_prose(shape.Draft(prose, intake))
    return Reading((intake.finish(story),), "text", 0.5, decoded.decoder, decoded.findings)
