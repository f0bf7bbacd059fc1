"""What a stranger sees of a survey."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from polku.workspace import Workspace
from tests.surveys.over_http import RAW, post, published, sent


def test_a_closed_survey_says_so(workspace: Workspace, browser: TestClient, stranger: TestClient) -> None:
    key = published(workspace, browser, "Suljettu")
    post(browser, f"/surveys/{key}/close", {})
    assert sent(stranger, key, {"nps": 9}).status_code == 410
    page = stranger.get(f"/s/{key}", headers={"Accept-Language": "fi"})
    assert page.status_code == 410
    assert "Kysely on päättynyt" in page.text


@pytest.mark.parametrize("path", ["/s/nowhere", "/s/never-published"])
def test_a_survey_that_is_not_there_says_so(
    workspace: Workspace, browser: TestClient, stranger: TestClient, path: str
) -> None:
    if path.endswith("published"):
        post(browser, "/surveys/new", {"name": "Never published", "template": "blank"})
    page = stranger.get(path, headers={"Accept-Language": "en"})
    assert page.status_code == 404
    assert "There is no such survey" in page.text
    assert sent(stranger, path.removeprefix("/s/"), {"nps": 1}).status_code == 404


def test_the_page_is_in_the_visitor_s_language_and_holds_the_questions(
    workspace: Workspace, browser: TestClient, stranger: TestClient
) -> None:
    key = published(workspace, browser, "Sivu", definition=RAW | {"title": {"fi": "</script><b>", "en": "A"}})
    page = stranger.get(f"/s/{key}", headers={"Accept-Language": "fi-FI,en;q=0.5"}).text
    assert '<html lang="fi">' in page
    assert "<h1>&lt;/script&gt;&lt;b&gt;</h1>" in page
    told = json.loads(re.findall(r'id="asked">(.*?)</script>', page, re.S)[0])
    assert told["definition"]["pages"] == RAW["pages"]
    assert told["definition"]["title"]["fi"] == "</script><b>"
    assert '<html lang="en">' in stranger.get(f"/s/{key}?lang=en", headers={"Accept-Language": "fi"}).text
    assert "'none'" in stranger.get(f"/s/{key}").headers["content-security-policy"]


def test_a_language_that_polku_does_not_speak_is_shown_to_who_asks_for_it_or_reads_it(
    workspace: Workspace, browser: TestClient, stranger: TestClient
) -> None:
    title = {"fi": "Hei", "en": "Hi", "sv": "Hej", "pt-br": "Olá"}
    key = published(workspace, browser, "Monta", definition=RAW | {"title": title})
    for language, path, reads in (
        ("sv", "?lang=sv", "fi"), ("sv", "", "sv-SE,en;q=0.5"), ("pt-br", "", "pt-BR"), ("fi", "", "de,fi;q=0.1"),
        ("fi", "?lang=xx", "xx"),
    ):  # fmt: skip
        page = stranger.get(f"/s/{key}{path}", headers={"Accept-Language": reads}).text
        assert f'<html lang="{language}"' in page
        assert f"<h1>{title[language]}</h1>" in page
    assert "Svenska" in page


def test_strangers_see_no_survey_of_the_house(browser: TestClient, stranger: TestClient) -> None:
    for path in ("/surveys", "/surveys/new", "/surveys/oma", "/surveys/oma/edit", "/surveys/oma/preview"):
        assert stranger.get(path).status_code == 303
    assert stranger.get("/api/v1/surveys/list").status_code == 401


def test_a_qr_code_leads_to_the_survey(workspace: Workspace, browser: TestClient) -> None:
    key = published(workspace, browser, "Painettu")
    code = browser.get(f"/surveys/{key}/qr.svg")
    assert code.headers["content-type"].startswith("image/svg")
    assert code.text.startswith("<svg")


@pytest.mark.parametrize(
    ("language", "file"),
    [("fi", "fi"), ("en", None), ("sv", "sv"), ("pt-br", "pt-br"), ("de-at", "de"), ("nb", "no"), ("zh", "zh-cn"),
     ("my", "mm"), ("se", None)],
)  # fmt: skip
def test_only_the_words_of_the_language_that_it_is_shown_in_are_loaded(
    workspace: Workspace, browser: TestClient, stranger: TestClient, language: str, file: str | None
) -> None:
    title = {"fi": "Hei", "en": "Hi", language: "…"}
    key = published(workspace, browser, f"Sanat {language}", definition=RAW | {"title": title})
    page = stranger.get(f"/s/{key}?lang={language}").text
    assert re.findall(r"/vendor/survey\.words\.(.*?)\.min\.js\?v=[0-9a-f]{12}", page) == (
        [file] if file else []
    )


def test_what_polku_says_around_a_language_that_it_does_not_speak_is_english_and_says_so(
    workspace: Workspace, browser: TestClient, stranger: TestClient
) -> None:
    title = {"fi": "Hei", "ar": "مرحبا"}
    key = published(workspace, browser, "Arabiaksi", definition=RAW | {"title": title}, anonymous=True)
    reads = {"Accept-Language": "fi"}
    page = stranger.get(f"/s/{key}?lang=ar", headers=reads).text
    assert '<html lang="ar" dir="rtl">' in page
    assert '<p class="promise" lang="en" dir="ltr">Your answers are anonymous' in page
    assert '"refused":"Some answers need a correction."' in page
    finnish = stranger.get(f"/s/{key}", headers=reads).text
    assert '<html lang="fi">' in finnish
    assert '<p class="promise">Vastaat nimettömänä' in finnish
    body = {"version": 1, "answers": {"nps": 99}, "finished": True, "language": "ar"}
    refused = stranger.post(f"/s/{key}/{uuid4()}?lang=ar", json=body, headers=reads)
    assert refused.json()["problems"][0]["message"].isascii()
    post(browser, f"/surveys/{key}/close", {})
    closed = stranger.get(f"/s/{key}?lang=ar", headers=reads).text
    assert '<html lang="en">' in closed
    assert '<h1 dir="auto">مرحبا</h1>' in closed
