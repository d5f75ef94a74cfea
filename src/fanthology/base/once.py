"""Files that are written once, by whoever comes first. Knows nothing of Django: settings are read with its help."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


def write_once(file: Path, value: bytes) -> None:
    """Write a new file that only its owner can read. Processes that do so at once agree: it is linked into place whole."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(value)
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink(missing_ok=True)
