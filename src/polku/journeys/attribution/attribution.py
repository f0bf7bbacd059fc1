"""Which touchpoints earn the conversions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from polku.journeys.asking.contexts import deepest
from polku.journeys.asking.groups import by_group
from polku.journeys.asking.scope import Scope
from polku.journeys.attribution.kernels import cut_into_paths, follow_paths, share_out
from polku.journeys.attribution.shares import Shares, shares_of
from polku.journeys.attribution.tally import Tally
from polku.store import Block


@dataclass(frozen=True)
class AttributionQuestion:
    """Divide conversions, and what they are worth, between the touchpoints before them.

    A conversion is an event of number `outcome`, the last of the scope's numbers, at `low` or later. Its path is the
    touchpoints before it within `lookback` seconds, as far back as the conversion before. With `once` only a profile's
    first conversion of all counts, if it is at `low` or later.

    A path that leads to none ends where nothing happens for longer than `lookback`, or with the journey; it holds what
    was within `lookback` of its last touchpoint, and counts if that was at `low` or later. Only Markov's chain needs
    it. Time decay halves a touchpoint's weight for each `half_life` seconds before the conversion.
    """

    scope: Scope
    outcome: int
    lookback: int
    half_life: float
    low: int = 0
    once: bool = False

    @property
    def order(self) -> int:
        """How many touchpoints back Markov's chain can remember."""
        return deepest(self.outcome)

    def partial(self, block: Block) -> dict[int, Tally]:
        return {group: self._tally(part) for group, part in by_group(block)}

    def merge(self, a: dict[int, Tally], b: dict[int, Tally]) -> dict[int, Tally]:
        return {g: a[g] + b[g] if g in a and g in b else (a.get(g) or b[g]) for g in {**a, **b}}

    def finish(self, partial: dict[int, Tally]) -> Shares | None:
        """What each model gives to each touchpoint; None where nothing was counted."""
        tallies = [partial[g] for g in sorted(partial)]
        return shares_of(tallies, self.outcome, self.order) if tallies else None

    def _tally(self, block: Block) -> Tally:
        limits = np.array([self.outcome, self.lookback, self.low, self.once], np.int64)
        counted = self.scope.counted(block)
        begins, tills, led = cut_into_paths(*counted.columns, limits)
        conversions = int(np.count_nonzero(led))
        places, given = self.scope.values(block, self.outcome)
        if conversions < len(places):
            given = given[np.searchsorted(places, tills[led])]
        is_known = np.isfinite(given)
        worth = np.where(is_known, given, 0.0).astype(np.float64)
        of_paths = begins, tills, led, worth, self.outcome
        follows, worths = follow_paths(counted.number, *of_paths, self.order)
        credit, met = share_out(counted.time, counted.number, *of_paths, self.half_life)
        led_to, paths = int(np.count_nonzero(led & (begins < tills))), int(follows[-1].sum())
        valued = int(np.count_nonzero(is_known))
        return Tally(credit, met, follows, worths, conversions, valued, float(worth.sum()), led_to, paths)
