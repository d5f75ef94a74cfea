"""Digests by which a newer dump is told from an edit made here. Hides how a value becomes comparable.

The fields of an old thing are brought into the shape in which they stand here; equal digests mean equal values, whether
they come from a dump or from our own rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

Fields = Mapping[str, object]


def digest(value: object) -> str:
    """16 hex digits that stand for a JSON value."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def digests_of(fields: Fields) -> dict[str, str]:
    return {name: digest(value) for name, value in fields.items()}


def whole(digests: Mapping[str, str]) -> str:
    """One digest over all fields: equal means that nothing changed in the source."""
    return digest(dict(digests))


@dataclass(frozen=True, slots=True)
class Comparison:
    """What to do about each field: `take` theirs, or list a `conflict`. Everything else is as it should be."""

    take: frozenset[str]
    conflicts: frozenset[str]


def compare(*, imported: Mapping[str, str], theirs: Mapping[str, str], ours: Mapping[str, str]) -> Comparison:
    """`imported` = the digests of the last import, `theirs` = of the new dump, `ours` = of what stands here now.

    A field that did not change in the source stays as it is here. One that changed there only is taken; one that
    changed on both sides, and not to the same value, is a conflict and stays ours.
    """
    take, conflicts = set(), set()
    for name, new in theirs.items():
        if new in (imported.get(name), ours.get(name)):
            continue
        if name not in imported or ours.get(name) == imported[name]:
            take.add(name)
        else:
            conflicts.add(name)
    return Comparison(frozenset(take), frozenset(conflicts))
