"""Who meets what and who goes from where to where, as counts of profiles: what two groups are compared by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.gaps import BINS
from polku.journeys.asking.scope import Scope
from polku.journeys.comparison.kernels import Sides, first_gaps, outline, shared_outline
from polku.stats import Shared
from polku.store import Block

Counts = npt.NDArray[np.int64]
Rows = tuple[Counts, Counts]
"""Transitions as from · size + to, ascending, and a row of counts for each."""

Gaps = Callable[[tuple[int, ...]], tuple[Counts, Counts]]
"""How long transitions take in both of two groups: a row of bins for each, in their order."""


@dataclass(frozen=True, slots=True)
class Outline:
    """`reach[k]` of `profiles` profiles meet touchpoint k of the scope; the transitions `pairs` (from · size + to,
    ascending) are made at least once by `made` of them."""

    reach: Counts
    pairs: Counts
    made: Counts
    profiles: int

    def less(self, part: Outline) -> Outline:
        """The outline of those who are not of `part`, whose profiles are all here: each counts by itself."""
        made = self.made.copy()
        made[np.searchsorted(self.pairs, part.pairs)] -= part.made
        return Outline(self.reach - part.reach, self.pairs, made, self.profiles - part.profiles)

    def of(self, pairs: Counts) -> Outline:
        """The same with just these transitions, whether anyone makes them or not."""
        made = np.zeros(len(pairs), np.int64)
        known = np.isin(self.pairs, pairs)
        made[np.searchsorted(pairs, self.pairs[known])] = self.made[known]
        return Outline(self.reach, pairs, made, self.profiles)


Outlined = tuple[Counts, Counts, Counts, int]


@dataclass(frozen=True)
class OutlineQuestion:
    """Count the profiles that meet each touchpoint of the scope and that make each transition within it."""

    scope: Scope

    def partial(self, block: Block) -> Outlined:
        return _outlined(self.scope, block, _all_on_one(block))[0]

    def merge(self, a: Outlined, b: Outlined) -> Outlined:
        pairs, made = added((a[1], a[2]), (b[1], b[2]))
        return a[0] + b[0], pairs, made, a[3] + b[3]

    def finish(self, partial: Outlined) -> Outline:
        reach, pairs, made, profiles = partial
        return Outline(reach, pairs, made[:, 0], profiles)


@dataclass(frozen=True)
class OutlinesQuestion:
    """The same of the profiles chosen, and of all others of their blocks."""

    scope: Scope

    def partial(self, block: Block) -> tuple[Outlined, Outlined]:
        return _outlined(self.scope, *_beside(block))

    def merge(self, a: tuple[Outlined, Outlined], b: tuple[Outlined, Outlined]) -> tuple[Outlined, Outlined]:
        one = OutlineQuestion(self.scope)
        return one.merge(a[0], b[0]), one.merge(a[1], b[1])

    def finish(self, partial: tuple[Outlined, Outlined]) -> tuple[Outline, Outline]:
        one = OutlineQuestion(self.scope)
        return one.finish(partial[0]), one.finish(partial[1])


@dataclass(frozen=True)
class FirstGapsQuestion:
    """The time that profiles take the first time they make each of these transitions (from · size + to): a row of bins
    for each, in their order; of the profiles chosen, and, with `others`, of all others of their blocks."""

    scope: Scope
    pairs: tuple[int, ...]
    others: bool = False

    def partial(self, block: Block) -> Counts:
        size = self.scope.size
        rows = np.full(size * size, len(self.pairs), np.uint32)
        rows[list(self.pairs)] = np.arange(len(self.pairs))
        looked_at, side = _beside(block) if self.others else (block, _all_on_one(block))
        gaps: Counts = first_gaps(*self.scope.counted(looked_at).columns, size, rows, len(self.pairs), side)
        return gaps

    def merge(self, a: Counts, b: Counts) -> Counts:
        return a + b

    def finish(self, partial: Counts) -> tuple[Counts, Counts]:
        chosen, others = partial.astype(np.int64)
        return chosen, others


def _outlined(scope: Scope, block: Block, side: Sides) -> tuple[Outlined, Outlined]:
    counted = scope.counted(block)
    reach, made, profiles = outline(counted.starts, counted.ends, counted.number, scope.size, side)
    first, second = (np.flatnonzero(m) for m in made)
    return (
        (reach[0], first, made[0, first, None], int(profiles[0])),
        (reach[1], second, made[1, second, None], int(profiles[1])),
    )


def _all_on_one(block: Block) -> Sides:
    return np.zeros(len(block.profiles), np.uint8)


def _beside(block: Block) -> tuple[Block, Sides]:
    """The whole of a block of which some profiles were chosen, and of each profile whether it is one of the others."""
    if block.part_of is None:
        return block, _all_on_one(block)
    whole, chosen = block.part_of
    others = np.ones(len(whole.profiles), np.uint8)
    others[chosen] = 0
    return whole, others


def untold(pairs: tuple[int, ...]) -> tuple[Counts, Counts]:
    """Gaps that nobody knows."""
    nothing = np.zeros((len(pairs), BINS), np.int64)
    return nothing, nothing


@dataclass(frozen=True, slots=True)
class SharedOutline:
    """The outlines of two scopes, and of the profiles that are in both: `met` has for each touchpoint, `made` for each
    of `pairs`, how many in the first, in the second and in both."""

    first: Outline
    second: Outline
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
    """Count the profiles in either of two scopes, which have the same touchpoints, what they do in each, and what those
    do who are in both."""

    first: Scope
    second: Scope

    def partial(self, block: Block) -> tuple[Counts, Counts, Counts, Counts]:
        a, b = self.first.counted(block), self.second.counted(block)
        met, made, profiles = shared_outline(
            a.starts, a.ends, a.number, b.starts, b.ends, b.number, self.first.size
        )
        pairs = np.flatnonzero(made.any(axis=1))
        return met, pairs, made[pairs], profiles

    def merge(
        self, a: tuple[Counts, Counts, Counts, Counts], b: tuple[Counts, Counts, Counts, Counts]
    ) -> tuple[Counts, Counts, Counts, Counts]:
        pairs, made = added((a[1], a[2]), (b[1], b[2]))
        return a[0] + b[0], pairs, made, a[3] + b[3]

    def finish(self, partial: tuple[Counts, Counts, Counts, Counts]) -> SharedOutline:
        met, pairs, made, profiles = partial
        first, second = (
            Outline(
                met[:, side], pairs[made[:, side] > 0], made[made[:, side] > 0, side], int(profiles[side])
            )
            for side in range(2)
        )
        return SharedOutline(first, second, met[:, 2:], pairs, made[:, 2:], int(profiles[2]))


def added(a: Rows, b: Rows) -> Rows:
    """The rows of both, added up where both have the same transition."""
    if np.array_equal(a[0], b[0]):
        return a[0], a[1] + b[1]
    pairs, place = np.unique(np.concatenate([a[0], b[0]]), return_inverse=True)
    rows = np.zeros((len(pairs), a[1].shape[1]), a[1].dtype)
    rows[place[: len(a[0])]] = a[1]  # each occurs once in either
    rows[place[len(a[0]) :]] += b[1]
    return pairs, rows
