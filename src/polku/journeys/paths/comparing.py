"""Paths of two groups, or of two periods, beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from polku.journeys.asking.results import Met
from polku.journeys.paths.walk_results import PathsOfJourneys, Stop
from polku.stats import CLEAR, Difference, false_discovery, two_proportions


@dataclass(frozen=True, slots=True)
class Row:
    """A touchpoint at a step in the first and in the second, and how much more of the first are there; None where it
    cannot be compared."""

    step: int
    touchpoint: Met
    first: Stop | None
    second: Stop | None
    difference: Difference | None = None
    q_value: float | None = None

    @property
    def clear(self) -> bool:
        """Whether it is more than chance, of all that are compared."""
        return self.q_value is not None and self.q_value <= CLEAR


def beside(first: PathsOfJourneys, second: PathsOfJourneys | None) -> list[Row]:
    """The stops of both by step, those of the first in its order. Paths that begin more than once a profile are not
    independent of each other, and not compared by a test."""
    if second is None:
        return [Row(s.step, s.touchpoint, s, None) for s in first.stops]
    there = {(s.step, s.touchpoint.key): s for s in second.stops}
    rows = []
    for step in range(
        max(s.step for s in (*first.stops, *second.stops)) + 1 if first.stops or second.stops else 0
    ):
        rows += list(_step(first, second, step, there))
    tested = [r.difference.p_value if r.difference and r.step else None for r in rows]
    return [
        Row(r.step, r.touchpoint, r.first, r.second, r.difference, q)
        for r, q in zip(rows, false_discovery(tested), strict=True)
    ]


def _step(
    first: PathsOfJourneys, second: PathsOfJourneys, step: int, there: dict[tuple[int, str], Stop]
) -> Iterator[Row]:
    here = {s.touchpoint.key: s for s in first.stops if s.step == step}
    for key, stop in here.items():
        other = there.get((step, key))
        yield Row(step, stop.touchpoint, stop, other, _difference(first, second, stop, other))
    for (at, key), stop in there.items():
        if at == step and key not in here:
            yield Row(step, stop.touchpoint, None, stop)


def _difference(
    first: PathsOfJourneys, second: PathsOfJourneys, stop: Stop, other: Stop | None
) -> Difference | None:
    if other is None or "every" in (first.count, second.count):
        return None
    return two_proportions(stop.count, first.paths, other.count, second.paths)
