"""Golden folders: `pytest tests/formats --update-goldens` writes what the readers make; the diff is what one reviews."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-goldens", action="store_true", default=False, help="write want.json of every golden case anew"
    )


@pytest.fixture
def update_goldens(request: pytest.FixtureRequest) -> bool:
    """Whether this run writes the golden files. The option is unknown when pytest starts above this folder."""
    return bool(request.config.getoption("--update-goldens", default=False))
