"""How long something takes, where some of it is not over yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from polku.stats.estimate import FEWEST

Values = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class TimeTaken:
    """A quantile of times, with its interval; `n` is how many were followed, `ended` of how many the end is known.

    `estimate` is None, with a `reason`, when it cannot be told: `no_observations`, `too_few`, or `not_reached`: so many
    go on that it lies further than anybody has been followed. `high` None says that the interval has no end yet.
    """

    estimate: float | None
    low: float | None
    high: float | None
    n: int
    ended: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Survival:
    """The share that lasts longer than each of `times` (those at which something ended, rising), with 95% intervals."""

    times: Values
    shares: Values
    low: Values
    high: Values
    n: int
    ended: int

    def quantile(self, share: float) -> TimeTaken:
        """The time by which `share` (within 0–1) have ended: the first at which at most 1 − share last longer.

        The interval has the times at which the curve's own interval holds 1 − share (Brookmeyer & Crowley 1982).
        Raises ValueError for a share that is not within 0–1.
        """
        if not 0 < share < 1:
            raise ValueError(f"a share must be within 0–1, not {share}")
        if self.n < FEWEST:
            reason = "too_few" if self.n else "no_observations"
            return TimeTaken(None, None, None, self.n, self.ended, reason)
        left = 1 - share
        at, early, late = (_first(self.times, curve, left) for curve in (self.shares, self.low, self.high))
        return TimeTaken(at, early, late, self.n, self.ended, "not_reached" if at is None else None)


def kaplan_meier(times: npt.ArrayLike, ended: npt.ArrayLike, *, level: float = 0.95) -> Survival:
    """The share that lasts longer, by time (Kaplan & Meier 1958).

    `times` (any unit, ≥ 0) are how long each was followed, `ended` whether it had ended then; else it went on, and how
    long it takes is only known to be longer. The interval is on the scale of log(−log) with Greenwood's variance
    (Kalbfleisch & Prentice, 2nd ed., 1.4.1), so that it stays within 0–1. Whatever goes on at a time at which another
    ends is counted as there until then.
    Raises ValueError for times that are negative or not finite, or of another length.

    >>> kaplan_meier([1, 2, 3, 4, 5], [True, True, False, True, True]).quantile(0.5).estimate
    4.0
    """
    t, over = np.asarray(times, np.float64), np.asarray(ended, bool)
    if t.shape != over.shape or t.ndim != 1:
        raise ValueError(f"{t.shape} times but {over.shape} ends")
    if len(t) and not (np.isfinite(t).all() and t.min() >= 0):
        raise ValueError("times must be finite and not negative")
    at, ends = np.unique(t[over], return_counts=True)
    there = len(t) - np.searchsorted(np.sort(t), at, side="left")
    shares = np.cumprod(1 - ends / there)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(ends / (there * (there - ends)))
        z = float(special.ndtri(0.5 + level / 2))
        spread = z * np.sqrt(greenwood) / np.log(shares)
        low, high = shares ** np.exp(-spread), shares ** np.exp(spread)
    if len(shares) and shares[-1] <= 0:
        # Nothing lasts longer, but how surely is not known: the interval stays open upwards.
        low[-1], high[-1] = 0.0, high[-2] if len(high) > 1 else 1.0
    return Survival(at, shares, low, high, len(t), int(over.sum()))


def _first(times: Values, curve: Values, left: float) -> float | None:
    """The first time at which a falling curve is at most `left`, but for rounding."""
    found = np.flatnonzero(curve <= left + 1e-12)
    return float(times[found[0]]) if len(found) else None
