"""Cronbach's alpha: a case by hand, and how often its interval holds the truth."""

from __future__ import annotations

import math

import numpy as np
import pytest

from polku.stats import cronbach_alpha


def test_by_hand() -> None:
    """Variances 2.5 and 1.8, of the sum 8.3: 2 · (1 − 4.3/8.3)."""
    e = cronbach_alpha([[1, 2], [2, 2], [3, 4], [4, 4], [5, 5], [math.nan, 3]])
    assert e.estimate == pytest.approx(2 * (1 - 4.3 / 8.3))
    assert e.n == 5
    assert e.low < e.estimate < e.high < 1


def test_limits_are_feldts() -> None:
    """Four items of ten: F with 9 and 27 degrees of freedom."""
    from scipy import stats

    rng = np.random.default_rng(14)
    e = cronbach_alpha(rng.normal(size=(10, 1)) + rng.normal(size=(10, 4)))
    ratio = [stats.f.ppf(p, 9, 27) for p in (0.975, 0.025)]
    assert [e.low, e.high] == pytest.approx([1 - (1 - e.estimate) * f for f in ratio])


def test_too_little_to_tell() -> None:
    assert cronbach_alpha([[1], [2]]).reason == "one_item"
    assert cronbach_alpha([[1, 2]] * 4).reason == "too_few"
    assert cronbach_alpha(np.empty((0, 3))).reason == "no_observations"
    assert cronbach_alpha([[2, 2]] * 9).reason == "no_spread"


def test_items_that_contradict_each_other_are_below_nothing() -> None:
    x = np.arange(10.0)
    assert cronbach_alpha(np.column_stack([x, 9 - x + (x > 4)])).estimate < 0


def test_the_interval_holds_the_truth() -> None:
    """Three items with one common part of variance 1 and noise of 0.5: alpha is 9 / (9 + 1.5)."""
    rng, truth, held = np.random.default_rng(13), 9 / 10.5, 0
    for _ in range(500):
        common = rng.normal(size=(25, 1))
        e = cronbach_alpha(common + math.sqrt(0.5) * rng.normal(size=(25, 3)))
        held += e.low <= truth <= e.high
    assert 0.925 <= held / 500 <= 0.975
