"""Genuine answers to "would you recommend us", with the stage of the journey that they are about.

The data is not part of the project: POLKU_REAL_DATA says where it is (default: ../shared/data).
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.csv as csv
import pytest

from polku.surveys.results import Question, Responses, by_group, by_period, by_question, of_metric

FILE = (
    Path(os.environ.get("POLKU_REAL_DATA", Path(__file__).parents[3] / "shared/data"))
    / "nps_verbatims/nps_verbatims.csv"
)
ZONE = ZoneInfo("Europe/London")


@pytest.fixture(scope="module")
def answered() -> Responses:
    if not FILE.exists():
        pytest.skip(f"no real data: {FILE} does not exist (POLKU_REAL_DATA says where it is)")
    rows = csv.read_csv(FILE, parse_options=csv.ParseOptions(newlines_in_values=True))
    times = [
        datetime.strptime(str(d), "%d/%m/%Y %H:%M").replace(tzinfo=ZONE)
        for d in rows["CUSTOMER_RESPONSE_DATE"].to_pylist()
    ]
    table = pa.table(
        {
            "response_id": [str(i) for i in range(rows.num_rows)],
            "profile": pa.nulls(rows.num_rows, pa.string()),
            "answered_at": pa.array(times, pa.timestamp("us", tz="UTC")),
            "touchpoint": rows["SURVEY_SUB_TYPE"],
            "given": rows["NPS_RATING"],
            "recommend": rows["NPS_SCORE"],
            "comment": rows["text"],
        }
    )
    asked = Question("recommend", "rating", low=0, high=10, metric="nps"), Question("comment", "comment")
    return Responses.of(table, asked)


def test_it_tells_what_the_company_itself_called_them(answered: Responses) -> None:
    called = answered.table["given"].to_pylist()
    rating = by_question(answered)[0]
    counts = {c.category.key.capitalize(): c.count for c in rating.categories}
    assert counts == {name: called.count(name) for name in ("Promoter", "Passive", "Detractor")}
    net = 100 * (counts["Promoter"] - counts["Detractor"]) / rating.answered
    assert rating.measures[0].estimate.estimate == pytest.approx(net)
    assert 1_600 < rating.answered < rating.asked  # 27 gave a comment and no number


def test_stages_and_months_add_up(answered: Responses) -> None:
    nps = of_metric(answered, "nps")
    stages = by_group(answered, nps, "touchpoint")
    assert sum(g.n for g in stages.groups) == stages.all.n
    assert any(g.is_clear for g in stages.groups)
    low, high = (f(g.raw.estimate for g in stages.groups if g.raw.estimate is not None) for f in (min, max))
    assert all(low <= g.shrunk.estimate <= high for g in stages.groups if g.shrunk.estimate is not None)
    assert sum(m.n for m in by_period(answered, nps, unit="month", zone=ZONE)) == stages.all.n
