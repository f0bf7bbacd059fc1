"""Whether groups of a breakdown get through a funnel more or less often than all others."""

from __future__ import annotations

from typing import Final, Literal

from polku.journeys.asking.telling import share
from polku.journeys.funnel.results import FunnelOfJourneys, GroupDifference
from polku.stats import FEWEST, adjusted_for_several, difference_of_proportions, p_of_difference

FALSE_DISCOVERIES: Final = 0.05
"""Of the differences that are told, so large a share may be chance."""


def differences(whole: FunnelOfJourneys) -> tuple[GroupDifference, ...]:
    """Each group's conversion beside that of everyone else who began, also of those who are in no group."""
    began, through = whole.steps[0].profiles, whole.steps[-1].profiles
    of_groups = [(each.steps[-1].profiles, each.steps[0].profiles) for each in whole.each]
    counts = [(a, n, through - a, began - n) for a, n in of_groups]
    tested = [min(n, m) >= FEWEST and len(whole.steps) > 1 for _, n, _, m in counts]
    p_values = [p_of_difference(*c) for c, is_tested in zip(counts, tested, strict=True) if is_tested]
    adjusted = iter(adjusted_for_several(p_values))
    told = []
    for group, (a, n, b, m), is_tested in zip(whole.breakdown, counts, tested, strict=True):
        p = next(adjusted) if is_tested else None
        differs: Literal["more", "less"] | None = None
        if p is not None and p < FALSE_DISCOVERIES:
            differs = "more" if a * m > b * n else "less"
        difference = difference_of_proportions(a, n, b, m)
        told.append(GroupDifference(group.key, share(a, n), share(b, m), difference, p, differs))
    return tuple(told)
