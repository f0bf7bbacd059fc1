"""From counts of two groups or periods to what differs between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from polku.journeys.asking.gaps import median_gap
from polku.journeys.asking.results import Met
from polku.journeys.asking.telling import share
from polku.journeys.comparison.outlines import Counts, Gaps, Outline, SharedOutline, untold
from polku.journeys.comparison.results import ComparedPath, ComparedTouchpoint, ComparedTransition, Row
from polku.journeys.comparison.whole_paths import WholePaths
from polku.stats import (
    CLEAR,
    FEWEST,
    Difference,
    Estimate,
    Shared,
    evidence,
    false_discovery,
    two_proportions,
)

NONE: Final = WholePaths((), (), ())

Alike = tuple[Estimate, Estimate, Estimate, float | None, float | None, bool]
"""The fields that touchpoints, transitions and paths have alike."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What differs, the clearest and largest first; how many differences were tested, and how many are clear."""

    touchpoints: tuple[ComparedTouchpoint, ...]
    transitions: tuple[ComparedTransition, ...]
    paths: tuple[ComparedPath, ...]
    tested: int
    clear: int


@dataclass(slots=True)
class _Counted:
    """How many of each do the thing at a place, whether that differs, and its q-value among all that were tested."""

    place: int
    k: int
    other_k: int
    n: int
    other_n: int
    test: Difference
    q: float | None = None

    @classmethod
    def of(cls, place: int, k: int, other_k: int, shared: Shared | None, n: int, other_n: int) -> Self:
        return cls(place, k, other_k, n, other_n, two_proportions(k, n, other_k, other_n, shared=shared))

    @property
    def clear(self) -> bool:
        return self.q is not None and self.q <= CLEAR

    @property
    def weight(self) -> tuple[bool, float]:
        return self.clear, _weight(self.test.p_value, self.test.difference)

    @property
    def told(self) -> Alike:
        shares = (share(self.k, self.n), share(self.other_k, self.other_n))
        return (*shares, self.test.difference, self.test.p_value, self.q, self.clear)


def compare(
    met: Sequence[Met],
    a: Outline,
    b: Outline,
    shared: SharedOutline | None = None,
    *,
    paths: WholePaths = NONE,
    without: frozenset[int] = frozenset(),
    top: int | None = None,
    gaps: Gaps = untold,
) -> Compared:
    """What differs between two outlines of the same touchpoints `met`; of transitions the first `top`, or all.

    Compared is what at least five profiles of both together do: of less nothing could be clear, and how many of
    both do a thing says nothing of whether they differ in it. Touchpoints whose places are in `without` are left
    out, with what leads to them and from them, and whole paths through them. `gaps` is asked how long the transitions
    listed take.
    """
    pairs = np.union1d(a.pairs, b.pairs)
    a, b = a.of(pairs), b.of(pairs)
    each = [
        [_Counted.of(*c, a.profiles, b.profiles) for c in counts]
        for counts in (
            _met(a, b, shared, without),
            _made(a, b, shared, without, len(met)),
            _taken(paths, without),
        )
    ]
    tested = [one for several in each for one in several]
    for one, q in zip(tested, false_discovery([t.test.p_value for t in tested]), strict=True):
        one.q = q
    touchpoints, transitions, taken = (sorted(e, key=lambda t: t.weight, reverse=True) for e in each)
    return Compared(
        tuple(ComparedTouchpoint(met[t.place], *t.told) for t in touchpoints),
        tuple(_transitions(met, transitions[:top], pairs, gaps)),
        tuple(_path(met, t, paths) for t in taken),
        sum(t.q is not None for t in tested),
        sum(t.clear for t in tested),
    )


Found = Iterator[tuple[int, int, int, Shared | None]]
"""Of each thing its place, how many of either do it, and of those who are in both."""


def _met(a: Outline, b: Outline, shared: SharedOutline | None, without: frozenset[int]) -> Found:
    for k, (n, m) in enumerate(zip(a.reach.tolist(), b.reach.tolist(), strict=True)):
        if n + m >= FEWEST and k not in without:
            yield k, n, m, shared.of_touchpoint(k) if shared else None


def _made(a: Outline, b: Outline, shared: SharedOutline | None, without: frozenset[int], size: int) -> Found:
    counts = zip(a.pairs.tolist(), a.made.tolist(), b.made.tolist(), strict=True)
    for i, (pair, n, m) in enumerate(counts):
        if n + m >= FEWEST and without.isdisjoint(divmod(pair, size)):
            yield i, n, m, shared.of_transition(pair) if shared else None


def _taken(paths: WholePaths, without: frozenset[int]) -> Found:
    for i, (path, n, m) in enumerate(zip(paths.paths, paths.first, paths.second, strict=True)):
        if path and without.isdisjoint(path):
            yield i, n, m, paths.shared[i] if paths.shared else None


def _path(met: Sequence[Met], one: _Counted, paths: WholePaths) -> ComparedPath:
    steps = [met[k] for k in paths.paths[one.place]]
    fi, en = (" → ".join(s.name(language) for s in steps) for language in ("fi", "en"))
    return ComparedPath(tuple(s.key for s in steps), fi, en, *one.told)


def _transitions(
    met: Sequence[Met], listed: Sequence[_Counted], pairs: Counts, gaps: Gaps
) -> Iterator[ComparedTransition]:
    made = tuple(int(pairs[one.place]) for one in listed)
    for pair, one, first, second in zip(made, listed, *gaps(made), strict=True):
        came, went = divmod(pair, len(met))
        took, took_other = median_gap(first), median_gap(second)
        yield ComparedTransition(
            met[came], met[went], *one.told, first_after_s=took, second_after_s=took_other
        )


def weight(row: Row) -> tuple[bool, float]:
    """What comes first: what is clear, and of that the clearest and largest."""
    return row.clear, _weight(row.p_value, row.difference)


def _weight(p_value: float | None, difference: Estimate) -> float:
    """How clear a difference is times how large it is."""
    return evidence(p_value) * abs(difference.estimate or 0.0)
