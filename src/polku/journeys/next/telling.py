"""Forecasts as answers tell them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.results import Met
from polku.journeys.next.following import Following
from polku.journeys.next.forecast import BINS, Tried
from polku.journeys.next.results import Calibration, Next, Trial
from polku.stats import FEWEST, Estimate, ratio_of_groups, share_within

Values = npt.NDArray[np.float64]


def steps_of(found: Following, met: Sequence[Met]) -> tuple[Next, ...]:
    """What may come next, the likeliest first."""
    total, seen = found.seen[0], found.seen[found.rests_on]
    told = [
        Next(
            touchpoint,
            _probability(float(found.probability[k]), float(found.half[k]), seen),
            _probability(float(found.plain[k]), float(found.plain_half[k]), total),
        )
        for k, touchpoint in enumerate([*met, None])
    ]
    return tuple(sorted(told, key=lambda step: -(step.probability.estimate or 0.0)))


def trials_of(tried: Tried) -> tuple[Trial, Trial]:
    """The forecast by the path, and that by shares."""
    return _trial("path", tried, 0), _trial("shares", tried, 1)


def _trial(way: Literal["path", "shares"], tried: Tried, i: int) -> Trial:
    return Trial(
        way,
        estimate(tried.loss[:, i], tried.n),
        share(tried.first[:, i], tried.n),
        share(tried.three[:, i], tried.n),
    )


def gain_of(tried: Tried) -> Estimate:
    """By how much the log loss of the path is less than that of shares."""
    return estimate(tried.loss[:, 1] - tried.loss[:, 0], tried.n)


def calibration_of(tried: Tried) -> tuple[Calibration, ...]:
    """How much came true of what was foretold with about the same probability, where there was any."""
    said, foretold = tried.said.sum(axis=0), tried.foretold.sum(axis=0)
    return tuple(
        Calibration(
            BINS[b], BINS[b + 1], float(foretold[b] / said[b]), share(tried.true[:, b], tried.said[:, b])
        )
        for b in range(len(said))
        if said[b] >= FEWEST
    )


def estimate(over: Values, under: Values) -> Estimate:
    """A ratio of sums over random groups of profiles."""
    n = int(under.sum())
    value, half = ratio_of_groups(over, under)
    if n < FEWEST or not math.isfinite(value) or not math.isfinite(half):
        return Estimate.unknown(n, "too_few" if n else "no_observations")
    return Estimate(value, value - half, value + half, n)


def share(over: Values, under: Values) -> Estimate:
    """The same of what is between 0 and 1."""
    e = estimate(over, under)
    return e if e.estimate is None else share_within(e.estimate, e.half_width or 0.0, e.n)


def _probability(value: float, half: float, n: int) -> Estimate:
    if n < FEWEST or not math.isfinite(half):
        return Estimate.unknown(n, "too_few" if n else "no_observations")
    return share_within(value, half, n)
