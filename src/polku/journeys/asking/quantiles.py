"""Quantiles of lengths of time in whole seconds, within 0.2 % of the order statistics that they are.

Lengths are counted in wide bins of half an octave, few enough for many histograms to fit in a processor's cache, and
then those of the few wide bins in which the wanted ranks fall in 128 narrow ones each. Bin 0 holds lengths of 0 s, wide
bin 1 + 2·e + m those from 2ᵉ·(1 + m/2) s up to the next one's edge. Narrow bins below 256 s hold one whole second at
most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.results import Quantiles
from polku.stats import FEWEST, Estimate, quantile_ranks

WIDE: Final = 1 + 32 * 2
NARROW: Final = 128
FINE: Final = 1 + (WIDE - 1) * NARROW
"""So many narrow bins there are in all: of one histogram they can be counted at once."""

SHARES: Final = (0.1, 0.25, 0.5, 0.75, 0.9)
_BOUNDED: Final = 0.05
"""A quantile is told where it is above all that was observed with at most this probability."""

Histogram = npt.NDArray[np.int64]
Narrowed = Mapping[int, Histogram]
"""For wide bins the counts of their narrow ones."""


def wanted(counts: Histogram) -> list[int]:
    """The wide bins that must be counted in narrow ones to tell the quantiles."""
    n = int(counts.sum())
    if n < FEWEST:
        return []
    below = np.cumsum(counts)
    ranks = sorted({r for share in SHARES for r in _ranks(n, share)})
    bins = np.unique(np.searchsorted(below, ranks))
    return [int(b) for b in bins if b > 0]  # 0 s is 0 s


def quantiles(counts: Histogram, narrowed: Narrowed) -> Quantiles:
    """The quantiles of lengths counted in wide bins, of which `wanted` are counted in narrow ones too."""
    below, inside = np.cumsum(counts), {w: np.cumsum(c) for w, c in narrowed.items()}

    def length(rank: int) -> float:
        wide = int(np.searchsorted(below, rank))
        if wide == 0:
            return 0.0
        narrow = int(np.searchsorted(inside[wide], rank - int(below[wide - 1])))
        return _middle(1 + (wide - 1) * NARROW + narrow)

    return _told(int(below[-1]), length)


def quantiles_of_fine(counts: Histogram) -> Quantiles:
    """The same of one histogram of all narrow bins."""
    below = np.cumsum(counts)
    return _told(int(counts.sum()), lambda rank: _middle(int(np.searchsorted(below, rank))))


def _told(n: int, length: Callable[[int], float]) -> Quantiles:
    return Quantiles(*(_estimate(n, share, length) for share in SHARES))


def _estimate(n: int, share: float, length: Callable[[int], float]) -> Estimate:
    if n < FEWEST or share**n > _BOUNDED:
        return Estimate.unknown(n, "too_few" if n else "no_observations")
    low, at, high = _ranks(n, share)
    # a length of time is never below 0, whatever was observed
    return Estimate(length(at), length(low) if low else 0.0, length(high), n)


@lru_cache(maxsize=4_096)  # the same few hundred numbers at every visit
def _ranks(n: int, share: float) -> tuple[int, int, int]:
    ranks = quantile_ranks(n, share)
    return ranks.low, ranks.at, min(n, ranks.high)


def _middle(fine: int) -> float:
    """The middle of the whole seconds that a narrow bin holds."""
    if fine == 0:
        return 0.0
    low, high = np.ceil(_edge(fine)), np.ceil(_edge(fine + 1)) - 1
    return float((low + max(low, high)) / 2)


def _edge(fine: int) -> float:
    octave, part = divmod(fine - 1, 2 * NARROW)
    return float(2.0**octave * (1 + part / (2 * NARROW)))
