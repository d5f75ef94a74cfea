"""The archive's own keys: 32 random bytes each, in files only its user can read, made at the first use.

`sealed` opens the sources of rescues and never leaves this machine, nor does `secret`, which signs sessions: they are in no
backup. All others travel with backups; what is digested for good (who asked not to be imported) must hang on one of these.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from django.conf import settings

STAYS_HERE = frozenset({"sealed.key", "secret.key"})


def key(name: str) -> bytes:
    """The key of that name. Two processes that make it at once agree: the file is linked into place whole."""
    file = Path(settings.KEYS) / f"{name}.key"
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(secrets.token_bytes(32))
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file.read_bytes()
