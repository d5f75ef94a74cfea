"""Our own Story JSON: one object, a list of objects, or one object per line."""

from __future__ import annotations

import json
from typing import Any

from .. import transforms
from ..context import Context
from ..decode import decode
from ..errors import Damaged
from ..model import Reading


def read(data: bytes, context: Context) -> Reading:
    """Read stories back exactly as they were written. Raises Damaged when the JSON or a field is not what it must be."""
    decoded = decode(data, declared="utf-8")
    stories = tuple(transforms.story_from_dict(item) for item in _objects(decoded.text))
    if not stories:
        raise Damaged("The JSON holds no story.")
    return Reading(stories, "json", 1.0, decoded.decoder, (*decoded.findings, *context.findings))


def _objects(text: str) -> list[Any]:
    """The objects of one JSON value or of one value per line."""
    try:
        whole = json.loads(text)
    except RecursionError as fault:
        raise Damaged("The JSON is nested too deeply.") from fault
    except ValueError as fault:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise Damaged(f"This is broken JSON: {fault}") from fault
        try:
            return [json.loads(line) for line in lines]
        except (ValueError, RecursionError):
            raise Damaged(f"This is broken JSON: {fault}") from fault
    return whole if isinstance(whole, list) else [whole]
