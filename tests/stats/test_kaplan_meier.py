"""How long something takes where some goes on: against lifelines, a slow obvious version, and planted truths."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.stats import kaplan_meier

# The leukaemia trial of Freireich et al. (Blood 21, 1963), the group that was given 6-MP: weeks in remission.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]

TIMES = [
    7.1, 10.3, 5.7, 2.9, 2.1, 4.8, 0.1, 24.5, 2.5, 3.0, 5.4, 1.4, 2.0, 10.7, 18.8, 2.2, 14.1, 7.4, 3.5, 8.8,
    0.8, 0.6, 12.2, 7.7, 0.5, 4.8, 5.2, 11.8, 5.3, 0.2, 2.9, 10.1, 6.3, 14.0, 0.1, 9.0, 2.2, 3.6, 30.7, 14.0,
]  # fmt: skip
OVER = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        0, 1, 1, 1]  # fmt: skip


def test_remission_is_as_lifelines_says() -> None:
    found = kaplan_meier(WEEKS, ENDED)
    assert found.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found.shares == pytest.approx(
        [0.857143, 0.806723, 0.752941, 0.690196, 0.627451, 0.537815, 0.448179], abs=1e-6
    )
    assert found.low == pytest.approx(
        [0.619718, 0.563147, 0.5032, 0.43161, 0.367511, 0.267779, 0.188052], abs=1e-6
    )
    assert found.high == pytest.approx(
        [0.951552, 0.922809, 0.889362, 0.849066, 0.804912, 0.746791, 0.680143], abs=1e-6
    )
    median = found.quantile(0.5)
    assert (median.estimate, median.low, median.high, median.n, median.ended) == (23, 13, None, 21, 9)
    assert found.quantile(0.9).reason == "not_reached"


def test_quantiles_are_as_lifelines_says() -> None:
    found = kaplan_meier(TIMES, OVER)
    half, most = found.quantile(0.5), found.quantile(0.9)
    assert (half.estimate, half.low, half.high) == (7.1, 4.8, 10.1)
    assert (most.estimate, most.low) == (18.8, 11.8)
    assert most.high is None, "after the last end nobody is left who could tell"


@pytest.mark.parametrize(
    ("times", "ended", "reason"),
    [([], [], "no_observations"), ([3.0], [True], "too_few"), ([1, 2, 3, 4, 5], [False] * 5, "not_reached")],
)
def test_what_cannot_be_told_says_why(times: list[float], ended: list[bool], reason: str) -> None:
    told = kaplan_meier(times, ended).quantile(0.5)
    assert (told.estimate, told.low, told.high, told.reason) == (None, None, None, reason)
    assert told.n == len(times)


def test_all_at_once() -> None:
    told = kaplan_meier([4.0] * 6, [True] * 6).quantile(0.5)
    assert (told.estimate, told.high) == (4.0, None)


@pytest.mark.parametrize("times", [[-1.0], [np.nan], [np.inf]])
def test_times_must_be_times(times: list[float]) -> None:
    with pytest.raises(ValueError, match="finite"):
        kaplan_meier(times, [True])
    with pytest.raises(ValueError, match="ends"):
        kaplan_meier([1.0, 2.0], [True])
    with pytest.raises(ValueError, match="within"):
        kaplan_meier([1.0], [True]).quantile(1)


followed = st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=40)


@given(followed)
@settings(max_examples=200)
def test_shares_are_products_of_those_who_last(seen: list[tuple[int, bool]]) -> None:
    found = kaplan_meier([t for t, _ in seen], [e for _, e in seen])
    share, expected = 1.0, {}
    for time in sorted({t for t, ended in seen if ended}):
        there = sum(t >= time for t, _ in seen)
        share *= 1 - sum(t == time and ended for t, ended in seen) / there
        expected[time] = share
    assert found.times.tolist() == list(expected)
    assert found.shares == pytest.approx(list(expected.values()), abs=1e-12)
    assert np.all(found.low <= found.shares + 1e-12)
    assert np.all(found.shares <= found.high + 1e-12)


@given(st.lists(st.integers(0, 1_000), min_size=5, max_size=60))
def test_without_any_that_goes_on_it_is_the_plain_quantile(times: list[int]) -> None:
    told = kaplan_meier(times, [True] * len(times)).quantile(0.5)
    assert told.estimate == sorted(times)[-(-len(times) // 2) - 1]


@pytest.mark.parametrize("n", [10, 40])
def test_the_interval_holds_the_truth_as_often_as_it_says(n: int) -> None:
    rng, held = np.random.default_rng(5), []
    for _ in range(600):
        times, until = rng.exponential(1, n), rng.exponential(3, n)
        told = kaplan_meier(np.minimum(times, until), times <= until).quantile(0.5)
        if told.low is not None:
            held.append(told.low <= np.log(2) and (told.high is None or np.log(2) <= told.high))
    assert 0.92 <= np.mean(held) <= 0.99
