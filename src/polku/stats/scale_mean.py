"""Means on a short scale, shares and net shares, of answers that may weigh unequally and come in clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from polku.stats.dirichlet import mean_intervals
from polku.stats.estimate import FEWEST, Estimate, wilson
from polku.stats.weighed import Weighed, weighed

Values = npt.NDArray[np.float64]

NET_PRIOR: Final = 0.6
"""What is believed before any answer of each of promoter, passive and detractor, in answers."""

END_PRIOR: Final = 0.5
"""What is believed before any answer of each end of a longer scale, in answers."""


def scale_mean(
    values: npt.ArrayLike,
    low: float,
    high: float,
    *,
    weights: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Mean of answers on a scale from `low` to `high`, with an interval that stays within it.

    Interval: of the mean of a Dirichlet distribution over the answers given and half an answer at each end (see
    `mean_intervals`). Student's misses the truth far too often where most answers are at one end: of ten answers on 1–5
    with a mean of 4.8 in more than every third case; `python -m benchmarks coverage` prints both. Unequal weights and
    clusters make it as wide as the effective number of answers (`weighed`).
    Unknown with reason `too_few` when n < 5. Raises ValueError for a value off the scale.

    >>> e = scale_mean([5, 5, 4, 5, 3, 5, 5, 4, 5, 5], 1, 5)
    >>> e.estimate, round(e.low, 2), round(e.high, 2)
    (4.6, 3.76, 4.86)
    """
    x = _on_scale(values, low, high)
    if len(x) < FEWEST:
        return _unknown(len(x))
    found = weighed(x, weights=weights, clusters=clusters, level=level)
    return of_scale(low, high).mean(found, level)


def net_share(
    signs: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """The share of those who are for (1) less that of those who are against (−1), of answers −1, 0 and 1.

    Interval: of the difference of two shares of a Dirichlet distribution with 0.6 of a prior answer to each of the
    three; why not adjusted Wald: docs/adr/0030. The rest as `scale_mean`. Raises ValueError for anything but −1, 0, 1.
    """
    x = _on_scale(signs, -1, 1)
    if not np.isin(x, (-1, 0, 1)).all():
        raise ValueError("a net share is of −1, 0 and 1")
    if len(x) < FEWEST:
        return _unknown(len(x))
    found = weighed(x, weights=weights, clusters=clusters, level=level)
    return NET.mean(found, level)


def weighed_share(
    holds: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Share of answers for which it holds (0 or 1), 0–1: Wilson's interval of the effective number of answers.

    Without weights and clusters it is `proportion`, but unknown with reason `too_few` when n < 5.
    """
    x = np.asarray(holds, np.float64)
    if len(x) < FEWEST:
        return _unknown(len(x))
    found = weighed(x, weights=weights, clusters=clusters, level=level)
    share = min(1.0, max(0.0, found.mean))  # weights add up to n but for rounding
    return Estimate(share, *wilson(share, found.effective, level), found.n)


def _on_scale(values: npt.ArrayLike, low: float, high: float) -> Values:
    x = np.asarray(values, np.float64)
    if len(x) and not (low <= x.min() and x.max() <= high):
        raise ValueError(f"answers must be within {low}…{high}")
    return x


def _unknown(n: int) -> Estimate:
    return Estimate.unknown(n, "too_few" if n else "no_observations")


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of a scale before any answer: `masses` answers at `points`, of which the first and last are its
    ends."""

    points: tuple[float, ...]
    masses: tuple[float, ...]

    def with_answers(self, found: Weighed) -> tuple[Values, Values]:
        """The distinct values, and how much is believed to be at each."""
        points, of = np.unique(np.concatenate([found.values, self.points]), return_inverse=True)
        masses = np.bincount(of, np.concatenate([found.masses, self.masses])).astype(np.float64)
        return points, masses

    def mean(self, found: Weighed, level: float = 0.95) -> Estimate:
        """Where all answers are at one end the mean may be there too, which no Dirichlet distribution believes."""
        points, masses = self.with_answers(found)
        low, high = (float(limit) for limit in mean_intervals(points, masses, level=level)[0])
        answered = found.values[found.weights > 0]
        if (answered == self.points[0]).all():
            low = self.points[0]
        if (answered == self.points[-1]).all():
            high = self.points[-1]
        return Estimate(found.mean, min(low, found.mean), max(high, found.mean), found.n)

    def moments(self, found: Weighed) -> tuple[float, float]:
        """The mean and its variance, prior answers included: never sure, even where all answer alike."""
        points, masses = self.with_answers(found)
        total = float(masses.sum())
        mean = float((points * masses).sum()) / total
        return mean, float((masses * (points - mean) ** 2).sum()) / total**2


NET: Final = Prior((-1.0, 0.0, 1.0), (NET_PRIOR,) * 3)


def of_scale(low: float, high: float) -> Prior:
    return Prior((float(low), float(high)), (END_PRIOR,) * 2)
