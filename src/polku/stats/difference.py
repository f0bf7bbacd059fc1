"""How much two shares differ, and whether that could be chance."""

from __future__ import annotations

import math

from scipy import special

from polku.stats.estimate import FEWEST, Estimate, proportion


def difference_of_proportions(a: int, n: int, b: int, m: int, *, level: float = 0.95) -> Estimate:
    """a/n − b/m, −1…1, with the hybrid score interval of two Wilson intervals (Newcombe 1998, method 10).

    The estimate rests on n + m. Unknown with reason `too_few` when either is below 5. Raises ValueError if a is not
    within 0…n, or b not within 0…m.

    >>> e = difference_of_proportions(56, 70, 48, 80)
    >>> (round(e.estimate, 4), round(e.low, 4), round(e.high, 4))
    (0.2, 0.0524, 0.3339)
    """
    first, second = proportion(a, n, level=level), proportion(b, m, level=level)
    if min(n, m) < FEWEST:
        return Estimate.unknown(n + m, "too_few" if n + m else "no_observations")
    (p, l1, u1), (q, l2, u2) = _known(first), _known(second)
    low = p - q - math.sqrt((p - l1) ** 2 + (u2 - q) ** 2)
    high = p - q + math.sqrt((u1 - p) ** 2 + (q - l2) ** 2)
    return Estimate(p - q, low, high, n + m)


def p_of_difference(a: int, n: int, b: int, m: int) -> float:
    """The two-sided p-value of equal shares: the chi-squared test with N−1 for N (Campbell 2007), which keeps its
    level in small groups too. 1 where all or none have it, or a group is empty."""
    total, had = n + m, a + b
    if not n or not m or had in (0, total):
        return 1.0
    pooled = had / total
    z = (a / n - b / m) / math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m)) * math.sqrt((total - 1) / total)
    return float(2 * special.ndtr(-abs(z)))


def _known(e: Estimate) -> tuple[float, float, float]:
    assert e.estimate is not None
    assert e.low is not None
    assert e.high is not None
    return e.estimate, e.low, e.high
