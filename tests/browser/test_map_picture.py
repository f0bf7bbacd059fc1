"""The picture of the map on screens between a phone and a desk, and on paper: its names can be read."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from polku import web
from polku.journeys.map import drawing
from polku.journeys.map.sheets import SHEETS
from tests.browser.axe import axe
from tests.journeys.test_drawing import map_of, touchpoint

STATIC = Path(web.__file__).with_name("static")
CSS = "".join((STATIC / f"{name}.css").read_text() for name in ("tokens", "layout", "components", "journeys"))
NAMES = (
    ("some-mainos", "verkkomainos", "hakukone", "muut sivustot", "kampanjasivu", "etusivu"),
    ("blogi ja oppaat", "arvostelut", "mobiilisovellus", "uutiskirje", "tuotehaku", "tuotelista", "tuotesivu"),
    ("ostoskori", "ostoskorimuistutus", "kassa", "maksu", "maksun keskeytyminen mobiilissa", "tilaus", "myymälä"),
    ("tilausvahvistus", "myöhästynyt toimitus", "toimitus", "käyttöönotto-ohje", "puhelinpalvelu",
     "chatin iltajono", "chat", "palautus"),
)  # fmt: skip
SCORES = (
    21,
    20,
    17,
    15,
    -1,
    16,
    25,
    18,
    19,
    27,
    17,
    17,
    17,
    18,
    -8,
    18,
    18,
    -10,
    18,
    7,
    16,
    3,
    16,
    27,
    25,
    -4,
    6,
)
SMALLEST_PX = 10.0
MENU_PX = 290
"""What a screen wider than 800 px gives to the menu and the margins."""


def picture() -> str:
    scores = iter((*map(float, SCORES), None))
    journeys = map_of(*([touchpoint(name, next(scores)) for name in stage] for stage in NAMES))
    across = "".join(
        drawing.across(journeys, language="fi", link=lambda t: "#", sheet=sheet) for sheet in SHEETS
    )
    return f'<figure class="journey-path">{across}</figure><p class="foot printed">Koko aika</p>'


def show(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.set_content(
        '<!doctype html><html lang="fi"><title>Kartta</title><meta name="viewport" content="width=device-width">'
        f"<style>{CSS}</style><body style='margin: 0'><main style='width: {width - MENU_PX}px; padding: 0'>"
        f"<h1>Kartta</h1>{picture()}</main></body></html>"
    )


def names(page: Page) -> list[dict[str, Any]]:
    """The names that are seen: where, and how high their letters are."""
    found: list[dict[str, Any]] = page.locator(".path-across:visible a text").evaluate_all(
        """all => all.map(e => {
            const box = e.getBoundingClientRect(), scale = e.getScreenCTM().a;
            return {text: e.textContent, left: box.left, right: box.right, top: box.top, bottom: box.bottom,
                    size: parseFloat(getComputedStyle(e).fontSize) * scale};
        })"""
    )
    return found


def covered(a: dict[str, Any], b: dict[str, Any]) -> float:
    """The share of the smaller name that the other covers."""
    width = min(a["right"], b["right"]) - max(a["left"], b["left"])
    height = min(a["bottom"], b["bottom"]) - max(a["top"], b["top"])
    smaller = min((n["right"] - n["left"]) * (n["bottom"] - n["top"]) for n in (a, b))
    return float(max(0, width) * max(0, height) / smaller)


@pytest.mark.parametrize("width", [801, 850, 900, 950, 951, 1000, 1100, 1210, 1211, 1440])
def test_names_can_be_read_at_every_width(page: Page, width: int) -> None:
    show(page, width)
    assert page.locator(".path-across:visible").count() == 1
    seen = names(page)
    assert len(seen) == sum(map(len, NAMES))
    assert min(n["size"] for n in seen) >= SMALLEST_PX
    assert max(n["size"] for n in seen) <= 15
    assert min(n["left"] for n in seen) >= 0
    assert max(n["right"] for n in seen) <= width - MENU_PX
    worst = max(combinations(seen, 2), key=lambda pair: covered(*pair))
    assert covered(*worst) < 0.12, f"{worst[0]['text']} and {worst[1]['text']}"
    axe(page)


def test_paper_has_one_picture_and_says_what_was_chosen(page: Page) -> None:
    show(page, 900)
    said = page.locator(".printed")
    assert not said.is_visible()
    page.emulate_media(media="print")
    assert said.is_visible()
    assert page.locator(".path-across:visible").count() == 1
    assert page.locator(".path-across.wide").is_visible()
