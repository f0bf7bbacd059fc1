"""From counts of two groups or periods to what differs between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from polku.journeys.asking.gaps import median_gap
from polku.journeys.asking.results import Met
from polku.journeys.asking.telling import share
from polku.journeys.comparison.outlines import Outline, SharedOutline
from polku.journeys.comparison.results import ComparedTouchpoint, ComparedTransition, Row
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

Alike = tuple[Estimate, Estimate, Estimate, float | None, float | None, bool]
"""The fields that touchpoints and transitions have alike."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What differs, the clearest and largest first; how many differences were tested, and how many are clear."""

    touchpoints: tuple[ComparedTouchpoint, ...]
    transitions: tuple[ComparedTransition, ...]
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
    without: frozenset[int] = frozenset(),
    top: int | None = None,
) -> Compared:
    """What differs between two outlines of the same touchpoints `met`; of transitions the first `top`, or all.

    Compared is what at least five profiles of both together do: of less nothing could be clear, and how many of
    both do a thing says nothing of whether they differ in it. Touchpoints whose places are in `without` are left
    out, with what leads to them and from them.
    """
    size, pairs = len(met), np.union1d(a.pairs, b.pairs)
    a, b = a.of(pairs), b.of(pairs)

    def counted(place: int, k: int, other_k: int, both: Shared | None) -> _Counted:
        test = two_proportions(k, a.profiles, other_k, b.profiles, shared=both)
        return _Counted(place, k, other_k, a.profiles, b.profiles, test)

    touchpoints = [
        counted(k, int(a.reach[k]), int(b.reach[k]), shared.of_touchpoint(k) if shared else None)
        for k in range(size)
        if a.reach[k] + b.reach[k] >= FEWEST and k not in without
    ]
    transitions = [
        counted(i, made, other_made, shared.of_transition(pair) if shared else None)
        for i, (pair, made, other_made) in enumerate(
            zip(*(c.tolist() for c in (pairs, a.made, b.made)), strict=True)
        )
        if made + other_made >= FEWEST and without.isdisjoint(divmod(pair, size))
    ]
    tested = [*touchpoints, *transitions]
    for one, q in zip(tested, false_discovery([t.test.p_value for t in tested]), strict=True):
        one.q = q
    touchpoints.sort(key=lambda t: t.weight, reverse=True)
    transitions.sort(key=lambda t: t.weight, reverse=True)
    return Compared(
        tuple(ComparedTouchpoint(met[t.place], *t.told) for t in touchpoints),
        tuple(_transition(met, t, a, b) for t in transitions[:top]),
        sum(t.q is not None for t in tested),
        sum(t.clear for t in tested),
    )


def _transition(met: Sequence[Met], one: _Counted, a: Outline, b: Outline) -> ComparedTransition:
    came, went = divmod(int(a.pairs[one.place]), len(met))
    first, second = median_gap(a.gaps[one.place]), median_gap(b.gaps[one.place])
    return ComparedTransition(met[came], met[went], *one.told, first_after_s=first, second_after_s=second)


def weight(row: Row) -> tuple[bool, float]:
    """What comes first: what is clear, and of that the clearest and largest."""
    return row.clear, _weight(row.p_value, row.difference)


def _weight(p_value: float | None, difference: Estimate) -> float:
    """How clear a difference is times how large it is."""
    return evidence(p_value) * abs(difference.estimate or 0.0)
