"""Whole paths: how many profiles take each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.scope import Scope
from polku.journeys.asking.views import views
from polku.journeys.variants.kernels import Flags, Hashes, Numbers, add_up, group, hash_paths, look_up
from polku.stats import FEWEST
from polku.store import Block
from polku.store.numbering import empty_slots, enter, mixer

Counts = npt.NDArray[np.int64]
Grouped = tuple[Hashes, Numbers, Numbers, Counts]


@dataclass(frozen=True, slots=True, eq=False)
class Hashed:
    """Of each profile of a block its path's hash (0: none), how many seconds it takes, and whether it meets the
    outcome; how many profiles have a longer path than is looked at."""

    hashes: Hashes
    seconds: Numbers
    met: Flags
    cut: Flags

    def choose(self, chosen: Counts) -> Self:
        return type(self)(self.hashes[chosen], self.seconds[chosen], self.met[chosen], self.cut[chosen])


@dataclass(frozen=True)
class Whole:
    """What a whole path is: the steps of a journey up to the first event of number `outcome` in the scope (None: to
    its end), or its first `longest`; with `collapse`, steps that repeat the one before left out."""

    scope: Scope
    outcome: int | None = None
    longest: int = 50
    collapse: bool = False

    def hashed(self, block: Block) -> Hashed:
        """The paths of a block as numbers; kept for the next question."""
        if block.part_of is not None:
            whole, chosen = block.part_of
            return self.hashed(whole).choose(chosen)
        found: Hashed | None = views.get(block, self)
        if found is None:
            outcome = -1 if self.outcome is None else self.outcome
            columns = self.scope.counted(block).columns
            found = Hashed(*hash_paths(*columns, outcome, self.longest, self.collapse))
            views.keep(block, self, found, found.hashes, found.seconds, found.met, found.cut)
        return found

    def path(self, block: Block, place: int) -> tuple[int, ...]:
        """The path of the profile at a place of the block."""
        events = self.scope.counted(block)
        numbers = events.number[events.starts[place] : events.ends[place]].tolist()
        if self.collapse:
            numbers = [k for k, _ in groupby(numbers)]
        end = numbers.index(self.outcome) if self.outcome in numbers else len(numbers)
        return tuple(numbers[: min(end, self.longest)])


@dataclass(frozen=True, slots=True)
class Counted:
    """The most frequent paths: their `hashes`, the `profiles` that take each and how many of them meet the outcome.
    Of all: how many `different` paths there are, how many of them are of one profile only (`single`), how many
    profiles have a path, meet the outcome after one (`met`), meet it without one (`straight`: with it their journey
    begins), and have a longer path than is looked at (`cut`)."""

    hashes: tuple[int, ...]
    profiles: tuple[int, ...]
    met: tuple[int, ...]
    different: int
    single: int
    of_all: int
    met_of_all: int
    straight: int
    cut: int


Partial = tuple[tuple[Grouped, ...], int, int]


@dataclass(frozen=True)
class VariantsQuestion:
    """Count the profiles that take each whole path; tell the `top` most frequent ones, of five profiles or more."""

    whole: Whole
    top: int = 50

    def partial(self, block: Block) -> Partial:
        found = self.whole.hashed(block)
        straight = int(np.count_nonzero(found.met & (found.hashes == 0)))
        return (group(found.hashes, found.met),), straight, int(np.count_nonzero(found.cut))

    def merge(self, a: Partial, b: Partial) -> Partial:
        return a[0] + b[0], a[1] + b[1], a[2] + b[2]  # added up at the end, all at once

    def finish(self, partial: Partial) -> Counted:
        grouped, straight, cut = partial
        hashes, counts, met = (np.concatenate([g[i] for g in grouped]) for i in range(3))
        begins = np.cumsum([0, *(len(g[0]) for g in grouped[:-1])])
        bounds = np.stack([g[3] for g in grouped]) + begins[:, None]
        frequent, often, with_, different, single = add_up(hashes, counts, met, bounds, FEWEST)
        order = _most(frequent, often, self.top)
        return Counted(
            tuple(frequent[order].tolist()),
            tuple(often[order].tolist()),
            tuple(with_[order].tolist()),
            different,
            single,
            int(counts.sum()),
            int(met.sum()),
            straight,
            cut,
        )


def _most(hashes: Hashes, often: Counts, top: int) -> Counts:
    """Places of the `top` most frequent; of those equally frequent the lower hash comes first."""
    places = np.arange(len(often))
    if len(often) > top:
        places = places[often >= np.partition(often, -top)[-top]]
    order: Counts = places[np.lexsort((hashes[places], -often[places]))][:top]
    return order


@dataclass(frozen=True)
class PathsQuestion:
    """What the paths with these hashes are, by the path of one profile each, and the times that they take: for each
    hash (its path, or None where nobody has it any more; counts in narrow bins of polku.journeys.asking.quantiles)."""

    whole: Whole
    hashes: tuple[int, ...]

    def partial(self, block: Block) -> tuple[tuple[tuple[int, ...] | None, ...], Numbers]:
        wanted, mixed = np.array(self.hashes, np.uint64), mixer()
        slots, known = empty_slots(len(wanted)), np.empty(len(wanted), np.uint64)
        enter(wanted, slots, known, 0, mixed)
        found = self.whole.hashed(block)
        places, lengths = look_up(found.hashes, found.seconds, known, slots, mixed)
        return tuple(self.whole.path(block, p) if p >= 0 else None for p in places.tolist()), lengths

    def merge(self, a: tuple[Any, Numbers], b: tuple[Any, Numbers]) -> tuple[Any, Numbers]:
        return tuple(x if x is not None else y for x, y in zip(a[0], b[0], strict=True)), a[1] + b[1]

    def finish(self, partial: tuple[Any, Numbers]) -> tuple[tuple[tuple[int, ...] | None, Counts], ...]:
        paths, lengths = partial
        return tuple(zip(paths, lengths.astype(np.int64), strict=True))
