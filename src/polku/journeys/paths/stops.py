"""Walks as they are told: the frequent touchpoints of each step by name, the rest together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.gaps import median_gap
from polku.journeys.asking.results import Met
from polku.journeys.paths.walk_kernels import ANY
from polku.journeys.paths.walk_results import ANYTHING, REST, Step, Stop
from polku.journeys.paths.walks import Walks
from polku.stats import FEWEST, Estimate
from polku.stats.estimate import wilson

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Telling:
    """Walks whose first steps are the numbers `asked`. Of each further step the `top` most frequent numbers are told
    by name, if five walks or more are there."""

    walks: Walks
    met: Sequence[Met]
    asked: tuple[int, ...]
    top: int

    @cached_property
    def _named(self) -> list[list[int]]:
        """The numbers told by name at each step that was counted."""
        return [self._frequent(here) for here in self._here]

    @cached_property
    def _here(self) -> list[Counts]:
        """How many walks are at each number, step by step."""
        flows = self.walks.flows
        return [flows[0].sum(axis=1), *(step[:, :-1].sum(axis=0) for step in flows)]

    def stops(self) -> Iterator[Stop]:
        """By step, the most frequent first."""
        for step, number in enumerate(self.asked[:-1]):
            yield self._asked(step, number)
        for step, (here, named) in enumerate(zip(self._here, self._named, strict=True)):
            rest = [n for n in np.flatnonzero(here).tolist() if n not in named]
            for numbers in [*([n] for n in named), *([rest] if rest else [])]:
                yield self._stop(step, numbers, REST if numbers is rest else self.met[numbers[0]])

    def flows(self) -> Iterator[Step]:
        """By step, the most frequent first."""
        for step, (came, went) in enumerate(zip(self.asked, self.asked[1:], strict=False)):
            here, there = (int(n) for n in self.walks.reached[step + 1 : step + 3])
            yield Step(step, self._known(came), self._known(went), there, self._share(there, here))
        for step, flow in enumerate(self.walks.flows):
            grouped = _grouped(flow[:, :-1], self._named[step], self._named[step + 1])
            here = _grouped(flow, self._named[step], []).sum(axis=1)
            for place in np.argsort(-grouped, axis=None, kind="stable").tolist():
                came, went = divmod(place, grouped.shape[1])
                if there := int(grouped[came, went]):
                    share = self._share(there, int(here[came]))
                    names = self._name(step, came), self._name(step + 1, went)
                    yield Step(self._before + step, *names, there, share)

    def _frequent(self, here: Counts) -> list[int]:
        order = np.argsort(-here, kind="stable")[: self.top].tolist()
        return [n for n in order if here[n] >= FEWEST]

    def _name(self, step: int, place: int) -> Met:
        named = self._named[step]
        return self.met[named[place]] if place < len(named) else REST

    def _known(self, number: int) -> Met:
        return ANYTHING if number == ANY else self.met[number]

    def _asked(self, step: int, number: int) -> Stop:
        """A step that all walks take: those that end there are not told from those that go another way."""
        here, unknown = int(self.walks.reached[step + 1]), Estimate.unknown(0, "no_observations")
        return Stop(step, self._known(number), here, self._share(here, self.begun), None, None, unknown)

    def _stop(self, step: int, numbers: list[int], touchpoint: Met) -> Stop:
        count, after = (
            int(self._here[step][numbers].sum()),
            median_gap(self.walks.gaps[step][numbers].sum(axis=0)),
        )
        share = self._share(count, self.begun)
        if step == len(self.walks.flows):
            return Stop(self._before + step, touchpoint, count, share, None, None, after)
        ended = int(self.walks.flows[step][numbers, -1].sum())
        return Stop(self._before + step, touchpoint, count, share, ended, self._share(ended, count), after)

    @property
    def _before(self) -> int:
        """How many steps come before those that were counted one by one."""
        return max(0, len(self.asked) - 1)

    @property
    def begun(self) -> int:
        """How many walks begin."""
        return int(self.walks.reached[0])

    @cached_property
    def _alike(self) -> float:
        """How many walks of one profile are told as one: walks of the same profile are taken to go the same way, so
        that an interval is rather too wide than too narrow (Kish's design effect with an intraclass correlation of
        1, Survey Sampling, 1965, 8.2)."""
        return max(1.0, self.walks.squares / max(1, int(self.walks.reached[-1])))

    def _share(self, part: int, whole: int) -> Estimate:
        if whole < FEWEST:
            return Estimate.unknown(whole, "too_few" if whole else "no_observations")
        return Estimate(part / whole, *wilson(part / whole, whole / self._alike), whole)


def _grouped(flow: Counts, came: list[int], went: list[int]) -> Counts:
    """Flows between numbers as flows between those told by name and, last, the rest."""
    rows = np.vstack([flow[came], np.delete(flow, came, axis=0).sum(axis=0, keepdims=True)])
    columns: Counts = np.hstack([rows[:, went], np.delete(rows, went, axis=1).sum(axis=1, keepdims=True)])
    return columns
