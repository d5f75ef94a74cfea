"""How often something may be tried: counters in the cache, by what is tried and by where it comes from.

The cache is not truth: when it is emptied, counting starts again.
"""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from dataclasses import dataclass

from django.core.cache import cache


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` tries in `seconds`."""

    name: str
    most: int
    seconds: int

    def wait(self, *of: str) -> int:
        """Seconds until the next try of this is welcome; 0 when it is now."""
        key = self._key(of)
        if cache.get(key, 0) < self.most:
            return 0
        return max(1, int(cache.get(_ends(key), 0) - time.time()))

    def count(self, *of: str) -> None:
        """One more try, lost among no others. The window starts with the first and does not move: waiting helps."""
        key = self._key(of)
        cache.add(_ends(key), time.time() + self.seconds, timeout=self.seconds)
        cache.add(key, 0, timeout=self.seconds)
        with suppress(ValueError):  # its window ended just now
            cache.incr(key)

    def forget(self, *of: str) -> None:
        key = self._key(of)
        cache.delete_many((key, _ends(key)))

    def _key(self, of: tuple[str, ...]) -> str:
        # Digests: names that people mistyped (or passwords in the wrong field) are not kept for anybody to read.
        return f"limit:{self.name.replace(' ', '-')}:{hashlib.sha256(chr(0).join(of).encode()).hexdigest()[:32]}"


def _ends(key: str) -> str:
    return f"{key}:ends"
