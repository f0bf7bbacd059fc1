"""Whether groups of a breakdown get through a funnel more or less often than all other groups."""

from __future__ import annotations

from polku.journeys.asking.beside import Counts, beside_others
from polku.journeys.funnel.results import FunnelOfJourneys, GroupDifference


def through(funnel: FunnelOfJourneys) -> Counts:
    """How many get through, of how many who begin."""
    return funnel.steps[-1].profiles, funnel.steps[0].profiles


def differences(whole: FunnelOfJourneys) -> tuple[GroupDifference, ...]:
    """Each group's conversion beside that of all other groups together."""
    (compared,) = beside_others([[through(one) for one in whole.each]])
    return tuple(
        GroupDifference(group.key, b.share, b.others, b.difference, b.q, b.is_clear)
        for group, b in zip(whole.breakdown, compared, strict=True)
    )
