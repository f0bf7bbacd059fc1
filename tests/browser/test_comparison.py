"""Two groups compared and a journey designed, as people do: both languages and themes, a desk and a phone, with the
keyboard and without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import axe, fits
from tests.browser.looks import DESKTOP, LANGUAGES, LOOKS, Look
from tests.browser.shops import COLUMNS, Shop, opened
from tests.browser.visiting import visiting

COMPARISON, CONFORMANCE = "/journeys/comparison", "/journeys/conformance"
GROUPS = f"{COMPARISON}?by=groups&who_a=met%3Aorder"
STEPS = f"{CONFORMANCE}?steps=product,order<1d,delivery<5d"
CUSTOMERS = 60
BEGIN = datetime.now(UTC).replace(microsecond=0) - timedelta(days=20)
"""Within the last thirty days, which are compared unless others are chosen."""


def write_orders(file: Path) -> None:
    """All see a product, two of three order within hours; of every other of those the delivery is late, and their
    answers say so."""
    lines = [COLUMNS]
    for i in range(CUSTOMERS):
        seen, late = BEGIN + timedelta(hours=i), i % 2
        after = [timedelta(hours=5), timedelta(days=9 if late else 3), timedelta(days=10)]
        ordered, delivered, answered = (str(seen + wait) if i % 3 else "" for wait in after)
        likely = (str(2 + i % 4 if late else 9 + i % 2)) if i % 3 else ""
        lines.append(
            f"o{i},c{i},Asiakas {i:02},asiakas{i}@example.fi,{seen},{ordered},,{delivered},{answered},{likely},"
        )
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module", params=LANGUAGES)
def shop(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("compared") / "data"
    with opened(browser, folder, request.param, write=write_orders) as shop:
        yield shop


@pytest.fixture
def page(browser: Browser, look: Look, shop: Shop) -> Iterator[Page]:
    with visiting(browser, look, shop.language, state=shop.administrator) as page:
        yield page


def test_a_group_is_chosen_and_compared(page: Page, shop: Shop) -> None:
    page.goto(shop.address + COMPARISON)
    page.get_by_role("link", name=shop.word("Two groups")).click()
    first = page.get_by_role("combobox", name=shop.word("First group"))
    first.select_option("met:delivery")
    page.wait_for_url("**who_a=met%3Adelivery**")
    expect(page.locator(".says")).to_be_visible()
    picture = page.locator(".compared-picture svg:visible")
    expect(picture).to_have_count(1)
    expect(picture).to_have_accessible_name(re.compile(f"^{shop.word('What differs')}"))
    expect(page.locator(".tag.sure").first).to_have_text(shop.word("clear"))
    own = page.get_by_role("textbox", name=re.compile(f"^{shop.word('First group')}"))
    own.fill("met:product")
    own.press("Enter")
    page.wait_for_url("**who_a=met%3Aproduct**")
    expect(own).to_have_value("met:product")
    page.get_by_role("link", name=shop.word("Two periods")).click()
    expect(page.locator("input[name=since_b]")).to_be_visible()
    axe(page)


def test_a_journey_is_designed_with_the_keyboard_and_looked_at(page: Page, shop: Shop) -> None:
    page.goto(shop.address + CONFORMANCE)
    page.get_by_role("link", name=shop.word("Design a journey")).click()
    page.get_by_label(shop.word("Name"), exact=True).fill("Ostopolku")
    page.locator("select[name=touchpoint_0]").first.select_option("product")
    page.locator("select[name=touchpoint_1]").first.select_option("delivery")
    page.get_by_role("button", name=shop.word("Add a step")).press("Enter")
    page.locator("select[name=touchpoint_2]").first.select_option("order")
    page.get_by_role("button", name=shop.word("Move step %(n)s up", n=3)).press("Enter")
    expect(page.locator("select[name=touchpoint_1]").first).to_have_value("order")
    page.fill("[name=limit_2]", "soon")
    page.select_option("[name=unit_2]", "d")
    save = page.get_by_role("button", name=shop.word("Save"), exact=True).last
    save.click()
    expect(page.locator("[name=limit_2]")).to_be_focused()
    axe(page)
    page.fill("[name=limit_2]", "5")
    page.get_by_role("button", name=shop.word("Save"), exact=True).last.click()
    expect(page.get_by_role("status")).to_contain_text("Ostopolku")
    expect(page.locator(".design-picture svg:visible")).to_have_count(1)
    late = page.locator(".deviations tr", has_text=shop.touchpoint("delivery")).filter(has_text="20")
    expect(late.locator(".tag.bad")).to_be_visible()
    page.get_by_role("link", name=shop.word("Edit")).click()
    page.get_by_role("button", name=shop.word("Delete the journey")).click()
    page.locator(".ask:popover-open").get_by_role("button", name=shop.word("Delete the journey")).click()
    expect(page.get_by_role("status")).to_have_text(shop.word("The journey is deleted."))


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_page_is_for_everyone(page: Page, shop: Shop) -> None:
    for path in (GROUPS, COMPARISON, f"{COMPARISON}?by=groups", STEPS, CONFORMANCE, f"{CONFORMANCE}/new"):
        answer = page.goto(shop.address + path)
        assert answer is not None
        assert answer.ok, path
        axe(page)
        fits(page)


def test_pages_are_used_without_script(browser: Browser, shop: Shop, page: Page) -> None:
    with visiting(browser, DESKTOP, shop.language, state=shop.administrator, script=False) as plain:
        plain.goto(f"{shop.address}{COMPARISON}?by=groups")
        plain.select_option("select[name=who_a]", "met:order")
        plain.get_by_role("button", name=shop.word("Compare"), exact=True).click()
        expect(plain.locator(".compared-picture svg:visible")).to_have_count(1)
        plain.goto(f"{shop.address}{CONFORMANCE}/new")
        plain.fill("[name=name]", "Ilman skriptiä")
        plain.get_by_role("button", name=shop.word("Add a step")).click()
        for i, key in enumerate(("product", "order", "delivery")):
            plain.locator(f"select[name=touchpoint_{i}]").first.select_option(key)
        plain.get_by_role("button", name=shop.word("Save"), exact=True).last.click()
        expect(plain.locator(".design-picture svg:visible")).to_have_count(1)
        expect(plain.locator(".designs [aria-current]")).to_have_text("Ilman skriptiä")
