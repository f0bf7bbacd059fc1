"""Types of journeys: made of a sample, then journeys are told which they are of: all, or a million where there are
more, whose shares are sure to a tenth of a percent."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.scope import Scope
from polku.journeys.types.clustering import MOST_TYPES, Clustering, Features, clustered
from polku.journeys.types.kernels import describe, edit_distances, feel_of, sort_out
from polku.stats import FEWEST
from polku.store import Block, buckets_of

SAMPLED: Final = 6_000
"""So many journeys types are made of."""
COUNTED: Final = 1_000_000
"""So many journeys are told their type where there are more."""
DRAWERS: Final = 65_536
"""In so many buckets those are drawn."""
FEWEST_SAMPLED: Final = 50
MOST_PAIRS: Final = 4_096
"""Steps from one touchpoint to another are told apart up to so many; beyond, some share a feature."""
LONGEST: Final = 40
_COMPARED: Final = 300
"""Of so many of a type's journeys the most typical is chosen."""

Keys = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.uint16]
Sample = tuple[Keys, Counts, npt.NDArray[np.int32], Counts, Numbers]


@dataclass(frozen=True)
class JourneysQuestion:
    """How many profiles have any event of the scope."""

    scope: Scope

    def partial(self, block: Block) -> int:
        counted = self.scope.counted(block)
        return int((counted.ends > counted.starts).sum())

    def merge(self, a: int, b: int) -> int:
        return a + b

    def finish(self, partial: int) -> int:
        return partial


@dataclass(frozen=True, slots=True)
class Types:
    """What a sample of journeys falls into. `weights` (float32, features × types) as TypesQuestion takes them; of
    each type the path that is nearest to the others (numbers of touchpoints)."""

    weights: bytes
    size: int
    sampled: int
    silhouette: float
    strength: float
    is_distinct: bool
    medoids: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class FindTypesQuestion:
    """Types of journeys by what they meet and do before the `outcome` (a number of the scope; None: in all).

    Made of those `of` journeys whose key, mixed, is among the smallest: some 6,000, the same each time. None when
    they are fewer than 50. `types`: how many; None: as many as tell them apart best.
    """

    scope: Scope
    outcome: int | None
    types: int | None
    of: int

    def partial(self, block: Block) -> tuple[Sample, ...]:
        chosen = np.flatnonzero(_mixed(block.profiles) < self._threshold)
        counted = self.scope.counted(block).choose(chosen)
        there = counted.ends > counted.starts
        size = self.scope.size
        told = describe(
            *counted.choose(np.flatnonzero(there)).columns,
            _stops(self.outcome, size),
            size,
            _pairs(size),
            LONGEST,
        )
        return ((block.profiles[chosen][there], *told),)

    def merge(self, a: tuple[Sample, ...], b: tuple[Sample, ...]) -> tuple[Sample, ...]:
        return a + b

    def finish(self, partial: tuple[Sample, ...]) -> Types | None:
        keys, ends, features, step_ends, steps = _joined(partial)
        if len(keys) < FEWEST_SAMPLED:
            return None
        size = self.scope.size
        found = clustered(Features(ends, features, size + _pairs(size)), self.types)
        starts = np.concatenate([np.zeros(1, np.int64), step_ends[:-1]])
        return Types(
            found.weights.tobytes(),
            found.types,
            len(keys),
            found.silhouette,
            found.strength,
            found.is_distinct,
            tuple(_medoid(found, k, starts, step_ends, steps) for k in range(found.types)),
        )

    @property
    def _threshold(self) -> np.uint64:
        share = min(1.0, SAMPLED / max(1, self.of))
        return np.uint64(2**64 - 1) if share == 1.0 else np.uint64(share * 2.0**64)


@dataclass(frozen=True, slots=True)
class Tallied:
    """For each type a row: `journeys`; `reached`: those that get to the outcome; `meets`: those that meet each
    touchpoint before it; `encounters` and `lengths` (s) before it, in bins; `scores`: sums of the scores of its
    profiles as `polku.stats.clustered_mean` takes them. `others`: journeys with nothing before the outcome."""

    journeys: Counts
    reached: Counts
    meets: Counts
    encounters: Counts
    lengths: Counts
    scores: npt.NDArray[np.float64]
    others: int


