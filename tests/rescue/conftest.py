"""One rescued site, made once for each test that asks for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fanthology.rescue.middleware import FORMER
from fanthology.rescue.models import Run
from fanthology.works.models import Work
from tests.rescue import old_site


@pytest.fixture(autouse=True)
def fresh_hosts() -> None:
    FORMER.forget()


@pytest.fixture
def run(db: None, tmp_path: Path) -> Run:
    return old_site.rescue(old_site.write_dump(tmp_path))


@pytest.fixture
def work() -> Callable[[str], Work]:
    return lambda title: Work.objects.get(title=title)
