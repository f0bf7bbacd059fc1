"""The interval of a difference from the intervals of what it is the difference of."""

from __future__ import annotations

import math

from polku.stats.estimate import Estimate


def hybrid(a: Estimate, b: Estimate, *, most: float, correlation: float = 0.0) -> Estimate:
    """a − b, −most…most, with limits made of how far those of each are away.

    Newcombe's hybrid of two shares (1998, method 10), for any two estimates (Zou & Donner 2008) and for two that
    correlate (Zou 2007). Neither may be unknown.
    """
    (p, p_low, p_high), (q, q_low, q_high) = _told(a), _told(b)
    r = max(-1.0, min(1.0, correlation))
    below = _apart(p - p_low, q_high - q, r)
    above = _apart(p_high - p, q - q_low, r)
    return Estimate(p - q, max(-most, p - q - below), min(most, p - q + above), a.n + b.n)


def _apart(one: float, other: float, r: float) -> float:
    return math.sqrt(max(0.0, one * one - 2 * r * one * other + other * other))


def _told(e: Estimate) -> tuple[float, float, float]:
    assert e.estimate is not None
    assert e.low is not None
    assert e.high is not None
    return e.estimate, e.low, e.high
