"""Whether groups of a breakdown get through a funnel more or less often than all other groups."""

from __future__ import annotations

from polku.journeys.asking.telling import share
from polku.journeys.funnel.results import FunnelOfJourneys, GroupDifference
from polku.stats import CLEAR, false_discovery, two_proportions


def differences(whole: FunnelOfJourneys) -> tuple[GroupDifference, ...]:
    """Each group's conversion beside that of all other groups together; who is in no group is left out, since those
    of whom little is known seldom get through anything."""
    counts = [(e.steps[-1].profiles, e.steps[0].profiles) for e in whole.each]
    through, began = (sum(numbers) for numbers in zip(*counts, strict=True)) if counts else (0, 0)
    compared = [two_proportions(k, n, through - k, began - n) for k, n in counts]
    q_values = false_discovery([c.p_value for c in compared])
    return tuple(
        GroupDifference(
            group.key,
            share(k, n),
            share(through - k, began - n),
            c.difference,
            q,
            q is not None and q < CLEAR,
        )
        for group, (k, n), c, q in zip(whole.breakdown, counts, compared, q_values, strict=True)
    )
