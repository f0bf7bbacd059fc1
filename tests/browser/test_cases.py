"""The closed loop in a browser: a low score, a case, a call, a letter and an outcome, by keyboard alone."""

from __future__ import annotations

import re
import time
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.browser.axe import axe, fits
from tests.browser.looks import DESKTOP, IN_TURN, LANGUAGES, PHONE, Look
from tests.browser.visiting import set_up, visiting
from tests.server import RunningServer
from tests.web.visits import ADMIN

WORDS = {
    "en": ("Turn on the ready rule", "Take the case", "Note it", "Close the case", "Reopen", "Closed: Solved"),
    "fi": ("Ota valmis sääntö käyttöön",
           "Ota tapaus", "Merkitse", "Sulje tapaus", "Avaa uudelleen", "Suljettu: Ratkaistu"),
}  # fmt: skip


@pytest.fixture(scope="module")
def administrator(browser: Browser, server: RunningServer) -> StorageState:
    """Who has set the server up, made a survey and turned the ready rule on."""
    with visiting(browser, DESKTOP, "en") as page:
        set_up(page, server)
        page.goto(f"{server.address}/surveys/new?template=nps")
        page.locator("[name=name]").fill("Yearly NPS")
        page.locator("main button.primary").click()
        page.get_by_role("button", name="Publish").click()
        page.wait_for_url(re.compile("/surveys/yearly-nps$"))
        page.goto(f"{server.address}/cases")
        axe(page)
        page.get_by_role("button", name=WORDS["en"][0]).press("Enter")
        page.wait_for_url(re.compile("/cases/rules$"))
        return page.context.storage_state()


def opened(server: RunningServer, page: Page, said: str) -> None:
    """Go to the case of an answer that somebody gives now."""
    answers = {"recommend": 1, "why_not": said}
    body = {"version": 1, "answers": answers, "finished": True, "user_id": f"customer-{uuid4()}"}
    told = httpx.post(f"{server.address}/s/yearly-nps/{uuid4()}", json=body)
    assert told.json()["finished"], told.text
    until = time.monotonic() + 15
    while True:
        page.goto(f"{server.address}/cases")
        row = page.locator("tbody tr", has_text=said)
        if row.count() or time.monotonic() > until:
            break
        page.wait_for_timeout(300)
    row.locator("td.main a").press("Enter")
    page.wait_for_url(re.compile(r"/cases/\d+$"))


@pytest.mark.parametrize(("language", "look"), [("fi", PHONE), ("en", DESKTOP)], ids=str)
def test_a_case_is_opened_contacted_and_closed_by_keyboard(
    browser: Browser, server: RunningServer, administrator: StorageState, language: str, look: Look
) -> None:
    _, take, note, close, reopen, closed = WORDS[language]
    with visiting(browser, look, language, state=administrator) as page:
        page.context.add_cookies([{"name": "polku_language", "value": language, "url": server.address}])
        _speak(page, server, language)
        opened(server, page, f"Odotin <i>kaksi</i> viikkoa ({language})")
        expect(page.locator("blockquote")).to_contain_text("Odotin <i>kaksi</i> viikkoa")
        axe(page)
        fits(page)
        page.get_by_role("button", name=take).press("Enter")
        expect(page.locator("#f-owner option:checked")).to_have_text(ADMIN["name"])
        _tab_to(page, "#f-text")
        page.keyboard.type("Soitettiin ja sovittiin.")
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name=note)).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".case-history")).to_contain_text("Soitettiin ja sovittiin.")
        _tab_to(page, ".close-case summary")
        page.keyboard.press("Enter")
        _tab_to(page, "#f-words")
        page.keyboard.type("Uusi lähetettiin.")
        axe(page)
        page.locator(".close-case").get_by_role("button", name=close).press("Enter")
        expect(page.locator(".case-history")).to_contain_text(closed)
        expect(page.get_by_role("button", name=reopen)).to_be_visible()
        axe(page)
        fits(page)


@pytest.mark.parametrize(("look", "language"), IN_TURN, ids=str)
def test_the_pages_are_whole_in_every_look(
    browser: Browser, server: RunningServer, administrator: StorageState, look: Look, language: str
) -> None:
    with visiting(browser, look, language, state=administrator) as page:
        page.context.add_cookies([{"name": "polku_theme", "value": look.theme, "url": server.address}])
        _speak(page, server, language)
        opened(server, page, f"Whole {look} {language}")
        here = page.url.removeprefix(server.address)
        for path in (here, "/cases", "/cases?state=closed", "/cases/report", "/cases/rules", "/cases/rules/new",
                     "/cases/rules/1"):  # fmt: skip
            page.goto(f"{server.address}{path}")
            page.wait_for_load_state("networkidle")
            expect(page.locator("html")).to_have_attribute("lang", language)
            for details in page.locator("details > summary").all():
                details.click()
            fits(page)
            axe(page)


def _speak(page: Page, server: RunningServer, language: str) -> None:
    """The reader's language, chosen where everybody chooses it."""
    page.goto(f"{server.address}/cases")
    if page.locator("html").get_attribute("lang") != language:
        if page.locator(".menu-button").is_visible():
            page.locator(".menu-button").click()
        page.locator(f".side button[name=language][value={language}]").click()
        expect(page.locator("html")).to_have_attribute("lang", language)


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"no Tab leads to {selector}")


assert set(WORDS) == set(LANGUAGES)
