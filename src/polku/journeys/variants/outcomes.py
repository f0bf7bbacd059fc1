"""What paths lead to: those who take one compared with all others."""

from __future__ import annotations

from polku.journeys.asking.telling import share
from polku.journeys.variants.variants import Counted
from polku.stats import Estimate, benjamini_hochberg, difference_of_proportions, fisher_exact

EXPECTED = 5
"""Where fewer are expected in any cell, the test of large numbers claims too much (Cochran 1954)."""

Effect = tuple[Estimate, Estimate, float | None]


def compared(found: Counted) -> list[Effect]:
    """For each path listed the share of those who meet the outcome, its difference from the share of all others, and
    how likely so large a difference is by chance, corrected for the number of paths."""
    differences, chances = [], []
    for n, met in zip(found.profiles, found.met, strict=True):
        others, met_by_others = found.of_all - n, found.met_of_all - met
        told = difference_of_proportions((met_by_others, met), (others, n))
        differences.append(told.estimate)
        chances.append(_chance((met_by_others, met), (others, n), told.p_value))
    tested = [p for p in chances if p is not None]
    corrected = iter(benjamini_hochberg(tested))
    return [
        (share(met, n), difference, None if p is None else next(corrected))
        for n, met, difference, p in zip(found.profiles, found.met, differences, chances, strict=True)
    ]


def _chance(met: tuple[int, int], n: tuple[int, int], p_value: float | None) -> float | None:
    if p_value is None:
        return None
    pooled = sum(met) / sum(n)
    if min(n) * min(pooled, 1 - pooled) < EXPECTED:
        return fisher_exact(met, n)
    return p_value
