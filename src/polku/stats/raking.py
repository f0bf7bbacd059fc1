"""Weights that make answers as a whole like those who were asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from polku.stats.weighed import effective_n

Values = npt.NDArray[np.float64]

BOUNDS: Final = (0.2, 5.0)
"""No answer counts for less or more than so many: one that stood for fifty would be an anecdote."""


@dataclass(frozen=True, slots=True)
class Raked:
    """Weights, 1 on average, and how well they do: the largest gap between a margin reached and the one aimed at, as
    a share of all (0–1). `effective_n` of the answers are left; `bounded` of them are at a bound. `unreached` are
    the values of the margins that nobody answered: the others of the margin share what was aimed at for them."""

    weights: Values
    converged: bool
    rounds: int
    largest_gap: float
    effective_n: float
    bounded: int
    unreached: tuple[tuple[str, str], ...]


def rake(
    answered: Mapping[str, Sequence[str | None]],
    margins: Mapping[str, Mapping[str, float]],
    *,
    bounds: tuple[float, float] = BOUNDS,
    most_rounds: int = 200,
    tolerance: float = 1e-6,
) -> Raked:
    """Iterative proportional fitting (Deming & Stephan 1940) of answers to margins, each weight kept within `bounds`.

    `answered` has for each margin the value of every answer, None where it is not known: such an answer keeps its
    weight in that margin. `margins` have the share or number aimed at of each value; they are scaled to 1. A value
    that is answered but not aimed at is aimed at 0, so its answers get the least weight.
    Converged when every margin is within `tolerance`; bounds may forbid it, and then what is reached is told.
    Raises ValueError for a margin that is not answered, negative or empty, and without answers.
    """
    targets = [_Margin.of(name, answered, aim) for name, aim in margins.items()]
    n = len(next(iter(answered.values()), ()))
    if n == 0:
        raise ValueError("there are no answers to weight")
    weights, rounds, gap = np.ones(n), 0, _largest_gap(targets, np.ones(n))
    while gap > tolerance and rounds < most_rounds:
        for margin in targets:
            weights = margin.fitted(weights)
        weights = _within(weights, bounds)
        rounds, gap = rounds + 1, _largest_gap(targets, weights)
    at_bound = int(np.isclose(weights, bounds[0]).sum() + np.isclose(weights, bounds[1]).sum())
    unreached = tuple((m.name, value) for m in targets for value in m.unreached)
    return Raked(weights, gap <= tolerance, rounds, gap, effective_n(weights), at_bound, unreached)


def _within(weights: Values, bounds: tuple[float, float]) -> Values:
    """Within the bounds and 1 on average: what is cut from some is given to the others, until it comes out."""
    for _ in range(50):
        weights = np.clip(weights * (len(weights) / weights.sum()), *bounds)
        if abs(weights.mean() - 1) < 1e-9:
            break
    return weights


def _largest_gap(margins: Sequence[_Margin], weights: Values) -> float:
    return max((m.gap(weights) for m in margins), default=0.0)


@dataclass(frozen=True, slots=True)
class _Margin:
    name: str
    code: npt.NDArray[np.int64]  # of each answer, −1 where its value is not known
    aim: Values  # by code, adding up to 1
    unreached: tuple[str, ...]

    @classmethod
    def of(
        cls, name: str, answered: Mapping[str, Sequence[str | None]], margin: Mapping[str, float]
    ) -> _Margin:
        if name not in answered:
            raise ValueError(f"there are no answers for the margin {name!r}")
        given = answered[name]
        present = sorted({v for v in given if v is not None})
        aim = np.array([float(margin.get(v, 0.0)) for v in present])
        if any(not 0 <= share < np.inf for share in margin.values()) or not aim.sum() > 0:
            raise ValueError(f"the margin {name!r} must have shares ≥ 0, of values that were answered")
        place = {v: i for i, v in enumerate(present)}
        code = np.array([-1 if v is None else place[v] for v in given], np.int64)
        unreached = tuple(v for v, share in margin.items() if share > 0 and v not in place)
        return cls(name, code, aim / aim.sum(), unreached)

    def shares(self, weights: Values) -> Values:
        """Of those whose value is known."""
        known = self.code >= 0
        total = weights[known].sum()
        shares: Values = np.bincount(self.code[known], weights[known], minlength=len(self.aim)) / total
        return shares

    def fitted(self, weights: Values) -> Values:
        shares = self.shares(weights)
        factor = np.where(shares > 0, self.aim / np.where(shares > 0, shares, 1.0), 1.0)
        fitted: Values = weights * np.append(factor, 1.0)[self.code]
        return fitted

    def gap(self, weights: Values) -> float:
        return float(np.abs(self.shares(weights) - self.aim).max())
