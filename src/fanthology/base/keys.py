"""The archive's own keys: 32 random bytes each, in files only its user can read, made at the first use.

`sealed` opens the sources of rescues and never leaves this machine, nor does `secret`, which signs sessions: they are in no
backup. All others travel with backups; what is digested for good (who asked not to be imported) must hang on one of these.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from django.conf import settings

from .once import write_once

STAYS_HERE = frozenset({"sealed.key", "secret.key"})


def key(name: str) -> bytes:
    """The key of that name."""
    file = Path(settings.KEYS) / f"{name}.key"
    if not file.exists():
        write_once(file, secrets.token_bytes(32))
    return file.read_bytes()
