"""A survey built, brought to customers and answered: on its page, in a kiosk offline, as a card on a site."""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, StorageState, expect

from polku.db import Database
from polku.settings import read_settings
from polku.surveys.inviting import Candidate, Decision, make_link
from polku.surveys.inviting.ledger import invitations, record
from tests.browser.axe import axe, fits
from tests.browser.looks import DESKTOP, IN_TURN, LANGUAGES, PHONE, PHONE_DARK, Look
from tests.browser.visiting import visiting
from tests.server import RunningServer


@pytest.fixture(scope="module")
def key(browser: Browser, server: RunningServer, administrator: StorageState) -> str:
    """A published NPS survey, made in the browser of the ready one."""
    with visiting(browser, DESKTOP, "en", state=administrator) as page:
        page.goto(f"{server.address}/surveys/new?template=nps")
        page.locator("[name=name]").fill("Yearly NPS")
        page.locator("main button.primary").click()
        page.wait_for_url(re.compile("/surveys/yearly-nps/edit"))
        page.get_by_role("button", name="Publish").click()
        page.wait_for_url(re.compile("/surveys/yearly-nps$"))
    return "yearly-nps"


def responses(server: RunningServer, browser: Browser, state: StorageState, key: str) -> int:
    with visiting(browser, DESKTOP, "en", state=state) as page:
        page.goto(f"{server.address}/surveys/{key}")
        told = re.search(r"(\d+) answers?", page.locator(".lead").inner_text())
    assert told
    return int(told[1])


@pytest.mark.parametrize(("look", "language"), IN_TURN, ids=str)
def test_the_pages_are_whole_in_every_look(
    browser: Browser, server: RunningServer, administrator: StorageState, key: str, look: Look, language: str
) -> None:
    with visiting(browser, look, language, state=administrator) as page:
        page.context.add_cookies([{"name": "polku_theme", "value": look.theme, "url": server.address}])
        for path in ("surveys", "surveys/new", f"surveys/{key}", f"surveys/{key}/edit?question=recommend",
                     f"surveys/{key}/json", f"surveys/{key}/distribution", f"s/{key}?lang={language}"):  # fmt: skip
            page.goto(f"{server.address}/{path}")
            page.wait_for_load_state("networkidle")
            fits(page)
            axe(page)


@pytest.mark.parametrize("look", [DESKTOP, PHONE], ids=str)
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_answered_by_keyboard_alone(
    browser: Browser, server: RunningServer, administrator: StorageState, key: str, look: Look, language: str
) -> None:
    before = responses(server, browser, administrator, key)
    with visiting(browser, look, language) as page:
        page.goto(f"{server.address}/s/{key}")
        expect(page.locator("html")).to_have_attribute("lang", language)
        scale = page.get_by_role("radiogroup").first
        expect(scale).to_be_visible()
        _tab_to(page, "input[type=radio]")
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        _tab_to(page, "textarea")
        page.keyboard.type("Hyvä <b>mutta</b> hidas; =1+1")
        _tab_to(page, "[type=button], button")
        page.keyboard.press("Enter")
        expect(page.locator(".sd-completedpage")).to_be_visible()
        axe(page)
    assert responses(server, browser, administrator, key) == before + 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_slow_line_the_first_question_is_answered_before_surveyjs_has_come(
    browser: Browser, server: RunningServer, administrator: StorageState, key: str, language: str
) -> None:
    before = responses(server, browser, administrator, key)
    with visiting(browser, PHONE, language) as page:
        page.route("**/survey.core.min.js*", lambda route: withheld.append(route))
        withheld: list[Route] = []
        page.goto(f"{server.address}/s/{key}", wait_until="commit")
        _tab_to(page, ".first input[type=radio]")
        page.keyboard.press("Space")
        for _ in range(8):
            page.keyboard.press("ArrowRight")
        expect(page.get_by_role("radio", name="8", exact=True)).to_be_checked()
        fits(page)
        axe(page)
        height = page.locator(".first").bounding_box()
        withheld[0].continue_()
        expect(page.locator(".sd-rating").get_by_role("radio", name="8", exact=True)).to_be_checked()
        expect(page.locator(".first")).to_have_count(0)
        assert page.evaluate("document.activeElement.value") == "8", "whoever was there goes on from there"
        drawn = page.locator(".sd-element--with-frame").first.bounding_box()
        assert height
        assert drawn
        assert abs(height["height"] - drawn["height"]) <= 4, "what is below does not jump"
        page.locator(".sd-navigation__complete-btn").click()
        expect(page.locator(".sd-completedpage")).to_be_visible()
    assert responses(server, browser, administrator, key) == before + 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_click_in_a_letter_is_chosen_on_the_page_and_sent_once(
    browser: Browser, server: RunningServer, administrator: StorageState, key: str, language: str
) -> None:
    before = responses(server, browser, administrator, key)
    link = _invited(server, key, language)
    with visiting(browser, PHONE, language) as page:
        page.goto(f"{server.address}{link}?score=9")
        expect(page.get_by_role("radio", name="9", exact=True)).to_be_checked()
        fits(page)
        axe(page)
        page.reload()
        expect(page.get_by_role("radio", name="9", exact=True)).to_be_checked()
        assert responses(server, browser, administrator, key) == before, "looking answers nothing"
        page.locator(".sd-navigation__complete-btn").click()
        expect(page.locator(".sd-completedpage")).to_be_visible()
        page.goto(f"{server.address}{link}?score=3")
        expect(page.locator("main.message h1")).to_be_visible()
        page.goto(f"{server.address}{link}/stop")
        axe(page)
        page.locator("main button.primary").click()
        expect(page.locator("main button")).to_have_count(0)
        axe(page)
    assert responses(server, browser, administrator, key) == before + 1


