"""Who comes back after a start, by the span of time of the start."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.over_time import passed
from polku.journeys.asking.scope import Scope
from polku.journeys.retention.kernels import after_any, after_first, until_last
from polku.store import Block

Counts = npt.NDArray[np.int64]
Partial = tuple[Counts, Counts, Counts]

MOST_FOLLOWED: Final = 60
"""A cohort is followed so many spans at most: they are bits of one number."""

_SPREAD: Final = np.array(
    [sum(1 << (16 * b) for b in range(4) if bits >> b & 1) for bits in range(16)], np.uint64
)
_SPREAD.setflags(write=False)


@dataclass(frozen=True, slots=True)
class Returned:
    """`sizes[c]` profiles start in span c, of whom `came[c, k]` come back in the span k + 1 after it.

    `squares` are sums over blocks, of which each has the profiles of a random group, for each k: of groups that
    have a start whose span k + 1 after it is over, of s², of s·m and of m², m being the group's such starts and s
    those that came back.
    """

    sizes: Counts
    came: Counts
    squares: Counts


@dataclass(frozen=True)
class RetentionQuestion:
    """Count profiles by the spans between `edges` (ascending seconds since 1970) in which they start, and those
    that come back in each of the `follow` spans after it; of the spans the first `over` are over.

    `starts` and `returns` are touchpoint codes of the scope; an event may be both. A profile belongs to the span of
    its first start in the scope, which may lie before the first edge, or where `first` is False to every span in
    which it starts. With `later` who comes back later than in a span has come back in it.
    """

    scope: Scope
    starts: tuple[int, ...]
    returns: tuple[int, ...]
    edges: tuple[int, ...]
    over: int
    follow: int
    first: bool = True
    later: bool = False

    @cached_property
    def _roles(self) -> Counts:
        starts, returns = set(self.starts), set(self.returns)
        roles = [int(c in starts) + 2 * int(c in returns) for c in self.scope.codes]
        return np.array(roles or [0], np.int64)

    def partial(self, block: Block) -> Partial:
        sizes, came = self._counted(block)
        known = np.arange(len(sizes))[:, None] + np.arange(1, self.follow + 1) < self.over
        s, m = (came * known).sum(axis=0), (sizes[:, None] * known).sum(axis=0)
        return sizes, came, np.stack([(m > 0).astype(np.int64), s * s, s * m, m * m])

    def _counted(self, block: Block) -> tuple[Counts, Counts]:
        asked = (*self.scope.counted(block).columns, self._roles, *passed(self.edges), self.follow)
        spans = max(0, len(self.edges) - 1)
        if self.later:
            sizes, last = until_last(*asked, self.first)
            came = np.cumsum(last[1:-1, ::-1], axis=1)[:, ::-1][:, 1:]
        elif self.first:
            sizes, after = after_first(*asked)
            came = after[1:-1, 1:-1]
        else:
            sizes, after = after_any(*asked, _SPREAD)
            came = np.zeros((spans, self.follow), np.int64)
            for k in range(
                1, min(self.follow, spans - 1) + 1
            ):  # from the span of the return to that of the start
                came[: spans - k, k - 1] = after[1 + k : spans + 1, k]
        return sizes[1:-1], came

    def merge(self, a: Partial, b: Partial) -> Partial:
        return a[0] + b[0], a[1] + b[1], a[2] + b[2]

    def finish(self, partial: Partial) -> Returned:
        return Returned(*partial)
