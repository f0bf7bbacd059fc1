"""Judging who is who, as a person does: taking an identifier out, undoing it, deciding on pairs, changing the
rules by which customers are joined."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.axe import axe, fits
from tests.browser.looks import DESKTOP, LANGUAGES, PHONE_DARK, Look
from tests.browser.shops import COLUMNS, Shop, opened
from tests.browser.visiting import visiting
from tests.web.visits import ADMIN

ORDERS = (
    "o1,c1,Maija Mäki,maija@example.fi,2026-09-01 10:00,2026-09-01 10:20,,,,,",
    "o2,c2,Matti Mäki,maki@example.fi,2026-09-02 10:00,,,,,,",
    "o3,c3,Maria Mäki,maki@example.fi,2026-09-03 10:00,,,,,,",
    "o4,c4,Liisa Laine,laine@example.fi,2026-09-04 10:00,,,,,,",
    "o5,c5,Lauri Laine,laine@example.fi,2026-09-05 10:00,,,,,,",
)
"""Matti and Maria share an e-mail address, as do Liisa and Lauri."""


def write_orders(file: Path) -> None:
    file.write_text("\n".join([COLUMNS, *ORDERS]) + "\n", encoding="utf-8")


@pytest.fixture(scope="module", params=LANGUAGES)
def shop(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("who") / "data"
    with opened(browser, folder, request.param, write=write_orders) as shop:
        yield shop


@pytest.fixture(params=[DESKTOP, PHONE_DARK], ids=str)
def page(request: pytest.FixtureRequest, browser: Browser, shop: Shop) -> Iterator[Page]:
    look: Look = request.param
    with visiting(browser, look, shop.language, state=shop.administrator) as page:
        yield page


def sound(page: Page) -> None:
    axe(page)
    fits(page)


def press(page: Page, shop: Shop, text: str) -> None:
    page.locator("main").get_by_role("button", name=shop.word(text), exact=True).click()
    expect(page.get_by_role("status").first).to_be_visible()


def decisions(page: Page, title: str) -> Locator:
    """The decisions that are listed and can be undone, of what a kind is called."""
    return page.locator("main li", has_text=f"{title}:").filter(has=page.locator("a[href*=undo]"))


def open_customer(page: Page, shop: Shop, name: str) -> None:
    page.goto(f"{shop.address}/profiles?q={name}")
    page.locator(".hits a", has_text=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def undo_latest(page: Page, shop: Shop, title: str, *names: str) -> None:
    """Undo the one decision of a kind, after a look at what it was and what would change."""
    decisions(page, title).get_by_role("link").last.click()
    expect(page.locator(".lead")).to_contain_text(title)
    for name in (*names, ADMIN["name"]):
        expect(page.locator(".lead")).to_contain_text(name)
    sound(page)
    press(page, shop, "Undo the decision")
    expect(decisions(page, title)).to_have_count(0)


def test_an_identifier_is_taken_out_and_brought_back(page: Page, shop: Shop) -> None:
    open_customer(page, shop, "Maija Mäki")
    mail = page.locator(".identifiers li", has_text="maija@example.fi")
    mail.get_by_role("link", name=shop.word("Does not belong")).click()
    expect(page.locator(".changes")).to_contain_text("maija@example.fi")
    expect(page.locator(".changes")).to_contain_text(shop.word("a customer of its own"))
    sound(page)
    page.get_by_role("link", name=shop.word("Cancel")).click()
    expect(mail).to_be_visible()
    mail.get_by_role("link", name=shop.word("Does not belong")).click()
    page.get_by_label(shop.word("Why?")).fill("Naapurin osoite")
    press(page, shop, "Take out")
    expect(page.get_by_role("heading", level=1)).to_have_text("Maija Mäki")
    expect(mail).to_have_count(0)
    expect(decisions(page, shop.word("Taken apart"))).to_contain_text("Naapurin osoite")
    undo_latest(page, shop, shop.word("Taken apart"), "maija@example.fi", "Naapurin osoite")
    expect(mail).to_be_visible()


def test_a_pair_is_joined_and_parted_again(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/reviews")
    sound(page)
    expect(page.locator(".pairs li")).to_have_count(2)
    page.locator(".pairs a", has_text="Matti Mäki").click()
    for name in ("Matti Mäki", "Maria Mäki"):
        expect(page.locator(".sides")).to_contain_text(name)
    expect(page.get_by_role("region", name=shop.word("What speaks for it"))).to_contain_text(
        "maki@example.fi"
    )
    expect(page.locator(".changes li")).to_have_count(1)
    sound(page)
    press(page, shop, "The same customer")
    expect(page.locator(".pairs li")).to_have_count(1)
    open_customer(page, shop, "Maria Mäki")  # the name said last
    expect(page.locator(".identifiers")).to_contain_text("c2")
    expect(page.locator(".identifiers")).to_contain_text("c3")
    page.goto(f"{shop.address}/reviews")
    undo_latest(page, shop, shop.word("The same customer"), "c2", "c3")
    expect(page.locator(".pairs li")).to_have_count(2)


def test_a_pair_is_kept_apart_and_asked_of_again(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/reviews")
    page.locator(".pairs a", has_text="Liisa Laine").click()
    page.get_by_label(shop.word("Why?")).fill("Eri ihmiset")
    press(page, shop, "Two customers")
    expect(page.locator(".pairs li")).to_have_count(1)
    expect(page.locator(".pairs")).not_to_contain_text("Laine")
    undo_latest(page, shop, shop.word("Two customers"), "c4", "c5", "Eri ihmiset")
    expect(page.locator(".pairs li")).to_have_count(2)


def test_rules_are_tried_saved_and_taken_back(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/settings/identity")
    expect(page.locator(".rules-count")).to_contain_text("5")
    sound(page)
    page.locator("[name=blocked]").fill("maki@example.fi")
    page.locator("[name=limit]").fill("0")
    page.locator("[name=limit]").blur()
    expect(page.locator("#rules-preview")).to_contain_text(re.compile("1(–| to )100"))
    page.locator("[name=limit]").fill("4")
    page.locator("[name=limit]").blur()
    lost = page.locator(".rules-people", has_text=shop.word("Who would lose identifiers"))
    expect(lost.get_by_role("link", name="Matti Mäki")).to_be_visible()
    sound(page)
    press(page, shop, "Save")
    history = page.locator(".rules-history li")
    expect(history.first).to_contain_text("maki@example.fi")
    expect(history.first).to_contain_text(ADMIN["name"])
    open_customer(page, shop, "Matti Mäki")
    stayed_out = page.locator(".left-out li", has_text="maki@example.fi")
    expect(stayed_out).to_contain_text(shop.word("Means nobody"))
    sound(page)
    stayed_out.get_by_role("link", name=shop.word("Rules")).click()
    history.first.get_by_role("link").click()
    expect(page.locator("[name=blocked]")).to_have_value("")
    expect(page.locator(".rules-people")).to_contain_text("Matti Mäki")
    sound(page)
    press(page, shop, "Save")
    page.goto(f"{shop.address}/reviews")
    expect(page.locator(".pairs li")).to_have_count(2)
