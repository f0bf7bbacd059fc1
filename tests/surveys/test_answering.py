"""An answer over HTTP, and the event on a customer's path that it becomes."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from polku.app import create_app
from polku.originals import original
from polku.surveys import store
from polku.surveys.distribution.jobs import forget
from polku.surveys.unfinished import UnfinishedAnswers
from polku.workspace import Workspace
from tests.surveys.over_http import events, post, published, sent, wait


def test_an_answer_becomes_an_event_on_the_path(
    workspace: Workspace, browser: TestClient, stranger: TestClient
) -> None:
    key = published(workspace, browser, "Tilauksen jälkeen")
    answered = sent(
        stranger, key, {"nps": 4, "why": "Hidas"}, user_id="anna", language="fi", seconds=12, channel="widget",
        address="https://shop.example/kiitos",
    )  # fmt: skip
    assert answered.json() == {"finished": True, "problems": []}
    wait(workspace)
    (event,) = events(workspace, key)
    assert event["user_id"] == "anna"
    assert event["score"] == pytest.approx(-20)
    assert event["properties"] == {
        "survey": key, "version": 1, "channel": "widget", "answers": {"nps": 4, "why": "Hidas"}, "language": "fi",
        "touchpoint": "order", "seconds": 12, "comment": "Hidas", "metric": "nps", "score": 4,
    }  # fmt: skip
    assert json.loads(event["context"]) == {"page": {"url": "https://shop.example/kiitos"}}
    told = next(s for s in browser.get("/api/v1/surveys/list").json()["surveys"] if s["key"] == key)
    assert (told["responses"], told["state"]) == (1, "open")


def test_the_same_response_is_stored_once(
    workspace: Workspace, browser: TestClient, stranger: TestClient
) -> None:
    key, response = published(workspace, browser, "Kerran"), str(uuid4())
    with ThreadPoolExecutor(4) as pool:
        codes = list(
            pool.map(lambda _: sent(stranger, key, {"nps": 9}, response=response).status_code, range(8))
        )
    assert set(codes) == {200}
    wait(workspace)
    assert len(events(workspace, key)) == 1


def test_answers_are_kept_as_one_goes_and_forgotten_when_finished(
    workspace: Workspace, browser: TestClient, stranger: TestClient
) -> None:
    key, response = published(workspace, browser, "Kesken"), str(uuid4())
    for answers in ({}, {"nps": 3}, {"nps": 3, "why": "Kes"}):
        assert sent(stranger, key, answers, response=response, finished=False).status_code == 200
    with workspace.db.session(read_only=True) as session:
        begun = store.unfinished(session, response)
    assert begun
    assert begun.answers == {"nps": 3, "why": "Kes"}
    assert sent(stranger, key, {"nps": 3}, response=response).status_code == 200
    with workspace.db.session(read_only=True) as session:
        assert store.unfinished(session, response) is None


def test_what_was_kept_before_a_start_is_forgotten_when_finished(
    workspace: Workspace, browser: TestClient, stranger: TestClient
) -> None:
    key, response = published(workspace, browser, "Ennen käynnistystä"), str(uuid4())
    assert sent(stranger, key, {"nps": 3}, response=response, finished=False).status_code == 200
    started = UnfinishedAnswers(workspace)
    assert started.are_kept(response)
    assert not started.are_kept(str(uuid4()))
    started.forget(response)
    assert not started.are_kept(response)
    with workspace.db.session(read_only=True) as session:
        assert store.unfinished(session, response) is None


def test_what_was_left_unfinished_is_forgotten_in_time(
    workspace: Workspace, browser: TestClient, stranger: TestClient
) -> None:
    key, response = published(workspace, browser, "Jäi kesken"), str(uuid4())
    assert sent(stranger, key, {"nps": 3}, response=response, finished=False).status_code == 200
    for days, kept in ((29, True), (31, False)):
        forget(workspace, datetime.now(UTC) + timedelta(days=days))
        with workspace.db.session(read_only=True) as session:
            assert (store.unfinished(session, response) is not None) == kept


def test_an_anonymous_survey_keeps_nothing_of_who_answered(
    workspace: Workspace, browser: TestClient, stranger: TestClient
) -> None:
    key = published(workspace, browser, "Nimetön", anonymous=True)
    sent(stranger, key, {"nps": 9}, user_id="anna", anonymous_id="x-1", address="https://shop.example/anna")
    wait(workspace)
    (event,) = events(workspace, key)
    assert (event["user_id"], event["anonymous_id"], event["identifiers"], event["key"]) == (
        None,
        None,
        None,
        0,
    )
    assert "anna" not in json.dumps(event, default=str)


def test_an_open_answer_is_stored_without_personal_data(
    workspace: Workspace, browser: TestClient, stranger: TestClient
) -> None:
    said = "Soittakaa 040 123 4567, odotan yhä."
    for name, anonymous in (("Omat sanat", False), ("Nimettömät sanat", True)):
        key, response = published(workspace, browser, name, anonymous=anonymous), str(uuid4())
        assert sent(stranger, key, {"nps": 2, "why": said}, response=response).status_code == 200
        wait(workspace)
        (event,) = events(workspace, key)
        told = event["properties"]
        assert told["answers"]["why"] == told["comment"] == "Soittakaa [phone], odotan yhä."
        with workspace.db.session() as session:
            kept = original(session, event["source"], response)
        assert kept == ({} if anonymous else {"why": said})


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({}, "required"),
        ({"nps": 11}, "not_a_choice"),
        ({"nps": 3, "why": "x" * 2001}, ""),
        ({"nps": 3, "why": {"$ne": 1}}, ""),
        ({"nps": 9, "unknown": 1}, ""),
    ],
)
def test_what_cannot_be_an_answer_is_told_beside_its_question(
    workspace: Workspace, browser: TestClient, stranger: TestClient, answers: dict[str, Any], code: str
) -> None:
    key = published(workspace, browser, f"Väärin {sorted(answers)} {code}")
    answered = sent(stranger, key, answers)
    assert answered.status_code == 422
    problems = answered.json()["problems"]
    assert problems
    assert all(p["message"] and p["question"] for p in problems)
    wait(workspace)
    assert events(workspace, key) == []


def test_an_answer_to_a_hidden_question_is_left_out(
    workspace: Workspace, browser: TestClient, stranger: TestClient
) -> None:
    key = published(workspace, browser, "Piilossa")
    assert sent(stranger, key, {"nps": 10, "why": "Kirjoitin ensin"}).status_code == 200
    wait(workspace)
    assert events(workspace, key)[0]["properties"]["answers"] == {"nps": 10}


def test_who_has_an_old_version_open_may_answer_it(
    workspace: Workspace, browser: TestClient, stranger: TestClient
) -> None:
    key = published(workspace, browser, "Vanha")
    new = {"pages": [{"name": "p", "elements": [{"type": "comment", "name": "other", "isRequired": True}]}]}
    post(browser, f"/surveys/{key}/json", {"definition": json.dumps(new)})
    post(browser, f"/surveys/{key}/publish", {"anyway": "on"})
    assert sent(stranger, key, {"nps": 9}).status_code == 200
    assert sent(stranger, key, {"other": "Hei"}, version=2).status_code == 200
    unknown = sent(stranger, key, {"nps": 9}, version=3)
    assert (unknown.status_code, unknown.json()["code"]) == (400, "invalid_input")
    wait(workspace)
    assert sorted(e["properties"]["version"] for e in events(workspace, key)) == [1, 2]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"version": 1}', b'{"version": "x", "answers": {}}', b"\xff\xfe"]
)
def test_what_cannot_be_read_is_refused(
    workspace: Workspace, browser: TestClient, stranger: TestClient, body: bytes
) -> None:
    key = published(workspace, browser, "Sotku")
    answered = stranger.post(f"/s/{key}/{uuid4()}", content=body)
    assert answered.status_code == 400
    assert answered.json()["code"] == "invalid_input"


def test_too_much_is_refused(workspace: Workspace, browser: TestClient, stranger: TestClient) -> None:
    key = published(workspace, browser, "Liikaa")
    assert sent(stranger, key, {"nps": 1, "why": "x" * 1_000_000}).status_code == 413
    assert sent(stranger, key, {"nps": 1}, response="no-uuid").status_code == 400
    assert stranger.get(f"/s/{key}/{uuid4()}").status_code == 405


def test_one_address_may_send_only_so_many(
    workspace: Workspace, browser: TestClient, stranger: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = published(workspace, browser, "Tulva")
    settings = replace(workspace.settings, answers_an_hour=3)
    flooded = TestClient(create_app(replace(workspace, settings=settings)), base_url="http://127.0.0.1:8000")
    codes = [sent(flooded, key, {"nps": 9}).status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    refused = sent(flooded, key, {"nps": 9})
    assert int(refused.headers["retry-after"]) > 3_000
    assert "tallessa" in refused.json()["message"]