def _invited(server: RunningServer, key: str, language: str) -> str:
    """Where the letter to somebody leads, as if it had gone."""
    now = datetime.now(UTC)
    who = Candidate(
        LANGUAGES.index(language) + 1, key, f"campaign:{language}", now, "email", f"{language}@example.fi"
    )
    with (
        closing(Database(read_settings(server.log.with_name("data")).sqlalchemy_url)) as db,
        db.session() as session,
    ):
        told = {"version": 1, "anonymous": False, "channel": "email", "answer_within": timedelta(days=1)}
        record(session, [Decision(replace(who, language=language), send_at=now)], now=now, **told)
        (row,) = invitations(session, survey=key, state="waiting")
        row.state, row.sent_at = "sent", now
        return f"/s/{key}/i/{make_link(session, row.id)}"


def _tab_to(page: Page, wanted: str) -> None:
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("w => document.activeElement.matches(w)", wanted):
            return
    raise AssertionError(f"the keyboard does not get to {wanted}")


def _until(page: Page, holds: str) -> None:
    """Wait for what a script of the page says; Playwright's own way would need eval, which our pages forbid."""
    for _ in range(300):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"it never came to hold: {holds}")


def test_one_goes_on_where_one_was(browser: Browser, server: RunningServer, key: str) -> None:
    with visiting(browser, PHONE, "fi") as page:
        page.goto(f"{server.address}/s/{key}")
        page.get_by_text("4", exact=True).click()
        with page.expect_response(re.compile(f"/s/{key}/")):
            page.get_by_role("textbox").fill("Kesken")
            page.get_by_role("textbox").blur()
        page.reload()
        expect(page.get_by_role("textbox")).to_have_value("Kesken")
        page.goto(f"{server.address}/s/{key}?lang=en")
        expect(page.get_by_role("textbox")).to_have_value("Kesken")


def test_what_must_be_answered_is_asked_for(browser: Browser, server: RunningServer, key: str) -> None:
    with visiting(browser, PHONE, "fi") as page:
        page.goto(f"{server.address}/s/{key}")
        page.get_by_role("button", name="Lähetä").click()
        expect(page.locator(".sd-question__erbox").first).to_be_visible()
        axe(page)


def test_a_kiosk_keeps_answers_until_there_is_a_connection(
    browser: Browser, server: RunningServer, administrator: StorageState, key: str
) -> None:
    before = responses(server, browser, administrator, key)
    context = browser.new_context(viewport={"width": 900, "height": 1200}, locale="fi-FI")
    page = context.new_page()
    page.goto(f"{server.address}/s/{key}?via=kiosk")
    _until(page, "navigator.serviceWorker.controller !== null")
    page.reload()  # now all that the page is made of is kept
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    for score in ("9", "2"):
        page.get_by_text(score, exact=True).click()
        page.get_by_role("button", name="Lähetä").click()
        expect(page.locator("#told")).to_contain_text("tallessa tällä laitteella")
        expect(page.get_by_role("button", name="Lähetä")).to_be_visible(
            timeout=15_000
        )  # for the next in line
        expect(page.locator(":checked")).to_have_count(0)
    page.reload()  # the kiosk was switched off in between
    expect(page.get_by_role("button", name="Lähetä")).to_be_visible()
    context.set_offline(False)
    _until(page, "!(JSON.parse(localStorage.getItem('polku-outbox-yearly-nps')) ?? []).length")
    context.close()
    assert responses(server, browser, administrator, key) == before + 2


