"""Takes the pictures of README and guide (run by `make picture`): the journey map of Olist, a demo customer.

Olist's files (https://www.kaggle.com/datasets/olistbr/brazilian-ecommerce) are looked for in
$POLKU_REAL_DATA/olist, by default ../shared/data/olist.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import chromium
from tests.browser.looks import Look
from tests.browser.visiting import visiting
from tests.server import polku, serving
from tests.web.visits import ADMIN

ROOT = Path(__file__).parent.parent
OLIST = Path(os.environ.get("POLKU_REAL_DATA", ROOT.parent / "shared" / "data")) / "olist"
IMAGES = ROOT / "docs" / "images"
LOOK = Look("light", 1440, 960)
MOST_BYTES = 300_000
CUSTOMERS = 2_000


def main() -> None:
    files = sorted(OLIST.glob("*.csv"))
    if not files:
        sys.exit(f"No CSV files in {OLIST}. Say where the real data is: make picture POLKU_REAL_DATA=…")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        olist, demo = Path(name) / "olist", Path(name) / "demo"
        polku("init", olist)
        polku("import", *files, "--mapping", ROOT / "examples" / "olist.toml", "--data", olist)
        with administrator(browser, olist) as page:
            page.locator(".path-across.wide").wait_for()
            take(page, "journey_map")
        polku("demo", "--data", demo, "--customers", str(CUSTOMERS))
        with administrator(browser, demo) as page:
            page.goto(page.url.replace("/journeys/map", "/journeys/map/delivery"))
            page.locator(".answers li", has=page.locator("b.bad")).first.get_by_role("link").click()
            page.locator(".timeline").wait_for()
            take(page, "profile")


@contextmanager
def administrator(browser: Browser, folder: Path) -> Iterator[Page]:
    """The journey map of a folder that is served for the first time, in English."""
    with serving(folder) as server, visiting(browser, LOOK, "en") as page:
        page.goto(server.address)
        for name in ("company", "name", "email", "password"):
            page.fill(f"[name={name}]", ADMIN[name])
        page.click("main form button.primary")
        page.goto(
            f"{server.address}/settings/account"
        )  # the flash of set-up is told here, not in the picture
        page.goto(server.address)
        expect(page.locator(".journey-stages")).to_be_visible(timeout=120_000)
        yield page


def take(page: Page, name: str) -> None:
    page.evaluate("document.fonts.ready")
    file = IMAGES / f"{name}.png"
    page.screenshot(path=file)
    size = file.stat().st_size
    print(f"{file.relative_to(ROOT)}: {size:,} bytes")
    if size > MOST_BYTES:
        sys.exit(f"{file.name} has {size:,} bytes; pictures of the repository have at most {MOST_BYTES:,}.")


if __name__ == "__main__":
    main()
