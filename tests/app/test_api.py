"""The API's description and its page: everything that can be asked is there, estimates in one form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from polku import library
from polku.app import create_app
from polku.settings import read_settings
from polku.web.queries import Answering
from tests.folders import empty_folder
from tests.web.visits import ADMIN, post

HERE = "http://127.0.0.1:8000"
TOKEN = "owner"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    settings = read_settings(empty_folder(tmp_path_factory.mktemp("data")))
    with library.open_workspace(settings) as workspace:
        yield create_app(workspace, owner_token=TOKEN)


@pytest.fixture(scope="module")
def program(app: Any) -> TestClient:
    return TestClient(app, base_url=HERE, headers={"Authorization": f"Bearer {TOKEN}"})


@pytest.fixture(scope="module")
def admin(app: Any) -> TestClient:
    browser = TestClient(app, base_url=HERE, follow_redirects=False)
    assert post(browser, "/setup", ADMIN).status_code == 303
    return browser


def description(program: TestClient) -> dict[str, Any]:
    answer = program.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json())


def test_every_query_is_described(program: TestClient) -> None:
    paths = description(program)["paths"]
    for query in library.QUERIES:
        told = paths[f"/api/v1/{query.path}"]["get"]
        assert told["summary"] == query.summary()
        parameters = {p["name"]: p for p in told["parameters"]} if query.model_fields else {}
        assert set(parameters) == set(query.model_fields)
        for name, field in query.model_fields.items():
            assert field.description, f"{query.path} does not say what '{name}' is"
            assert parameters[name]["required"] == field.is_required()


def test_the_form_of_estimates_is_described_once(program: TestClient) -> None:
    schemas = description(program)["components"]["schemas"]
    estimate = schemas["Estimate"]
    assert set(estimate["properties"]) == {"estimate", "low", "high", "n", "reason"}
    assert {"estimate", "low", "high", "n"} <= set(estimate["required"])
    assert "95%" in estimate["description"]
    assert "reason" in estimate["description"]
    alike = [n for n, s in schemas.items() if {"low", "high"} <= set(s.get("properties", ()))]
    assert alike == ["Estimate", "TimeTaken"]


def test_the_owner_s_command_line_is_answered_in_its_language(program: TestClient, admin: TestClient) -> None:
    asked = {"url": "/api/v1/journeys/funnel", "params": {"steps": "nothing"}}
    english = "Unknown touchpoint 'nothing'. See: polku touchpoints list"
    assert program.get(**asked).json()["message"] == english
    assert program.get(**asked, headers={"Accept-Language": "en"}).json()["message"] == english
    told = program.get(**asked, headers={"Accept-Language": "fi"}).json()
    assert told["message"].startswith("Kosketuspistettä ”nothing” ei ole.")
    assert (told["code"], told["details"]) == ("unknown_touchpoint", {"name": "nothing"})
    told = admin.get(**asked, headers={"Accept-Language": "fi"}).json()
    assert told["message"] == english, "other programs get English whatever language their user reads"


def test_the_description_is_for_those_let_in(app: Any) -> None:
    assert TestClient(app, base_url=HERE).get("/api/v1/openapi.json").status_code == 401


@pytest.mark.parametrize(("language", "title"), [("fi", "Ohjelmointirajapinta"), ("en", "API for programs")])
def test_the_page_lists_all_with_examples(
    admin: TestClient, program: TestClient, language: str, title: str
) -> None:
    admin.cookies.set("polku_language", language)
    post(admin, "/preferences", {"language": language, "theme": "auto", "next": "/api"})
    page = admin.get("/api")
    assert page.status_code == 200
    assert f"<h1>{title}</h1>" in page.text
    for path, methods in description(program)["paths"].items():
        for method in methods:
            assert f"<code>{method.upper()} {path}</code>" in page.text
    assert f"{HERE}/api/v1/journeys/funnel?steps=STEPS" in page.text
    assert "http" not in page.text.replace(HERE, "").replace("http://www.w3.org/", ""), "no foreign host"


def test_the_page_is_linked_from_the_keys_and_needs_a_log_in(admin: TestClient, app: Any) -> None:
    assert 'href="/api"' in admin.get("/settings/api-keys").text
    stranger = TestClient(app, base_url=HERE, follow_redirects=False).get("/api")
    assert stranger.headers["location"].startswith("/login")


@pytest.mark.parametrize(
    "address",
    [
        "journeys/graph?top=5",
        "journeys/graph?top=5&top=6",  # FastAPI takes the last
        "journeys/volumes?by=week&since=2026-01-01",
        "journeys/funnel?steps=cart,checkout&within=30d",
        "journeys/funnel?steps=cart&steps=checkout",
        "journeys/graph?top=none",
        "journeys/graph?top=",
        "journeys/graph?tops=5",
        "journeys/graph?touchpoint=nothing",
        "profiles/show",
        "profiles/search?text=%C3%A4iti%20+a&limit=3",
    ],
)
def test_answered_at_once_or_the_long_way_is_the_same(
    program: TestClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answer = [], Answering.answer

    def listening(self: Answering, request: Any, query: Any) -> Any:
        asked.append(query)
        return answer(self, request, query)

    def told() -> tuple[int, Any]:
        asked.clear()
        got = program.get(f"/api/v1/{address}")
        return got.status_code, [got.json(), *asked]

    monkeypatch.setattr(Answering, "answer", listening)
    at_once = told()
    monkeypatch.setattr(Answering, "plain", lambda self, query_string: None)
    assert told() == at_once
