"""A survey from the builder to an event on a customer's path, over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from typing import Any
from uuid import uuid4

import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from polku.app import create_app
from polku.library import open_workspace
from polku.originals import original
from polku.settings import read_settings
from polku.store import kernels
from polku.surveys import store
from polku.surveys.answering import Posted
from polku.surveys.distribution.jobs import forget
from polku.surveys.kiosk import given_in_time
from polku.surveys.known import KnownSurveys
from polku.surveys.unfinished import UnfinishedAnswers
from polku.web import entrance
from polku.workspace import Workspace
from tests.folders import empty_folder
from tests.web.visits import ADMIN
from tests.web.visits import post as post_on

TITLE = {"fi": "Suositteletko?", "en": "Would you recommend us?"}
RAW: dict[str, Any] = {
    "title": TITLE,
    "pages": [{"name": "p", "elements": [
        {"type": "rating", "name": "nps", "rateMin": 0, "rateMax": 10, "isRequired": True, "title": TITLE},
        {"type": "comment", "name": "why", "visibleIf": "{nps} <= 6", "maxLength": 2000,
         "title": {"fi": "Miksi?", "en": "Why?"}},
    ]}],
}  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    settings = read_settings(empty_folder(tmp_path_factory.mktemp("asking")))
    with open_workspace(settings) as workspace:
        kernels.compile_all()
        yield workspace


@pytest.fixture(scope="module")
def browser(workspace: Workspace) -> TestClient:
    entrance.log_in_attempts.__init__(most=50, within=entrance.log_in_attempts.within)  # type: ignore[misc]
    browser = TestClient(create_app(workspace), base_url="http://127.0.0.1:8000", follow_redirects=False)
    assert post_on(browser, "/setup", {**ADMIN, "language": "en"}).status_code == 303
    return browser


@pytest.fixture(scope="module")
def stranger(browser: TestClient) -> TestClient:
    return TestClient(browser.app, base_url="http://127.0.0.1:8000", follow_redirects=False)


def post(browser: TestClient, path: str, data: dict[str, str]) -> Any:
    return post_on(browser, path, data, on="/settings/account")


def published(workspace: Workspace, browser: TestClient, name: str, **more: Any) -> str:
    """The key of a new survey that can be answered."""
    given: dict[str, Any] = {"definition": RAW, "tags": {"nps": store.Tags("nps")}, "anonymous": False} | more
    with workspace.db.session() as session:
        key = store.create(session, name=name, touchpoint="order", by="T", now=datetime.now(UTC), **given).key
    assert post(browser, f"/surveys/{key}/publish", {"anyway": "on"}).status_code == 303
    return key


def events(workspace: Workspace, key: str) -> list[dict[str, Any]]:
    """What was stored of a survey's responses."""
    rows = workspace.store.snapshot.sql(
        "SELECT * FROM events WHERE name = 'Survey Responded' AND json_extract_string(properties, '$.survey') = $key",
        {"key": key},
    ).to_pylist()
    return [r | {"properties": json.loads(r["properties"])} for r in rows]


def sent(client: TestClient, key: str, answers: dict[str, Any], *, response: str = "", **more: Any) -> Any:
    body = {"version": 1, "answers": answers, "finished": True} | more
    return client.post(f"/s/{key}/{response or uuid4()}?lang=fi", json=body)


def wait(workspace: Workspace) -> None:
    """What is durable can be read a moment later."""
    workspace.store.flush()


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


def test_a_closed_survey_says_so(workspace: Workspace, browser: TestClient, stranger: TestClient) -> None:
    key = published(workspace, browser, "Suljettu")
    post(browser, f"/surveys/{key}/close", {})
    assert sent(stranger, key, {"nps": 9}).status_code == 410
    page = stranger.get(f"/s/{key}", headers={"Accept-Language": "fi"})
    assert page.status_code == 410
    assert "Kysely on päättynyt" in page.text


