"""What is likely to be meant where no outcome was chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.scope import Scope
from polku.journeys.attribution.kernels import add_values
from polku.journeys.touchpoints.catalogue import Catalogue, Touchpoint
from polku.store import Block

Partial = tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]


@dataclass(frozen=True)
class ValuesQuestion:
    """The sum of the values of each number's events, and how many events it has."""

    scope: Scope

    def partial(self, block: Block) -> Partial:
        s = self.scope
        return add_values(
            block.starts,
            block.ends,
            block.time,
            block.touchpoint,
            block.source,
            block.value,
            s.index,
            s.limits,
            s.size,
        )

    def merge(self, a: Partial, b: Partial) -> Partial:
        return a[0] + b[0], a[1] + b[1]

    def finish(self, partial: Partial) -> tuple[tuple[float, ...], tuple[int, ...]]:
        return tuple(partial[0].tolist()), tuple(partial[1].tolist())


def usual_outcome(catalogue: Catalogue, values: Sequence[float], events: Sequence[int]) -> Touchpoint | None:
    """The touchpoint that brings most money in the channel in which most is met, or else in any: the path to it can be
    seen best. Without money the last one of the last stage but one, where customers are won.

    `values` and `events` are those of the catalogue's touchpoints. None where none is on the map.
    """
    bring = [(t, v) for t, v in zip(catalogue.touchpoints, values, strict=True) if v > 0]
    met: Counter[str] = Counter()
    for t, n in zip(catalogue.touchpoints, events, strict=True):
        met[t.channel] += n
    for channel, _ in met.most_common():
        if there := [(v, -i) for i, (t, v) in enumerate(bring) if t.channel == channel]:
            return bring[-max(there)[1]][0]
    for stage in (*reversed(catalogue.stages[:-1]), *catalogue.stages[-1:]):
        if on_map := catalogue.of_stage(stage.key):
            return on_map[-1]
    return None
