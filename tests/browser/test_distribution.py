"""A survey sent to a list, a segment and after a touchpoint; and a card on a site that asks by segment."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from polku.collect import ensure_source
from polku.db import Database
from polku.settings import read_settings
from polku.surveys import store
from polku.surveys.distribution.rules import AskingRules, write_rules
from polku.surveys.ready import ready_survey
from polku.surveys.store import Placement
from polku.surveys.visitors import make_site_key, signature
from tests.browser.axe import axe, fits
from tests.browser.looks import DESKTOP, IN_TURN, PHONE, Look
from tests.browser.test_surveys import _Quiet
from tests.browser.visiting import set_up, visiting
from tests.server import RunningServer, polku, serving

KEY = "vuosi"
MAIL = """
smtp_host = "127.0.0.1"
smtp_port = 9
smtp_security = "none"
mail_from = "asiakas@kauppa.example.fi"
public_url = "https://polku.example.fi"
"""
"""Nobody listens there: letters wait, as when a mail server is down."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("distribution") / "data"
    polku("init", folder)
    (folder / "polku.toml").write_text(MAIL)
    return folder


@pytest.fixture(scope="module")
def signed(folder: Path) -> str:
    """What the site's own server would sign with: made before the server is started, with the survey."""
    with closing(Database(read_settings(folder).sqlalchemy_url)) as db, db.session() as session:
        now = datetime.now(UTC)
        key = store.create(
            session, name="Vuosi", definition=dict(ready_survey("nps").json), tags={}, anonymous=False,
            touchpoint="", by="T", now=now,
        ).key  # fmt: skip
        assert key == KEY
        store.publish(session, key, by="T", now=now)
        store.place(
            session, key, Placement(True, (), "Order Completed", 0, 1.0, 0, "Maksavat", ("plan=pro",))
        )
        write_rules(session, AskingRules(0, 0, 0, 0, 3650, 0, 24, True, 14, 5, 1))
        source = ensure_source(session, name="Kauppa", kind="server", channel="web").write_key
        return json.dumps({"key": make_site_key(session, now), "source": source})


@pytest.fixture(scope="module")
def server(folder: Path, signed: str) -> Iterator[RunningServer]:
    with serving(folder) as server:
        traits = [
            {"type": "identify", "userId": "anna", "traits": {"email": "anna@example.fi", "plan": "pro"}},
            {"type": "identify", "userId": "bo", "traits": {"email": "bo@example.fi", "plan": "free"}},
            {"type": "identify", "userId": "cilla", "traits": {"plan": "pro"}},
        ]
        seen = [{"type": "track", "userId": u, "event": "Order Completed"} for u in ("anna", "bo", "cilla")]
        auth = (json.loads(signed)["source"], "")
        sent = httpx.post(
            f"{server.address}/v1/batch", json={"batch": traits + seen}, auth=auth, trust_env=False
        )
        assert sent.status_code == 200
        _until_known(server, json.loads(signed)["key"])
        yield server


def _until_known(server: RunningServer, key: str) -> None:
    """Until what came is on customers' paths, and who is in the segment is known."""
    asked = {"surveys": [KEY], "user_id": "cilla", "signature": signature(key, "cilla")}
    for _ in range(120):
        told = httpx.post(f"{server.address}/s/widget/ask", json=asked, trust_env=False)
        if told.json():
            return
        time.sleep(0.5)
    raise AssertionError("nobody is asked")


@pytest.fixture(scope="module")
def analyst(browser: Browser, server: RunningServer) -> StorageState:
    with visiting(browser, DESKTOP, "en") as page:
        set_up(page, server)
        return page.context.storage_state()


@pytest.mark.parametrize(("look", "language"), IN_TURN, ids=str)
def test_each_way_is_whole_in_every_look(
    browser: Browser, server: RunningServer, analyst: StorageState, look: Look, language: str
) -> None:
    with visiting(browser, look, language, state=analyst) as page:
        page.context.add_cookies([{"name": "polku_theme", "value": look.theme, "url": server.address}])
        for way in ("list", "segment", "trigger"):
            page.goto(f"{server.address}/surveys/{KEY}/distribution?way={way}")
            page.locator("details:not([open]) > summary").last.click()
            fits(page)
            axe(page)
        page.goto(f"{server.address}/surveys/{KEY}")
        page.locator("details.site details > summary").click()
        fits(page)
        axe(page)


def speak(page: Page, address: str, language: str) -> None:
    """Have pages in a language: they are in the user's, whatever the browser's is."""
    token = page.locator("[name=csrf_token]").first.get_attribute("value") or ""
    page.request.post(f"{address}/preferences", form={"csrf_token": token, "language": language})
    page.reload()