def test_a_kiosk_that_is_switched_on_after_the_closing_still_gives_what_it_kept(
    browser: Browser, server: RunningServer, administrator: StorageState
) -> None:
    with visiting(browser, DESKTOP, "en", state=administrator) as page:
        page.goto(f"{server.address}/surveys/new?template=csat")
        page.locator("#f-name").fill("Counter")
        page.locator("main button.primary").first.click()
        page.wait_for_url(re.compile("/surveys/counter/edit"))
        page.get_by_role("button", name="Publish").click()
        page.wait_for_url(re.compile("/surveys/counter$"))
    context = browser.new_context(viewport={"width": 900, "height": 1200}, locale="fi-FI")
    kiosk = context.new_page()
    kiosk.goto(f"{server.address}/s/counter?via=kiosk")
    _until(kiosk, "navigator.serviceWorker.controller !== null")
    kiosk.reload()
    kiosk.wait_for_load_state("networkidle")
    context.set_offline(True)
    kiosk.get_by_text("5", exact=True).click()
    kiosk.get_by_role("button", name="Lähetä").click()
    expect(kiosk.locator("#told")).to_contain_text("tallessa tällä laitteella")
    with visiting(browser, DESKTOP, "en", state=administrator) as page:
        page.goto(f"{server.address}/surveys/counter")
        page.get_by_role("button", name="Close").first.click()
        page.locator(".ask form button").click()
        expect(page.locator(".lead .tag").first).to_have_text("closed")
    context.set_offline(False)
    kiosk.goto(f"{server.address}/s/counter?via=kiosk")
    expect(kiosk.locator("main.message h1")).to_be_visible()
    _until(kiosk, "!(JSON.parse(localStorage.getItem('polku-outbox-counter')) ?? []).length")
    context.close()
    assert responses(server, browser, administrator, "counter") == 1


# -- on the company's site


