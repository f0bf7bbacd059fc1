"""Whether two groups answer differently on a short scale."""

from __future__ import annotations

import math

from scipy import special

from polku.stats.difference import Difference
from polku.stats.estimate import FEWEST, Estimate, wilson
from polku.stats.hybrid import hybrid
from polku.stats.scale_mean import NET, Prior, of_scale
from polku.stats.two_proportions import two_proportions
from polku.stats.weighed import Weighed


def two_scale_means(first: Weighed, second: Weighed, low: float, high: float) -> Difference:
    """The mean of the first less that of the second, of answers on a scale from `low` to `high`.

    Interval: the hybrid of both intervals of `scale_mean`. Test: Student's t with Welch's degrees of freedom,
    each side's mean and variance with half a prior answer at each end, so that five who all answer alike are not taken
    to be sure (Agresti & Caffo 2000 do so for shares). Unknown with reason `too_few` where a side has fewer than 5
    answers. Customers who are on both sides make it err on the careful side.
    """
    return _compared(first, second, of_scale(low, high), high - low)


def two_net_shares(first: Weighed, second: Weighed) -> Difference:
    """The same of two net shares, −2…2, of answers −1, 0 and 1: the hybrid of both intervals of `net_share`, and the
    test of their difference with the prior that those have.

    >>> from polku.stats import weighed
    >>> told = two_net_shares(weighed([1] * 40 + [0] * 40 + [-1] * 20), weighed([1] * 30 + [0] * 40 + [-1] * 30))
    >>> round(told.difference.estimate, 2), round(told.p_value, 3)
    (0.2, 0.068)
    """
    return _compared(first, second, NET, 2.0)


def two_weighed_shares(first: Weighed, second: Weighed) -> Difference:
    """The same of two shares, −1…1, of answers 0 and 1: `two_proportions` where every answer counts for one, else the
    hybrid of both of Wilson's intervals of the effective numbers, and the test of `two_scale_means`."""
    if all(side.effective == side.n for side in (first, second)):
        counts = ((round(side.mean * side.n), side.n) for side in (first, second))
        (k, n), (other_k, other_n) = counts
        return two_proportions(k, n, other_k, other_n)
    found = _compared(first, second, of_scale(0, 1), 1.0)
    if found.p_value is None:
        return found
    one, other = (_wilson(side) for side in (first, second))
    return Difference(hybrid(one, other, most=1.0), found.p_value)


def _wilson(side: Weighed) -> Estimate:
    share = min(1.0, max(0.0, side.mean))
    return Estimate(share, *wilson(share, side.effective), side.n)


def _compared(first: Weighed, second: Weighed, prior: Prior, most: float) -> Difference:
    n = first.n + second.n
    if min(first.n, second.n) < FEWEST:
        return Difference.unknown(n, "too_few")
    (mean, a), (other, b) = prior.moments(first), prior.moments(second)
    freedom = (a + b) ** 2 / (a * a / _freedom(first) + b * b / _freedom(second))
    p_value = float(2 * special.stdtr(freedom, -abs(mean - other) / math.sqrt(a + b)))
    return Difference(hybrid(prior.mean(first), prior.mean(second), most=most), p_value)


def _freedom(side: Weighed) -> float:
    return max(1.0, side.effective - 1)
