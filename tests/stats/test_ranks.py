"""Which of the ordered observations tell a quantile."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.stats import Ranks, quantile_ranks


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
