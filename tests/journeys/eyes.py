"""What a journey looks at: sizes, themes, accessibility, overflow, and the pictures it keeps."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page

ARTEFACTS = Path(__file__).parent.parent / "artefacts"
HEIGHTS = {360: 740, 768: 1024, 1280: 860}
WIDTHS = tuple(HEIGHTS)
THEMES = ("light", "dark")
# Every width and both themes, without the whole matrix: for tests that look at many pages.
LOOKS = ((360, "light"), (360, "dark"), (768, "dark"), (1280, "light"))
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

every_width = pytest.mark.parametrize("width", WIDTHS)
every_look = pytest.mark.parametrize(("width", "theme"), [(width, theme) for width in WIDTHS for theme in THEMES])


@cache
def axe_source() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def assert_accessible(page: Page, *, rules: list[str] | None = None) -> None:
    """No violation of WCAG 2.2 A and AA that axe can see on the page as it stands."""
    page.evaluate(axe_source())  # evaluated, not inserted: our own policy forbids inline scripts
    options = {"runOnly": {"type": "tag", "values": rules or WCAG}, "resultTypes": ["violations"]}
    result: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    lines = []
    for violation in result["violations"]:
        lines.append(f"{violation['id']} ({violation['impact']}): {violation['help']}")
        lines += [
            f"    {' '.join(node['target'])}: {node['failureSummary'].splitlines()[-1].strip()}"
            for node in violation["nodes"][:5]
        ]
    assert not lines, f"{page.url} at {page.viewport_size}:\n" + "\n".join(lines)


def assert_fits(page: Page) -> None:
    """Nothing sticks out sideways: a phone never has to scroll a page to the right."""
    wide = page.evaluate(
        """() => {
            const room = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= room) return [];
            return [...document.querySelectorAll('body *')]
                .filter(e => e.getBoundingClientRect().right > room + 1)
                .slice(0, 5)
                .map(e => e.outerHTML.slice(0, 120));
        }"""
    )
    assert not wide, f"{page.url} is wider than {page.viewport_size}:\n" + "\n".join(wide)


def assert_fingers_fit(page: Page, *, least: int = 44) -> None:
    """Buttons and controls are at least 44 CSS pixels high and wide; links inside running text are exempt (WCAG 2.5.8)."""
    small = page.evaluate(
        """least => [...document.querySelectorAll('button, select, input:not([type=hidden]), summary, nav a, a.button')]
            .filter(e => e.checkVisibility({opacityProperty: true, visibilityProperty: true}))
            .map(e => [e, (['checkbox', 'radio'].includes(e.type) && e.closest('label') || e).getBoundingClientRect()])
            .filter(([e, box]) => box.width > 1 && (box.height < least - 0.5 || box.width < least - 0.5))
            .slice(0, 8)
            .map(([e, box]) => `${Math.round(box.width)}×${Math.round(box.height)} ${e.outerHTML.slice(0, 100)}`)""",
        least,
    )
    assert not small, f"too small for a finger on {page.url}:\n" + "\n".join(small)


def keep_picture(page: Page, name: str, *, whole: bool = True) -> Path:
    """Save what the page looks like now as tests/artefacts/NAME-WIDTH-THEME.png and return the path."""
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    width = (page.viewport_size or {"width": 0})["width"]
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    path = ARTEFACTS / f"{re.sub(r'[^a-z0-9-]+', '-', name.lower())}-{width}-{'dark' if dark else 'light'}.png"
    page.screenshot(path=path, full_page=whole, animations="disabled")
    return path


def look(page: Page, name: str) -> None:
    """The whole look at one page: it fits, axe finds nothing, and its picture is kept."""
    keep_picture(page, name)
    assert_fits(page)
    assert_accessible(page)
