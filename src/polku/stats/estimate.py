"""Estimates with their intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

FEWEST = 5
"""With fewer observations than this an estimate is not told: it would say more of a person than of a group."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number that is estimated: its value, its interval (95% unless said otherwise) and how many it rests on.

    `estimate`, `low` and `high` are None, with a `reason`, when it cannot be told.
    """

    estimate: float | None
    low: float | None
    high: float | None
    n: int
    reason: str | None = None

    @classmethod
    def unknown(cls, n: int, reason: str) -> Estimate:
        return cls(None, None, None, n, reason)

    @property
    def half_width(self) -> float | None:
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


def proportion(successes: int, n: int, *, level: float = 0.95) -> Estimate:
    """Share of `n` with its Wilson score interval, 0–1 (Wilson 1927; Brown, Cai & DasGupta 2001).

    Unknown with reason `no_observations` when n is 0. Raises ValueError if successes is not within 0…n.

    >>> e = proportion(5, 10)
    >>> (e.estimate, round(e.low, 4), round(e.high, 4))
    (0.5, 0.2366, 0.7634)
    """
    if not 0 <= successes <= n:
        raise ValueError(f"successes must be within 0…{n}, not {successes}")
    if n == 0:
        return Estimate.unknown(0, "no_observations")
    return Estimate(successes / n, *wilson(successes / n, n, level), n)


def wilson(p: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """The Wilson score interval of a share `p` of `n` observations, which may be an effective number."""
    z = float(special.ndtri(0.5 + level / 2))
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def clustered_mean(
    *,
    total: float,
    n: int,
    clusters: int,
    sum_squares: float,
    sum_cross: float,
    sum_counts2: float,
    level: float = 0.95,
) -> Estimate:
    """Mean of observations that come in clusters (a profile's several answers), from its sufficient sums.

    With s and m a cluster's sum and count: total = Σs, n = Σm, sum_squares = Σs², sum_cross = Σs·m,
    sum_counts2 = Σm². The variance is that of a ratio estimator over clusters,
    G/(G−1) · Σ(s − x̄·m)² / n² (Cochran, Sampling Techniques, 3rd ed., 6.3), the interval Student's t with G−1.
    Unknown with reason `too_few` when n < 5 or there is one cluster.
    """
    if n < FEWEST or clusters < 2:
        return Estimate.unknown(n, "too_few" if n else "no_observations")
    mean = total / n
    squares = max(0.0, sum_squares - 2 * mean * sum_cross + mean * mean * sum_counts2)
    half = (
        float(special.stdtrit(clusters - 1, 0.5 + level / 2))
        * math.sqrt(clusters / (clusters - 1) * squares)
        / n
    )
    return Estimate(mean, mean - half, mean + half, n)
