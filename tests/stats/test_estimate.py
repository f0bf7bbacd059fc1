import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.stats import Estimate, clustered_mean, median_of_histogram, proportion, quantile_of_histogram


@pytest.fixture(scope="module")
def stats() -> Any:
    """Takes a second to import: not for every worker."""
    from scipy import stats

    return stats


@given(n=st.integers(1, 500), share=st.floats(0, 1))
def test_a_proportion_is_as_an_independent_implementation_has_it(stats: Any, n: int, share: float) -> None:
    k = round(share * n)
    e = proportion(k, n)
    low, high = stats.binomtest(k, n).proportion_ci(0.95, method="wilson")
    assert e.estimate == k / n
    assert (e.low, e.high) == pytest.approx((low, high), abs=1e-9)


def test_nothing_observed_is_not_zero() -> None:
    assert proportion(0, 0) == Estimate(None, None, None, 0, "no_observations")
    assert proportion(0, 10).low == 0
    with pytest.raises(ValueError, match="within 0…3"):
        proportion(4, 3)


def sums(clusters: list[list[float]]) -> dict[str, float]:
    s, m = np.array([sum(c) for c in clusters]), np.array([len(c) for c in clusters])
    return {
        "total": s.sum(),
        "n": int(m.sum()),
        "clusters": len(clusters),
        "sum_squares": (s * s).sum(),
        "sum_cross": (s * m).sum(),
        "sum_counts2": (m * m).sum(),
    }


def test_clusters_of_one_are_the_usual_t_interval(stats: Any) -> None:
    values = [3.0, 8.0, -4.0, 10.0, 1.0, 6.0]
    e = clustered_mean(**sums([[v] for v in values]))
    low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
    assert (e.estimate, e.low, e.high, e.n) == pytest.approx((np.mean(values), low, high, 6))


def test_the_same_answer_ten_times_says_no_more_than_once() -> None:
    once = clustered_mean(**sums([[v] for v in (3.0, 8.0, -4.0, 10.0, 1.0)]))
    often = clustered_mean(**sums([[v] * 10 for v in (3.0, 8.0, -4.0, 10.0, 1.0)]))
    assert often.half_width == pytest.approx(once.half_width)


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    """Profiles differ (intercepts) and answer unequally often: 2,000 draws, 60 profiles."""
    rng = np.random.default_rng(7)
    covered = 0
    for _ in range(2000):
        counts = rng.integers(1, 6, 60)
        clusters = [(rng.normal(10, 30) + rng.normal(0, 20, k)).tolist() for k in counts]
        e = clustered_mean(**sums(clusters))
        assert e.low is not None
        assert e.high is not None
        covered += e.low <= 10 <= e.high
    assert 0.93 < covered / 2000 < 0.965


@pytest.mark.parametrize("n", [0, 4])
def test_too_few_are_not_told(n: int) -> None:
    e = clustered_mean(**sums([[1.0]] * n))
    assert (e.estimate, e.reason) == (None, "too_few" if n else "no_observations")


def test_a_median_from_a_histogram() -> None:
    edges = np.array([0.0, 1, 2, 4, 8])
    e = median_of_histogram(np.array([0, 10, 10, 0]), edges)
    assert e.estimate == pytest.approx(2)
    assert e.n == 20
    assert 1 <= e.low <= e.estimate <= e.high <= 4
    assert median_of_histogram(np.array([0, 2, 2, 0]), edges).reason == "too_few"
    one_bin = median_of_histogram(np.array([0, 0, 9, 0]), edges)
    assert one_bin.estimate == pytest.approx(2 * math.sqrt(2))


def test_the_median_interval_covers_the_truth() -> None:
    rng = np.random.default_rng(3)
    edges = np.concatenate([[0.0], 2.0 ** (np.arange(0, 161) / 8)])
    covered = 0
    for _ in range(1000):
        e = median_of_histogram(np.histogram(rng.lognormal(8, 1.5, 41), edges)[0], edges)
        assert e.low is not None
        assert e.high is not None
        covered += e.low <= math.exp(8) <= e.high
    assert 0.93 < covered / 1000 < 0.99


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_quantiles_and_their_intervals_are_those_of_the_ranks(stats: Any, share: float) -> None:
    """One observation a bin: then a quantile is between the order statistics that a reference names."""
    n = 101
    e = quantile_of_histogram(np.ones(n, np.int64), np.arange(n + 1, dtype=float), share)
    reference = stats.quantile_test(np.arange(n) + 0.5, p=share).confidence_interval(0.95)
    assert e.estimate == pytest.approx(share * n, abs=0.01)  # geometric within a bin
    assert (e.low, e.high) == pytest.approx((reference.low, reference.high), abs=1.0)


def test_quartiles_from_a_histogram() -> None:
    edges = np.arange(0.0, 101)
    counts = np.ones(100, np.int64)
    lower, upper = (quantile_of_histogram(counts, edges, share) for share in (0.25, 0.75))
    assert (lower.estimate, upper.estimate) == pytest.approx((25, 75))
    # ranks of Binomial(100, ¼): its 2.5 and 97.5 per cent points are 17 and 34
    assert (lower.low, lower.high) == pytest.approx((17, 35))
    assert (upper.low, upper.high) == pytest.approx((66, 84))
    assert quantile_of_histogram(counts[:4], edges[:5], 0.25).reason == "too_few"


def test_the_interval_of_a_quartile_covers_the_truth() -> None:
    rng = np.random.default_rng(5)
    edges = np.concatenate([[0.0], 2.0 ** (np.arange(0, 161) / 8)])
    covered = 0
    for _ in range(1000):
        e = quantile_of_histogram(np.histogram(rng.lognormal(8, 1.5, 60), edges)[0], edges, 0.25)
        assert e.low is not None
        assert e.high is not None
        covered += e.low <= math.exp(8 - 1.5 * 0.6744898) <= e.high
    assert 0.93 < covered / 1000 < 0.99
