"""What the readers of untrusted files may use. Apart from the settings, for commands that need no archive."""

from __future__ import annotations

from . import env

SMALL = env.flag("FANTHOLOGY_SMALL")
WORKERS = env.integer("FANTHOLOGY_SANDBOX_WORKERS", 1 if SMALL else 2, least=1, most=64)
MEMORY = env.integer("FANTHOLOGY_SANDBOX_MB", 1024, least=256, most=65536) * 1024 * 1024
