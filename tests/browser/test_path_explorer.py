"""The explorer of paths as one uses it: choose a start, go on from a touchpoint, come back, compare two groups."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import axe, fits
from tests.browser.looks import DESKTOP, DESKTOP_DARK, PHONE, Look
from tests.browser.shops import Shop, opened
from tests.browser.test_walk import write_orders
from tests.browser.visiting import visiting


@pytest.fixture(scope="module")
def shop(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """24 customers see a product; 16 of them order, have it delivered and answer."""
    folder: Path = tmp_path_factory.mktemp("explorer") / "data"
    with opened(browser, folder, "en", write=write_orders) as shop:
        yield shop


@pytest.fixture
def page(browser: Browser, look: Look, shop: Shop) -> Iterator[Page]:
    with visiting(browser, look, "en", state=shop.administrator) as page:
        yield page


def test_one_walks_a_path_and_comes_back(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/journeys/paths")
    expect(page.locator(".says")).to_contain_text("begins at Product page")
    axe(page)
    page.locator("select[name=at]").select_option(label=shop.touchpoint("product"))
    page.wait_for_url("**at=product**")
    expect(page.locator(".says")).to_contain_text("Right after Product page most often comes Order: 66.7%")

    page.locator('.stream a[href*="then=order"]').click()
    way = page.locator(".way")
    expect(way.locator("li")).to_have_text(["Product page", "Order"])
    expect(page.locator(".stream .chosen")).to_have_count(2)
    axe(page)

    onwards = page.locator('.stream a[href*="then=delivery"]')
    onwards.focus()
    assert onwards.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(way.locator("li")).to_have_text(["Product page", "Order", "Delivery"])
    page.reload()  # the address keeps the way
    expect(way.locator("li")).to_have_count(3)

    page.go_back()
    expect(way.locator("li")).to_have_count(2)
    page.get_by_role("link", name="Back a step").click()
    expect(way).to_have_count(0)
    expect(page.locator("select[name=at]")).to_have_value("product")

    page.locator("select[name=way]").select_option("to")
    page.wait_for_url("**way=to**")
    expect(page.locator(".says")).to_contain_text("Nothing else comes")  # everyone begins there
    axe(page)


@pytest.mark.parametrize("look", [DESKTOP, DESKTOP_DARK], ids=str)
def test_two_groups_are_compared(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/journeys/paths?start=product")
    page.get_by_text("Compare with another group").click()
    page.locator("select[name=whose_b]").select_option("delivery")
    page.locator("select[name=is_b]").select_option("!met")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".stream-half")).to_have_count(2)
    expect(page.locator(".whose")).to_contain_text(["Everyone", "Delivery has not been met"])
    page.locator(".flow-table summary").first.click()
    row = page.locator(".flow-table tr", has_text="Order").first
    expect(row).to_contain_text("66.7%")
    axe(page)
    fits(page)


@pytest.mark.parametrize("look", [PHONE], ids=str)
def test_on_a_phone_steps_are_a_list(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/journeys/paths?start=product")
    expect(page.locator(".streams")).to_be_hidden()
    steps = page.locator(".step-list")
    expect(steps.get_by_role("heading")).to_contain_text(["Beginning", "Step +1"])
    axe(page)
    fits(page)
    steps.get_by_role("link", name="Order").click()
    expect(page.locator(".way li")).to_have_text(["Product page", "Order"])


@pytest.mark.parametrize("look", [DESKTOP, PHONE], ids=str)
def test_whole_paths_lead_to_an_outcome(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/journeys/variants")
    expect(page.locator(".says")).to_contain_text("The most usual path is Product page → Order → Delivery")
    page.locator("select[name=outcome]").select_option("order")
    page.wait_for_url("**outcome=order**")
    expect(page.locator(".variants tbody tr").first).to_contain_text("66.7%")
    axe(page)
    fits(page)
    page.locator("select[name=level]").select_option("channel")
    page.wait_for_url("**level=channel**")
    expect(page.locator(".variants")).to_contain_text("Web")


def test_without_script_it_is_read_and_chosen(browser: Browser, shop: Shop) -> None:
    with visiting(browser, DESKTOP, "en", state=shop.administrator, script=False) as page:
        page.goto(f"{shop.address}/journeys/paths")
        page.locator("select[name=at]").select_option("order")
        page.locator(".path-choices button").first.click()
        expect(page.locator(".says")).to_contain_text("Right after Order")
