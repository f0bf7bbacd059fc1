"""Lengths of time as counts in bins: fine enough for a median within a few per cent, small enough to merge.

Bin 0 holds gaps of 0 s; bin 1 + 8·e + m those from 2ᵉ·(1 + m/8) s up to the next bin's edge: eighths of an
octave, up to 2³² s. Whole seconds below 16 have a bin of their own. The histograms of all pairs of
touchpoints then fit in a processor's cache: sixteenths took three times as long.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from polku.stats import Estimate, median_of_histogram, quantile_of_histogram

BINS: Final = 1 + 32 * 8
EDGES: Final[npt.NDArray[np.float64]] = np.concatenate(
    [[0.0], np.outer(2.0 ** np.arange(32), 1 + np.arange(8) / 8).ravel(), [2.0**32]]
)
"""The bins' lower edges in seconds, and the upper edge of the last."""


def median_gap(counts: npt.NDArray[np.int64]) -> Estimate:
    """The median in seconds of gaps counted in bins, with its order-statistic interval."""
    return _as_floats(median_of_histogram(counts, EDGES), lambda value: value)


def quantile_gap(counts: npt.NDArray[np.int64], share: float) -> Estimate:
    """The same of what a `share` of the gaps is shorter than."""
    return _as_floats(quantile_of_histogram(counts, EDGES, share), lambda value: value)


def quartiles(counts: npt.NDArray[np.int64]) -> tuple[Estimate, Estimate, Estimate]:
    """The quartiles in seconds of gaps counted in bins, each with its order-statistic interval."""
    first, median, third = (
        _as_floats(quantile_of_histogram(counts, EDGES, share), lambda value: value)
        for share in (0.25, 0.5, 0.75)
    )
    return first, median, third


def median_count(counts: npt.NDArray[np.int64]) -> Estimate:
    """The same of whole numbers: a bin of one number alone is told as that number."""
    return _as_floats(median_of_histogram(counts, EDGES), lambda value: float(int(value)))


def length(seconds: float) -> timedelta:
    """A length of time, as `duration` writes it."""
    return timedelta(seconds=seconds)


def _as_floats(e: Estimate, told: Callable[[float], float]) -> Estimate:
    if e.estimate is None or e.low is None or e.high is None:
        return e
    return Estimate(told(float(e.estimate)), told(float(e.low)), told(float(e.high)), e.n)
