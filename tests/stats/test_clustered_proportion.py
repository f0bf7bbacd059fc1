from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from polku.stats import Estimate, clustered_mean, clustered_proportion, proportion


def told(successes: Any, counts: Any, **more: Any) -> Estimate:
    s, m = np.asarray(successes), np.asarray(counts)
    return clustered_proportion(
        int(s.sum()),
        int(m.sum()),
        clusters=int((m > 0).sum()),
        sum_squares=float((s * s).sum()),
        sum_cross=float((s * m).sum()),
        sum_counts2=float((m * m).sum()),
        **more,
    )


def test_clusters_of_one_are_nearly_wilsons_interval() -> None:
    s = np.arange(400) % 5 == 0
    e, plain = told(s.astype(int), np.ones(400, int)), proportion(80, 400)
    assert e.estimate == plain.estimate == 0.2
    assert (e.low, e.high) == pytest.approx((plain.low, plain.high), abs=0.001)
    assert e.n == 400


def test_the_same_answer_ten_times_says_no_more_than_once() -> None:
    s = np.arange(400) % 5 == 0
    once, often = told(s.astype(int), np.ones(400, int)), told(10 * s, np.full(400, 10))
    assert (often.low, often.high) == pytest.approx((once.low, once.high))
    assert often.n == 4000


def test_far_from_the_ends_it_is_the_interval_of_the_ratio() -> None:
    rng = np.random.default_rng(1)
    m = rng.integers(1, 9, 3000)
    s = rng.binomial(m, rng.beta(2, 2, 3000))
    e = told(s, m)
    ratio = clustered_mean(
        total=float(s.sum()),
        n=int(m.sum()),
        clusters=3000,
        sum_squares=float((s * s).sum()),
        sum_cross=float((s * m).sum()),
        sum_counts2=float((m * m).sum()),
    )
    assert (e.low, e.high) == pytest.approx((ratio.low, ratio.high), abs=2e-4)


def test_what_nobody_did_is_as_sure_as_there_are_independent_ones() -> None:
    none = told(np.zeros(20, int), np.full(20, 50))
    assert (none.estimate, none.low) == (0, 0)
    assert none.high == proportion(0, 20).high
    assert told(np.zeros(20, int), np.full(20, 50), independent=400).high == proportion(0, 400).high


@pytest.mark.parametrize(("s", "m", "reason"), [([0], [0], "no_observations"), ([3], [9], "too_few")])
def test_one_cluster_tells_nothing(s: list[int], m: list[int], reason: str) -> None:
    assert told(s, m).reason == reason


@pytest.mark.parametrize("share", [0.03, 0.4])
def test_intervals_hold_the_truth_as_often_as_they_say(share: float) -> None:
    """Profiles differ, and are gathered in 64 random groups: the plain interval would hold it far too seldom."""
    rng, profiles, held, held_by_plain = np.random.default_rng(7), 1500, 0, 0
    for _ in range(400):
        m = rng.integers(1, 12, profiles)
        s = rng.binomial(m, rng.beta(share, 1 - share, profiles))
        group = rng.integers(0, 64, profiles)
        e = told(np.bincount(group, s).astype(int), np.bincount(group, m).astype(int))
        plain = proportion(int(s.sum()), int(m.sum()))
        assert None not in (e.low, e.high, plain.low, plain.high)
        held += bool(e.low <= share <= e.high)  # type: ignore[operator]
        held_by_plain += bool(plain.low <= share <= plain.high)  # type: ignore[operator]
    assert 0.92 <= held / 400 <= 0.98
    assert held_by_plain / 400 < 0.75
