"""Places where a test may let the process die, as if the power went: `FANTHOLOGY_FAIL_AT=name:n`.

`reach("blob.renamed")` kills this process with SIGKILL when the variable names that point and it is reached for the
n-th time (1 = the first). Without the variable it costs one comparison. The points are the
calls of `reach`.
"""

from __future__ import annotations

import os
import signal

_name, _, _count = os.environ.get("FANTHOLOGY_FAIL_AT", "").partition(":")
_left = int(_count or 1)


def reach(name: str) -> None:
    """Die here if the environment asks for it."""
    global _left  # noqa: PLW0603 - one counter per process is the point
    if name != _name:
        return
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
