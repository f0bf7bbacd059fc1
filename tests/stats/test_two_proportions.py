"""Two shares against published figures, independent implementations and simulation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.stats import Shared, two_proportions
from polku.stats.two_proportions import fisher_exact


@pytest.fixture(scope="module")
def stats() -> Any:
    """Takes a second to import: not for every worker."""
    from scipy import stats

    return stats


@pytest.mark.parametrize(
    ("k", "n", "other_k", "other_n", "low", "high"),
    [  # Newcombe (1998), Statistics in Medicine 17, 873–890, table II, method 10
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0),
        (10, 10, 0, 10, 0.6075, 1.0),
    ],
)
def test_interval_is_as_published(
    k: int, n: int, other_k: int, other_n: int, low: float, high: float
) -> None:
    d = two_proportions(k, n, other_k, other_n).difference
    assert d.estimate == pytest.approx(k / n - other_k / other_n)
    assert (d.low, d.high) == pytest.approx((low, high), abs=6e-5)
    assert d.n == n + other_n


def test_interval_of_pairs_is_as_published() -> None:
    """Newcombe (1998), Statistics in Medicine 17, 2635–2650: 36 both, 12 only first, 2 only second, of 50."""
    d = two_proportions(48, 50, 38, 50, shared=Shared(50, 48, 38, 36)).difference
    assert (d.low, d.high) == pytest.approx((0.0569, 0.3404), abs=6e-5)


@given(st.integers(0, 30), st.integers(5, 30), st.integers(0, 30), st.integers(5, 30))
def test_few_are_tested_exactly(stats: Any, k: int, n: int, other_k: int, other_n: int) -> None:
    k, other_k = k % (n + 1), other_k % (other_n + 1)
    p = stats.fisher_exact([[k, n - k], [other_k, other_n - other_k]]).pvalue
    assert two_proportions(k, n, other_k, other_n).p_value == pytest.approx(p, rel=1e-6)


@pytest.mark.parametrize(
    ("k", "n", "other_k", "other_n"), [(15, 100, 5_000, 100_000), (400, 900, 3, 1_000), (0, 40, 999, 1_000)]
)
def test_a_small_group_beside_a_large_one_is_tested_exactly(
    stats: Any, k: int, n: int, other_k: int, other_n: int
) -> None:
    p = stats.fisher_exact([[k, n - k], [other_k, other_n - other_k]]).pvalue
    assert fisher_exact(k, n, other_k, other_n) == pytest.approx(p, rel=0.01)


def test_many_are_tested_by_the_score_test(stats: Any) -> None:
    k, n, other_k, other_n = 700, 2_000, 600, 2_000
    p = stats.chi2_contingency([[k, n - k], [other_k, other_n - other_k]], correction=False).pvalue
    assert two_proportions(k, n, other_k, other_n).p_value == pytest.approx(p)


def test_pairs_are_tested_as_mcnemar_does(stats: Any) -> None:
    both, first_only, second_only, neither = 400, 90, 60, 450
    n, shared = 1_000, Shared(1_000, 490, 460, 400)
    p = stats.chi2.sf((first_only - second_only) ** 2 / (first_only + second_only), 1)
    assert two_proportions(490, n, 460, n, shared=shared).p_value == pytest.approx(p)
    assert both + first_only + second_only + neither == n


@given(st.integers(0, 400), st.integers(5, 400), st.integers(0, 400), st.integers(5, 400))
def test_the_other_way_round_is_the_same_with_its_sign(k: int, n: int, other_k: int, other_n: int) -> None:
    k, other_k = k % (n + 1), other_k % (other_n + 1)
    one, other = two_proportions(k, n, other_k, other_n), two_proportions(other_k, other_n, k, n)
    assert one.p_value == pytest.approx(other.p_value)
    a, b = one.difference, other.difference
    assert (a.estimate, a.low, a.high) == pytest.approx(tuple(-x for x in (b.estimate, b.high, b.low)))  # type: ignore[operator]
    assert -1 <= a.low <= a.estimate <= a.high <= 1  # type: ignore[operator]


def test_too_few_are_not_told() -> None:
    assert two_proportions(1, 4, 50, 100).difference.reason == "too_few"
    assert two_proportions(1, 4, 50, 100).p_value is None
    with pytest.raises(ValueError, match="within 0…4"):
        two_proportions(5, 4, 50, 100)


@pytest.mark.parametrize(("p", "n", "other_n"), [(0.03, 60, 4_000), (0.5, 300, 300), (0.2, 40, 90)])
def test_of_equal_shares_few_look_different(p: float, n: int, other_n: int) -> None:
    rng, runs = np.random.default_rng(5), 3_000
    p_values = [
        two_proportions(int(k), n, int(m), other_n).p_value or 0.0
        for k, m in zip(rng.binomial(n, p, runs), rng.binomial(other_n, p, runs), strict=True)
    ]
    for level in (0.05, 0.01):
        assert np.mean(np.array(p_values) <= level) <= level + 3 * math.sqrt(level / runs)


def overlapping(rng: np.random.Generator, p: float, q: float, apart: int, common: int) -> tuple[Any, ...]:
    """Two samples with `common` members, who answer alike more often than not."""
    mood = rng.random(common)
    again = np.where(rng.random(common) < 0.7, mood, rng.random(common))
    first, second = mood < p, again < q
    k = int(first.sum()) + int(rng.binomial(apart, p))
    m = int(second.sum()) + int(rng.binomial(apart, q))
    n = apart + common
    return k, n, m, n, Shared(common, int(first.sum()), int(second.sum()), int((first & second).sum()))


@settings(deadline=None, max_examples=4)
@given(
    st.sampled_from([(0.3, 0.3), (0.05, 0.05), (0.3, 0.4)]),
    st.sampled_from([(200, 300), (400, 100), (0, 400)]),
)
def test_samples_that_overlap(ps: tuple[float, float], sizes: tuple[int, int]) -> None:
    rng, runs = np.random.default_rng(3), 1_500
    covered, found, found_blindly = 0, 0, 0
    for _ in range(runs):
        *counts, shared = overlapping(rng, *ps, *sizes)
        told, blind = two_proportions(*counts, shared=shared), two_proportions(*counts)
        covered += told.difference.low <= ps[0] - ps[1] <= told.difference.high  # type: ignore[operator]
        found += (told.p_value or 0.0) <= 0.05
        found_blindly += (blind.p_value or 0.0) <= 0.05
    assert covered / runs >= 0.935
    if ps[0] == ps[1]:
        assert found / runs <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / runs)
    else:  # that members are the same is used: more is found than without knowing
        assert found > found_blindly
