"""Ranks of quantiles, Fisher's exact test and the correction for many tests."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.stats import Ranks, benjamini_hochberg, fisher_exact, quantile_ranks


@pytest.fixture(scope="module")
def stats() -> Any:
    """Takes a second to import: not for every worker."""
    from scipy import stats

    return stats


@given(n=st.integers(1, 2_000), share=st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9]))
def test_ranks_hold_the_quantile_as_often_as_they_say(stats: Any, n: int, share: float) -> None:
    ranks = quantile_ranks(n, share)
    below = stats.binom(n, share).cdf
    assert below(ranks.low - 1) <= 0.025  # P(fewer than `low` are below the quantile)
    assert 1 - below(ranks.high - 1) <= 0.025 + 1e-12
    assert ranks.low == 0 or below(ranks.low) > 0.025  # and no rank closer does
    assert 1 - below(ranks.high - 2) > 0.025 - 1e-12
    assert ranks.low <= ranks.at <= ranks.high


@given(st.lists(st.integers(0, 50), min_size=1, max_size=200), st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9]))
def test_the_rank_is_that_of_the_inverse_distribution(values: list[int], share: float) -> None:
    at = quantile_ranks(len(values), share).at
    assert sorted(values)[at - 1] == np.quantile(values, share, method="inverted_cdf")


def test_ranks_by_hand() -> None:
    assert quantile_ranks(100, 0.5) == Ranks(40, 50, 61)  # Conover 1999, table A3
    assert quantile_ranks(10, 0.7).at == 7
    assert quantile_ranks(5, 0.9).high == 6  # nothing observed bounds it
    with pytest.raises(ValueError, match="no ranks"):
        quantile_ranks(0, 0.5)


@given(st.tuples(st.integers(0, 40), st.integers(0, 400)), st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_fisher_is_as_an_independent_implementation_has_it(
    stats: Any, n: tuple[int, int], shares: tuple[float, float]
) -> None:
    a, b = (round(m * s) for m, s in zip(n, shares, strict=True))
    expected = stats.fisher_exact([[a, n[0] - a], [b, n[1] - b]]).pvalue
    assert fisher_exact((a, b), n) == pytest.approx(expected, rel=1e-6)


def test_fisher_of_millions(stats: Any) -> None:
    expected = stats.fisher_exact([[3, 97], [40, 5_000_000 - 40]]).pvalue
    assert fisher_exact((3, 40), (100, 5_000_000)) == pytest.approx(expected, rel=1e-4)
    with pytest.raises(ValueError, match="within"):
        fisher_exact((3, 1), (2, 1))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_many_tests_are_corrected_as_an_independent_implementation_does(stats: Any, p: list[float]) -> None:
    assert benjamini_hochberg(p) == pytest.approx(stats.false_discovery_control(p).tolist())


def test_nothing_to_correct() -> None:
    assert benjamini_hochberg([]) == []


def test_false_discoveries_are_held(stats: Any) -> None:
    """Of 200 tests 180 find nothing that is there: of what is claimed at 5 % no more than 5 % is false."""
    rng = np.random.default_rng(5)
    false_shares = []
    for _ in range(300):
        z = np.concatenate([rng.normal(0, 1, 180), rng.normal(3.5, 1, 20)])
        claimed = np.array(benjamini_hochberg((2 * stats.norm.sf(abs(z))).tolist())) <= 0.05
        false_shares.append(claimed[:180].sum() / max(1, claimed.sum()))
    assert 0.03 < float(np.mean(false_shares)) < 0.056
