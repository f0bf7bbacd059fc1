"""A survey built, brought and published on its pages."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

from starlette.testclient import TestClient

from polku.surveys import store
from polku.surveys.known import KnownSurveys
from polku.workspace import Workspace
from tests.surveys.over_http import RAW, post, sent


def test_a_survey_is_built_in_the_browser(workspace: Workspace, browser: TestClient) -> None:
    made = post(browser, "/surveys/new", {"name": "Oma", "template": "blank", "touchpoint": "order"})
    edit = made.headers["location"]
    assert "No questions yet" in browser.get(edit).text
    post(browser, edit, {"do": "add:rating"})
    post(browser, edit, {"do": "add:comment", "page": "new"})
    form = {
        "type": "rating", "title-fi": "Kuinka meni?", "title-en": "How was it?", "required": "on", "least": "0",
        "most": "10", "metric": "nps", "level": "emotion", "name": "score",
    }  # fmt: skip
    assert post(browser, f"{edit}/question1", form).headers["location"].endswith("?question=score#open")
    page = unescape(browser.get(f"{edit}?question=question2").text)
    assert "How was it?" in page
    assert 'value="question2"' in page
    wrong = post(browser, f"{edit}/question2", {"type": "comment", "title-en": "Why?", "name": "score"})
    assert wrong.status_code == 422
    assert "Another question has this name." in wrong.text
    post(browser, edit, {"do": "up", "question": "question2"})
    key = edit.split("/")[2]
    with workspace.db.session(read_only=True) as session:
        survey, tags = store.survey(session, key), store.tags(session, key)
    assert [[e["name"] for e in p["elements"]] for p in survey.draft["pages"]] == [["score", "question2"]]
    assert tags["score"] == store.Tags("nps", "emotion")
    assert post(browser, f"/surveys/{key}/publish", {"anyway": "on"}).status_code == 303
    assert workspace.part(KnownSurveys).by_key(key).definition.questions[0].name == "score"


def test_a_ready_survey_is_published_as_it_is_and_waits_to_be_sent(
    workspace: Workspace, browser: TestClient
) -> None:
    made = post(browser, "/surveys/new", {"template": "csat", "then": "publish"})
    assert made.headers["location"] == "/surveys/satisfaction-csat/distribution"
    asked = workspace.part(KnownSurveys).by_key("satisfaction-csat")
    assert (asked.open, asked.name) == (True, "Satisfaction (CSAT)")
    empty = post(browser, "/surveys/new", {"template": "blank", "then": "publish"})
    assert empty.headers["location"] == "/surveys/new-survey/edit"


def test_a_question_keeps_its_metric_whichever_it_is(browser: TestClient) -> None:
    edit = post(browser, "/surveys/new", {"name": "Uskollisuus", "template": "loyalty"}).headers["location"]
    page = browser.get(f"{edit}?question=recommend").text
    assert '<option value="cli" selected>' in page


def test_a_definition_with_faults_is_not_saved_and_what_was_typed_stays(browser: TestClient) -> None:
    made = post(browser, "/surveys/new", {"name": "Virheet", "template": "blank"}).headers["location"]
    path = made.replace("/edit", "/json")
    for text in ('{"pages": [', '{"pages": [{"elements": [{"type": "ratng", "name": "a"}]}]}'):
        answered = post(browser, path, {"definition": text})
        assert answered.status_code == 422
        assert text in unescape(answered.text)


def test_a_draft_that_cannot_be_shown_is_not_published(browser: TestClient) -> None:
    made = post(browser, "/surveys/new", {"name": "Tyhjä", "template": "blank"}).headers["location"]
    refused = post(browser, made.replace("/edit", "/publish"), {})
    assert refused.status_code == 400


def test_what_is_missing_is_asked_about_before_it_is_published(
    workspace: Workspace, browser: TestClient, stranger: TestClient
) -> None:
    lacking = {
        "title": {"fi": "Vain suomeksi"},
        "elements": [{"type": "text", "name": "why"}, *RAW["pages"][0]["elements"][:1]],
    }
    with workspace.db.session() as session:
        key = store.create(
            session, name="Vajaa", definition=lacking, tags={}, anonymous=False,
            touchpoint="", by="T", now=datetime.now(UTC),
        ).key  # fmt: skip
    asked = post(browser, f"/surveys/{key}/publish", {})
    assert asked.status_code == 409
    assert "English: 1 text is missing" in asked.text
    assert "Questions without a text, shown by their name: why" in asked.text
    assert sent(stranger, key, {"nps": 1}).status_code == 404
    texts = browser.get(f"/surveys/{key}/texts?language=en").text
    (mark,) = re.findall(r'name="was:title" value="(\w+)"', texts)
    given = {"language": "en", "text:title": "Now in English", "was:title": "stale"}
    assert post(browser, f"/surveys/{key}/texts", given).headers["location"].endswith("texts?language=en")
    assert (
        post(browser, f"/surveys/{key}/texts", given | {"was:title": mark})
        .headers["location"]
        .endswith("edit")
    )
    with workspace.db.session(read_only=True) as session:
        assert store.survey(session, key).draft["title"] == {"fi": "Vain suomeksi", "en": "Now in English"}
    assert post(browser, f"/surveys/{key}/publish", {"anyway": "on"}).status_code == 303
    assert post(browser, f"/surveys/{key}/texts", {"language": "../x"}).status_code == 400


def test_a_file_becomes_a_survey_and_what_cannot_be_read_is_told_on_the_page(
    workspace: Workspace, browser: TestClient
) -> None:
    def bring(content: bytes, **fields: str) -> Any:
        token = re.findall(r'name="csrf_token" value="(.*?)"', browser.get("/settings/account").text)[0]
        data = {"csrf_token": token, **fields}
        return browser.post("/surveys/import", data=data, files={"file": ("Tuotu.json", content)})

    with workspace.db.session(read_only=True) as session:
        before = len(store.surveys(session))
    for content, told in ((b"", "The file is empty."), (b"a;b", "neither a survey"), (b"{", "no JSON")):
        refused = bring(content)
        assert refused.status_code == 422
        assert told in refused.text
    told = bring(json.dumps(RAW | {"logoPosition": "right"}).encode())
    assert (told.status_code, "logoPosition" in told.text) == (200, True)
    assert bring(b"x" * (23 << 20)).status_code == 413
    with workspace.db.session(read_only=True) as session:
        assert len(store.surveys(session)) == before, "nothing is stored before it is seen"
    made = bring(json.dumps(RAW).encode(), called="Import")
    assert made.headers["location"] == "/surveys/import-2/edit"
    assert "Not published yet" in browser.get("/surveys/import-2").text
    assert browser.get("/surveys/import-2/definition.json").json() == RAW
    assert browser.get("/surveys/import-2/definition.lss").content.startswith(b"<?xml")
