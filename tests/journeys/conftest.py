"""A real browser against a real server: the demo archive, rescued once per session by the command that people run.

    def test_reading(visit, demo_site):
        page = visit("/", width=360, theme="dark")       # a Playwright page; closed after the test

After each test the pages it opened are asked what went wrong unseen: a script error, a refused resource or a request to
any other host fails the test.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.journeys.eyes import HEIGHTS

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 240  # seconds; a rescue on a busy machine
CHROMIUM_ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # A browser under test asks nobody for updates, lists or opinions.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys share one archive and one browser, so they share one test process."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.xdist_group("journeys"))


@dataclass(slots=True)
class Site:
    """A running archive. `said` is what the command printed so far."""

    url: str
    data: Path
    log: Path
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def keeper(self) -> tuple[str, str]:
        """Login and password of the demo keeper, as the command prints them for people."""
        printed = re.search(r"keeper of this demo is '(\S+)' with the password '(\S+)'", self.said)
        assert printed, f"the command did not print the keeper's login:\n{self.said}"
        return printed[1], printed[2]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The `fanthology` command on this archive's data."""
        return subprocess.run(
            [sys.executable, "-m", "fanthology", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=READY_WITHIN,
        )

    def start(self, *arguments: str) -> None:
        """Start a server command and come back when /health answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "fanthology", *arguments],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"the server ended by itself:\n{self.said}"
            try:
                with urlopen(f"{self.url}/health", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (URLError, OSError):
                pass  # not yet
            time.sleep(0.1)
        self.stop()
        pytest.fail(f"the server was not ready after {READY_WITHIN} s:\n{self.said}")

    def stop(self, *, how: signal.Signals = signal.SIGTERM) -> int:
        """End the server as a supervisor would; its exit code. Its children must be gone with it."""
        assert self.process is not None
        process, self.process = self.process, None
        if how is signal.SIGKILL:
            os.killpg(process.pid, how)
        else:
            process.send_signal(how)
        try:
            return process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=30)
            pytest.fail(f"the server did not end within 30 s:\n{self.said}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def new_site(folder: Path) -> Site:
    """An archive of its own: data folder, port and log; nothing runs yet."""
    port = free_port()
    data = folder / "data"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("FANTHOLOGY_", "DJANGO_"))}
    environment = inherited | {
        "FANTHOLOGY_DATA": str(data),
        "FANTHOLOGY_BASE_URL": f"http://127.0.0.1:{port}",
        "NO_COLOR": "1",
        "COLUMNS": "120",
        "PYTHONWARNINGS": "default",
    }
    return Site(url=f"http://127.0.0.1:{port}", data=data, log=folder / "server.log", environment=environment)


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo archive as `fanthology demo` makes and serves it. Shared: journeys may add to it, never empty it."""
    site = new_site(tmp_path_factory.mktemp("demo"))
    site.start("demo", "--port", site.url.rpartition(":")[2])
    yield site
    if site.process is not None:
        site.stop()


@pytest.fixture
def empty_site(tmp_path: Path) -> Iterator[Site]:
    """A fresh archive of one test's own, served and empty: what a new keeper meets first."""
    site = new_site(tmp_path)
    site.start("serve", "--port", site.url.rpartition(":")[2])
    yield site
    if site.process is not None:
        site.stop()


def chromium_path() -> str:
    for name in (os.environ.get("FANTHOLOGY_TEST_BROWSER", ""), "chromium", "chromium-browser", "google-chrome"):
        if name and (path := shutil.which(name)):
            return path
    pytest.fail("Chromium is missing: journeys need it (Debian: chromium; `make setup-test` says how).")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's event loop stands still inside this thread between its calls; Django would take any later test
    # of this process for asynchronous code and refuse it the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    # Chromium's own sandbox cannot be made by root (containers); what it shows here is our own pages.
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS + as_root)
        yield chromium
        chromium.close()


class Visit(Protocol):
    """`visit("/path", width=360, theme="dark", javascript=False, context=page.context)` opens a page.

    Without `context` each visit is another person: no cookies, nothing remembered. `errors` are status codes that the
    visit is meant to meet (the browser logs them as failed resources).
    """

    def __call__(
        self,
        path: str = "/",
        *,
        width: int = 1280,
        theme: str = "light",
        javascript: bool = True,
        context: BrowserContext | None = None,
        site: Site | None = None,
        errors: tuple[int, ...] = (),
    ) -> Page: ...


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    contexts: list[BrowserContext] = []
    unseen: list[str] = []

    def watch(page: Page, home: str, errors: tuple[int, ...]) -> None:
        def said(message: Any) -> None:
            expected = any(f"status of {code}" in message.text for code in errors)
            if message.type == "error" and not expected:
                unseen.append(f"{page.url}: {message.text}")

        page.on("console", said)
        page.on("pageerror", lambda error: unseen.append(f"{page.url}: {error}"))
        page.on(
            "request",
            lambda sent: (
                None
                if sent.url.startswith((home, "data:", "blob:", "about:"))
                else unseen.append(f"{page.url} asked another host: {sent.url}")
            ),
        )

    def visit(
        path: str = "/",
        *,
        width: int = 1280,
        theme: str = "light",
        javascript: bool = True,
        context: BrowserContext | None = None,
        site: Site | None = None,
        errors: tuple[int, ...] = (),
    ) -> Page:
        home = (site or request.getfixturevalue("demo_site")).url
        if context is None:
            context = browser.new_context(
                base_url=home,
                viewport={"width": width, "height": HEIGHTS.get(width, 800)},
                color_scheme="dark" if theme == "dark" else "light",
                java_script_enabled=javascript,
                reduced_motion="reduce",
                locale="en-GB",
                timezone_id="UTC",
                accept_downloads=True,
            )
            context.set_default_timeout(15_000)
            contexts.append(context)
        page = context.new_page()
        watch(page, home, errors)
        page.goto(path)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert not unseen, "what the pages did not show:\n" + "\n".join(unseen)