@pytest.fixture(scope="module")
def site(server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A web shop of its own, with our script on its page."""
    folder = tmp_path_factory.mktemp("site")
    html = f'<!doctype html><html lang="fi"><title>Kauppa</title><main><h1>Kauppa</h1><p id="here">Teltat</p></main>' \
           f'<script src="{server.address}/s/widget.js" async></script></html>'  # fmt: skip
    for path in ("index.html", "kiitos.html"):
        (folder / path).write_text(html, encoding="utf-8")
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as shop:
        threading.Thread(target=shop.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{shop.server_port}"
        shop.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None: ...

    def do_GET(self) -> None:
        if self.path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()


def placed(browser: Browser, server: RunningServer, state: StorageState, key: str, **fields: str) -> None:
    with visiting(browser, DESKTOP, "en", state=state) as page:
        page.goto(f"{server.address}/surveys/{key}")
        if page.locator("details.site").get_attribute("open") is None:
            page.locator("details.site > summary").click()
        page.locator("[name=on]").check()
        for name, value in ({"delay_s": "0", "paths": "", "event": "", "percent": "100"} | fields).items():
            page.locator(f"[name={name}]").fill(value)
        page.locator("details.site button.primary").click()
        expect(page.locator(".flash")).to_be_visible()


@pytest.mark.parametrize("look", [DESKTOP, PHONE_DARK], ids=str)
def test_a_card_asks_on_the_site_and_moves_nothing(
    browser: Browser, server: RunningServer, administrator: StorageState, key: str, site: str, look: Look
) -> None:
    placed(browser, server, administrator, key)
    before = responses(server, browser, administrator, key)
    with visiting(browser, look, "fi") as page:
        page.goto(f"{site}/index.html")
        at = page.locator("#here").bounding_box()
        card = page.get_by_role("dialog")
        expect(card).to_be_visible()
        assert page.locator("#here").bounding_box() == at
        assert page.evaluate("document.activeElement === document.body"), (
            "it takes the keyboard from the page"
        )
        axe(page)
        fits(page)
        card.get_by_role("button", name="Lähetä").click()
        expect(card.get_by_role("alert")).to_have_text("Vastaathan tähän.")
        card.get_by_text("2", exact=True).click()
        expect(card.get_by_role("textbox")).to_be_visible()
        card.get_by_role("textbox").fill("Liian hidas")
        axe(page)
        card.get_by_role("button", name="Lähetä").click()
        expect(card.get_by_role("status")).to_contain_text("Kiitos")
        page.reload()
        page.wait_for_timeout(500)
        expect(page.get_by_role("dialog")).to_have_count(0)  # not asked again
    assert responses(server, browser, administrator, key) == before + 1


def test_a_card_goes_by_escape_and_waits_for_its_page_and_event(
    browser: Browser, server: RunningServer, administrator: StorageState, key: str, site: str
) -> None:
    placed(browser, server, administrator, key, paths="/kiitos*", event="Order Completed")
    with visiting(browser, DESKTOP, "fi") as page:
        for path, shown in (("index", 0), ("kiitos", 1)):
            page.goto(f"{site}/{path}.html")
            _until(page, "!!window.polkuSurveys")
            expect(page.get_by_role("dialog")).to_have_count(0)
            page.evaluate("polkuSurveys.event('Order Completed')")
            page.wait_for_timeout(600)
            expect(page.get_by_role("dialog")).to_have_count(shown)
        page.get_by_role("radio", name="7", exact=True).focus()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_answers_that_cannot_be_sent_stay_on_the_card(
    browser: Browser, server: RunningServer, administrator: StorageState, key: str, site: str
) -> None:
    placed(browser, server, administrator, key)
    context = browser.new_context(locale="fi-FI")
    page = context.new_page()
    page.goto(f"{site}/index.html")
    page.get_by_role("dialog").get_by_text("9", exact=True).click()

    def refuse(route: Route) -> None:
        route.abort()

    page.route(re.compile(f"/s/{key}/"), refuse)
    page.get_by_role("button", name="Lähetä").click()
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("Yritä hetken päästä uudelleen")
    page.unroute(re.compile(f"/s/{key}/"))
    page.get_by_role("button", name="Lähetä").click()
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("Kiitos")
    context.close()


def test_the_script_is_light(server: RunningServer) -> None:
    with httpx.Client(base_url=server.address, trust_env=False) as client:
        script = client.get("/s/widget.js")
        assert len(gzip.compress(script.content)) < 15_000
        assert script.headers["access-control-allow-origin"] == "*"
        told = client.get("/s/widget.json")
        assert json.loads(told.content)["surveys"]
        assert (
            client.get("/s/widget.json", headers={"If-None-Match": told.headers["etag"]}).status_code == 304
        )


# -- the builder


@pytest.mark.parametrize(("look", "script"), [(DESKTOP, True), (PHONE, True), (DESKTOP, False)], ids=str)
def test_a_survey_is_built(
    browser: Browser, server: RunningServer, administrator: StorageState, look: Look, script: bool
) -> None:
    with visiting(browser, look, "en", state=administrator, script=script) as page:
        page.goto(f"{server.address}/surveys/new?template=blank")
        page.locator("[name=name]").fill(f"Rakennettu {look} {script}")
        page.locator("main button.primary").click()
        page.get_by_role("button", name="Scale", exact=True).click()
        form = page.locator(".question-form")
        form.locator("[name=title-fi]").fill("Kuinka asiointi sujui?")
        form.locator("[name=title-en]").fill("How did it go?")
        form.locator("[name=required]").check()
        form.get_by_role("button", name="Save").click()
        expect(page.locator(".question-head b")).to_have_text(["How did it go?"])
        page.get_by_role("button", name="Open comment").click()
        expect(page.locator(".question")).to_have_count(2)
        form.locator("[name=title-fi]").fill("Mikä meni pieleen?")
        form.locator("[name=title-en]").fill("What went wrong?")
        form.locator("details summary").first.click()
        form.locator("[name=condition-question]").select_option("question1")
        form.locator("[name=condition-operator]").select_option("<=")
        form.locator("[name=condition-value]").fill("3")
        form.get_by_role("button", name="Save").click()
        expect(page.locator(".question .tag")).to_have_text(["required", "conditional"])
        if script:
            preview = page.frame_locator("iframe[name=preview]")
            preview.get_by_text("2", exact=True).click()
            expect(preview.get_by_text("What went wrong?")).to_be_visible()
        page.get_by_role("button", name="Move question2 up").click()
        expect(page.locator(".question-head b")).to_have_text(["What went wrong?", "How did it go?"])
        page.get_by_role("button", name="Publish").click()
        expect(page.locator(".flash")).to_contain_text("Version 1 is open for answers.")
