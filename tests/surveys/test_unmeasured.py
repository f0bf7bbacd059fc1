"""Questions that are tagged with a metric: what they tell of it together, and what is said where they cannot."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from starlette.testclient import TestClient

from polku.metrics import metric
from polku.surveys import store
from polku.workspace import Workspace
from tests.surveys.over_http import events, post, published, sent, wait


def scale(name: str, least: int = 1, most: int = 10) -> dict[str, Any]:
    return {"type": "rating", "name": name, "rateMin": least, "rateMax": most, "title": name}


def survey(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"title": "T", "pages": [{"name": "p", "elements": list(elements)}]}


EPSI = store.Tags("epsi")
CASES = {
    "a name that is none of its items": (scale("q1"), EPSI, "Its items are: overall, expectations, ideal"),
    "another scale": (scale("q1", 1, 7), store.Tags("csat"), "asked as a rating from 1 to 5"),
    "no scale at all": (
        {"type": "comment", "name": "q1"},
        store.Tags("nps"),
        "asked as a rating from 0 to 10",
    ),
    "a metric that is not there": (scale("q1"), store.Tags("epsy"), "Unknown metric 'epsy'. Nearest: epsi"),
}


@pytest.mark.parametrize(("element", "tags", "why"), CASES.values(), ids=CASES)
def test_what_cannot_be_measured_is_told_and_shown_as_what_it_is(
    workspace: Workspace, browser: TestClient, stranger: TestClient,
    element: dict[str, Any], tags: store.Tags, why: str,
) -> None:  # fmt: skip
    definition = survey(element, scale("recommend", 0, 10))
    key = published(
        workspace, browser, "Ei mitata", definition=definition,
        tags={"q1": tags, "recommend": store.Tags("nps")},
    )  # fmt: skip
    builder = unescape(browser.get(f"/surveys/{key}/edit?question=q1").text)
    assert builder.count(why) == 2  # above all questions, and at its field
    assert 'aria-describedby="q-metric-error"' in builder
    assert "q-metric-error" not in browser.get(f"/surveys/{key}/edit?question=recommend").text
    for i in range(6):
        said: Any = "Hyvä" if element["type"] == "comment" else 4 + i % 2
        assert sent(stranger, key, {"q1": said, "recommend": 9}).status_code == 200
    wait(workspace)
    told = browser.get("/api/v1/surveys/results", params={"survey": key}).json()
    assert [m["key"] for m in told["metrics"]] == ["nps"]
    q1, recommend = told["questions"]
    assert (q1["answered"], recommend["unmeasured"]) == (6, None)
    assert why in q1["unmeasured"]
    if element["type"] == "rating":
        assert q1["mean"]["estimate"] == 4.5
    page = browser.get(f"/surveys/{key}")
    assert page.status_code == 200
    assert why in unescape(page.text)
    assert events(workspace, key)[0]["properties"]["metric"] == "nps"


def test_it_is_asked_about_before_it_is_published(workspace: Workspace, browser: TestClient) -> None:
    edit = post(browser, "/surveys/new", {"name": "Ennen julkaisua", "template": "blank"}).headers["location"]
    key = edit.split("/")[2]
    definition = survey(scale("overall"), scale("second"))
    with workspace.db.session() as session:
        row = store.survey(session, key)
        store.change(
            session, key, definition=definition, tags={"overall": EPSI, "second": EPSI}, by="T",
            now=row.changed_at,
        )  # fmt: skip
    asked = post(browser, f"/surveys/{key}/publish", {})
    assert asked.status_code == 409
    said = unescape(asked.text)
    assert "'second' is none that Satisfaction index (EPSI-style) is made of" in said
    assert "so it is told of nobody: expectations, ideal." in said
    assert post(browser, f"/surveys/{key}/publish", {"anyway": "on"}).status_code == 303


def test_a_metric_that_lacks_a_question_says_so_where_its_figure_would_stand(
    workspace: Workspace, browser: TestClient, stranger: TestClient
) -> None:
    key = published(workspace, browser, "Vajaa", definition=survey(scale("overall")), tags={"overall": EPSI})
    for _ in range(6):
        assert sent(stranger, key, {"overall": 8}).status_code == 200
    wait(workspace)
    told = browser.get("/api/v1/surveys/results", params={"survey": key}).json()["metrics"]
    assert [(m["key"], m["not_asked"], m["value"]["n"]) for m in told] == [
        ("epsi", ["expectations", "ideal"], 0)
    ]
    page = browser.get(f"/surveys/{key}").text
    assert "so it is told of nobody: expectations, ideal." in page
    assert "Fewer than five answers" not in page


def test_a_question_may_be_named_as_any_item_of_a_metric(browser: TestClient) -> None:
    edit = post(browser, "/surveys/new", {"name": "Uusi nimi", "template": "blank"}).headers["location"]
    post(browser, edit, {"do": "add:rating"})
    form = {"type": "rating", "title-en": "More?", "least": "0", "most": "10", "metric": "cli"}
    assert post(browser, f"{edit}/question1", form | {"name": "buy_more!"}).status_code == 422
    named = post(browser, f"{edit}/question1", form | {"name": "buy-more"})
    assert named.headers["location"].endswith("?question=buy-more#open")
    page = unescape(browser.get(f"{edit}?question=buy-more").text)
    assert "so it is told of nobody: recommend, repurchase." in page
    assert "q-metric-error" not in page


def test_the_score_of_an_answer_is_the_figure_of_all_items(
    workspace: Workspace, browser: TestClient, stranger: TestClient
) -> None:
    """An index of 0–100 that is asked on 1–10: not the answer to its first item."""
    items = ("overall", "expectations", "ideal")
    asked = survey(*(scale(item) for item in items))
    key = published(workspace, browser, "Indeksi", definition=asked, tags=dict.fromkeys(items, EPSI))
    whole = {"overall": 10, "expectations": 9, "ideal": 8}
    assert sent(stranger, key, whole).status_code == 200
    assert sent(stranger, key, {"overall": 10, "ideal": 2}).status_code == 200
    wait(workspace)
    first, second = sorted(events(workspace, key), key=lambda e: e["seq"])
    figure = metric("epsi").figure_of([10, 9, 8])
    assert figure == pytest.approx(800 / 9)
    assert (first["properties"]["metric"], first["properties"]["score"]) == ("epsi", figure)
    assert first["score"] == pytest.approx(figure * 2 - 100)
    assert second["score"] is None
    assert "metric" not in second["properties"]
