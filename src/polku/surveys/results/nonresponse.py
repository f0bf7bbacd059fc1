"""Who answers, who does not, and what that does to results."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from polku.errors import InvalidInput
from polku.stats import (
    CLEAR,
    FEWEST,
    Difference,
    Estimate,
    Raked,
    false_discovery,
    proportion,
    rake,
    two_proportions,
)
from polku.surveys.results.responses import Responses


@dataclass(frozen=True, slots=True)
class AttributeValue:
    """Those invited of whom this holds. `share_invited` and `share_answered` are of all whose attribute is known;
    `others` is how much more often they answer than the others, `q` as in `GroupResult`."""

    value: str
    invited: int
    answered: int
    rate: Estimate
    share_invited: float
    share_answered: float
    others: Difference
    q: float | None
    is_clear: bool


@dataclass(frozen=True, slots=True)
class Attribute:
    """Values, the most frequent first; of fewer than five invited none is told, `hidden` says how many those are."""

    name: str
    values: tuple[AttributeValue, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class ResponseRate:
    """Which share of those invited answered, and of what kind they are."""

    invited: int
    answered: int
    rate: Estimate
    attributes: tuple[Attribute, ...]


def response_rate(
    invited: pa.Table, answered: npt.NDArray[np.bool_], attributes: Sequence[str]
) -> ResponseRate:
    """`invited` has a row for each who was asked, with the `attributes` as columns; `answered` says who did.

    All comparisons of all attributes are tested together. Raises InvalidInput for a column that is not there.
    """
    if len(answered) != invited.num_rows:
        raise InvalidInput(
            "%(answered)s marks of who answered for %(invited)s invited.",
            answered=len(answered),
            invited=invited.num_rows,
        )
    came, told = int(answered.sum()), {name: _values(invited, answered, name) for name in attributes}
    tested = [(name, i) for name, (values, _) in told.items() for i in range(len(values))]
    qs = false_discovery([told[name][0][i].others.p_value for name, i in tested])
    clear = dict(zip(tested, qs, strict=True))
    return ResponseRate(
        invited.num_rows,
        came,
        proportion(came, invited.num_rows),
        tuple(
            Attribute(name, tuple(_with(v, clear[name, i]) for i, v in enumerate(values)), hidden)
            for name, (values, hidden) in told.items()
        ),
    )


def to_invited(responses: Responses, invited: pa.Table, attributes: Sequence[str]) -> Raked:
    """Weights that make responses like all invited in each of the attributes: columns of both tables.

    Raises InvalidInput for a column that is not there, or without responses.
    """
    margins = {}
    for name in attributes:
        counts = Counter(v for v in _column(invited, name) if v is not None)
        margins[name] = {value: float(n) for value, n in counts.items()}
    return to_margins(responses, margins)


def to_margins(responses: Responses, margins: Mapping[str, Mapping[str, float]]) -> Raked:
    """Weights that make responses like the given shares (or numbers) of each column's values.

    Raises InvalidInput for a column that is not there, shares that cannot be, or without responses.
    """
    answered = {name: _column(responses.table, name) for name in margins}
    if not len(responses):
        raise InvalidInput("There are no responses to weight.")
    for name, margin in margins.items():
        known = {v for v in answered[name] if v is not None}
        if any(not 0 <= share < math.inf for share in margin.values()):
            raise InvalidInput("A share of the margin %(margin)s is below 0 or no number.", margin=name)
        if not any(margin.get(value) for value in known):
            raise InvalidInput(
                "The margin %(margin)s has no share of any value that was answered. Answered: %(known)s",
                margin=name,
                known=", ".join(sorted(known)) or "–",
            )
    return rake(answered, margins)


def _values(
    invited: pa.Table, answered: npt.NDArray[np.bool_], name: str
) -> tuple[list[AttributeValue], int]:
    column = np.array(_column(invited, name), object)
    known = np.array([v is not None for v in column], np.bool_)
    total, came = int(known.sum()), int((known & answered).sum())
    told, hidden = [], 0
    for value in sorted(set(column[known].tolist())):
        mask = known & (column == value)
        n, k = int(mask.sum()), int((mask & answered).sum())
        if n < FEWEST:
            hidden += 1
            continue
        others = (
            two_proportions(k, n, came - k, total - n)
            if total - n >= FEWEST
            else Difference.unknown(n, "too_few")
        )
        told.append(
            AttributeValue(
                value, n, k, proportion(k, n), n / total, k / came if came else 0.0, others, None, False
            )
        )
    return sorted(told, key=lambda v: (-v.invited, v.value)), hidden


def _with(value: AttributeValue, q: float | None) -> AttributeValue:
    return replace(value, q=q, is_clear=q is not None and q <= CLEAR)


def _column(table: pa.Table, name: str) -> list[str | None]:
    if name not in table.column_names:
        raise InvalidInput(
            "There is no column '%(column)s'. There are: %(known)s",
            column=name,
            known=", ".join(table.column_names),
        )
    return [None if v is None else str(v) for v in table[name].to_pylist()]
