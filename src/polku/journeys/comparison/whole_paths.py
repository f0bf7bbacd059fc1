"""How many of each of two groups, or in each of two periods, take a whole path."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.query import Asker
from polku.journeys.asking.scope import Scope
from polku.journeys.asking.who import Condition
from polku.journeys.variants.variants import Counted, PathsQuestion, VariantsQuestion, Whole
from polku.stats import FEWEST, Shared
from polku.store import Block
from polku.store.numbering import empty_slots, enter, find, mixer

MOST: Final = 20
"""So many whole paths are compared: the most frequent of both together."""

LOOKED_AT: Final = 200
"""They are looked for among so many of the most frequent of each."""

Counts = npt.NDArray[np.int64]
Hashes = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WholePaths:
    """Whole paths as numbers of touchpoints, and how many profiles take each; `shared` where the same profiles may
    be in both."""

    paths: tuple[tuple[int, ...], ...]
    first: tuple[int, ...]
    second: tuple[int, ...]
    shared: tuple[Shared, ...] | None = None


@dataclass(frozen=True)
class TakenQuestion:
    """How many profiles take each of the whole paths with these hashes, which are ascending."""

    whole: Whole
    hashes: Hashes

    def partial(self, block: Block) -> Counts:
        places = _places(self.whole.hashed(block).hashes, self.hashes)
        return np.bincount(places[places >= 0], minlength=len(self.hashes)).astype(np.int64)

    def merge(self, a: Counts, b: Counts) -> Counts:
        return a + b

    def finish(self, partial: Counts) -> Counts:
        return partial


@dataclass(frozen=True)
class SharedTakenQuestion:
    """How many profiles take each path in the first and in the second; and of those who have a path in both: how many
    they are, and how many take each in the first, in the second and in both."""

    first: Whole
    second: Whole
    hashes: Hashes

    def partial(self, block: Block) -> tuple[int, Counts]:
        a, b = (w.hashed(block).hashes for w in (self.first, self.second))
        both = (a != 0) & (b != 0)
        at, other = (_places(h, self.hashes) for h in (a, b))
        size = len(self.hashes)
        counts = [
            np.bincount(at[chosen], minlength=size)
            for at, chosen in (
                (at, at >= 0),
                (other, other >= 0),
                (at, both & (at >= 0)),
                (other, both & (other >= 0)),
                (at, (at >= 0) & (at == other)),
            )
        ]
        return int(np.count_nonzero(both)), np.stack(counts, axis=1).astype(np.int64)

    def merge(self, a: tuple[int, Counts], b: tuple[int, Counts]) -> tuple[int, Counts]:
        return a[0] + b[0], a[1] + b[1]

    def finish(self, partial: tuple[int, Counts]) -> tuple[Counts, Counts, tuple[Shared, ...]]:
        n, rows = partial
        return rows[:, 0], rows[:, 1], tuple(Shared(n, *row) for row in rows[:, 2:].tolist())


def paths_of_groups(
    ask: Asker, scope: Scope, first: tuple[Condition, ...], second: tuple[Condition, ...]
) -> WholePaths:
    """The paths of profiles for whom `first` holds beside those for whom `second` does (none: all others), without
    those for whom both hold."""
    whole, who = _whole(scope), ask.lens.who

    def asked(*conditions: Condition) -> Asker:
        return replace(ask, lens=replace(ask.lens, who=(*who, *conditions)))

    groups = [asked(*first), asked(*second)] if second else [ask]
    frequent = [g(VariantsQuestion(whole, LOOKED_AT)) for g in groups]
    hashes = _ascending(frequent)
    a = asked(*first)(TakenQuestion(whole, hashes))
    if second:
        b, both = (asked(*c)(TakenQuestion(whole, hashes)) for c in (second, (*first, *second)))
        a, b = a - both, b - both
    else:  # all that are looked at were counted of everyone
        everyone = dict(zip(frequent[0].hashes, frequent[0].profiles, strict=True))
        b = np.array([everyone[h] for h in hashes], np.int64) - a
    chosen = _most(frequent, a + b)
    paths = _read(ask, (whole,), tuple(hashes[i] for i in chosen))
    return WholePaths(paths, tuple(a[chosen].tolist()), tuple(b[chosen].tolist()))


def paths_of_periods(ask: Asker, scope: Scope, other: Scope) -> WholePaths:
    """The paths of the same profiles in two periods."""
    first, second = _whole(scope), _whole(other)
    frequent = [ask(VariantsQuestion(w, LOOKED_AT)) for w in (first, second)]
    hashes = _ascending(frequent)
    a, b, shared = ask(SharedTakenQuestion(first, second, hashes))
    chosen = _most(frequent, a + b)
    paths = _read(ask, (first, second), tuple(hashes[i] for i in chosen))
    return WholePaths(
        paths, tuple(a[chosen].tolist()), tuple(b[chosen].tolist()), tuple(shared[i] for i in chosen)
    )


def _whole(scope: Scope) -> Whole:
    """All of a journey; what follows itself counts once, or hardly any two would take the same path."""
    return Whole(scope, collapse=True)


def _ascending(frequent: Iterable[Counted]) -> Hashes:
    return tuple(sorted({h for one in frequent for h in one.hashes}))


def _most(frequent: Iterable[Counted], together: Counts) -> list[int]:
    """Places, ascending, of the paths that most of both together take: how many do says nothing of whether the two
    differ, so the choice does not make differences look clearer. A path that is too rare to have been looked at in
    either might be taken by as many as `least`: below that it would not be all of them."""
    least = sum(one.profiles[-1] for one in frequent if len(one.hashes) == LOOKED_AT)
    order = np.argsort(-together, kind="stable")[:MOST]
    return sorted(int(i) for i in order if together[i] >= max(FEWEST, least))


def _read(ask: Asker, wholes: tuple[Whole, ...], hashes: Hashes) -> tuple[tuple[int, ...], ...]:
    """What the paths are; one that nobody has any more, since blocks were renewed meanwhile, is empty."""
    known: dict[int, tuple[int, ...]] = {}
    for whole in wholes:
        wanted = tuple(h for h in hashes if h not in known)
        found = ask(PathsQuestion(whole, wanted)) if wanted else ()
        known |= {h: path for h, (path, _) in zip(wanted, found, strict=True) if path is not None}
    return tuple(known.get(h, ()) for h in hashes)


def _places(hashes: npt.NDArray[np.uint64], wanted: Hashes) -> npt.NDArray[np.int32]:
    """For each hash its place among those wanted, which are ascending; −1 for others."""
    slots, known, mixed = empty_slots(len(wanted)), np.empty(len(wanted), np.uint64), mixer()
    enter(np.array(wanted, np.uint64), slots, known, 0, mixed)
    return find(hashes, slots, known, len(wanted), mixed)
