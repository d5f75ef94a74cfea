"""How often something may be tried: counters in the cache, by what is tried and by where it comes from.

The cache is not truth: when it is emptied, counting starts again.
"""

from __future__ import annotations

import hashlib
import time
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
        found = cache.get(self._key(of))
        if not found or found[0] < self.most:
            return 0
        return max(1, int(found[1] - time.time()))

    def count(self, *of: str) -> None:
        """One more try. The window starts with the first and does not move, so waiting always helps."""
        tries, ends = cache.get(self._key(of)) or (0, time.time() + self.seconds)
        cache.set(self._key(of), (tries + 1, ends), timeout=max(1, round(ends - time.time())))

    def forget(self, *of: str) -> None:
        cache.delete(self._key(of))

    def _key(self, of: tuple[str, ...]) -> str:
        # Digests: names that people mistyped (or passwords in the wrong field) are not kept for anybody to read.
        return f"limit:{self.name.replace(' ', '-')}:{hashlib.sha256(chr(0).join(of).encode()).hexdigest()[:32]}"
