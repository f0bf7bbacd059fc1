"""Two shares compared."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from polku.stats.estimate import FEWEST, Estimate, wilson


@dataclass(frozen=True, slots=True)
class Difference:
    """The second share minus the first, −1…1, and how likely so large a one is where there is none."""

    estimate: Estimate
    p_value: float | None


def difference_of_proportions(
    successes: tuple[int, int], n: tuple[int, int], *, level: float = 0.95
) -> Difference:
    """The second share minus the first, of independent observations.

    The interval is Newcombe's hybrid of the two Wilson intervals (Newcombe 1998, Statistics in Medicine 17:873,
    method 10), the p-value of the score test with the pooled share, which is Pearson's χ² without correction.
    Unknown with reason `too_few` when either n < 5; its n is that of both.

    >>> d = difference_of_proportions((48, 56), (80, 70))
    >>> [round(v, 4) for v in (d.estimate.estimate, d.estimate.low, d.estimate.high, d.p_value)]
    [0.2, 0.0524, 0.3339, 0.008]
    """
    if min(n) < FEWEST:
        return Difference(Estimate.unknown(sum(n), "too_few" if sum(n) else "no_observations"), None)
    first, second = (s / m for s, m in zip(successes, n, strict=True))
    (low1, high1), (low2, high2) = wilson(first, n[0], level), wilson(second, n[1], level)
    difference = second - first
    below = math.hypot(second - low2, high1 - first)
    above = math.hypot(high2 - second, first - low1)
    pooled = sum(successes) / sum(n)
    error = math.sqrt(pooled * (1 - pooled) * (1 / n[0] + 1 / n[1]))
    p_value = 2 * float(special.ndtr(-abs(difference) / error)) if error else 1.0
    return Difference(Estimate(difference, difference - below, difference + above, sum(n)), p_value)
