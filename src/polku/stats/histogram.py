"""Quantiles of observations that were counted in bins."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import special

from polku.stats.estimate import FEWEST, Estimate


def median_of_histogram(
    counts: npt.NDArray[np.int64], edges: npt.NDArray[np.float64], *, level: float = 0.95
) -> Estimate:
    """Median of binned observations with its order-statistic interval (binomial ranks; Conover 1999, 3.2).

    `counts` has one bin fewer than `edges`; values are interpolated geometrically within a bin when its
    lower edge is positive, else linearly. Unknown with reason `too_few` when fewer than 5 observations.
    """
    return quantile_of_histogram(counts, edges, 0.5, level=level)


def quantile_of_histogram(
    counts: npt.NDArray[np.int64], edges: npt.NDArray[np.float64], share: float, *, level: float = 0.95
) -> Estimate:
    """The value that `share` (0–1) of binned observations do not exceed; the rest as `median_of_histogram`.

    Also unknown where so few were observed that all of them may well lie on one side of it (of 90%: below 29).
    """
    n = int(counts.sum())
    if n < FEWEST or max(share, 1 - share) ** n > 1 - level:
        return Estimate.unknown(n, "too_few" if n else "no_observations")
    low, high = (_binomial_quantile(tail, n, share) for tail in (0.5 - level / 2, 0.5 + level / 2))
    at = _quantiles(counts, edges, [share, max(low, 0.5) / n, min(high + 1, n - 0.5) / n])
    return Estimate(at[0], at[1], at[2], n)


def _binomial_quantile(tail: float, n: int, share: float) -> int:
    """The smallest k with P(X ≤ k) ≥ tail for X of Binomial(n, share)."""
    k = math.ceil(float(special.bdtrik(tail, n, share)))
    return k - 1 if k > 0 and special.bdtr(k - 1, n, share) >= tail else k


def _quantiles(
    counts: npt.NDArray[np.int64], edges: npt.NDArray[np.float64], shares: list[float]
) -> list[float]:
    below = np.concatenate([[0], np.cumsum(counts)])
    out = []
    for share in shares:
        rank = share * below[-1]
        i = min(int(np.searchsorted(below, rank, side="right")) - 1, len(counts) - 1)
        while counts[i] == 0:
            i -= 1
        inside = min(1.0, (rank - below[i]) / counts[i])
        lo, hi = float(edges[i]), float(edges[i + 1])
        out.append(lo * (hi / lo) ** inside if lo > 0 else lo + (hi - lo) * inside)
    return out
