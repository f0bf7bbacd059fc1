"""Intervals of any estimate from random groups of those it is made of."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import special

from polku.stats.estimate import Estimate, proportion

Values = npt.NDArray[np.float64]


def delete_a_group(without: npt.ArrayLike, *, level: float = 0.95) -> Values:
    """Half the width of an estimate's interval, from the estimates made without each of G random groups.

    `without` has G rows, each of one or many estimates; the answer has the shape of a row. The groups hold about as
    many observations each, and all of a profile's are in one, so that it does not matter how they depend on each
    other. Variance (G − 1)/G · Σ(θ₋g − θ̄)², Student's t with G − 1 degrees of freedom (the delete-a-group jackknife:
    Kott, Journal of Official Statistics 17, 2001; Shao & Tu, The Jackknife and Bootstrap, 1995, 2.3).
    NaN where an estimate cannot be made without some group. Raises ValueError with fewer than two groups.

    >>> round(float(delete_a_group([1.0, 2.0, 3.0])), 3)
    4.968
    """
    made = np.asarray(without, np.float64)
    groups = len(made)
    if groups < 2:
        raise ValueError(f"a jackknife needs at least two groups, not {groups}")
    squares = ((made - made.mean(axis=0)) ** 2).sum(axis=0)
    t = float(special.stdtrit(groups - 1, 0.5 + level / 2))
    half: Values = t * np.sqrt((groups - 1) / groups * squares)
    return half


def ratio_of_groups(over: npt.ArrayLike, under: npt.ArrayLike) -> tuple[float, float]:
    """Σover / Σunder of G groups, and half the width of its interval; NaN where that cannot be told."""
    top, bottom = np.asarray(over, np.float64), np.asarray(under, np.float64)
    if not bottom.sum():
        return math.nan, math.nan
    whole = float(top.sum() / bottom.sum())
    if len(top) < 2:
        return whole, math.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        without = (top.sum() - top) / (bottom.sum() - bottom)
    return whole, float(delete_a_group(without))


def share_within(value: float, half: float, n: int) -> Estimate:
    """A share with half the width of its jackknifed interval, kept within 0–1.

    Where it is 0 or 1 in every group, the groups cannot say how sure it is: then as sure as n independent observations
    would be (`proportion`).
    """
    if half == 0.0 and value in (0.0, 1.0):
        return proportion(round(value * n), n)
    return Estimate(value, max(0.0, value - half), min(1.0, value + half), n)
