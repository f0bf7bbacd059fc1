"""A funnel built by mouse and by keyboard, with conditions and groups, and those whom it loses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import axe, fits
from tests.browser.looks import DESKTOP, LANGUAGES, LOOKS, Look
from tests.browser.shops import Shop, opened
from tests.browser.visiting import visiting

CUSTOMERS = 60
BEGIN = datetime(2026, 9, 1, 12, tzinfo=UTC)
FUNNEL = "step=product&step=cart&step=order&within=30d"
PAGES = (
    "map",
    "paths",
    "variants?outcome=order",
    "retention?by=week",
    "stages",
    "comparison?who_a=plan%3Dpro",
    "conformance?steps=product&steps=cart&steps=order",
    "types",
    "attribution?outcome=order",
    "next",
    "customers?who=plan%3Dpro",
)


def write_sales(file: Path) -> None:
    """Sixty look at a product, a day apart; of pro customers (every third) all put it in the cart and order, of others
    half put it there and half of those order, for 80 where pro customers pay 150."""
    lines = ["row,customer,full_name,plan,seen_at,added_at,ordered_at,total,category"]
    for i in range(CUSTOMERS):
        seen, pro = BEGIN + timedelta(days=i / 2), i % 3 == 0
        added = str(seen + timedelta(hours=1)) if pro or i % 2 else ""
        ordered = str(seen + timedelta(hours=5 + i % 7)) if pro or i % 4 == 1 else ""
        total, category = ("150", "shoes") if pro else ("80", "hats")
        plan = "pro" if pro else "free"
        lines.append(
            f"r{i},c{i},Asiakas {i:02},{plan},{seen},{added},{ordered},{total if ordered else ''},{category}"
        )
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module", params=LANGUAGES)
def shop(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("funnel") / "data"
    with opened(
        browser, folder, request.param, file="sales.csv", write=write_sales, mapping="sales.toml"
    ) as shop:
        yield shop


@pytest.fixture
def page(browser: Browser, look: Look, shop: Shop) -> Iterator[Page]:
    with visiting(browser, look, shop.language, state=shop.administrator) as page:
        yield page


def counts(page: Page, *expected: int) -> None:
    expect(page.locator(".funnel .step-says > b")).to_have_text(list(map(str, expected)))


def test_a_funnel_is_built_by_mouse(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/journeys/funnel?step=product")
    counts(page, 60)
    page.locator("#step-new").select_option("order")
    counts(page, 60, 30)
    page.locator("#step-new").select_option("cart")
    counts(page, 60, 30, 0)
    # the cart comes before the order
    page.locator(".step-more summary").nth(2).click()
    page.get_by_role("button", name=shop.word("Move up")).click()
    counts(page, 60, 40, 30)
    # only orders of more than 100
    edit = page.locator(".step-more").nth(2)
    edit.locator("summary").click()
    expect(page.locator("#properties-3 option").first).to_have_attribute("value", "value")
    edit.locator("[name=property-3]").fill("value")
    edit.locator("[name=way-3]").select_option(">")
    edit.locator("[name=value-3]").fill("100")
    counts(page, 60, 40, 30)  # nothing is sent before it is whole
    edit.get_by_role("button", name=shop.word("Show"), exact=True).click()
    counts(page, 60, 40, 20)
    expect(page.locator(".funnel li").nth(2)).to_contain_text("(value > 100)")
    # and another condition, with the panel left open
    edit.locator("summary").click()
    edit.locator("[name=property-3]").last.fill("category")
    edit.locator("[name=value-3]").last.fill("hats")
    edit.get_by_role("button", name=shop.word("Show and add more")).click()
    counts(page, 60, 40, 0)
    expect(edit.locator(".condition")).to_have_count(3)
    edit.get_by_role("button", name=shop.word("Remove the step")).click()
    counts(page, 60, 40)
    axe(page)


def test_a_funnel_is_built_by_keyboard(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/journeys/funnel?step=product&step=cart")
    counts(page, 60, 40)
    add = page.locator("#step-new")
    add.focus()
    order = page.locator("#step-new option[value=order]")
    for _ in range(order.evaluate("e => e.index")):
        page.keyboard.press("ArrowDown")  # each is a choice, but not yet the last word
    counts(page, 60, 40, 30)
    expect(page.locator("#step-new")).to_be_focused()  # the page came back to where one was
    page.locator("#step-3").focus()
    page.keyboard.press("Tab")
    expect(page.locator(".step-more summary").nth(2)).not_to_be_focused()  # those lost come first
    page.keyboard.press("Tab")
    expect(page.locator(".step-more summary").nth(2)).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(page.locator("[name=property-3]")).to_be_focused()
    page.keyboard.type("category")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("shoes")
    page.keyboard.press("Enter")
    counts(page, 60, 40, 20)


def test_what_must_not_come_in_between_and_what_will_do_too(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/journeys/funnel?step=product&step=order")
    edit = page.locator(".step-more").nth(1)
    edit.locator("summary").click()
    edit.locator("[name=without-2]").select_option("cart")
    edit.get_by_role("button", name=shop.word("Show"), exact=True).click()
    counts(page, 60, 0)
    expect(page.locator(".funnel .without")).to_be_visible()
    edit.locator("summary").click()
    edit.locator("[name=touchpoint-2]").select_option("cart")
    edit.get_by_role("button", name=shop.word("Show"), exact=True).click()
    counts(page, 60, 40)


def test_groups_are_compared_and_one_is_looked_at_alone(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/journeys/funnel?{FUNNEL}")
    page.locator("#breakdown").select_option("plan")
    pro = page.get_by_role("link", name="pro", exact=True)
    expect(page.locator("tr", has=pro)).to_contain_text(shop.word("more than the others"))
    axe(page)
    pro.click()
    counts(page, 20, 20, 20)


def test_those_who_drop_out_are_found_and_looked_at_alone(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/journeys/funnel?{FUNNEL}")
    counts(page, 60, 40, 30)
    page.locator(".step-says a").nth(1).click()
    expect(page.locator("h1")).to_have_text(shop.word("Dropped out"))
    expect(page.locator("#listed-customers tbody tr")).to_have_count(10)
    axe(page)
    fits(page)
    condition = page.locator("#who").inner_text()
    assert condition == "funnel:product>cart>order:2:30d"
    map_ = page.get_by_role("link", name=shop.word("Journey map")).last
    address = map_.get_attribute("href") or ""
    page.locator("#listed-customers a").first.click()
    expect(page.locator("h1")).to_contain_text("Asiakas ")
    page.goto(shop.address + address)
    expect(page.locator(".foot").first).to_contain_text("10 ")


def test_the_number_of_a_group_and_of_those_chosen_leads_to_their_list(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/journeys/stages?breakdown=plan")
    page.locator(".groups tr", has=page.get_by_role("link", name="pro", exact=True)).locator(".those").click()
    expect(page.locator("h1")).to_have_text(shop.word("Chosen customers"))
    expect(page.locator("#listed-customers tbody tr")).to_have_count(20)
    page.get_by_role("link", name=shop.word("Journey map")).last.click()
    page.locator("a[href^='/journeys/customers']").click()
    expect(page.locator(".says")).to_contain_text("20 ")
    axe(page)
    fits(page)


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_it_is_for_everyone(page: Page, shop: Shop) -> None:
    shown = f"{shop.address}/journeys/funnel?step=product|cart&step=!return&step=order[value>1]&breakdown=plan&open=2"
    page.goto(shown)
    page.locator(".step-times summary").click()
    page.locator(".as-text summary").click()
    axe(page)
    fits(page)
    page.goto(f"{shop.address}/journeys/funnel?steps=product,[")
    axe(page)
    fits(page)
    page.goto(f"{shop.address}/journeys/funnel/dropouts?{FUNNEL}&at=1")
    axe(page)
    fits(page)


def test_it_works_without_script(browser: Browser, shop: Shop) -> None:
    state = shop.administrator
    with visiting(browser, DESKTOP, shop.language, state=state, script=False) as page:
        page.goto(f"{shop.address}/journeys/funnel?step=product")
        page.locator("#step-new").select_option("cart")
        page.locator("#funnel-form > button").click()
        counts(page, 60, 40)
        page.locator(".step-more summary").nth(1).click()
        page.get_by_role("button", name=shop.word("Move up")).click()
        expect(page.locator("#step-1")).to_have_value("cart")


@pytest.mark.parametrize("look", LOOKS[::3], ids=str)
def test_groups_on_other_pages_are_for_everyone(page: Page, shop: Shop) -> None:
    for path in PAGES:
        page.goto(f"{shop.address}/journeys/{path}{'&' if '?' in path else '?'}breakdown=plan")
        axe(page)
        fits(page)
