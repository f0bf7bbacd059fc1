"""Response rate, who does not answer, and weights that make up for it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from polku.errors import InvalidInput
from polku.metrics import metric
from polku.stats import proportion, two_proportions
from polku.surveys.results import by_question, of_metric, response_rate, weigh
from tests.surveys.responses import NPS, responses


def test_a_rate_by_hand() -> None:
    """Of 60 women 30 answered, of 40 men 10, of 3 others 1."""
    invited = pa.table({"sex": ["f"] * 60 + ["m"] * 40 + ["x"] * 3 + [None] * 7})
    came = np.array(
        [True] * 30 + [False] * 30 + [True] * 10 + [False] * 30 + [True, False, False] + [True] * 7
    )
    told = response_rate(invited, came, ["sex"])
    assert told.rate == proportion(48, 110)
    sex = told.attributes[0]
    assert (sex.name, sex.hidden, [v.value for v in sex.values]) == ("sex", 1, ["f", "m"])
    women = sex.values[0]
    assert (women.invited, women.answered, women.rate) == (60, 30, proportion(30, 60))
    assert women.others == two_proportions(30, 60, 11, 43)
    assert (women.share_invited, women.share_answered) == (60 / 103, 30 / 41)
    assert women.is_clear
    assert women.q == pytest.approx(max(v.others.p_value for v in sex.values), rel=1)


def test_nobody_is_invited_and_marks_that_do_not_fit() -> None:
    empty = response_rate(pa.table({"sex": pa.array([], pa.string())}), np.zeros(0, bool), ["sex"])
    assert empty.rate.reason == "no_observations"
    assert empty.attributes[0].values == ()
    with pytest.raises(InvalidInput, match="2 marks"):
        response_rate(pa.table({"sex": ["f"]}), np.zeros(2, bool), [])
    with pytest.raises(InvalidInput, match="no column 'age'"):
        response_rate(pa.table({"sex": ["f"]}), np.zeros(1, bool), ["age"])


def test_weighting_takes_a_planted_bias_away() -> None:
    """The young are less happy and answer a quarter as often; in truth NPS is 0.4 · (−40) + 0.6 · 40 = 8."""
    rng = np.random.default_rng(5)
    age = np.where(rng.random(6_000) < 0.4, "young", "old")
    came = rng.random(6_000) < np.where(age == "young", 0.1, 0.4)
    happy = np.where(age == "young", 0.3, 0.7)
    answers = [{"recommend": 10 if rng.random() < h else 3} for h in happy[came]]
    told = responses(answers, (NPS,), age=age[came].tolist())
    raw = of_metric(told, "nps").estimate(np.ones(len(told), bool))
    given = {"age": age[came].tolist()}
    raked = weigh(given, {"age": {v: float((age == v).sum()) for v in ("young", "old")}}, counted=True)
    weighted = told.weighted(raked.weights)
    better = of_metric(weighted, "nps").estimate(np.ones(len(told), bool))
    assert raw.low > 12
    assert better.low < 8 < better.high
    assert better.half_width > raw.half_width
    assert raked.largest_gap < 1e-6
    assert raked.design_effect == pytest.approx(len(told) / raked.effective_n)
    assert by_question(weighted)[0].effective_n == pytest.approx(raked.effective_n)
    by_hand = weigh(given, {"age": {"young": 40, "old": 60}}, counted=False)
    assert by_hand.weights == pytest.approx(raked.weights, rel=0.1)
    assert metric("nps").estimate([a["recommend"] for a in answers], weights=raked.weights) == better


def test_margins_that_cannot_be() -> None:
    old = {"age": ["old"] * 20}
    with pytest.raises(InvalidInput, match=r"have age = old, of which the margin has none"):
        weigh(old, {"age": {"young": 1, "old": 0}}, counted=False)
    with pytest.raises(InvalidInput, match="Nobody who answered has age = young"):
        weigh(old, {"age": {"young": 1, "old": 1}}, counted=False)
    with pytest.raises(InvalidInput, match="margin age is below 0"):
        weigh(old, {"age": {"old": -1}}, counted=False)
    with pytest.raises(InvalidInput, match="margin age are all 0"):
        weigh({"age": [None] * 20}, {"age": {"old": 0}}, counted=False)
    with pytest.raises(InvalidInput, match="no responses to weight"):
        weigh({"age": []}, {"age": {"old": 1}}, counted=False)
    with pytest.raises(InvalidInput, match="there is no margin"):
        weigh({}, {}, counted=True)


def test_weights_that_would_have_to_be_wild_are_refused() -> None:
    with pytest.raises(InvalidInput, match=r"age = young comes to .* instead of 90\.0 %"):
        weigh({"age": ["young"] * 5 + ["old"] * 195}, {"age": {"young": 90, "old": 10}}, counted=False)


def test_rare_values_of_counted_margins_are_put_together_and_unknown_ones_keep_their_weight() -> None:
    answered = {"city": ["Oulu"] * 40 + ["Turku"] * 60 + ["Inari"] * 2 + ["Utsjoki"] * 2 + [None] * 6}
    found = weigh(answered, {"city": {"Oulu": 70, "Turku": 28, "Inari": 1, "Utsjoki": 1}}, counted=True)
    assert {m.value: m.answered for m in found.margins} == {"Oulu": 40, "Turku": 60, "…": 4}
    assert found.unknown == 6
    assert found.weights.mean() == pytest.approx(1)
    for margin in found.margins:
        assert margin.after == pytest.approx(margin.aim, abs=0.01)