@pytest.mark.parametrize(
    ("look", "language", "script"), [(DESKTOP, "en", False), (PHONE, "fi", True)], ids=str
)
def test_a_list_is_looked_at_and_goes_when_told(
    browser: Browser, server: RunningServer, analyst: StorageState, look: Look, language: str, script: bool
) -> None:
    with visiting(browser, look, language, state=analyst, script=script) as page:
        page.goto(f"{server.address}/surveys/{KEY}/distribution")
        speak(page, server.address, language)
        page.locator("[name=name]").fill(f"Kevät {language}")
        lines = f"nimi;sähköposti\nEero;{language}.eero@example.fi\nRikki;rikki@@x\nLiisa;{language}.liisa@example.fi\n"
        file = {"name": "lista.csv", "mimeType": "text/csv", "buffer": lines.encode("cp1252")}
        page.locator("[name=file]").set_input_files([file])  # type: ignore[list-item]
        page.locator("#new button.primary").click()
        plan = page.locator("#plan")
        told = {"en": "2 letters would go.", "fi": "2 kirjettä lähtisi."}[language]
        expect(plan.locator("strong")).to_have_text(told)
        letter = page.frame_locator("iframe[name=letter]")
        expect(letter.locator("h1")).to_be_visible()
        plan.locator("li summary").click()
        expect(plan.locator(".faults")).to_contain_text("rikki@@x")
        fits(page)
        if script:
            axe(page)  # it waits, for which pages need script
        plan.locator("button.primary").click()
        expect(page.locator(".flash")).to_contain_text(
            {"en": "2 letters go.", "fi": "2 kirjettä lähtee."}[language]
        )
        expect(page.locator("#ledger tbody tr")).not_to_have_count(0)
        fits(page)
        if script:
            axe(page)  # it waits, for which pages need script


def test_from_the_front_page_to_a_letter_in_five_clicks(
    browser: Browser, server: RunningServer, analyst: StorageState
) -> None:
    with visiting(browser, DESKTOP, "en", state=analyst) as page:
        page.goto(server.address)
        speak(page, server.address, "en")
        page.locator(".side").get_by_role("link", name="Surveys").click()
        page.get_by_role("link", name="New survey").click()
        page.get_by_role("button", name="Publish it as it is and send").click()
        page.locator("[name=addresses]").fill("uusi@example.fi")
        page.get_by_role("button", name="See what would go").click()
        page.locator("#plan").get_by_role("button", name="Send").click()
        expect(page.locator(".flash")).to_have_text("1 letter goes.")


# -- on the company's site


@pytest.fixture(scope="module")
def site(server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A shop with a script like Segment's: `analytics.on` hears what is tracked."""
    folder = tmp_path_factory.mktemp("shop")
    library = "window.analytics={h:[],on(n,f){this.h.push(f)},track(e){this.h.forEach((f)=>f(e,{},{}))}}"
    html = f'<!doctype html><html lang="fi"><title>Kauppa</title><main><h1>Kauppa</h1><p id="here">Teltat</p></main>' \
           f'<script>{library}</script><script src="{server.address}/s/widget.js" async></script></html>'  # fmt: skip
    (folder / "index.html").write_text(html, encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as shop:
        threading.Thread(target=shop.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{shop.server_port}"
        shop.shutdown()


def _comes(page: Page, site: str, user: str, proof: str) -> None:
    page.goto(f"{site}/index.html")
    for _ in range(100):
        if page.evaluate("!!window.polkuSurveys"):
            break
        page.wait_for_timeout(50)
    page.evaluate("([u, p]) => polkuSurveys.identify(u, p)", [user, proof])
    page.evaluate("analytics.track('Order Completed')")


@pytest.mark.parametrize("look", [DESKTOP, PHONE], ids=str)
def test_a_card_asks_who_is_in_the_segment_once(
    browser: Browser, server: RunningServer, signed: str, site: str, look: Look
) -> None:
    key = json.loads(signed)["key"]
    with visiting(browser, look, "fi") as page:
        for user, proof in (("bo", signature(key, "bo")), ("anna", ""), ("anna", signature(key, "bo"))):
            _comes(page, site, user, proof)
            page.wait_for_timeout(600)
            expect(page.get_by_role("dialog")).to_have_count(0)
    with visiting(browser, look, "fi") as page:
        _comes(page, site, "anna", signature(key, "anna"))
        card = page.get_by_role("dialog")
        expect(card).to_be_visible()
        axe(page)
        fits(page)
        card.get_by_text("9", exact=True).click()
        with page.expect_request(re.compile(f"/s/{KEY}/")) as answered:
            card.get_by_role("button", name="Lähetä").click()
        assert len(json.loads(answered.value.post_data or "{}")["ticket"]) == 22
        expect(card.get_by_role("status")).to_contain_text("Kiitos")
