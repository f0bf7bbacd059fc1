"""Whether two shares differ, of groups that are apart or that have members in common."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from polku.stats.difference import Difference
from polku.stats.estimate import FEWEST, Estimate, proportion
from polku.stats.hybrid import hybrid

EXACT_BELOW: Final = 100
"""Where fewer than so many are expected in a cell the exact test is used. The usual rule is 5; of many tests the
smallest p-values decide, and out there the normal curve is wrong by more than at 5%."""

EXACT_BELOW_OF_SHARED: Final = 20
"""The same where the groups share members: there the exact test, which cannot know of them, wastes more."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Members of both groups: how many, for how many it holds in the first, in the second and in both."""

    n: int
    first: int
    second: int
    both: int

    def covariance(self, p: float, q: float) -> float:
        """The sum over shared members of (x − p)(y − q)."""
        return self.both - p * self.second - q * self.first + p * q * self.n


def two_proportions(
    k: int, n: int, other_k: int, other_n: int, *, shared: Shared | None = None, level: float = 0.95
) -> Difference:
    """The share `k` of `n` less the share `other_k` of `other_n`, −1…1.

    Interval: Newcombe's hybrid of the two Wilson intervals (1998, method 10), which with `shared` members allows for
    their correlation as in Newcombe's for pairs (1998, his second paper) and Zou's (2007) for any two estimates that
    correlate. Test: the score test of two proportions, with `shared` the one of overlapping samples (Bland & Butland
    2011; McNemar's where all are shared). Where few are expected in a cell: Fisher's exact test, two-sided by
    probability; with `shared` the larger of both, since one that takes members for strangers errs on the careful side
    only as long as they do not answer against each other.

    Unknown with reason `too_few` where a group has fewer than 5 members. Raises ValueError if a count is not within
    0…n.

    >>> d = two_proportions(56, 70, 48, 80)
    >>> [round(x, 4) for x in (d.difference.estimate, d.difference.low, d.difference.high)]
    [0.2, 0.0524, 0.3339]
    """
    a, b = proportion(k, n, level=level), proportion(other_k, other_n, level=level)
    if min(n, other_n) < FEWEST:
        return Difference.unknown(n + other_n, "too_few")
    p, q, pooled, size = k / n, other_k / other_n, (k + other_k) / (n + other_n), n * other_n
    covariance = shared.covariance(p, q) / size if shared else 0.0
    under_null = shared.covariance(pooled, pooled) / size if shared else 0.0
    p_value = _normal(p - q, pooled * (1 - pooled) * (1 / n + 1 / other_n) - 2 * under_null)
    rarest = min(pooled, 1 - pooled) * min(n, other_n)
    if shared is None and rarest < EXACT_BELOW:
        p_value = fisher_exact(k, n, other_k, other_n)
    elif shared is not None and rarest < EXACT_BELOW_OF_SHARED:
        p_value = max(p_value, fisher_exact(k, n, other_k, other_n))
    return Difference(_hybrid(a, b, covariance), p_value)


def fisher_exact(k: int, n: int, other_k: int, other_n: int) -> float:
    """The probability of a table as improbable as this one or more, its margins given (Fisher 1935).

    Tables that are both further from the expected one than 14 standard deviations and than this one are not
    counted: together they weigh less than the rounding of the rest.
    """
    both, total = k + other_k, n + other_n
    least, most = max(0, both - other_n), min(both, n)
    if least == most:
        return 1.0
    mean = both * n / total
    deviation = math.sqrt(mean * (1 - both / total) * (other_n / max(1, total - 1)))
    reach = 14 * deviation + 60
    low, high = max(least, min(k, math.floor(mean - reach))), min(most, max(k, math.ceil(mean + reach)))
    table = np.arange(low, high, dtype=np.float64)  # each but the last, beside the one after it
    ratios = (n - table) * (both - table) / ((table + 1) * (other_n - both + table + 1))
    log = np.append(0.0, np.cumsum(np.log(ratios)))
    weights = np.exp(log - log.max())
    own = weights[k - low]
    # a table that is as probable must count, whatever rounding makes of it
    return float(min(1.0, weights[weights <= own * (1 + 1e-7)].sum() / weights.sum()))


def _normal(difference: float, variance: float) -> float:
    if variance <= 0:
        return 1.0 if difference == 0 else 0.0
    return float(2 * special.ndtr(-abs(difference) / math.sqrt(variance)))


def _hybrid(a: Estimate, b: Estimate, covariance: float) -> Estimate:
    p, q = a.estimate or 0.0, b.estimate or 0.0
    deviations = math.sqrt(p * (1 - p) / a.n * q * (1 - q) / b.n)
    return hybrid(a, b, correlation=covariance / deviations if deviations else 0.0, most=1.0)
