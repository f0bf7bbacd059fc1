"""What paths lead to: those who take one compared with all others."""

from __future__ import annotations

from polku.journeys.asking.telling import share
from polku.journeys.variants.variants import Counted
from polku.stats import Estimate, false_discovery, two_proportions

Effect = tuple[Estimate, Estimate, float | None, float | None]


def compared(found: Counted) -> list[Effect]:
    """For each path listed the share of those who meet the outcome, its difference from the share of all others, how
    probable so large a one is where there is none, and the rate of false discoveries at which it counts as one."""
    told = [
        two_proportions(met, n, found.met_of_all - met, found.of_all - n)
        for n, met in zip(found.profiles, found.met, strict=True)
    ]
    q_values = false_discovery([d.p_value for d in told])
    shares = [share(met, n) for n, met in zip(found.profiles, found.met, strict=True)]
    return [(s, d.difference, d.p_value, q) for s, d, q in zip(shares, told, q_values, strict=True)]
