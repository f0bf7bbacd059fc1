"""The shell in a real browser: set-up, log-in, settings, style page; both languages, themes, widths."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import axe, fits
from tests.browser.looks import LANGUAGES, LOOKS, PHONE
from tests.server import RunningServer
from tests.web.visits import ADMIN, VILLE

PAGES = (
    "/settings/account",
    "/settings/users",
    "/settings/users/new",
    "/settings/api-keys",
    "/style",
    "/nothing",
)


@pytest.fixture
def logged_in(page: Page, language: str, server: RunningServer) -> Page:
    """A page of the administrator, who sets Polku up if nobody has."""
    page.goto(server.address)
    if page.url.endswith("/setup"):
        page.fill("[name=company]", ADMIN["company"])
        page.fill("[name=name]", ADMIN["name"])
    page.fill("[name=email]", ADMIN["email"])
    page.fill("[name=password]", ADMIN["password"])
    page.click("button.primary")
    page.wait_for_url(lambda url: "/login" not in url and "/setup" not in url)
    page.goto(f"{server.address}/settings/account")
    page.select_option("select[name=language]", language)
    page.click("button.primary")
    expect(page.locator("html")).to_have_attribute("lang", language)
    return page


def check(page: Page) -> None:
    axe(page)
    fits(page)


@pytest.mark.parametrize("look", [PHONE], ids=str)
def test_set_up_by_keyboard_with_a_mistake_on_the_way(page: Page, server: RunningServer) -> None:
    page.goto(server.address)
    expect(page).to_have_url(f"{server.address}/setup")
    check(page)
    page.locator("[name=company]").focus()
    for value in (ADMIN["company"], ADMIN["name"], "anna", ADMIN["password"]):
        page.keyboard.type(value)
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Anna sähköpostiosoite, esim.")).to_be_visible()
    check(page)
    page.fill("[name=email]", ADMIN["email"])
    page.fill("[name=password]", ADMIN["password"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Polku on valmis käytettäväksi.")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_no_page_has_a_violation(logged_in: Page, server: RunningServer) -> None:
    for path in PAGES:
        logged_in.goto(server.address + path)
        check(logged_in)


@pytest.mark.parametrize("look", [PHONE], ids=str)
def test_menu_of_a_phone(logged_in: Page, server: RunningServer) -> None:
    menu = logged_in.locator("#menu")
    expect(menu).to_be_hidden()
    logged_in.click(".menu-button")
    expect(menu).to_be_visible()
    check(logged_in)
    logged_in.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    logged_in.click(".menu-button")
    menu.get_by_role("button", name="Kirjaudu ulos").click()
    expect(logged_in).to_have_url(f"{server.address}/login")
    check(logged_in)


def test_theme_is_kept(logged_in: Page, server: RunningServer) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    assert logged_in.evaluate(paper) == "rgb(251, 250, 247)"
    logged_in.get_by_role("button", name="Tumma").click()
    expect(logged_in.locator("html")).to_have_attribute("data-theme", "dark")
    assert logged_in.evaluate(paper) == "rgb(18, 23, 28)"
    logged_in.goto(f"{server.address}/style")
    assert logged_in.evaluate(paper) == "rgb(18, 23, 28)"


def test_the_table_is_swapped_in_place(logged_in: Page, server: RunningServer) -> None:
    logged_in.goto(f"{server.address}/style?period=30")
    logged_in.evaluate("window.stayed = true")
    logged_in.get_by_role("link", name="Kokemus").click()
    first = logged_in.locator("#style-table tbody tr").first
    expect(first).to_contain_text("+52")
    expect(logged_in.locator("th[aria-sort=descending]")).to_contain_text("Kokemus")
    logged_in.get_by_role("navigation", name="Sivut").get_by_role("link", name="2").click()
    expect(first).to_contain_text("−12")
    assert "period=30&sort=-score&page=2" in logged_in.url
    assert logged_in.evaluate("window.stayed")
    logged_in.reload()
    expect(first).to_contain_text("−12")
    assert not logged_in.evaluate("window.stayed")
    logged_in.go_back()
    expect(first).to_contain_text("+52")


def test_a_choice_shows_at_once_and_works_without_script(logged_in: Page, server: RunningServer) -> None:
    logged_in.goto(f"{server.address}/style")
    expect(logged_in.get_by_role("button", name="Näytä")).to_be_hidden()
    logged_in.select_option("[name=channel]", "phone")
    logged_in.wait_for_url("**channel=phone**")
    logged_in.route("**/static/polku.js*", lambda route: route.abort())
    logged_in.goto(f"{server.address}/style")
    logged_in.select_option("[name=channel]", "chat")
    logged_in.get_by_role("button", name="Näytä").click()
    logged_in.wait_for_url("**channel=chat**")


def test_closing_an_account_asks_first(logged_in: Page, server: RunningServer) -> None:
    logged_in.goto(f"{server.address}/settings/users/new")
    for name in ("name", "email", "password"):
        logged_in.fill(f"[name={name}]", VILLE[name])
    logged_in.click("button.primary")
    logged_in.get_by_role("link", name=VILLE["name"]).click()
    logged_in.get_by_role("button", name="Sulje tili").click()
    question = logged_in.get_by_role("dialog", name="Sulje tili")
    expect(question).to_contain_text("kirjataan heti ulos kaikkialta")
    check(logged_in)
    question.get_by_role("button", name="Peruuta").click()
    expect(question).to_be_hidden()
    logged_in.get_by_role("button", name="Sulje tili").click()
    question.get_by_role("button", name="Sulje tili").click()
    expect(logged_in.get_by_role("status")).to_have_text("Ville Virtanen ei voi enää kirjautua sisään.")
    expect(logged_in.locator("#users-table")).to_contain_text("suljettu")
