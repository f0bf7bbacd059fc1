"""The time from one touchpoint to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.scope import Scope
from polku.journeys.between.kernels import measure
from polku.store import Block
from polku.workspace import FOREVER

Counts = npt.NDArray[np.int64]
Partial = tuple[Counts, Counts, Counts, Counts]

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
EDGES: Final = (
    0, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR,
    _DAY, 2 * _DAY, 4 * _DAY, 7 * _DAY, 14 * _DAY, 30 * _DAY, 60 * _DAY, 90 * _DAY, 180 * _DAY, 365 * _DAY,
)  # fmt: skip
"""Where the bars of a histogram begin, in seconds: as one speaks of time. The last one has no end."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Two rows, of every time and of each profile's first: times in narrow bins (polku.journeys.asking.quantiles) and
    between EDGES. `sums` are those of a clustered share: Σs, Σm, profiles, Σs², Σs·m, Σm²; of the `profiles` so many
    `arrive` after their first time."""

    fine: Counts
    bars: Counts
    sums: tuple[int, ...]
    profiles: int
    arrive: int


@dataclass(frozen=True)
class BetweenQuestion:
    """Measure the time from each event of number `came` to the next event of `went` after it in the same journey,
    within `window` seconds (None: no limit). They may be the same; events of the same moment are in their order of
    arrival."""

    scope: Scope
    came: int
    went: int
    window: int | None = None

    def partial(self, block: Block) -> Partial:
        window = FOREVER if self.window is None else self.window
        columns = self.scope.counted(block).columns
        return measure(*columns, self.came, self.went, window, np.array(EDGES, np.int64))

    def merge(self, a: Partial, b: Partial) -> Partial:
        return a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]

    def finish(self, partial: Partial) -> Measured:
        fine, bars, sums, first = partial
        return Measured(fine, bars, tuple(sums.tolist()), int(sums[2]), int(first[0]))
