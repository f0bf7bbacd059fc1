"""Two means of clusters against independent implementations and simulation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from polku.stats import Sums, two_means


def drawn_sums(rng: np.random.Generator, mean: float, clusters: int) -> Sums:
    """Of such clusters as `drawn` gives, in one go."""
    m = rng.integers(1, 5, clusters)
    s = m * (mean + rng.normal(0, 20, clusters)) + rng.normal(0, 10 * np.sqrt(m))
    return Sums(
        float(s.sum()),
        int(m.sum()),
        clusters,
        float((s * s).sum()),
        float((s * m).sum()),
        float((m * m).sum()),
    )


def sums(clusters: Sequence[Sequence[float]]) -> Sums:
    s, m = np.array([sum(c) for c in clusters]), np.array([len(c) for c in clusters])
    return Sums(
        float(s.sum()),
        int(m.sum()),
        len(clusters),
        float((s * s).sum()),
        float((s * m).sum()),
        float((m * m).sum()),
    )


def drawn(rng: np.random.Generator, mean: float, clusters: int) -> list[list[float]]:
    """Clusters of one to four, each with a mood of its own."""
    return [list(mean + rng.normal(0, 20) + rng.normal(0, 10, rng.integers(1, 5))) for _ in range(clusters)]


def test_clusters_of_one_are_compared_as_welch_does() -> None:
    from scipy import stats

    a, b = [3.0, 8.0, -4.0, 10.0, 1.0, 6.0], [1.0, -2.0, 4.0, 0.0, -7.0]
    told = two_means(sums([[v] for v in a]), sums([[v] for v in b]))
    welch = stats.ttest_ind(a, b, equal_var=False)
    low, high = welch.confidence_interval()
    assert told.p_value == pytest.approx(welch.pvalue)
    assert (told.difference.low, told.difference.high) == pytest.approx((low, high))
    assert told.difference.n == 11


def test_clusters_have_the_variance_of_a_regression_that_knows_of_them() -> None:
    """The sandwich of a least-squares fit on which group it is, clusters summed before they are squared."""
    rng = np.random.default_rng(2)
    one, other = drawn(rng, 10, 40), drawn(rng, 0, 60)
    told = two_means(sums(one), sums(other))
    y = np.array([v for c in (*one, *other) for v in c])
    cluster = np.repeat(np.arange(100), [len(c) for c in (*one, *other)])
    x = np.column_stack([np.ones(len(y)), cluster < 40])
    bread = np.linalg.inv(x.T @ x)
    residuals = y - x @ (bread @ x.T @ y)
    scores = np.array([x[cluster == g].T @ residuals[cluster == g] for g in range(100)])
    factor = np.where(np.arange(100) < 40, math.sqrt(40 / 39), math.sqrt(60 / 59))[:, None]
    # each group's own correction for its number of clusters: only the group's own moments have it
    meat = (scores * factor).T @ (scores * factor)
    se = math.sqrt((bread @ meat @ bread)[1, 1])
    z = (told.difference.estimate or 0) / se
    from scipy import stats

    assert told.p_value == pytest.approx(2 * stats.t.sf(abs(z), 90), rel=0.05)


def test_too_few_and_all_alike() -> None:
    many = sums([[1.0]] * 9)
    assert two_means(sums([[1.0]] * 4), many).difference.reason == "too_few"
    assert two_means(sums([[1.0, 2.0, 3.0, 1.0, 2.0]]), many).difference.reason == "too_few"
    assert two_means(sums([]), many).difference.reason == "no_observations"
    assert two_means(many, many).p_value == 1.0
    assert two_means(many, sums([[2.0]] * 9)).p_value == 0.0


@pytest.mark.parametrize(("clusters", "others"), [(6, 200), (30, 30)])
def test_interval_covers_and_test_keeps_its_level(clusters: int, others: int) -> None:
    rng, runs = np.random.default_rng(4), 1_500
    covered = found = 0
    for _ in range(runs):
        told: Any = two_means(drawn_sums(rng, 5, clusters), drawn_sums(rng, 0, others))
        same = two_means(drawn_sums(rng, 0, clusters), drawn_sums(rng, 0, others))
        covered += told.difference.low <= 5 <= told.difference.high
        found += (same.p_value or 0.0) <= 0.05
    assert covered / runs >= 0.92
    assert found / runs <= 0.08
