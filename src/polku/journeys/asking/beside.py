"""Whether a group of a breakdown differs from all other groups together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from polku.journeys.asking.telling import share
from polku.stats import CLEAR, Estimate, false_discovery, two_proportions

Counts = tuple[int, int]
"""For how many profiles it holds, of how many."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A group's share beside that of the others: the first less the second, −1…1, and whether that is hardly
    chance (q below 0.05)."""

    share: Estimate
    others: Estimate
    difference: Estimate
    q: float | None
    is_clear: bool


def beside_others(measures: Sequence[Sequence[Counts]]) -> list[list[Beside]]:
    """Of each measure each group beside all other groups, from how many of each; all are tested together.

    Who is in no group is left out, since those of whom little is known seldom do anything. A profile may be in one
    group only and counts once.
    """
    told = [
        [(k, n, sum(c[0] for c in counts) - k, sum(c[1] for c in counts) - n) for k, n in counts]
        for counts in measures
    ]
    tested = [[two_proportions(*row) for row in rows] for rows in told]
    q_values = iter(false_discovery([d.p_value for rows in tested for d in rows]))
    return [
        [
            Beside(share(k, n), share(others, of), d.difference, q, q is not None and q < CLEAR)
            for (k, n, others, of), d, q in zip(rows, compared, q_values, strict=False)
        ]
        for rows, compared in zip(told, tested, strict=True)
    ]
