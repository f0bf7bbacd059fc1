"""Saved analyses and the board."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from polku.journeys.asking.export import Export
from polku.journeys.funnel.queries import JourneyFunnel
from polku.journeys.map.queries import JourneyMap
from polku.journeys.paths import pages as path_pages
from polku.journeys.saved import pages as saved_pages
from polku.web.app import create_app
from tests.journeys.conftest import post
from tests.journeys.shop import API, Shop, busy
from tests.web.conftest import ADMIN

PATHS = "/journeys/paths?channel=web&who=met%3Acart"
WRITTEN = PATHS.replace("&", "&amp;")


@pytest.fixture
def client(shop: Shop) -> TestClient:
    app = create_app(busy(shop).workspace, routers=(path_pages.router, saved_pages.router), api=[API])
    browser = TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    assert post(browser, "/setup", {**ADMIN, "language": "en"}).status_code == 303
    return browser


def save(client: TestClient, name: str, **more: str) -> int:
    data = {"name": name, "address": PATHS, "on_board": "on", **more}
    return post(client, "/journeys/saved", data, page="/journeys/paths").status_code


def names(client: TestClient) -> list[str]:
    return [s["name"] for s in client.get("/api/v1/journeys/saved").json()["saved"]]


def test_an_analysis_is_saved_as_it_was_looked_at(client: TestClient) -> None:
    page = client.get(PATHS).text
    assert f'name="address" value="{WRITTEN}"' in page
    assert save(client, "Carts of a month") == 303
    board = client.get("/journeys/board").text
    assert f'hx-get="{WRITTEN}"' in board
    assert f'<a href="{WRITTEN}">Carts of a month</a>' in board
    assert client.get(PATHS).status_code == 200


def test_the_board_is_put_in_order_and_emptied(client: TestClient) -> None:
    for name in ("one", "two", "three"):
        save(client, name)
    change = {n: i for i, n in enumerate(names(client), start=1)}

    def do(which: str, what: str, **more: str) -> int:
        data = {"do": what, **more}
        return post(client, f"/journeys/saved/{change[which]}", data, page="/journeys/board").status_code

    assert do("three", "up") == 303
    assert names(client) == ["one", "three", "two"]
    assert do("one", "down") == 303
    assert names(client) == ["three", "one", "two"]
    assert do("two", "hide") == 303
    assert "Saved, not on the board" in client.get("/journeys/board").text
    assert do("one", "rename", name="First") == 303
    assert do("three", "delete") == 303
    assert names(client) == ["First", "two"]
    assert do("three", "delete") == 404


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.example/journeys/map", "//elsewhere.example/", "/settings", "/journeys/\\evil"],
)
def test_only_pages_of_journeys_are_saved(client: TestClient, address: str) -> None:
    assert save(client, "Elsewhere", address=address) == 400
    assert names(client) == []


def test_a_name_is_needed_and_is_not_markup(client: TestClient) -> None:
    assert save(client, " ") == 400
    save(client, "<script>")
    assert "<script>alert" not in client.get("/journeys/board").text
    assert "&lt;script&gt;" in client.get("/journeys/board").text


# -- taking away


def test_a_question_as_python_and_as_a_file(client: TestClient) -> None:
    export = Export(JourneyFunnel.of({"steps": "product,cart", "within": "36h", "who": "met:ad"}))
    assert "p.journeys.funnel(who=['met:ad'], steps=['product', 'cart'], within='36h')" in export.python
    answer = client.get(export.file("csv"))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="polku-journeys-funnel.csv"' in answer.headers["content-disposition"]
    lines = answer.text.lstrip("\ufeff").splitlines()
    assert lines[0].startswith('"step","step_name_fi"')
    assert [line.split(",")[4] for line in lines[1:]] == ["10", "6"]
    assert client.get(export.file("parquet")).content[:4] == b"PAR1"
    assert Export(JourneyMap()).file("csv") == "/api/v1/journeys/map.csv"


def test_what_is_no_file_is_told(client: TestClient) -> None:
    assert client.get("/api/v1/journeys/nothing.csv").status_code == 404
    told = client.get("/api/v1/journeys/graph.csv?table=nothing")
    assert (told.status_code, "There are: transitions, ends" in told.text) == (400, True)
    assert client.get("/api/v1/journeys/graph.csv?table=ends").text.count("\n") == 5
