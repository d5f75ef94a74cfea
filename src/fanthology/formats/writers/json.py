"""A story as JSON, the public contract `fanthology-story/1`. Reading what was written gives an equal story."""

from __future__ import annotations

import json
from typing import BinaryIO

from ..model import Story, WriteOptions
from ..transforms import story_from_dict, story_to_dict

__all__ = ["story_from_dict", "story_to_dict", "write"]


def write(story: Story, out: BinaryIO, options: WriteOptions) -> None:
    """One line of JSON in UTF-8, keys in the order of the contract."""
    out.write(json.dumps(story_to_dict(story), ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
