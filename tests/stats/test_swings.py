"""How much shares swing from period to period: planted swings are found, and what swings is no surprise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from polku.stats import beyond_swings, swings
from polku.stats.swings import SIZES

STEADY = np.eye(len(SIZES))[0]
TOTALS = np.full(13, 1_000)


def counted(rng: np.random.Generator, things: int, swinging: float, size: float) -> np.ndarray:
    """Things × 13 periods, each of a share between 0.5% and 10%."""
    share = np.exp(rng.uniform(np.log(0.005), np.log(0.1), things))
    sd = np.where(rng.random(things) < swinging, size, 0.0)
    odds = (share / (1 - share))[:, None] * np.exp(rng.normal(size=(things, 13)) * sd[:, None])
    return rng.binomial(TOTALS, odds / (1 + odds))


@given(st.integers(0, 30), st.integers(1, 60), st.integers(0, 30), st.integers(1, 90), st.integers(1, 12))
def test_without_swings_it_is_fisher_s_exact_test(
    last: int, n: int, before: int, n_before: int, periods: int
) -> None:
    last, before = min(last, n), min(before, n_before)
    table = [[last, n - last], [before, n_before - before]]
    by_scipy = stats.fisher_exact(table, alternative="greater").pvalue
    told = beyond_swings(last, n, before, n_before, periods=periods, sizes=STEADY)
    assert told == pytest.approx(by_scipy, rel=1e-9)


def test_the_tail_is_that_of_drawn_factors() -> None:
    rng = np.random.default_rng(1)
    size = float(SIZES[5])
    factors = np.exp(rng.normal(0, size * np.sqrt(1 + 1 / 12), 4_000))
    drawn = [stats.nchypergeom_fisher.sf(8, 160, 20, 40, f) for f in factors]
    told = beyond_swings(9, 40, 11, 120, periods=12, sizes=np.eye(len(SIZES))[5])
    assert told == pytest.approx(np.mean(drawn), abs=4 * np.std(drawn) / np.sqrt(len(drawn)))


def test_planted_swings_are_found() -> None:
    counts = counted(np.random.default_rng(2), 600, 0.2, 0.4)
    common = swings(counts, TOTALS).common
    assert common[SIZES >= 0.3].sum() == pytest.approx(0.2, abs=0.06)
    assert common[SIZES <= 0.1].sum() == pytest.approx(0.8, abs=0.08)


@pytest.mark.parametrize(("swinging", "size"), [(0.0, 0.0), (0.1, 0.3), (0.5, 0.4), (1.0, 0.2)])
def test_p_values_are_as_small_as_they_say(swinging: float, size: float) -> None:
    """The last of 13 periods against those before, learned from those before."""
    counts = counted(np.random.default_rng(4), 600, swinging, size)
    before, n = counts[:, 1:], TOTALS[1:]
    sizes = swings(before, n).of(before, n)
    low = sum(
        beyond_swings(int(k), 1_000, int(b.sum()), 12_000, periods=12, sizes=s) <= 0.01
        for k, b, s in zip(counts[:, 0], before, sizes, strict=True)
        if stats.hypergeom.sf(k - 1, 13_000, k + b.sum(), 1_000) <= 0.01  # others cannot be
    )
    assert low <= stats.binom.ppf(0.999, len(counts), 0.01)


def test_where_there_is_nothing_to_see_a_belief_holds() -> None:
    none = np.zeros((0, 3), np.int64)
    for counts in (none, np.zeros((4, 3), np.int64), none[:, :1]):
        common = swings(counts, np.full(counts.shape[1], 100)).common
        assert common.sum() == pytest.approx(1)
        assert common[0] == pytest.approx(0.5)
