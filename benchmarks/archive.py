"""A throw-away archive for a benchmark: its data directory, and Django set up on it."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path


def open_archive(folder: str | None = None) -> Path:
    """Point FANTHOLOGY_DATA at `folder` (or a new temporary one) and bring it up to date. Returns the folder."""
    data = Path(folder) if folder else Path(tempfile.mkdtemp(prefix="fanthology-bench-"))
    os.environ["FANTHOLOGY_DATA"] = str(data)
    os.environ.setdefault("FANTHOLOGY_LOG", "warning")
    os.environ["DJANGO_SETTINGS_MODULE"] = "fanthology.config.settings"
    import django

    django.setup()
    from fanthology.base.preparing import prepare

    prepare()
    return data


def close_archive(data: Path, *, keep: bool) -> None:
    if keep:
        print(f"kept: {data}")
    else:
        shutil.rmtree(data, ignore_errors=True)
