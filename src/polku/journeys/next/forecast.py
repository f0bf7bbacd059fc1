"""How good the forecast of the next touchpoint has been: learned before a day, tried after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.counting import count_codes
from polku.journeys.asking.groups import by_group
from polku.journeys.asking.scope import Scope
from polku.journeys.next.kernels import follow_apart
from polku.stats import FEWEST, backed_off
from polku.store import Block

Table = npt.NDArray[np.uint32]
Values = npt.NDArray[np.float64]

BINS: Final = (0.0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Edges of what was foretold, to see how often it came true."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What was tried of a forecast, in each random group of profiles (first axis): how many touchpoints `n`, the sums
    of −log p of what came (`loss`), how often it was the likeliest (`first`) or of the three likeliest (`three`).

    In the next axis are the forecast and, to compare, the shares of all touchpoints whatever came before. `foretold`,
    `true` and `said` are for each bin of BINS the probabilities that the forecast gave, how many of them came true,
    and how many there were.
    """

    n: Values
    loss: Values
    first: Values
    three: Values
    foretold: Values
    true: Values
    said: Values
    learned: int


@dataclass(frozen=True)
class ForecastQuestion:
    """Try what is learned of paths before `cut` on what happens from then to `end`, remembering `order` touchpoints.

    What is learned and what is tried are seen in full: a path ends where nothing comes within `within` seconds.
    """

    scope: Scope
    order: int
    within: int
    cut: int
    end: int

    def partial(self, block: Block) -> tuple[Table | None, dict[int, Table]]:
        base = self.scope.size + 1
        learned: Table | None = None
        tried = {}
        for group, part in by_group(block):
            codes = follow_apart(
                *self.scope.counted(part).columns, base - 1, self.order, self.within, self.cut, self.end
            )
            early, late = count_codes(codes, 2 * base ** (self.order + 1)).reshape(2, -1, base)
            learned, tried[group] = _sum(learned, early), late
        return learned, tried

    def merge(
        self, a: tuple[Table | None, dict[int, Table]], b: tuple[Table | None, dict[int, Table]]
    ) -> tuple[Table | None, dict[int, Table]]:
        tried = a[1] | {g: a[1][g] + table if g in a[1] else table for g, table in b[1].items()}
        return _sum(a[0], b[0]), tried

    def finish(self, partial: tuple[Table | None, dict[int, Table]]) -> Tried | None:
        """None where nothing was learned, or there is nothing to try it on."""
        learned, tried = partial
        if learned is None or not learned.any() or not any(t.any() for t in tried.values()):
            return None
        rows = np.flatnonzero(np.sum([t.sum(axis=1) for t in tried.values()], axis=0))
        base = self.scope.size + 1
        forecasts = [levels[rows] for levels in learned_from(learned, base, self.order)]
        return _tried([tried[g][rows] for g in sorted(tried)], forecasts, int(learned.sum()))


def learned_from(counts: Table, base: int, order: int) -> tuple[Values, Values]:
    """The probability of each touchpoint after each context, and the same whatever came before.

    `counts` as `follow_apart` gives them. A context that begins a path is one of fewer touchpoints.
    """
    p = plain = backed_off(counts.sum(axis=0, dtype=np.int64), np.full(base, 1 / base), fewest=FEWEST)
    for back in range(1, order + 1):
        shape = (base ** (order - back), *[base] * back, base)
        longer = backed_off(counts.reshape(shape).sum(axis=0, dtype=np.int64), p, fewest=FEWEST)
        if back > 1:
            longer[-1] = p
        p = longer
    return p.reshape(-1, base), np.broadcast_to(plain, (base**order, base))


def _tried(groups: list[Table], forecasts: list[Values], learned: int) -> Tried:
    n = np.array([table.sum() for table in groups], np.float64)
    logs = [-np.log(p) for p in forecasts]
    losses = [[_sums(table, log) for log in logs] for table in groups]
    likely = [np.argsort(-p, axis=1, kind="stable")[:, :3] for p in forecasts]
    hits = np.array(
        [[np.take_along_axis(t, k, axis=1).sum(axis=0) for k in likely] for t in groups], np.float64
    )
    bins = np.searchsorted(BINS[1:-1], forecasts[0], side="right")
    in_bin = [bins == b for b in range(len(BINS) - 1)]
    # of each context the probabilities that are in a bin: how many, and their sum
    often = np.array([one.sum(axis=1) for one in in_bin], np.float64).T
    sums = np.array([(one * forecasts[0]).sum(axis=1) for one in in_bin]).T
    times = np.array([table.sum(axis=1) for table in groups], np.float64)
    true = [[_sums(table, one) for one in in_bin] for table in groups]
    return Tried(
        n,
        np.array(losses),
        hits[:, :, 0],
        hits.sum(axis=2),
        times @ sums,
        np.array(true),
        times @ often,
        learned,
    )


def _sums(table: Table, of: npt.NDArray[Any]) -> float:
    """The sum of some number over all that happened."""
    return float(np.vdot(table, of))


def _sum(a: Table | None, b: Table | None) -> Table | None:
    return b if a is None else a if b is None else a + b
