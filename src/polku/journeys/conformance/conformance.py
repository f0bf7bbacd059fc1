"""How attempts at a designed journey go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.scope import Scope
from polku.journeys.conformance.kernels import answered, conform
from polku.stats import Sums
from polku.store import Block

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Partial = tuple[Counts, Counts, Counts, Counts, Counts, Floats, Floats]

SKIPPED, OUT_OF_ORDER, REPEATED, LATE, BETWEEN, STOPPED = range(6)
KINDS: Final = ("skipped", "out_of_order", "repeated", "late", "between", "stopped")
FULLY, DEVIATING, NOT_AT_ALL, UNDER_WAY = range(4)
WAYS: Final = ("fully", "deviating", "not_at_all", "under_way")

WAITS: Final = timedelta(days=30)
"""Where the next step has no limit, an attempt that has waited longer has stopped; and answers up to so long after
its last step belong to it."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A step as kernels know it: the codes of its touchpoints, and a limit in seconds from the step before."""

    codes: tuple[int, ...]
    required: bool = True
    repeats: bool = False
    direct: bool = False
    within_s: int | None = None


@dataclass(frozen=True, slots=True)
class Conformed:
    """Attempts, one a profile. `ways[w]` of them go as WAYS says; `met[k]` meet step k, `through[k]` get as far as it
    or further, `clean[k]` of those without a deviation up to it; `gaps[k]` are the times to it from the step before,
    `delays[k]` those by which it was late, in bins. `counts[kind, k, has, outcome]`: attempts that could have had the
    deviation at step k and have it (1) or not (0), by their outcome (0, 1, 2: not known yet); `scores[kind, k, has]`
    are the sums of the scores that they gave from when they had got as far, `way_scores[w]` of all."""

    profiles: int
    attempts: int
    elsewhere: int
    ways: Counts
    met: Counts
    through: Counts
    clean: Counts
    gaps: Counts
    delays: Counts
    counts: Counts
    scores: Floats
    way_scores: Floats

    def sums(self, kind: int, step: int, *, having: bool) -> Sums:
        return sums_of(self.scores[kind, step, int(having)])


@dataclass(frozen=True)
class ConformanceQuestion:
    """Hold each profile's attempt against `plan`, step by step.

    A profile's attempt begins at its first event of the first step within the scope and ends at the first event of
    the last one, or with the scope. Every event of a step is read as one of three: the step that is next in turn (the
    following ones up to the first that is required), a step that was met before, or the nearest later step, the ones
    between being passed over; if it is none of them it is an earlier step that was passed over. A step is

    - skipped, if it is required, a later one was met and it was not;
    - out of order, if it was met for the first time after a later one;
    - repeated, if it was met again and may not be;
    - late, if it was met in its turn more than its limit after the last event of the step before it;
    - with something between, if it is direct, was met in its turn, and another event of the scope came after the last
      event of the step before it;
    - where the attempt stopped, if it is the furthest that was met, required ones remain, and at `until` the attempt
      has waited for longer than the limit of the next required one (30 days where it has none).

    An attempt that has not waited that long is under way. Answers from its beginning until 30 days after its last
    event of a step are its own, wherever they came from; for a deviation at a step count those given since the attempt
    had met it or a later one. The outcome is to reach the last required step, or an event
    of the touchpoint `outcome` (a code) after the beginning, within the scope.
    """

    scope: Scope
    plan: tuple[Planned, ...]
    until: int
    outcome: int | None = None

    def partial(self, block: Block) -> Partial:
        scope, plan = self.scope, self.plan
        counted = scope.counted(block)
        steps_of = np.zeros(max(1, scope.size), np.uint32)
        for place, step in enumerate(plan):
            for code in step.codes:
                if code in scope.codes:
                    steps_of[scope.codes.index(code)] |= np.uint32(1 << place)
        limits = np.array([-1 if s.within_s is None else s.within_s for s in plan], np.int64)
        outcome = -1 if self.outcome is None else _place(scope.codes, self.outcome)
        found: Partial = conform(
            *counted.columns, *answered(block.starts, block.ends, block.time, block.score),
            steps_of, limits, self._waits(),
            _bits(s.required for s in plan), _bits(s.repeats for s in plan), _bits(s.direct for s in plan),
            outcome, self.until, int(WAITS.total_seconds()), len(plan),
        )  # fmt: skip
        return found

    def merge(self, a: Partial, b: Partial) -> Partial:
        return a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4], a[5] + b[5], a[6] + b[6]

    def finish(self, partial: Partial) -> Conformed:
        found, ways, reached, gaps, counts, scores, way_scores = partial
        profiles, attempts, elsewhere = found.tolist()
        (met, through, clean), (times, delays) = reached, gaps
        return Conformed(
            profiles,
            attempts,
            elsewhere,
            ways,
            met,
            through,
            clean,
            times,
            delays,
            counts,
            scores,
            way_scores,
        )

    def _waits(self) -> Counts:
        """How long an attempt may wait at each step before it has stopped there, in seconds."""
        usual = int(WAITS.total_seconds())
        following = [next((s for s in self.plan[k + 1 :] if s.required), None) for k in range(len(self.plan))]
        return np.array(
            [usual if s is None or s.within_s is None else s.within_s for s in following], np.int64
        )


@dataclass(frozen=True)
class LastEventQuestion:
    """The time of the last event of the scope, in seconds since 1970; 0 if there is none."""

    scope: Scope

    def partial(self, block: Block) -> int:
        counted = self.scope.counted(block)
        ends = counted.ends[counted.ends > counted.starts]
        return int(counted.time[ends - 1].max()) if len(ends) else 0

    def merge(self, a: int, b: int) -> int:
        return max(a, b)

    def finish(self, partial: int) -> int:
        return partial


def sums_of(row: Floats) -> Sums:
    total, n, clusters, squares, cross, counts2 = row.tolist()
    return Sums(total, int(n), int(clusters), squares, cross, counts2)


def _bits(flags: Iterable[bool]) -> int:
    return sum(1 << k for k, flag in enumerate(flags) if flag)


def _place(codes: tuple[int, ...], code: int) -> int:
    """The number of a touchpoint in a scope; one that is not in it never comes."""
    return codes.index(code) if code in codes else len(codes)
