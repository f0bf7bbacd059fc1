"""From nothing to a map with a touchpoint of one's own, in both languages: one server each, in this order."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.axe import axe, fits
from tests.browser.looks import DESKTOP, IN_TURN, LANGUAGES, PHONE, Look
from tests.browser.shops import COLUMNS, NAMES, Shop, bring, opened
from tests.browser.visiting import visiting
from tests.web.visits import ADMIN

CUSTOMERS = 24
BEGIN = datetime(2026, 9, 1, 12, tzinfo=UTC)
SAID = "Paketti tuli ajallaan ja kauniisti käärittynä."
EMPTY = (
    "/",
    "/journeys/paths",
    "/journeys/funnel",
    "/touchpoints",
    "/profiles",
    "/cases",
    "/cases/report",
    "/cases/rules",
    "/reviews",
    "/sources",
    "/live",
    "/rejected",
)


def write_orders(file: Path) -> None:
    """Orders of CUSTOMERS people: all see a product, two of three order, some of those have it wrapped, and
    all of them answer. The last row has no time."""
    lines = [COLUMNS]
    for i in range(CUSTOMERS):
        seen = BEGIN + timedelta(days=i)
        after = [timedelta(minutes=9), timedelta(hours=5), timedelta(days=3), timedelta(days=4)]
        times = [str(seen + wait) if i % 3 else "" for wait in after]
        if i % 4 != 1:
            times[1] = ""
        answer = [str(6 + i % 5) if i % 3 else "", SAID if i == 1 else ""]
        lines.append(
            ",".join(
                [f"o{i}", f"c{i}", f"Asiakas {i:02}", f"asiakas{i}@example.fi", str(seen), *times, *answer]
            )
        )
    lines.append("o99,c99,Aikaton,aikaton@example.fi,eilen,,,,,,")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module", params=LANGUAGES)
def empty_shop(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("walk") / "data"
    with opened(browser, folder, request.param) as shop:
        yield shop


@pytest.fixture(scope="module")
def shop(empty_shop: Shop) -> Shop:
    """The same with orders, imported while the server runs."""
    orders = empty_shop.folder.with_name("orders.csv")
    write_orders(orders)
    bring(orders, empty_shop.folder)
    return empty_shop


@pytest.fixture
def page(browser: Browser, look: Look, empty_shop: Shop) -> Iterator[Page]:
    """A page of the administrator."""
    with visiting(browser, look, empty_shop.language, state=empty_shop.administrator) as page:
        yield page


def shown(page: Page, text: str) -> Locator:
    """What says exactly `text`, if it is seen."""
    return page.locator("main").get_by_text(text, exact=True).filter(visible=True).first


def open_when_shown(page: Page, address: str, text: str, *, within_s: float = 30) -> None:
    """Go to a page until it says `text`: what was stored a moment ago is on the map soon, not at once."""
    until = time.monotonic() + within_s
    page.goto(address)
    while not shown(page, text).count() and time.monotonic() < until:
        page.wait_for_timeout(300)
        page.goto(address)
    expect(shown(page, text)).to_be_visible()


@pytest.mark.parametrize("look", [DESKTOP, PHONE], ids=str)
def test_an_empty_polku_says_what_to_do_next(page: Page, empty_shop: Shop) -> None:
    open_when_shown(page, empty_shop.address, empty_shop.word("No events yet"))
    expect(page).to_have_url(f"{empty_shop.address}/journeys/map")
    expect(page.locator("main")).to_contain_text(
        f"polku import orders.csv --mapping orders.toml --data {empty_shop.folder}"
    )
    page.get_by_role("link", name=empty_shop.word("Add a source")).click()
    expect(page).to_have_url(f"{empty_shop.address}/sources/new")
    for path in EMPTY:
        page.goto(empty_shop.address + path)
        expect(page.locator("html")).to_have_attribute("lang", empty_shop.language)
        assert page.locator("main .empty, main .touchpoint-none").count(), path
        axe(page)
        fits(page)


def test_a_mistake_is_told_of_where_the_keyboard_is(browser: Browser, empty_shop: Shop) -> None:
    with visiting(browser, PHONE, empty_shop.language) as page:
        page.goto(f"{empty_shop.address}/login")
        page.fill("[name=email]", ADMIN["email"])
        page.fill("[name=password]", "jotain muuta")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_focused()
        axe(page)
        page.fill("[name=email]", "anna")
        page.keyboard.press("Enter")
        field = page.locator("[name=email]")
        expect(field).to_be_focused()
        expect(field).to_have_accessible_description(
            empty_shop.word("Give an e-mail address, e.g. anna@example.fi.")
        )


def test_the_keyboard_skips_the_menu_and_shows_where_it_is(page: Page, shop: Shop) -> None:
    open_when_shown(page, shop.address, shop.touchpoint("product"))
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name=shop.word("Skip to content"))
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    focused = page.locator("main :focus")
    expect(focused).to_have_count(1)
    assert focused.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"


def test_the_map_leads_to_what_a_customer_said(page: Page, shop: Shop) -> None:
    delivery = shop.touchpoint("delivery")
    open_when_shown(page, shop.address, delivery)
    card = page.locator(".journey-stages li", has_text=delivery)
    expect(card).to_contain_text("n 16")
    page.locator(".journey-stages a", has_text=delivery).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(delivery)
    answer = page.locator(".answers li", has_text=SAID)
    expect(answer).to_contain_text("+40")
    answer.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Asiakas 01")
    told = page.locator(".timeline li", has_text=SAID)
    expect(told.locator("blockquote")).to_have_text(SAID)
    expect(told.locator(".score")).to_have_text("NPS 7")


def test_a_funnel_says_how_many_get_through(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/journeys/paths?step=product&step=order&step=delivery")
    counts = page.locator(".funnel .step-says > b")
    expect(counts).to_have_text(["24", "16", "16"])
    page.locator("#within").select_option("1d")
    page.wait_for_url("**within=1d**")
    expect(counts).to_have_text(["24", "16", "0"])


def test_customers_are_found_as_one_types(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/profiles")
    expect(page.locator("#customers-list tbody tr")).to_have_count(CUSTOMERS)
    page.evaluate("window.stayed = true")
    search = page.get_by_role("searchbox")
    expect(search).to_be_focused()
    page.keyboard.type("asiakas7@")
    hit = page.locator(".hits a")
    expect(hit).to_have_count(1)
    assert page.evaluate("window.stayed")
    hit.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Asiakas 07")
    expect(page.locator(".identifiers")).to_contain_text("asiakas7@example.fi")


def test_what_came_and_what_was_refused_is_seen(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/sources")
    tabs = page.locator(".tabs")
    page.get_by_role("link", name="Pikkukauppa").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pikkukauppa")
    page.go_back()
    tabs.get_by_role("link", name=shop.word("Live"), exact=True).click()
    page.locator("#live-events tbody a").first.click()
    expect(page.locator("#event")).to_contain_text("Survey Responded")
    page.goto(f"{shop.address}/sources")
    tabs.get_by_role("link", name=shop.word("Rejected"), exact=True).click()
    page.locator("main summary").first.click()
    expect(page.locator("main pre").first).to_contain_text("eilen")
    expect(page.locator(".side [aria-current=page]")).to_have_text(shop.word("Sources"))


def test_a_rule_of_ones_own_changes_the_map(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/touchpoints")
    page.locator("li", has_text="Gift Wrapped").get_by_role("link").click()
    page.fill("[name=name_fi]", "")
    page.fill("[name=name_en]", "")
    page.get_by_role("button", name=shop.word("Save"), exact=True).last.click()
    expect(page.locator("[name=name_fi]")).to_be_focused()
    page.fill("[name=name_fi]", NAMES["fi"]["gift"])
    page.fill("[name=name_en]", NAMES["en"]["gift"])
    page.select_option("[name=stage]", "acquisition")
    expect(page.locator(".touchpoint-answer")).to_contain_text("4")
    axe(page)
    page.get_by_role("button", name=shop.word("Save"), exact=True).last.click()
    expect(page.get_by_role("status").first).to_be_visible()
    open_when_shown(page, f"{shop.address}/journeys/map", shop.touchpoint("gift"))


def test_a_new_source_shows_how_to_connect_it(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/sources/new")
    page.fill("[name=name]", "Verkkokauppa")
    page.click("main form button.primary")
    expect(page.get_by_role("status")).to_be_visible()
    expect(page).to_have_url(f"{shop.address}/sources/2")
    expect(page.locator("#code")).to_contain_text(page.locator("#key").inner_text())


@pytest.mark.parametrize("nth", [0, 1])
def test_every_page_is_for_everyone(browser: Browser, shop: Shop, nth: int) -> None:
    """Four of the eight pairs: every look once, either language on both widths and in both themes."""
    look = [look for look, language in IN_TURN if language == shop.language][nth]
    with visiting(browser, look, shop.language, state=shop.administrator) as page:
        _walk_every_page(page, shop)


def _walk_every_page(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/profiles?q=asiakas1@")
    profile = page.locator(".hits a").first.get_attribute("href") or ""
    page.goto(shop.address + profile)
    split = page.locator("a.part").first.get_attribute("href") or ""
    pages = [*EMPTY, "/profiles?q=asiakas1", "/profiles?q=eiole", profile, split, "/journeys/map/delivery"]
    pages += [
        "/journeys/map?channel=chat",
        "/touchpoints/new",
        "/touchpoints/delivery/edit",
        "/touchpoints/stages",
    ]
    pages += [
        "/touchpoints/delivery/delete",
        "/sources/new",
        "/sources/1",
        "/sources/2",
        "/live/1",
        "/settings/account",
        "/settings/identity",
        "/settings/webhooks",
        "/feedback",
        "/feedback/comments",
        "/feedback/bring",
        "/surveys",
    ]
    for path in pages:
        answer = page.goto(shop.address + path)
        assert answer is not None
        assert answer.ok, path
        axe(page)
        fits(page)


def test_pages_are_read_without_script(browser: Browser, shop: Shop) -> None:
    state = shop.administrator
    with visiting(browser, DESKTOP, shop.language, state=state, script=False) as page:
        for path, text in (
            ("/journeys/map", shop.touchpoint("delivery")),
            ("/journeys/funnel", shop.word("Funnel")),
            ("/profiles?q=asiakas7@", "Asiakas 07"),
            ("/touchpoints", shop.touchpoint("delivery")),
            ("/live", "Order Completed"),
        ):
            page.goto(shop.address + path)
            expect(shown(page, text)).to_be_visible()
        page.get_by_role("button", name=shop.word("Log out")).click()
        expect(page).to_have_url(f"{shop.address}/login")
