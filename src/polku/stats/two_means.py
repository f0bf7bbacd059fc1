"""Whether two means differ, of observations that come in clusters."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from polku.stats.difference import Difference
from polku.stats.estimate import FEWEST, Estimate, clustered_mean


@dataclass(frozen=True, slots=True)
class Sums:
    """What a mean of clusters rests on; with s and m a cluster's sum and count: Σs, Σm, clusters, Σs², Σs·m, Σm²."""

    total: float
    n: int
    clusters: int
    squares: float
    cross: float
    counts2: float

    @property
    def mean(self) -> Estimate:
        """The mean with its interval, as `clustered_mean` has it."""
        return clustered_mean(
            total=self.total,
            n=self.n,
            clusters=self.clusters,
            sum_squares=self.squares,
            sum_cross=self.cross,
            sum_counts2=self.counts2,
        )

    @property
    def variance(self) -> float:
        """Of the mean, as that of a ratio over clusters (Cochran, Sampling Techniques, 3rd ed., 6.3)."""
        mean = self.total / self.n
        squares = max(0.0, self.squares - 2 * mean * self.cross + mean * mean * self.counts2)
        return self.clusters / (self.clusters - 1) * squares / self.n**2


def two_means(first: Sums, second: Sums, *, level: float = 0.95) -> Difference:
    """The mean of the first less that of the second; no cluster may be in both.

    Welch's test and interval (1947), each side's variance being that over its clusters and its degrees of freedom
    clusters − 1. Unknown with reason `too_few` where a side has fewer than 5 observations or clusters, and
    `no_observations` where it has none.
    """
    n = first.n + second.n
    if min(first.n, second.n, first.clusters, second.clusters) < FEWEST:
        return Difference.unknown(n, "too_few" if min(first.n, second.n) else "no_observations")
    difference = first.total / first.n - second.total / second.n
    a, b = first.variance, second.variance
    if a + b == 0:  # all the same on each side
        return Difference(Estimate(difference, difference, difference, n), 1.0 if difference == 0 else 0.0)
    freedom = (a + b) ** 2 / (a * a / (first.clusters - 1) + b * b / (second.clusters - 1))
    half = float(special.stdtrit(freedom, 0.5 + level / 2)) * math.sqrt(a + b)
    p_value = float(2 * special.stdtr(freedom, -abs(difference) / math.sqrt(a + b)))
    return Difference(Estimate(difference, difference - half, difference + half, n), p_value)
