"""What every test gets: a data directory of its own, empty caches, a clean page shelf."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from pytest_django.fixtures import Settings

PLACES = ("BLOBS", "SEALED", "KEYS", "INDEX", "ERASURES", "UPLOADS")


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """Blobs, sealed sources, index, journal and uploads under `tmp_path`; returns that directory."""
    from fanthology.base.pages import KEPT
    from fanthology.search.spelling import visible_names

    usual = django_settings.DATA
    for name in PLACES:
        setattr(settings, name, tmp_path / getattr(django_settings, name).relative_to(usual))
    settings.DATA = tmp_path
    KEPT.clear()
    visible_names.cache_clear()
    cache.clear()
    yield tmp_path
    KEPT.clear()
