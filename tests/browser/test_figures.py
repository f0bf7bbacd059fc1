from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from polku import web
from polku.charts import Point, Series, time_series
from tests.browser.axe import axe
from tests.browser.looks import LOOKS, Look

STATIC = Path(web.__file__).with_name("static")
CSS = "".join((STATIC / f"{name}.css").read_text() for name in ("tokens", "layout", "components", "charts"))


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_figure_suits_the_screen_and_the_theme(page: Page, look: Look) -> None:
    series = [Series(n, [Point(date(2026, 1, 1) + timedelta(i), 9 * i) for i in range(40)]) for n in "ab"]
    figure = time_series(title="Volumes", description="More each day.", series=series)
    page.set_content(
        '<!doctype html><html lang="en"><title>A page</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{CSS}</style><main><h1>A page</h1>{figure.to_html()}</main></html>"
    )
    axe(page)
    page.locator("summary").click()
    axe(page)
    shown = page.locator("figure svg:visible")
    assert shown.count() == 1
    assert ("chart-narrow" in str(shown.get_attribute("class"))) == (look.width < 600)
    assert page.evaluate("document.documentElement.scrollWidth") <= look.width
    line = shown.locator('path[stroke-width="2"]').first
    colour = line.evaluate("e => getComputedStyle(e).stroke")
    assert colour == {"light": "rgb(31, 111, 92)", "dark": "rgb(99, 191, 165)"}[look.theme]
