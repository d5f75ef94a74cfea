"""A half-set profile is refused at start, with the names of what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register("fanthology")
def profile_is_whole(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    return [
        Error(
            f"FANTHOLOGY_PROFILE=scaled needs {name}, which is not set.",
            hint="See docs/keeper/settings.md, or leave FANTHOLOGY_PROFILE away for an archive on one machine.",
            id="fanthology.E001",
        )
        for name in settings.MISSING
    ]
