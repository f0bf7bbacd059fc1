"""The page of retention on demo data: readable in both themes and languages, on a desk and on a phone, and its
choices work by keyboard, with and without script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import axe, fits
from tests.browser.looks import DESKTOP, LANGUAGES, LOOKS, PHONE, Look
from tests.browser.shops import COLUMNS, Shop, opened
from tests.browser.visiting import visiting

PATH = "/journeys/retention"
CUSTOMERS = 60
LEAST_CONTRAST = 4.5


def write_orders(file: Path) -> None:
    """Three customers a day see a product from March on; most see it again after a month, some after two."""
    lines = [COLUMNS]
    for i in range(CUSTOMERS):
        for n, after in enumerate([0, 31, 62][: 1 + (i % 3 != 0) + (i % 4 == 0)]):
            month, day = divmod(i // 3 * 3 + after, 28)
            seen = f"2026-{3 + month:02}-{1 + day:02} 12:00:00+00:00"
            lines.append(f"o{i}-{n},c{i},Asiakas {i:02},asiakas{i}@example.fi,{seen},,,,,,")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module", params=LANGUAGES)
def shop(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("retention") / "data"
    with opened(browser, folder, request.param, write=write_orders) as shop:
        yield shop


@pytest.fixture
def page(browser: Browser, look: Look, shop: Shop) -> Iterator[Page]:
    with visiting(browser, look, shop.language, state=shop.administrator) as page:
        page.goto(shop.address + PATH)
        yield page


def cells(page: Page) -> list[dict[str, Any]]:
    """Of the shares that are seen: how the text stands out from the ground, as WCAG measures it."""
    found: list[dict[str, Any]] = page.locator(
        ".cohorts [style]:visible, .cohort-list [style]:visible"
    ).evaluate_all(
        """all => {
            const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
            const light = colour => {
                canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
                const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(v => v / 255)
                    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            return all.flatMap(e => [e, ...e.querySelectorAll("small, i")]).map(e => {
                const ground = light(getComputedStyle(e.closest("[style]")).backgroundColor);
                const ink = light(getComputedStyle(e).color);
                return {contrast: (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05), ground};
            });
        }"""
    )
    return found


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_cohorts_can_be_read_in_every_look(page: Page, look: Look) -> None:
    axe(page)
    fits(page)
    seen = cells(page)
    assert len(seen) > 6
    assert min(c["contrast"] for c in seen) >= LEAST_CONTRAST
    assert len({round(c["ground"], 3) for c in seen}) > 2  # the more, the stronger
    on_phone = look.width < 600
    assert page.locator(".cohort-list").is_visible() == on_phone
    assert page.locator(".cohorts").is_visible() != on_phone
    page.locator("summary", has_text="").last.click()
    axe(page)


@pytest.mark.parametrize("look", [DESKTOP, PHONE], ids=str)
def test_choices_ask_again_and_stay_in_the_address(page: Page) -> None:
    says = page.locator(".says").inner_text()
    page.locator("select[name=by]").select_option("month")
    expect(page).to_have_url(re.compile("by=month"))
    expect(page.locator(".says")).not_to_have_text(says)
    page.locator("select[name=comes_back]").select_option("product")
    expect(page).to_have_url(re.compile("comes_back=product.*by=month"))
    page.locator("select[name=period]").select_option("365")
    expect(page).to_have_url(re.compile("comes_back=product.*period=365"))
    axe(page)


def test_without_script_a_button_asks(browser: Browser, shop: Shop) -> None:
    with visiting(browser, DESKTOP, shop.language, state=shop.administrator, script=False) as page:
        page.goto(shop.address + PATH)
        page.locator("select[name=recurrence]").select_option("any")
        page.locator(".named-choices button").click()
        expect(page).to_have_url(re.compile("recurrence=any"))
        assert page.locator(".cohorts").is_visible()