def test_a_kiosk_gives_what_it_kept_though_the_survey_was_closed_meanwhile(
    workspace: Workspace, browser: TestClient, stranger: TestClient
) -> None:
    key = published(workspace, browser, "Kioski")
    before = datetime.now(UTC) - timedelta(hours=1)
    post(browser, f"/surveys/{key}/close", {})
    kept = {"channel": "kiosk", "answered_at": before.isoformat()}
    assert sent(stranger, key, {"nps": 9}, **kept | {"channel": "link"}).status_code == 410
    assert sent(stranger, key, {"nps": 9}, finished=False, **kept).status_code == 410
    assert sent(stranger, key, {"nps": 9}, channel="kiosk").status_code == 410
    assert sent(stranger, key, {"nps": 9}, **kept).json() == {"finished": True, "problems": []}
    wait(workspace)
    (event,) = events(workspace, key)
    assert event["properties"]["channel"] == "kiosk"
    assert abs(event["occurred_at"] - before) < timedelta(seconds=1)
    page = stranger.get(f"/s/{key}?via=kiosk")
    assert page.status_code == 410
    assert f'data-survey="{key}"' in page.text
    assert "data-survey" not in stranger.get(f"/s/{key}").text


@pytest.mark.parametrize(
    ("answered", "taken"),
    [
        (timedelta(minutes=-1), True),
        (timedelta(minutes=4), True),  # its clock is a little ahead
        (timedelta(minutes=6), False),
        (timedelta(days=-18), True),
        (timedelta(days=-21), False),  # 31 days ago
        (timedelta(days=10, minutes=1), False),  # not yet
    ],
)
def test_only_a_time_that_can_be_believed_counts_as_before_the_closing(
    answered: timedelta, taken: bool
) -> None:
    now = datetime(2026, 3, 12, 12, tzinfo=UTC)
    closed = now - timedelta(days=10)
    posted = Posted(1, {}, finished=True, channel="kiosk", answered_at=closed + answered)
    assert given_in_time(posted, closed, now) == taken
    assert not given_in_time(posted, None, now)


def test_a_time_to_come_is_not_believed_though_the_survey_was_closed_just_now() -> None:
    now = datetime(2026, 3, 12, 12, tzinfo=UTC)
    posted = Posted(1, {}, finished=True, channel="kiosk", answered_at=now + timedelta(minutes=2))
    assert not given_in_time(posted, now, now)


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


def test_results_are_told_and_taken_away(
    workspace: Workspace, browser: TestClient, stranger: TestClient
) -> None:
    key = published(workspace, browser, "Tulokset")
    for i in range(40):
        said = {"nps": 10 if i % 4 else 2} | ({} if i % 4 else {"why": "=1+1"})
        assert (
            sent(stranger, key, said, user_id=f"c{i}", channel="widget" if i % 2 else "link").status_code
            == 200
        )
    wait(workspace)
    told = browser.get(
        "/api/v1/surveys/results", params={"survey": key, "by": "channel", "every": "day"}
    ).json()
    assert "metrics" in told, told
    (nps,) = told["metrics"]
    assert nps["value"]["estimate"] == 50  # 30 promoters, 10 detractors
    assert nps["value"]["low"] < 50 < nps["value"]["high"]
    assert {c["key"]: c["count"] for c in nps["categories"]} == {
        "promoter": 30,
        "passive": 0,
        "detractor": 10,
    }
    assert {g["key"]: (g["n"], g["value"]["estimate"]) for g in told["groups"]} == {
        "widget": (20, 100),
        "link": (20, 0),
    }
    assert all(g["is_clear"] for g in told["groups"])
    assert [p["n"] for p in told["periods"]] == [40]
    assert [(q["key"], q["answered"]) for q in told["questions"]] == [("nps", 40), ("why", 10)]
    page = browser.get(f"/surveys/{key}?by=channel").text
    assert "+50" in page
    csv = browser.get(f"/surveys/{key}/responses.csv")
    assert csv.text.count("\n") == 41
    assert "'=1+1" in csv.text
    assert pq.read_table(BytesIO(browser.get(f"/surveys/{key}/responses.parquet").content)).num_rows == 40
    assert browser.get(f"/surveys/{key}/responses.sav").content[:4] == b"$FL2"
    assert browser.get(f"/surveys/{key}/responses.xls").status_code == 400


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


# -- the builder


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


def test_strangers_see_no_survey_of_the_house(browser: TestClient, stranger: TestClient) -> None:
    for path in ("/surveys", "/surveys/new", "/surveys/oma", "/surveys/oma/edit", "/surveys/oma/preview"):
        assert stranger.get(path).status_code == 303
    assert stranger.get("/api/v1/surveys/list").status_code == 401


def test_a_qr_code_leads_to_the_survey(workspace: Workspace, browser: TestClient) -> None:
    key = published(workspace, browser, "Painettu")
    code = browser.get(f"/surveys/{key}/qr.svg")
    assert code.headers["content-type"].startswith("image/svg")
    assert code.text.startswith("<svg")
