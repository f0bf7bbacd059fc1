"""Who answers, weights, groups, comparisons and the answers behind figures, on a survey of which the truth is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pytest
from starlette.testclient import TestClient

from polku.app import create_app
from polku.errors import InvalidInput
from polku.library import open_workspace
from polku.settings import read_settings
from polku.store import kernels
from polku.surveys import SurveyAnswers, SurveyCompare, SurveyList, SurveyRate, SurveyResults
from polku.web import entrance
from polku.workspace import Workspace
from tests.folders import empty_folder
from tests.surveys.asked_and_answered import HELSINKI, OULU, asked_and_answered
from tests.web.visits import ADMIN, post


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with open_workspace(read_settings(empty_folder(tmp_path_factory.mktemp("told")))) as workspace:
        kernels.compile_all()
        yield workspace


@pytest.fixture(scope="module")
def key(workspace: Workspace) -> str:
    return asked_and_answered(workspace)


@pytest.fixture(scope="module")
def browser(workspace: Workspace, key: str) -> TestClient:
    entrance.log_in_attempts.__init__(most=50, within=entrance.log_in_attempts.within)  # type: ignore[misc]
    browser = TestClient(create_app(workspace), base_url="http://127.0.0.1:8000", follow_redirects=False)
    assert post(browser, "/setup", {**ADMIN, "language": "en"}).status_code == 303
    return browser


def test_who_does_not_answer_is_found_and_said(workspace: Workspace, key: str) -> None:
    told = SurveyRate.of({"survey": key}).answer(workspace)
    assert told.invited == OULU + HELSINKI
    assert told.rate.low < (0.15 * OULU + 0.45 * HELSINKI) / (OULU + HELSINKI) < told.rate.high
    assert [s.key for s in told.steps] == ["invited", "delivered", "opened", "started", "completed"]
    by = {a.key: a for a in told.attributes}
    city = {v.value: v for v in by["city"].values}
    assert city["Oulu"].is_clear
    assert city["Oulu"].rate.low < 0.15 < city["Oulu"].rate.high
    assert city["Oulu"].difference.low < 0.15 - 0.45 < city["Oulu"].difference.high
    assert not any(v.is_clear for v in by["plan"].values)
    (said,) = told.says
    assert re.search(
        r"city: (Oulu answered less|Helsinki answered more): \d+% \(\d+%–\d+%\) against \d+%", said
    ), said


def test_weights_take_the_bias_away_and_tell_their_price(workspace: Workspace, key: str) -> None:
    """In truth NPS of all who were asked is 0; Helsinki answers more and is happier."""
    told = SurveyResults.of({"survey": key, "weight_by": "city"}).answer(workspace)
    (nps,) = told.metrics
    assert nps.value.estimate > 8
    assert nps.weighted is not None
    assert nps.weighted.low < 0 < nps.weighted.high
    assert nps.weighted.high - nps.weighted.low > nps.value.high - nps.value.low
    weighting = told.weighting
    assert weighting is not None
    assert weighting.to == "invited"
    assert 1.05 < weighting.design_effect < 2
    for margin in weighting.margins:
        assert margin.after == pytest.approx(margin.aim, abs=0.001)
        assert margin.aim == {"Oulu": 0.25, "Helsinki": 0.75}[margin.value]
    of_customers = SurveyResults.of({"survey": key, "weight_by": "city", "weight_to": "customers"}).answer(
        workspace
    )
    by_hand = SurveyResults.of({"survey": key, "margins": ["city=Oulu:25", "city=Helsinki: 75"]}).answer(
        workspace
    )
    assert of_customers.metrics == by_hand.metrics == told.metrics


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"weight_by": "shoe"}, "shoe"),
        ({"margins": ["city=Oulu"]}, "is no line of a margin"),
        (
            {"margins": ["city=Oulu:20", "city=Helsinki:70", "city=Turku:10"]},
            "Nobody who answered has city = Turku",
        ),
        ({"margins": ["city=Oulu:99", "city=Helsinki:1"]}, "instead of"),
        ({"weight_by": "language", "weight_to": "customers"}, "Not every customer has 'language'"),
    ],
)
def test_weights_that_cannot_be_made_say_why(
    workspace: Workspace, key: str, asked: dict[str, object], message: str
) -> None:
    with pytest.raises(InvalidInput) as e:
        SurveyResults.of({"survey": key, **asked}).answer(workspace)
    assert message in e.value.message


def test_groups_are_told_with_what_finds_them(workspace: Workspace, key: str) -> None:
    told = SurveyResults.of({"survey": key, "by": "city"}).answer(workspace)
    groups = {g.key: g for g in told.groups}
    assert groups["Oulu"].value.high < groups["Helsinki"].value.low
    assert groups["Oulu"].is_clear
    for name, group in groups.items():
        behind = SurveyAnswers.of({"survey": key, "who": list(group.who)}).answer(workspace)
        assert behind.total == group.n, name
    segments = SurveyResults.of(
        {"survey": key, "by": "segment", "segments": ["city=Oulu & plan=pro"]}
    ).answer(workspace)
    (segment,) = segments.groups
    assert 0 < segment.n < groups["Oulu"].n


def test_two_groups_beside_each_other(workspace: Workspace, key: str) -> None:
    told = SurveyCompare.of({"survey": key, "who_a": ["city=Oulu"]}).answer(workspace)
    assert told.first.n + told.second.n == SurveyAnswers.of({"survey": key}).answer(workspace).total
    nps = next(f for f in told.figures if f.of == "metric")
    assert nps.is_clear
    assert nps.difference.low < -80 < nps.difference.high
    price = next(f for f in told.figures if f.choice == "price")
    assert price.difference.low < 0.4 < price.difference.high
    with pytest.raises(InvalidInput, match="first group"):
        SurveyCompare.of({"survey": key, "who_b": ["city=Oulu"]}).answer(workspace)


def test_the_answers_behind_a_figure(workspace: Workspace, key: str) -> None:
    results = SurveyResults.of({"survey": key}).answer(workspace)
    unhappy = next(c for c in results.metrics[0].categories if c.key == "detractor")
    behind = SurveyAnswers.of({"survey": key, "metric": "nps", "category": "detractor"}).answer(workspace)
    assert behind.total == unhappy.count
    newest = [r.at for r in behind.responses]
    assert newest == sorted(newest, reverse=True)
    assert all(r.profile for r in behind.responses)
    worded = SurveyAnswers.of({"survey": key, "comments": True}).answer(workspace)
    assert 0 < worded.total < results.responses


def test_pages_and_files_tell_the_same(browser: TestClient, key: str) -> None:
    page = unescape(browser.get(f"/surveys/{key}?weight_by=city&by=city").text)
    assert "Who answers" in page
    assert "Oulu" in page
    refused = browser.get(f"/surveys/{key}?weight_by=shoe")
    assert refused.status_code in (200, 422)
    assert "shoe" in refused.text
    compared = browser.get(f"/surveys/{key}/compare?who_a=city%3DOulu")
    assert compared.status_code == 200
    assert "Question by question" in compared.text
    links = re.findall(rf'href="(/surveys/{key}/answers[^"]*)"', page)
    assert len(links) > 3
    for link in set(links[:12]):
        assert browser.get(unescape(link)).status_code == 200, link
    taken = browser.get(f"/surveys/{key}/responses.csv?weight_by=city")
    table = pa_csv.read_csv(pa.py_buffer(taken.content))
    assert "weight" in table.column_names
    assert sum(table["weight"].to_pylist()) == pytest.approx(table.num_rows, rel=1e-6)


def test_of_an_anonymous_survey_nobody_is_told(tmp_path: Path) -> None:
    with open_workspace(read_settings(empty_folder(tmp_path))) as workspace:
        key = asked_and_answered(workspace, anonymous=True)
        told = SurveyAnswers.of({"survey": key}).answer(workspace)
        assert told.total > 100
        assert {r.profile for r in told.responses} == {None}
        assert {(r.at.hour, r.at.minute, r.at.second) for r in told.responses} == {(0, 0, 0)}
        with pytest.raises(InvalidInput, match="anonymous"):
            SurveyResults.of({"survey": key, "by": "city"}).answer(workspace)
        with pytest.raises(InvalidInput, match="anonymous"):
            SurveyAnswers.of({"survey": key, "who": ["city=Oulu"]}).answer(workspace)
        rate = SurveyRate.of({"survey": key}).answer(workspace)
        assert [s.key for s in rate.steps] == ["invited", "delivered", "completed"]


def test_the_list_tells_the_number_that_a_survey_is_known_by(
    workspace: Workspace, browser: TestClient, key: str
) -> None:
    told = next(m for m in SurveyResults.of({"survey": key}).answer(workspace).metrics if m.key == "nps")
    listed = next(s for s in SurveyList().answer(workspace).surveys if s.key == key)
    assert (listed.metric, listed.value) == ("nps", told.value)
    row = unescape(browser.get("/surveys").text).split(f'href="/surveys/{key}"')[1].split("</tr>")[0]
    signed = f"{told.value.estimate:+.0f}".replace("-", "−")
    assert f'NPS</span> <b>{signed}<small class="sure">±{told.value.half_width:.0f}' in row


def test_a_comparison_writes_a_metric_as_its_card_does(browser: TestClient, key: str) -> None:
    page = browser.get(f"/surveys/{key}/compare?who_a=city%3DOulu").text
    row = page.split("NPS (Net Promoter Score)")[1].split("</tr>")[0]
    first, second, _ = re.findall(r'<td class="number">([^<]+)<small', row)
    assert (first[0], second[0]) == ("−", "+")
