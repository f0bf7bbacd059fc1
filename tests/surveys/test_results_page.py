"""What was answered, on the survey's page and as files."""

from __future__ import annotations

from io import BytesIO

import pyarrow.parquet as pq
from starlette.testclient import TestClient

from polku.workspace import Workspace
from tests.surveys.over_http import published, sent, wait


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
