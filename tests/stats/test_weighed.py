"""Weights and clusters: what many answers of one customer, or unequal weights, say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.stats import effective_n, net_share, scale_mean, weighed, weighed_share


def test_kish_by_hand() -> None:
    assert effective_n([1, 1, 1, 1]) == 4
    assert effective_n([2, 1, 1]) == pytest.approx(16 / 6)
    assert effective_n([]) == 0


def test_equal_weights_change_next_to_nothing() -> None:
    answers = np.array([1, 1, 0, -1, 1, 0, 1, 1, -1, 0] * 20)
    plain, same = net_share(answers), net_share(answers, weights=np.full(200, 3.0))
    assert same.estimate == pytest.approx(plain.estimate)
    assert (same.low, same.high) == pytest.approx((plain.low, plain.high), abs=0.005)


def test_a_weight_counts_as_so_many_answers() -> None:
    assert weighed([1, 0], weights=[3, 1]).mean == 0.75
    assert weighed_share([1] * 5 + [0] * 5, weights=[3] * 5 + [1] * 5).estimate == pytest.approx(0.75)


def test_the_same_answer_ten_times_says_no_more_than_once() -> None:
    rng = np.random.default_rng(4)
    once = rng.choice([1, 0, -1], 60, p=[0.5, 0.3, 0.2])
    often, who = np.repeat(once, 10), np.repeat(np.arange(60), 10)
    alone, clustered = net_share(once, clusters=np.arange(60)), net_share(often, clusters=who)
    assert (clustered.low, clustered.high) == pytest.approx((alone.low, alone.high), abs=0.01)
    assert clustered.n == 600
    assert net_share(often).half_width < 0.5 * clustered.half_width
    same = scale_mean([5] * 100, 1, 5, clusters=np.repeat(np.arange(10), 10))
    assert same.low == pytest.approx(scale_mean([5] * 10, 1, 5).low)


def test_weights_that_have_nothing_to_do_with_answers_cost_as_kish_says() -> None:
    rng = np.random.default_rng(5)
    answers, weights = rng.integers(1, 6, 4_000), rng.uniform(0.2, 3, 4_000)
    assert weighed(answers, weights=weights).effective == pytest.approx(effective_n(weights), rel=0.04)


@pytest.mark.parametrize("weights", [[1, -1, 1, 1, 1], [1, 1], [0] * 5, [float("nan")] * 5])
def test_weights_that_cannot_be(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="weights of 5"):
        net_share([1, 0, 0, 1, 0], weights=weights)


def test_clustered_and_weighted_intervals_hold_the_truth() -> None:
    """Customers differ, answer one to four times, and weigh unequally: 200 draws of 50 customers."""
    rng, held, held_by_plain = np.random.default_rng(6), 0, 0
    for _ in range(200):
        times = rng.integers(1, 5, 50)
        leaning = rng.dirichlet([1.0, 0.6, 0.4], 50)
        who = np.repeat(np.arange(50), times)
        answers = (rng.random(len(who))[:, None] > np.cumsum(leaning, axis=1)[who]).sum(axis=1)
        signs, weights = 1 - np.minimum(answers, 2), rng.uniform(0.5, 2, 50)[who]
        e, plain = net_share(signs, clusters=who, weights=weights), net_share(signs)
        held += e.low <= 0.3 <= e.high
        held_by_plain += plain.low <= 0.3 <= plain.high
    assert 0.92 <= held / 200 <= 0.98
    assert held_by_plain < held - 10


@given(
    st.lists(
        st.tuples(st.sampled_from([-1, 0, 1]), st.integers(0, 5), st.floats(0.1, 9)), min_size=2, max_size=30
    )
)
@settings(max_examples=60)
def test_the_effective_number_is_that_of_the_slow_way_and_never_more_than_there_are(
    given_answers: list[tuple[int, int, float]],
) -> None:
    x, who, w = (np.array(column, float) for column in zip(*given_answers, strict=True))
    found = weighed(x, weights=w, clusters=who)
    mean = sum(a * b for a, b in zip(x, w, strict=True)) / w.sum()
    assert found.mean == pytest.approx(mean)
    assert 0 < found.effective <= len(x) + 1e-9
    assert found.weights.sum() == pytest.approx(len(x))
    groups = sorted(set(who))
    sums = [sum(b * (a - mean) for a, g, b in zip(x, who, w, strict=True) if g == one) for one in groups]
    variance = len(groups) / max(1, len(groups) - 1) * sum(s * s for s in sums) / w.sum() ** 2
    spread = sum(b * (a - mean) ** 2 for a, b in zip(x, w, strict=True)) / w.sum()
    if len(groups) > 2 and spread > 1e-6 and variance > 1e-9:
        from scipy import stats

        t = stats.t.ppf(0.975, len(groups) - 1) / stats.norm.ppf(0.975)
        assert found.effective == pytest.approx(min(len(x), spread / variance / t**2), rel=1e-6)


def test_customers_who_contradict_themselves_tell_no_more_than_their_answers() -> None:
    """Nearly every customer says once yes and once no: the mean is surer than of strangers, which is not believed."""
    answers = [1, -1] * 20 + [1, 1, -1, -1, 1, 1]
    assert weighed(answers, clusters=np.repeat(np.arange(23), 2)).effective == 46
