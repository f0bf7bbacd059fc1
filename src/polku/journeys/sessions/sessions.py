"""Sessions: encounters close together in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.scope import Scope
from polku.journeys.sessions.kernels import visit, visit_each
from polku.store import Block

PAUSE = timedelta(minutes=30)
"""A longer pause than this begins a new session."""

Counts = npt.NDArray[np.int64]
Partial = tuple[Counts, Counts, Counts, Counts, int]


@dataclass(frozen=True, slots=True)
class Sessions:
    """`lengths` in seconds and `sizes` in encounters (both in bins of polku.journeys.gaps), the sessions
    that start and end at each touchpoint of the scope, and the profiles that had one."""

    lengths: Counts
    sizes: Counts
    starts: Counts
    ends: Counts
    profiles: int


@dataclass(frozen=True)
class SessionsQuestion:
    """Count sessions: encounters of one profile with no pause longer than `pause` seconds between them."""

    scope: Scope
    pause: int = int(PAUSE.total_seconds())

    def partial(self, block: Block) -> Partial:
        s = self.scope
        return visit(*s.counted(block).columns, s.size, self.pause)

    def merge(self, a: Partial, b: Partial) -> Partial:
        return a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4]

    def finish(self, partial: Partial) -> Sessions:
        return Sessions(*partial)


@dataclass(frozen=True, slots=True)
class SessionsOfEach:
    """As Sessions, of each group by itself: `lengths` and `sizes` have a row for each, `profiles` a number."""

    lengths: Counts
    sizes: Counts
    starts: Counts
    ends: Counts
    profiles: Counts


@dataclass(frozen=True)
class SessionsOfEachQuestion:
    """Count sessions within each group of touchpoints, e.g. a channel: `group_of[n]` is the group of number n of the
    scope. Encounters of other groups in between neither end a session nor are part of it."""

    scope: Scope
    group_of: tuple[int, ...]
    pause: int = int(PAUSE.total_seconds())

    def partial(self, block: Block) -> tuple[Counts, ...]:
        columns = self.scope.counted(block).columns
        group_of = np.array(self.group_of, np.int64)
        found: tuple[Counts, ...] = visit_each(
            *columns, group_of, max(self.group_of, default=-1) + 1, self.pause
        )
        return found

    def merge(self, a: tuple[Counts, ...], b: tuple[Counts, ...]) -> tuple[Counts, ...]:
        return tuple(x + y for x, y in zip(a, b, strict=True))

    def finish(self, partial: tuple[Counts, ...]) -> SessionsOfEach:
        return SessionsOfEach(*partial)
