"""Arriving events, in the reader's words, each leading to whom it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from polku import library
from polku.collect import pages as collect_pages
from polku.profiles import pages as profiles_pages
from polku.settings import read_settings
from polku.store import EventType
from polku.web.app import create_app
from tests.events import incoming
from tests.folders import empty_folder
from tests.web.visits import ADMIN, post

EVENTS = [
    {"name": "Order Completed", "user_id": "maija"},
    {"type": EventType.PAGE, "name": "", "path": "/boots", "anonymous_id": "3f2c-browser"},
    {"type": EventType.SCREEN, "name": "Home", "anonymous_id": "3f2c-browser"},
    {"name": "Letter Opened", "identifiers": [["name", "Anna"], ["email", "anna@example.fi"]]},
    {"type": EventType.IDENTIFY, "name": "", "anonymous_id": "7a", "identifiers": [["phone", "+358401"]]},
    {"name": "Counted by nobody"},
]
WHO = ["–", "+358401", "anna@example.fi", "3f2c-browser", "3f2c-browser", "maija"]
VIEWED = {
    "fi": ("Kertoi, kuka on", "Katsoi näkymää", "Katsoi sivua"),
    "en": ("Told who they are", "Viewed a screen", "Viewed a page"),
}
WORDS = {
    language: [
        "Counted by nobody",
        told,
        "Letter Opened",
        f"Home {screen}",
        f"/boots {page}",
        "Order Completed",
    ]
    for language, (told, screen, page) in VIEWED.items()
}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = read_settings(empty_folder(tmp_path_factory.mktemp("data")))
    with library.open_workspace(settings) as workspace:
        workspace.store.append(incoming(EVENTS))
        workspace.engine.refresh()
        app = create_app(workspace, routers=[collect_pages.router, profiles_pages.router])
        client = TestClient(app, base_url="http://127.0.0.1:8000")
        post(client, "/setup", ADMIN)
        yield client


def rows(browser: TestClient, language: str) -> list[list[str]]:
    """The cells of the live view, as they are in the page."""
    post(browser, "/preferences", {"language": language, "next": "/live"}, on="/live")
    table = browser.get("/live").text.split("<tbody>")[1].split("</tbody>")[0]
    return [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in table.split("</tr>")[:-1]]


def text(cell: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", cell).split())


@pytest.mark.parametrize("language", WORDS)
def test_what_somebody_did_is_told_in_words(browser: TestClient, language: str) -> None:
    assert [text(r[0]) for r in rows(browser, language)] == WORDS[language]
    for seq, words in enumerate(reversed(WORDS[language]), start=1):
        assert f"<h1>{words.split(' ')[0]}" in browser.get(f"/live/{seq}").text


def test_every_event_leads_to_whom_it_is_about(browser: TestClient) -> None:
    cells = [r[3] for r in rows(browser, "en")]
    assert [text(c) for c in cells] == WHO
    for cell, who in zip(cells, WHO, strict=True):
        link = re.search(r'href="([^"]*)"', cell)
        assert (link is None) == (who == "–")
        if link:
            page = browser.get(link[1])
            assert page.status_code == 200
            assert who in page.text
