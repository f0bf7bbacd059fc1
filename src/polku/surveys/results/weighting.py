"""Weights that make those who answered like those who were asked, and what that costs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from polku.errors import InvalidInput
from polku.stats import FEWEST, Raked, effective_n, rake

NEAR: Final = 0.01
"""A margin is reached when no share is further off than a percentage point."""
NEGLIGIBLE: Final = 0.01
"""Values that nobody answered can be left out of a margin that was counted while they are less of it than this."""
REST: Final = "…"
"""The value that stands for all that fewer than five have answered."""

Values = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class MarginValue:
    """A value of a margin: the share aimed at, that of those who answered, and that of their weights (0–1)."""

    margin: str
    value: str
    answered: int
    aim: float
    before: float
    after: float


@dataclass(frozen=True)
class Weighting:
    """A weight for each response, 1 on average.

    `effective_n` answers that weigh the same would say as much; `design_effect` is how many times as many answers are
    needed for that (Kish 1965). `capped` weights are at a bound. `left_out` is the share of a margin (the largest)
    that nobody answered of, and `unknown` how many answers had no value in some margin and kept their weight there.
    """

    weights: npt.NDArray[np.float64]
    effective_n: float
    design_effect: float
    smallest: float
    largest: float
    capped: int
    largest_gap: float
    left_out: float
    unknown: int
    margins: tuple[MarginValue, ...]


def weigh(
    answered: Mapping[str, Values], margins: Mapping[str, Mapping[str, float]], *, counted: bool
) -> Weighting:
    """Weights that bring the values of those who `answered` to the `margins` (shares or numbers of each value).

    Margins that were `counted`, of all who were asked, have their rare values (fewer than five answered) put together;
    those that somebody gave must be reached as they are. Raises InvalidInput without answers, for a value that nobody
    answered, shares that cannot be, and where bounded weights do not come within a percentage point of a margin.
    """
    if not margins:
        raise InvalidInput("Say by what to weight: there is no margin.")
    if not any(len(values) for values in answered.values()):
        raise InvalidInput("There are no responses to weight.")
    columns, aims, left_out = {}, {}, 0.0
    for name, margin in margins.items():
        _check_shares(name, margin)
        _check_foreign(name, answered[name], margin)
        columns[name], aims[name] = (
            _with_rare(answered[name], margin) if counted else (answered[name], margin)
        )
        left_out = max(left_out, _left_out(name, columns[name], aims[name], counted))
    raked = rake(columns, aims)
    told = tuple(_told(name, columns[name], aims[name], raked) for name in aims)
    _check_reached(told, raked)
    n, effective = len(raked.weights), effective_n(raked.weights)
    unknown = np.any([[v is None for v in values] for values in columns.values()], axis=0)
    return Weighting(
        raked.weights,
        effective,
        n / effective,
        float(raked.weights.min()),
        float(raked.weights.max()),
        raked.bounded,
        raked.largest_gap,
        left_out,
        int(unknown.sum()),
        tuple(value for margin in told for value in margin),
    )


def _check_shares(name: str, margin: Mapping[str, float]) -> None:
    if not margin or any(not 0 <= share < math.inf for share in margin.values()):
        raise InvalidInput("A share of the margin %(margin)s is below 0 or no number.", margin=name)
    if not sum(margin.values()) > 0:
        raise InvalidInput("The shares of the margin %(margin)s are all 0.", margin=name)


def _check_foreign(name: str, values: Values, margin: Mapping[str, float]) -> None:
    """Who answered must be of those that the margin is of: weights of nothing would throw answers away."""
    foreign = sorted({v for v in values if v is not None} - {v for v, share in margin.items() if share > 0})
    if foreign:
        raise InvalidInput(
            "Some who answered have %(margin)s = %(value)s, of which the margin has none. Give it a share, or weight "
            "by something else.",
            margin=name,
            value=", ".join(foreign[:5]),
        )


def _with_rare(values: Values, margin: Mapping[str, float]) -> tuple[Values, dict[str, float]]:
    """Values that few answered put together, and those of whom nobody was asked with them."""
    counts = Counter(v for v in values if v is not None)
    kept = {v for v, share in margin.items() if counts[v] >= FEWEST and share > 0}
    aims = {v: share for v, share in margin.items() if v in kept}
    rest = sum(share for v, share in margin.items() if v not in kept)
    if rest:
        aims[REST] = rest
    return [v if v is None or v in kept else REST for v in values], aims


def _left_out(name: str, values: Values, margin: Mapping[str, float], counted: bool) -> float:
    """The share of a margin that no answer can stand for. Raises InvalidInput where that is too much."""
    present, total = {v for v in values if v is not None}, sum(margin.values())
    missing = {v: share / total for v, share in margin.items() if share > 0 and v not in present}
    share = sum(missing.values())
    if missing and (not counted or share > NEGLIGIBLE):
        raise InvalidInput(
            "Nobody who answered has %(margin)s = %(value)s (%(percent)s %% of the margin): no weight makes up for "
            "them. Put the value together with another, or leave %(margin)s out.",
            margin=name,
            value=", ".join(list(missing)[:5]),
            percent=f"{share * 100:.1f}",
        )
    return share


def _told(name: str, values: Values, margin: Mapping[str, float], raked: Raked) -> tuple[MarginValue, ...]:
    known = np.array([v is not None for v in values], np.bool_)
    total, heavy = int(known.sum()), float(raked.weights[known].sum())
    present = {v: share for v, share in margin.items() if v in set(values)}
    aimed = sum(present.values())
    told = []
    for value, share in present.items():
        at = np.array([v == value for v in values], np.bool_)
        n = int(at.sum())
        after = float(raked.weights[at].sum()) / heavy
        told.append(MarginValue(name, value, n, share / aimed, n / total, after))
    return tuple(sorted(told, key=lambda v: (-v.aim, v.value)))


def _check_reached(margins: Sequence[Sequence[MarginValue]], raked: Raked) -> None:
    if raked.largest_gap <= NEAR:
        return
    worst = max((v for margin in margins for v in margin), key=lambda v: abs(v.after - v.aim))
    raise InvalidInput(
        "The weights do not come to the margins: %(margin)s = %(value)s comes to %(after)s %% instead of %(aim)s %%. "
        "No answer may count for more than 5 or less than a fifth. Weight by fewer things, or put rare values "
        "together.",
        margin=worst.margin,
        value=worst.value,
        after=f"{worst.after * 100:.1f}",
        aim=f"{worst.aim * 100:.1f}",
    )
