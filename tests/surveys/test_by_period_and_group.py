"""Over time and by group: days of a zone, planted differences, groups too small to tell."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

from polku.errors import InvalidInput
from polku.metrics import metric
from polku.surveys.results import by_group, by_period, of_choice, of_metric, of_rating
from tests.surveys.responses import CHANNELS, NPS, REASON, drawn, responses

HELSINKI = ZoneInfo("Europe/Helsinki")


def at(*moments: datetime) -> pa.Array:
    return pa.array(list(moments), pa.timestamp("us", tz="UTC"))


def test_days_are_those_of_the_zone_daylight_saving_included() -> None:
    """In Helsinki 29 March 2026 has 23 hours, from 22 to 21 UTC."""
    times = at(
        datetime(2026, 3, 28, 21, 59, 59, 999_999, UTC),
        datetime(2026, 3, 28, 22, tzinfo=UTC),
        datetime(2026, 3, 29, 20, 59, 59, tzinfo=UTC),
        datetime(2026, 3, 29, 21, tzinfo=UTC),
        datetime(2026, 3, 31, 21, tzinfo=UTC),
    )
    told = responses([{"recommend": 10}] * 5, (NPS,), answered_at=times)
    days = by_period(told, of_metric(told, "nps"), unit="day", zone=HELSINKI)
    assert [(d.start.day, d.n) for d in days] == [(28, 1), (29, 2), (30, 1), (31, 0), (1, 1)]
    assert {d.visibility for d in days} == {"hidden"}
    assert all(d.estimate.estimate is None for d in days)
    months = by_period(told, of_metric(told, "nps"), unit="month", zone=HELSINKI)
    assert [(m.start, m.n) for m in months] == [(date(2026, 3, 1), 4), (date(2026, 4, 1), 1)]
    weeks = by_period(told, of_metric(told, "nps"), unit="week", zone=HELSINKI)
    assert [(w.start, w.n) for w in weeks] == [(date(2026, 3, 23), 3), (date(2026, 3, 30), 2)]


def test_a_period_says_what_its_answers_say() -> None:
    answers = drawn(24 * 60)
    told = responses(answers)
    days = by_period(told, of_metric(told, "nps"), unit="day", zone=ZoneInfo("UTC"))
    assert len(days) == 60
    assert days[3].estimate == metric("nps").estimate([a["recommend"] for a in answers[72:96]])
    assert days[3].visibility == "grey"
    nobody = told.where(np.zeros(len(told), np.bool_))
    assert by_period(nobody, of_metric(nobody, "nps"), unit="day", zone=HELSINKI) == ()


def test_a_planted_difference_is_found_and_small_groups_are_grey_or_hidden() -> None:
    rng = np.random.default_rng(3)
    sizes = {"a": 200, "b": 200, "c": 200, "worse": 200, "small": 20, "tiny": 4}
    group = [k for k, n in sizes.items() for _ in range(n)] + [None] * 3
    answers = [
        {"recommend": int(rng.choice([10, 8, 3], p=[0.2, 0.3, 0.5] if g == "worse" else [0.5, 0.3, 0.2]))}
        for g in group
    ]
    told = responses(answers, (NPS,), segment=group)
    found = by_group(told, of_metric(told, "nps"), "segment")
    groups = {g.key: g for g in found.groups}
    assert [g.key for g in found.groups][-2:] == ["small", "tiny"]
    assert {k: g.visibility for k, g in groups.items()} == {
        "a": "told", "b": "told", "c": "told", "worse": "told", "small": "grey", "tiny": "hidden",
    }  # fmt: skip
    assert groups["worse"].is_clear
    assert groups["worse"].others.difference.estimate < -30
    given = [(a["recommend"], g) for a, g in zip(answers, group, strict=True) if g]
    nps, of = metric("nps"), {k: [a for a, g in given if (g == "worse") == k] for k in (True, False)}
    assert groups["worse"].others == nps.difference(nps.side(of[True]), nps.side(of[False]))
    assert (groups["tiny"].raw.estimate, groups["tiny"].shrunk.estimate, groups["tiny"].q) == (
        None,
        None,
        None,
    )
    assert found.hidden_n == 4
    assert found.all.n == 824
    small = groups["small"]
    assert abs(small.shrunk.estimate - found.all.estimate) < abs(small.raw.estimate - found.all.estimate)
    assert small.shrunk.half_width < small.raw.half_width
    assert abs(groups["worse"].shrunk.estimate - groups["worse"].raw.estimate) < 10


def test_among_groups_that_are_alike_few_are_called_clear() -> None:
    """Twelve surveys of ten groups that do not differ: of 120 tests at 5% six would be found; here hardly any."""
    rng, surveys_with_any = np.random.default_rng(4), 0
    for _ in range(12):
        answers = [{"recommend": int(a)} for a in rng.integers(0, 11, 300)]
        told = responses(answers, (NPS,), segment=[f"g{i % 10}" for i in range(300)])
        surveys_with_any += any(g.is_clear for g in by_group(told, of_metric(told, "nps"), "segment").groups)
    assert surveys_with_any <= 3


def test_ratings_and_choices_by_group() -> None:
    answers = [{"reason": "price", "recommend": 2, "channels": ["web"]}] * 40
    answers += [{"reason": "service", "recommend": 9, "channels": ["shop", "web"]}] * 40
    told = responses(answers, (NPS, REASON, CHANNELS), language=["fi"] * 40 + ["en"] * 40)
    shares = by_group(told, of_choice(told, "reason", "price"), "language")
    assert {g.key: g.raw.estimate for g in shares.groups} == {"en": 0, "fi": 1}
    assert all(g.is_clear for g in shares.groups)
    means = by_group(told, of_rating(told, "recommend"), "language")
    assert [g.raw.estimate for g in means.groups] == [9, 2]
    assert by_group(told, of_choice(told, "channels", "web"), "language").all.estimate == 1
    with pytest.raises(InvalidInput, match="no column 'colour'"):
        by_group(told, of_rating(told, "recommend"), "colour")
    with pytest.raises(InvalidInput, match="is no rating"):
        of_rating(told, "reason")
    with pytest.raises(InvalidInput, match="Nothing is chosen"):
        of_choice(told, "recommend", "9")
