from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from polku.stats import Estimate, clustered_mean, delete_a_group, proportion, ratio_of_groups, share_within


@pytest.fixture(scope="module")
def stats() -> Any:
    """Takes a second to import: not for every worker."""
    from scipy import stats

    return stats


def test_of_a_mean_it_is_the_usual_interval(stats: Any) -> None:
    values = np.random.default_rng(1).normal(size=(12, 3))
    without = (values.sum(axis=0) - values) / 11
    low, high = stats.t.interval(0.95, 11, loc=values.mean(axis=0), scale=stats.sem(values))
    np.testing.assert_allclose(delete_a_group(without), (high - low) / 2)


def test_another_level(stats: Any) -> None:
    without = [1.0, 2.0, 4.0]
    ratio = stats.t.ppf(0.95, 2) / stats.t.ppf(0.975, 2)
    assert float(delete_a_group(without, level=0.9)) == pytest.approx(ratio * float(delete_a_group(without)))


def test_a_ratio_is_nearly_that_of_clusters() -> None:
    rng = np.random.default_rng(2)
    counts = rng.integers(50, 90, 400)
    sums = counts * rng.normal(3, 0.2, 400)
    e = clustered_mean(
        total=float(sums.sum()),
        n=int(counts.sum()),
        clusters=400,
        sum_squares=float((sums**2).sum()),
        sum_cross=float((sums * counts).sum()),
        sum_counts2=float((counts**2).sum()),
    )
    whole, half = ratio_of_groups(sums, counts)
    assert whole == e.estimate
    assert half == pytest.approx(e.half_width, rel=0.01)


def test_what_cannot_be_told() -> None:
    with pytest.raises(ValueError, match="two groups, not 1"):
        delete_a_group([1.0])
    assert ratio_of_groups([3], [4])[0] == 0.75
    assert math.isnan(ratio_of_groups([3], [4])[1])
    assert math.isnan(ratio_of_groups([], [])[0])
    assert all(math.isnan(x) for x in ratio_of_groups([0, 0], [0, 0]))
    assert math.isnan(ratio_of_groups([3, 0], [4, 0])[1])  # without the first there is nothing


def test_a_share_is_within_0_and_1_and_never_quite_sure() -> None:
    assert share_within(0.1, 0.2, 50) == Estimate(0.1, 0.0, pytest.approx(0.3), 50)
    assert share_within(0.95, 0.1, 50).high == 1.0
    assert share_within(0.0, 0.0, 50) == proportion(0, 50)
    assert share_within(1.0, 0.0, 50) == proportion(50, 50)
    assert share_within(0.5, 0.0, 50) == Estimate(0.5, 0.5, 0.5, 50)
