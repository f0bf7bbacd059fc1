"""Each metric by hand, and what all of them have in common."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.errors import InvalidInput
from polku.i18n import use_language
from polku.metrics import Metric, Wording, metric, metrics
from polku.stats import net_share, proportion, scale_mean

EVERY = list(metrics().values())


def test_nps_by_hand() -> None:
    """Four promoters, three passives, three detractors: 100 · (4 − 3) / 10."""
    nps, answers = metric("nps"), [10, 9, 9, 10, 8, 7, 7, 6, 0, 3]
    told = nps.told(answers)
    assert told["nps"].estimate == pytest.approx(10)
    assert told["mean"].estimate == pytest.approx(6.9)
    plain = net_share([1] * 4 + [0] * 3 + [-1] * 3)
    assert (told["nps"].low, told["nps"].high) == pytest.approx((100 * plain.low, 100 * plain.high))
    assert [(s.category.key, s.count) for s in nps.shares(answers)] == [
        ("promoter", 4),
        ("passive", 3),
        ("detractor", 3),
    ]
    assert nps.shares(answers)[0].share == proportion(4, 10)


def test_csat_by_hand() -> None:
    told = metric("csat").told([5, 4, 4, 3, 1, 2])
    assert told["csat"] == proportion(3, 6)
    assert told["mean"] == scale_mean([5, 4, 4, 3, 1, 2], 1, 5)
    assert [s.count for s in metric("csat").shares([5, 4, 4, 3, 1, 2])] == [3, 1, 2]


def test_ces_by_hand() -> None:
    told = metric("ces").told([7, 5, 4, 6, 1])
    assert told["ces"].estimate == pytest.approx(4.6)
    assert told["easy"].estimate == pytest.approx(0.6)
    assert [s.count for s in metric("ces").shares([7, 5, 4, 6, 1])] == [3, 1, 1]


def test_epsi_by_hand() -> None:
    """(10 + 8 + 9 − 3) / 27 = 88.9, (1 + 1 + 1 − 3) / 27 = 0, (5 + 5 + 5 − 3) / 27 = 44.4."""
    answers = [(10, 8, 9), (1, 1, 1), (5, 5, 5), (10, 10, 10), (7, 8, 7)]
    expected = [24 / 27, 0, 12 / 27, 1, 19 / 27]
    assert metric("epsi").estimate(answers).estimate == pytest.approx(100 * np.mean(expected))
    assert [s.count for s in metric("epsi").shares(answers)] == [2, 1, 2]


def test_cli_by_hand() -> None:
    answers = [(10, 10, 10), (8, 8, 8), (5, 5, 5), (0, 10, 2), (0, 0, 0)]
    assert metric("cli").estimate(answers).estimate == pytest.approx((100 + 80 + 50 + 40 + 0) / 5)
    assert [s.count for s in metric("cli").shares(answers)] == [2, 1, 2]


def test_umux_lite_by_hand() -> None:
    answers = [(7, 7), (1, 1), (4, 4), (6, 5), (7, 1)]
    assert metric("umux-lite").estimate(answers).estimate == pytest.approx((100 + 0 + 50 + 75 + 50) / 5)
    assert metric("umux-lite").shares(answers) == ()


def answers_of(chosen: Metric, n: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.integers(i.low, i.high + 1, n) for i in chosen.items])


@pytest.mark.parametrize("chosen", EVERY, ids=lambda m: m.key)
def test_every_metric_is_told_in_both_languages(chosen: Metric) -> None:
    wordings = [chosen.name, chosen.description, *(m.name for m in chosen.measures)]
    wordings += [c.name for c in chosen.categories]
    wordings += [w for i in chosen.items for w in (i.text, i.low_label, i.high_label)]
    assert all(w.fi.strip() and w.en.strip() for w in wordings)
    assert all(w.fi != w.en for w in (chosen.description, *(i.text for i in chosen.items)))
    assert chosen.source
    for language in ("fi", "en"):
        with use_language(language):
            assert str(chosen.name) == getattr(chosen.name, language)


@pytest.mark.parametrize("chosen", EVERY, ids=lambda m: m.key)
def test_every_metric_has_an_interval_and_minds_who_answered(chosen: Metric) -> None:
    answers = answers_of(chosen, 200)
    plain, twice = (
        chosen.estimate(answers),
        chosen.estimate(np.repeat(answers, 2, axis=0), clusters=np.repeat(np.arange(200), 2)),
    )
    assert plain.n == 200
    assert plain.low < plain.estimate < plain.high
    assert twice.n == 400
    assert twice.half_width == pytest.approx(plain.half_width, rel=0.03)
    weights = np.arange(200) < 100
    halved = chosen.estimate(answers, weights=weights.astype(float))
    assert halved.estimate == pytest.approx(chosen.estimate(answers[:100]).estimate)
    if chosen.categories:
        shares = chosen.shares(answers)
        assert sum(s.count for s in shares) == 200
        assert [s.category.low for s in shares] == sorted((s.category.low for s in shares), reverse=True)


@pytest.mark.parametrize("chosen", EVERY, ids=lambda m: m.key)
def test_who_left_an_item_out_is_not_counted(chosen: Metric) -> None:
    answers = answers_of(chosen, 40).astype(float)
    holed = np.vstack([answers, answers[:3]])
    holed[40:, -1] = math.nan
    assert chosen.estimate(holed) == chosen.estimate(answers)
    assert chosen.estimate([None] * 3).reason == "no_observations"
    assert chosen.estimate(answers[:4]).reason == "too_few"
    off = answers.copy()
    off[0, 0] = chosen.items[0].high + 1
    with pytest.raises(ValueError, match="must be within"):
        chosen.estimate(off)


@given(st.sampled_from(EVERY), st.data())
@settings(max_examples=60)
def test_scores_go_from_the_lowest_to_the_highest_in_a_straight_line(
    chosen: Metric, data: st.DataObject
) -> None:
    answer = [data.draw(st.integers(i.low, i.high)) for i in chosen.items]
    places = [(a - i.low) / (i.high - i.low) for a, i in zip(answer, chosen.items, strict=True)]
    assert chosen.score(answer) == pytest.approx(200 * np.mean(places) - 100)


def test_scores_of_one_number() -> None:
    assert [metric("nps").score(a) for a in (0, 5, 9, 10)] == [-100, 0, 80, 100]
    assert metric("epsi").score(75.0) == 50
    assert metric("csat").scale == (1, 5)
    assert metric("cli").scale == (0, 100)
    with pytest.raises(ValueError, match="nps is 0 to 10, not 11"):
        metric("nps").score(11)
    with pytest.raises(ValueError, match="was not answered"):
        metric("cli").score([1, 2, math.nan])


def test_differences() -> None:
    nps = metric("nps")
    first, second = [10] * 60 + [7] * 30 + [2] * 10, [10] * 30 + [7] * 40 + [2] * 30
    told = nps.difference(nps.side(first), nps.side(second))
    assert told.difference.estimate == pytest.approx(50)
    assert told.p_value < 0.001
    assert nps.difference(nps.side([]), nps.side(second)).difference.reason == "no_observations"
    csat = metric("csat")
    assert csat.difference(csat.side([5] * 40), csat.side([5, 3] * 20)).difference.estimate == pytest.approx(
        0.5
    )


def test_unknown_metrics_are_told_with_the_nearest() -> None:
    assert metric("NPS") is metric("nps")
    with pytest.raises(InvalidInput, match=r"Nearest: nps\. Allowed: ces, cli"):
        metric("mps")
    assert str(Wording("a", "b")) == "a"