@dataclass(frozen=True)
class TypesQuestion:
    """Count what the journeys of each type have in common; `weights` and `types` are those of Types. Where there are
    more than a million journeys (`of`), only in about so many: those in the first buckets, into which chance puts them.
    """

    scope: Scope
    outcome: int | None
    weights: bytes
    types: int
    of: int

    def partial(self, block: Block) -> Tallied:
        size = self.scope.size
        weights = np.zeros((size + _pairs(size) + 1, MOST_TYPES), np.float32)  # one more: of no feature
        weights[:-1, : self.types] = np.frombuffer(self.weights, np.float32).reshape(-1, self.types)
        counted, starts, ends = self.scope.counted(block), block.starts, block.ends
        if self.of > COUNTED:
            drawn = np.flatnonzero(buckets_of(block.profiles, DRAWERS) * self.of < COUNTED * DRAWERS)
            counted, starts, ends = counted.choose(drawn), starts[drawn], ends[drawn]
        columns = counted.columns
        labels, journeys, reached, meets, encounters, lengths = sort_out(
            *columns, _stops(self.outcome, size), size, _pairs(size), weights, self.types
        )
        scores = feel_of(starts, ends, block.score, labels, self.types)
        nothing = int((columns[1] > columns[0]).sum() - (labels >= 0).sum())
        return Tallied(journeys, reached, meets, encounters, lengths, scores, nothing)

    def merge(self, a: Tallied, b: Tallied) -> Tallied:
        return Tallied(*(getattr(a, f.name) + getattr(b, f.name) for f in fields(Tallied)))

    def finish(self, partial: Tallied) -> Tallied:
        return partial


def _pairs(size: int) -> int:
    return max(1, min(size * size, MOST_PAIRS))


def _stops(outcome: int | None, size: int) -> npt.NDArray[np.uint8]:
    stops = np.zeros(max(1, size), np.uint8)
    if outcome is not None:
        stops[outcome] = 1
    return stops


def _mixed(profiles: Keys) -> Keys:
    """Keys in an order that has nothing to do with the bucket they are in."""
    with np.errstate(over="ignore"):
        mixed: Keys = (profiles ^ (profiles >> np.uint64(31))) * np.uint64(0xD6E8FEB86659FD93)
        return mixed ^ (mixed >> np.uint64(32))


def _joined(parts: tuple[Sample, ...]) -> Sample:
    """One sample of several, those with features, in the order of their keys."""
    keys = np.concatenate([p[0] for p in parts])
    order = np.argsort(keys)
    features = _in_order(order, [(p[1], p[2]) for p in parts])
    steps = _in_order(order, [(p[3], p[4]) for p in parts])
    there = np.diff(features[0], prepend=0) > 0  # and only they have steps
    return keys[order][there], features[0][there], features[1], steps[0][there], steps[1]


def _in_order(order: Counts, parts: list[tuple[Counts, npt.NDArray[Any]]]) -> tuple[Counts, npt.NDArray[Any]]:
    """The lists of several parts (where each ends, and what is in them) as of one, in this order."""
    sizes = np.concatenate([np.diff(ends, prepend=0) for ends, _ in parts])
    starts = np.cumsum(sizes) - sizes
    ends = np.cumsum(sizes[order])
    shift = np.repeat(starts[order] - (ends - sizes[order]), sizes[order])
    return ends, np.concatenate([values for _, values in parts])[np.arange(len(shift)) + shift]


def _medoid(found: Clustering, kind: int, starts: Counts, ends: Counts, steps: Numbers) -> tuple[int, ...]:
    """Of a type's journeys the one from which the others differ least; empty where they are too few to be told."""
    members = np.flatnonzero(found.labels == kind)[:_COMPARED]
    if len(members) < FEWEST:
        return ()
    distances = edit_distances(starts[members], ends[members], steps)
    best = members[int(distances.sum(axis=1).argmin())]
    return tuple(steps[starts[best] : ends[best]].tolist())
