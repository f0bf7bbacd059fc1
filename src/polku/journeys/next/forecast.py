"""What comes after a path so far, and how good such forecasts have been: learned before a day, tried after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.groups import by_group
from polku.journeys.asking.scope import Scope
from polku.journeys.next.following import Following, after, following
from polku.journeys.next.kernels import follow, try_out
from polku.stats import FEWEST, backed_off
from polku.store import Block

Table = npt.NDArray[np.uint32]
Counts = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]
T = TypeVar("T", bound=npt.NDArray[Any])

BINS: Final = (0.0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Edges of what was foretold, to see how often it came true."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What was tried of a forecast, in each random group of profiles (first axis): how many touchpoints `n`, the sums
    of −log p of what came (`loss`), how often it was the likeliest (`first`) or of the three likeliest (`three`).

    In the next axis are the forecast and, to compare, the shares of all touchpoints whatever came before. `foretold`,
    `true` and `said` are for each bin of BINS the probabilities that the forecast gave, how many of them came true,
    and how many there were.
    """

    n: Values
    loss: Values
    first: Values
    three: Values
    foretold: Values
    true: Values
    said: Values
    learned: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What to expect after a path, and how good such expectations were; `tried` is None where nothing was learned, or
    there was nothing to try it on."""

    following: Following
    tried: Tried | None


@dataclass(frozen=True, slots=True)
class Seen:
    """Of each random group what came after the path (as `after` has it) and what came from `cut` on (as `follow` has
    it), and of all together what was learned before: None where nobody was."""

    learned: Table | None
    after: dict[int, Counts]
    tried: dict[int, Table]


@dataclass(frozen=True)
class ForecastQuestion:
    """What comes after `path`, numbers of the scope, the last one last, no more than `order`: from all that is seen in
    full before `end`. And how well that which is learned before `cut` foretells what happens from then to `end`.

    A path ends where nothing comes within `within` seconds.
    """

    scope: Scope
    path: tuple[int, ...]
    order: int
    within: int
    cut: int
    end: int

    def partial(self, block: Block) -> Seen:
        axes = [self.scope.size + 1] * (self.order + 1)
        nothing = np.zeros((len(self.path) + 1, self.scope.size + 1), np.int64)
        seen = Seen(None, {}, {})
        for group, part in by_group(block):
            tables, totals = follow(
                *self.scope.counted(part).columns,
                self.scope.size,
                self.order,
                self.within,
                self.cut,
                self.end,
            )
            early, between, late = (t if n else None for t, n in zip(tables, totals, strict=True))
            all_of_them = [t for t in (early, between, late) if t is not None]
            came = sum((after(self.path, t.reshape(axes)) for t in all_of_them), nothing)
            seen = self.merge(seen, Seen(early, {group: came}, {} if late is None else {group: late}))
        return seen

    def merge(self, a: Seen, b: Seen) -> Seen:
        return Seen(_sum(a.learned, b.learned), _by_group(a.after, b.after), _by_group(a.tried, b.tried))

    def finish(self, partial: Seen) -> Forecast:
        base, learned = self.scope.size + 1, partial.learned
        nothing = np.zeros((len(self.path) + 1, base), np.int64)
        found = following(np.stack([partial.after[g] for g in sorted(partial.after)] or [nothing]))
        if learned is None or not partial.tried:
            return Forecast(found, None)
        counts = np.stack([partial.tried.get(g, np.zeros_like(learned)) for g in sorted(partial.after)])
        by_path, plain = learned_from(learned.reshape(-1, base), base, self.order)
        of_path, of_shares = (_sums(counts, p) for p in (by_path, plain))
        foretold, true, said = np.split(of_path[:, 3:], 3, axis=1)
        loss, first, three = (np.stack([of_path[:, i], of_shares[:, i]], axis=1) for i in range(3))
        n, total = counts.sum(axis=1, dtype=np.float64), int(learned.sum(dtype=np.int64))
        return Forecast(found, Tried(n, loss, first, three, foretold, true, said, total))


def learned_from(counts: Table, base: int, order: int) -> tuple[Values, Values]:
    """The probability of each touchpoint after each context, and (one row for all) the same whatever came before.

    `counts` as `follow` gives them. A context that begins a path is one of fewer touchpoints.
    """
    p = plain = backed_off(counts.sum(axis=0, dtype=np.int64), np.full(base, 1 / base), fewest=FEWEST)
    for back in range(1, order + 1):
        shape = (base ** (order - back), *[base] * back, base)
        longer = backed_off(counts.reshape(shape).sum(axis=0, dtype=np.int64), p, fewest=FEWEST)
        if back > 1:
            longer[-1] = p
        p = longer
    return p.reshape(-1, base), plain


def _sums(counts: Table, p: Values) -> Values:
    """As `try_out` has them, of groups (first axis) and a forecast's probabilities."""
    size = p.shape[-1]
    shape = np.array([len(counts), counts.shape[1] // size, size])
    return try_out(counts.ravel(), shape, p.ravel(), np.array(BINS[1:-1]))


def _sum(a: Table | None, b: Table | None) -> Table | None:
    return b if a is None else a if b is None else a + b


def _by_group(a: dict[int, T], b: dict[int, T]) -> dict[int, T]:
    return a | {g: a[g] + counts if g in a else counts for g, counts in b.items()}
