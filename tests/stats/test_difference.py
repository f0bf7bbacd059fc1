"""Two shares beside published figures and independent implementations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.stats import adjusted_for_several, difference_of_proportions, p_of_difference


@pytest.fixture(scope="module")
def stats() -> Any:
    """Takes a second to import: not for every worker."""
    from scipy import stats

    return stats


@pytest.mark.parametrize(
    ("a", "n", "b", "m", "low", "high"),
    [  # Newcombe 1998, table II, method 10
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0),
        (10, 10, 0, 10, 0.6075, 1.0),
    ],
)
def test_the_interval_of_a_difference_is_the_published_one(
    a: int, n: int, b: int, m: int, low: float, high: float
) -> None:
    e = difference_of_proportions(a, n, b, m)
    assert e.estimate == pytest.approx(a / n - b / m)
    assert (e.low, e.high) == pytest.approx((low, high), abs=5e-5)
    assert e.n == n + m


def test_of_too_few_no_difference_is_told() -> None:
    assert difference_of_proportions(2, 4, 30, 60).reason == "too_few"
    assert difference_of_proportions(0, 0, 0, 0).reason == "no_observations"
    with pytest.raises(ValueError, match="within 0…3"):
        difference_of_proportions(4, 3, 1, 9)


@given(st.integers(1, 200), st.integers(1, 200), st.floats(0, 1), st.floats(0, 1))
def test_chance_is_the_chi_squared_test_with_n_less_one(
    stats: Any, n: int, m: int, p: float, q: float
) -> None:
    a, b = round(n * p), round(m * q)
    if a + b in (0, n + m):
        assert p_of_difference(a, n, b, m) == 1
        return
    found = stats.chi2_contingency([[a, n - a], [b, m - b]], correction=False)
    expected = stats.chi2.sf(found.statistic * (n + m - 1) / (n + m), 1)
    assert p_of_difference(a, n, b, m) == pytest.approx(expected, rel=1e-9, abs=1e-300)


def test_equal_shares_are_called_different_as_seldom_as_they_should() -> None:
    rng = np.random.default_rng(11)
    called = sum(
        p_of_difference(int(rng.binomial(30, 0.3)), 30, int(rng.binomial(50, 0.3)), 50) < 0.05
        for _ in range(4000)
    )
    assert 0.035 < called / 4000 < 0.06


@given(st.lists(st.floats(0, 1), max_size=20))
def test_several_are_adjusted_as_an_independent_implementation_does(stats: Any, p: list[float]) -> None:
    expected = stats.false_discovery_control(p).tolist() if p else []
    assert adjusted_for_several(p) == pytest.approx(expected)
