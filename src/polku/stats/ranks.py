"""Which of the ordered observations tell a quantile, and how surely."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special


@dataclass(frozen=True, slots=True)
class Ranks:
    """Ranks, counted from 1, of the observation that is a quantile and of those that its interval reaches from and
    to. `low` is 0 where none of the observations bounds it from below, `high` is n + 1 where none does from above."""

    low: int
    at: int
    high: int


def quantile_ranks(n: int, share: float, *, level: float = 0.95) -> Ranks:
    """The ranks that tell the `share` quantile (0–1) of `n` ordered observations.

    The quantile is the smallest observation that at least `share` of all do not exceed (the inverse of the empirical
    distribution function; type 1 of Hyndman & Fan 1996). The interval needs no assumption on the distribution:
    ranks of Binomial(n, share) (Conover, Practical Nonparametric Statistics, 3rd ed., 3.2). With ties it covers
    more often, not less. Raises ValueError without observations.

    >>> quantile_ranks(100, 0.5)
    Ranks(low=40, at=50, high=61)
    """
    if n < 1 or not 0 < share < 1:
        raise ValueError(f"no ranks for {share} of {n} observations")
    at = min(n, max(1, math.ceil(share * n - 1e-9)))  # 0.7 · 10 is a little more than 7 to a processor
    tail = (1 - level) / 2
    return Ranks(_fewest(tail, n, share), at, _fewest(1 - tail, n, share) + 1)


def _fewest(probability: float, n: int, share: float) -> int:
    """The smallest k with P(X ≤ k) ≥ probability for X of Binomial(n, share)."""
    k = max(0, math.ceil(float(special.bdtrik(probability, n, share))))
    while k > 0 and special.bdtr(k - 1, n, share) >= probability:
        k -= 1
    return k
