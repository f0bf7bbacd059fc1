"""Who meets what and who goes from where to where, as counts of profiles: what two groups are compared by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.gaps import BINS
from polku.journeys.asking.scope import Scope
from polku.journeys.comparison.kernels import outline, shared_outline
from polku.stats import Shared
from polku.store import Block

Counts = npt.NDArray[np.int64]
Rows = tuple[Counts, Counts]
"""Transitions as from · size + to, ascending, and a row of counts for each."""


@dataclass(frozen=True, slots=True)
class Outline:
    """`reach[k]` of `profiles` profiles meet touchpoint k of the scope; the transitions `pairs` (from · size + to,
    ascending) are made at least once by `made` of them, the first time with the gaps of `gaps` (rows of bins)."""

    reach: Counts
    pairs: Counts
    gaps: Counts
    profiles: int

    @property
    def made(self) -> Counts:
        total: Counts = self.gaps.sum(axis=1)
        return total

    def less(self, part: Outline) -> Outline:
        """The outline of those who are not of `part`, whose profiles are all here: each counts by itself."""
        gaps = self.gaps.copy()
        gaps[np.searchsorted(self.pairs, part.pairs)] -= part.gaps
        return Outline(self.reach - part.reach, self.pairs, gaps, self.profiles - part.profiles)

    def of(self, pairs: Counts) -> Outline:
        """The same with just these transitions, whether anyone makes them or not."""
        gaps = np.zeros((len(pairs), BINS), np.int64)
        known = np.isin(self.pairs, pairs)
        gaps[np.searchsorted(pairs, self.pairs[known])] = self.gaps[known]
        return Outline(self.reach, pairs, gaps, self.profiles)


@dataclass(frozen=True)
class OutlineQuestion:
    """Count the profiles that meet each touchpoint of the scope and that make each transition within it."""

    scope: Scope

    def partial(self, block: Block) -> tuple[Counts, Counts, Counts, int]:
        found: tuple[Counts, Counts, Counts, int] = outline(
            *self.scope.counted(block).columns, self.scope.size
        )
        return found

    def merge(
        self, a: tuple[Counts, Counts, Counts, int], b: tuple[Counts, Counts, Counts, int]
    ) -> tuple[Counts, Counts, Counts, int]:
        pairs, gaps = added((a[1], a[2]), (b[1], b[2]))
        return a[0] + b[0], pairs, gaps, a[3] + b[3]

    def finish(self, partial: tuple[Counts, Counts, Counts, int]) -> Outline:
        reach, pairs, gaps, profiles = partial
        return Outline(reach, pairs, gaps.astype(np.int64), profiles)


@dataclass(frozen=True, slots=True)
class SharedOutline:
    """The profiles that are in both of two scopes: `met` has for each touchpoint, `made` for each of `pairs`, how
    many in the first, in the second and in both."""

    met: Counts
    pairs: Counts
    made: Counts
    profiles: int

    def of_touchpoint(self, number: int) -> Shared:
        return Shared(self.profiles, *self.met[number].tolist())

    def of_transition(self, pair: int) -> Shared:
        at = int(np.searchsorted(self.pairs, pair))
        known = at < len(self.pairs) and int(self.pairs[at]) == pair
        return Shared(self.profiles, *(self.made[at].tolist() if known else (0, 0, 0)))


@dataclass(frozen=True)
class SharedQuestion:
    """Count the profiles that are in both scopes, which have the same touchpoints, and what they do in each."""

    first: Scope
    second: Scope

    def partial(self, block: Block) -> tuple[Counts, Counts, Counts, int]:
        a, b = self.first.counted(block), self.second.counted(block)
        found: tuple[Counts, Counts, Counts, int] = shared_outline(
            a.starts, a.ends, a.number, b.starts, b.ends, b.number, self.first.size
        )
        return found

    def merge(
        self, a: tuple[Counts, Counts, Counts, int], b: tuple[Counts, Counts, Counts, int]
    ) -> tuple[Counts, Counts, Counts, int]:
        pairs, made = added((a[1], a[2]), (b[1], b[2]))
        return a[0] + b[0], pairs, made, a[3] + b[3]

    def finish(self, partial: tuple[Counts, Counts, Counts, int]) -> SharedOutline:
        return SharedOutline(*partial)


def added(a: Rows, b: Rows) -> Rows:
    """The rows of both, added up where both have the same transition."""
    if np.array_equal(a[0], b[0]):
        return a[0], a[1] + b[1]
    pairs, place = np.unique(np.concatenate([a[0], b[0]]), return_inverse=True)
    rows = np.zeros((len(pairs), a[1].shape[1]), a[1].dtype)
    rows[place[: len(a[0])]] = a[1]  # each occurs once in either
    rows[place[len(a[0]) :]] += b[1]
    return pairs, rows
