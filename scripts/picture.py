"""Takes the pictures of README and guide (run by `make picture`): the journey map of Olist, a customer and the analyses
of the demo shop, these in both languages. `python -m scripts.picture guide` takes those of the guide only.

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
from tests.browser.looks import LANGUAGES, Look
from tests.browser.visiting import visiting
from tests.server import polku, serving
from tests.web.visits import ADMIN

ROOT = Path(__file__).parent.parent
OLIST = Path(os.environ.get("POLKU_REAL_DATA", ROOT.parent / "shared" / "data")) / "olist"
IMAGES = ROOT / "docs" / "images"
LOOK = Look("light", 1440, 960)
MOST_BYTES = 300_000
CUSTOMERS = 2_000
UNTIL = "2026-10-31"
"""The demo shop's last day: the same shop is the same pictures."""

OF_GUIDE = Look("light", 1180, 1300)
MOST_BYTES_OF_GUIDE = 120_000
ANALYSES = {
    "paths": ("paths?at=checkout&steps=2", "section[aria-labelledby=paths]"),
    "funnel": ("funnel?step=product_page&step=cart&step=order", "section.card:has(ol.funnel)"),
    "retention": ("retention?by=month", "section[aria-labelledby=returns]"),
    "comparison": (
        "comparison?who=met:order&who_a=met:late_delivery",
        "section[aria-labelledby=differs]",
    ),
    "conformance": (
        "conformance?steps=cart%2B&steps=checkout%3C2h&steps=order%3C1d&steps=order_confirmation%3F&steps=delivery%3C7d",
        "section[aria-labelledby=picture]",
    ),
    "types": ("types?outcome=order", "section[aria-labelledby=types]"),
    "attribution": ("attribution?outcome=order", "section[aria-labelledby=models]"),
}
"""Of each picture of the guide the page that shows it, and the part of the page."""


def main() -> None:
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name)
        if sys.argv[1:] != ["guide"]:
            take_olist(browser, folder / "olist")
        polku("demo", "--data", folder / "demo", "--customers", str(CUSTOMERS), "--until", UNTIL)
        take_demo(browser, folder / "demo")


def take_olist(browser: Browser, folder: Path) -> None:
    files = sorted(OLIST.glob("*.csv"))
    if not files:
        sys.exit(f"No CSV files in {OLIST}. Say where the real data is: make picture POLKU_REAL_DATA=…")
    polku("init", folder)
    polku("import", *files, "--mapping", ROOT / "examples" / "olist.toml", "--data", folder)
    with administrator(browser, folder) as page:
        page.locator(".path-across.wide").wait_for()
        take(page, "journey_map")


def take_demo(browser: Browser, folder: Path) -> None:
    with administrator(browser, folder) as page:
        if sys.argv[1:] != ["guide"]:
            page.goto(page.url.replace("/journeys/map", "/journeys/map/delivery"))
            page.locator(".answers li", has=page.locator("b.bad")).first.get_by_role("link").click()
            page.locator(".timeline").wait_for()
            take(page, "profile")
        for language in LANGUAGES:
            take_guide(page, language)


def take_guide(page: Page, language: str) -> None:
    """The analyses' pictures in a language."""
    root = page.url[: page.url.index("/", len("http://"))]
    page.set_viewport_size({"width": OF_GUIDE.width, "height": OF_GUIDE.height})
    page.goto(f"{root}/journeys/map")
    page.locator(f"button[name=language][value={language}]").first.click()
    page.locator(f"html[lang={language}]").wait_for()
    for name, (address, part) in ANALYSES.items():
        page.goto(f"{root}/journeys/{address}")
        take(page, f"guide/{language}/{name}", part, most=MOST_BYTES_OF_GUIDE)


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


def take(page: Page, name: str, part: str = "", *, most: int = MOST_BYTES) -> None:
    page.evaluate("document.fonts.ready")
    file = IMAGES / f"{name}.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    if part:
        page.locator(part).first.screenshot(path=file)
    else:
        page.screenshot(path=file)
    size = file.stat().st_size
    print(f"{file.relative_to(ROOT)}: {size:,} bytes")
    if size > most:
        sys.exit(f"{file.name} has {size:,} bytes; pictures like it have at most {most:,}.")


if __name__ == "__main__":
    main()
