"""What cohorts say: each by itself, all of them on average, and later ones beside earlier ones."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.over_time import Calendar
from polku.journeys.asking.telling import share
from polku.journeys.retention.results import AverageOfSpan, Cohort, Halves
from polku.journeys.retention.retention import Returned
from polku.stats import FEWEST, Estimate, clustered_proportion, proportion, two_proportions

YEAR_S: Final = 366 * 86_400
"""Who comes back at all does so within a year, as a rule: for so long customers of before may seem new."""


def cohorts(found: Returned, calendar: Calendar, follow: int) -> tuple[Cohort, ...]:
    """Each cohort, followed as far as spans have begun."""
    told, spans = [], len(calendar.starts)
    for c, start in enumerate(calendar.starts):
        size, seen = int(found.sizes[c]), min(follow, spans - 1 - c)
        came = [int(n) for n in found.came[c, :seen]]
        shares = (
            share(n, size) if c + k < calendar.over else Estimate.unknown(size, "unfinished")
            for k, n in enumerate(came, start=1)
        )
        told.append(Cohort(start, c < calendar.over, size, tuple(came), tuple(shares)))
    return tuple(told)


def averages(found: Returned, over: int, follow: int, *, clustered: bool) -> tuple[AverageOfSpan, ...]:
    """The share of all who started that came back so many spans after, over the cohorts for which that span is over.

    Where a profile is in several cohorts (`clustered`), random groups of profiles say how sure the share is.
    """
    told = []
    for k in range(1, min(follow, over - 1) + 1):
        sizes = found.sizes[: over - k]
        came, n = int(found.came[: over - k, k - 1].sum()), int(sizes.sum())
        if clustered:
            groups, squares, cross, counts2 = (float(x) for x in found.squares[:, k - 1])
            average = clustered_proportion(
                came,
                n,
                clusters=int(groups),
                sum_squares=squares,
                sum_cross=cross,
                sum_counts2=counts2,
                independent=int(sizes.max(initial=0)),
            )
        else:
            average = share(came, n)
        told.append(AverageOfSpan(k, average, over - k))
    return tuple(told)


def halves_of(found: Returned, calendar: Calendar, *, began: int) -> Halves | None:
    """The later half of the cohorts for which the first span after is over beside the earlier half, without the one in
    which collecting `began` and, of an odd number, the one in the middle. None where there are fewer than four."""
    skip = int(calendar.edges[:1] <= (began,))
    known = slice(skip, max(skip, calendar.over - 1))
    sizes, came = found.sizes[known], found.came[known, 0]
    half = len(sizes) // 2
    if half < 2:
        return None
    first, second = (_total(sizes[at], came[at]) for at in (slice(half), slice(-half, None)))
    if min(first[1], second[1]) < FEWEST:
        return None
    later_less_earlier = two_proportions(*second, *first)
    return Halves(
        half,
        proportion(*first),
        proportion(*second),
        later_less_earlier.difference,
        later_less_earlier.p_value,
        of_before=calendar.edges[skip] < began + YEAR_S,
    )


def _total(sizes: npt.NDArray[np.int64], came: npt.NDArray[np.int64]) -> tuple[int, int]:
    return int(came.sum()), int(sizes.sum())
