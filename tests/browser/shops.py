"""Servers of small shops for browser tests: set up by hand, with rows imported while they run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, StorageState, expect

from polku.cli.main import root
from polku.i18n import gettext, use_language
from tests.browser.axe import axe
from tests.browser.looks import DESKTOP
from tests.browser.visiting import visiting
from tests.server import serving
from tests.web.visits import ADMIN

NAMES = {
    "fi": {"product": "Tuotesivu", "delivery": "Toimitus", "gift": "Lahjapaketti"},
    "en": {"product": "Product page", "delivery": "Delivery", "gift": "Gift wrap"},
}
COLUMNS = (
    "order_id,customer,full_name,mail,seen_at,ordered_at,wrapped_at,delivered_at,answered_at,likely,said"
)
"""Of the file that `bring` takes, as walk.toml reads it."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A server that has been set up, and the cookies of its administrator."""

    address: str
    folder: Path
    language: str
    administrator: StorageState

    def touchpoint(self, key: str) -> str:
        return NAMES[self.language][key]

    def word(self, text: str, **values: object) -> str:
        with use_language(self.language):
            return gettext(text, **values)


def bring(file: Path, folder: Path, mapping: str = "walk.toml") -> None:
    """Import a file that has the name that the mapping says: orders.csv, or sales.csv."""
    _here("import", file, "--mapping", Path(__file__).with_name(mapping), "--data", folder)


def _here(*arguments: str | Path) -> None:
    """A `polku` command in this process, which has imported what it needs: starting another takes three seconds."""
    root()([*map(str, arguments)], standalone_mode=False)


@contextmanager
def opened(
    browser: Browser,
    folder: Path,
    language: str,
    *,
    file: str = "orders.csv",
    write: Callable[[Path], None] | None = None,
    mapping: str = "walk.toml",
) -> Iterator[Shop]:
    """A new shop, its administrator's cookies at hand; its events are what `write` puts into `file`, all of them on
    its pages from the first, or none."""
    _here("init", folder)
    if write is not None:
        write(folder.with_name(file))
        bring(folder.with_name(file), folder, mapping)
    with serving(folder) as server, visiting(browser, DESKTOP, language) as page:
        page.goto(server.address)
        axe(page)
        for name in ("company", "name", "email", "password"):
            page.fill(f"[name={name}]", ADMIN[name])
        page.click("main form button.primary")
        expect(page.get_by_role("status")).to_be_visible()
        _wait_until_warm(page, server.address)
        yield Shop(server.address, folder, language, page.context.storage_state())


def _wait_until_warm(page: Page, address: str, *, within_s: float = 60) -> None:
    """Ask for the map until it answers: the page that says that Polku is starting reloads by itself, which
    would cross a test's own visit."""
    until = time.monotonic() + within_s
    while page.request.get(f"{address}/journeys/map").status == 503 and time.monotonic() < until:
        page.wait_for_timeout(200)
