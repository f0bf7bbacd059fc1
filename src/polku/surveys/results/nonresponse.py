"""Who answers and who does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from polku.errors import InvalidInput
from polku.stats import (
    CLEAR,
    FEWEST,
    Difference,
    Estimate,
    false_discovery,
    proportion,
    two_proportions,
    two_weighed_shares,
    weighed,
    weighed_share,
)

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class AttributeValue:
    """Those invited of whom this holds, and the rate of the others whose attribute is known. `share_invited` and
    `share_answered` are of all of both; `others` is how much more often they answer than the others, `q` as in
    `GroupResult`."""

    value: str
    invited: int
    answered: int
    rate: Estimate
    others_rate: Estimate
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
    invited: pa.Table,
    answered: Mask,
    attributes: Sequence[str],
    *,
    groups: Mapping[str, Mapping[str, Mask]] | None = None,
    clusters: npt.NDArray[Any] | None = None,
) -> ResponseRate:
    """`invited` has a row for each who was asked, with the `attributes` as columns; `answered` says who did.

    `groups` are further attributes, by name and value, whose values may overlap. `clusters` says who each was, where
    some were asked several times. All comparisons of all attributes are tested together. Raises InvalidInput for a
    column that is not there.
    """
    if len(answered) != invited.num_rows:
        raise InvalidInput(
            "%(answered)s marks of who answered for %(invited)s invited.",
            answered=len(answered),
            invited=invited.num_rows,
        )
    asked = _Asked(answered, clusters if clusters is not None and _repeat(clusters) else None)
    told = {name: asked.values(*value_masks(_column(invited, name))) for name in attributes}
    everyone = np.ones(len(answered), np.bool_)
    told |= {name: asked.values(masks, everyone) for name, masks in (groups or {}).items()}
    tested = [(name, i) for name, (values, _) in told.items() for i in range(len(values))]
    qs = false_discovery([told[name][0][i].others.p_value for name, i in tested])
    clear = dict(zip(tested, qs, strict=True))
    return ResponseRate(
        invited.num_rows,
        int(answered.sum()),
        asked.rate(everyone),
        tuple(
            Attribute(name, tuple(_with(v, clear[name, i]) for i, v in enumerate(values)), hidden)
            for name, (values, hidden) in told.items()
        ),
    )


@dataclass(frozen=True)
class _Asked:
    answered: Mask
    clusters: npt.NDArray[Any] | None

    def rate(self, mask: Mask) -> Estimate:
        if self.clusters is None:
            return proportion(int(self.answered[mask].sum()), int(mask.sum()))
        return weighed_share(self.answered[mask], clusters=self.clusters[mask])

    def difference(self, mask: Mask, others: Mask) -> Difference:
        n, m = int(mask.sum()), int(others.sum())
        if m < FEWEST:
            return Difference.unknown(n, "too_few")
        if self.clusters is None:
            return two_proportions(int(self.answered[mask].sum()), n, int(self.answered[others].sum()), m)
        sides = (weighed(self.answered[at], clusters=self.clusters[at]) for at in (mask, others))
        return two_weighed_shares(*sides)

    def values(self, masks: Mapping[str, Mask], known: Mask) -> tuple[list[AttributeValue], int]:
        """Those large enough to be told, and how many are not."""
        total, came = int(known.sum()), int((known & self.answered).sum())
        told, hidden = [], 0
        for value, mask in masks.items():
            n, k = int(mask.sum()), int((mask & self.answered).sum())
            if n < FEWEST:
                hidden += n > 0
                continue
            shares = n / total, k / came if came else 0.0
            others = self.difference(mask, known & ~mask)
            rates = self.rate(mask), self.rate(known & ~mask)
            told.append(AttributeValue(value, n, k, *rates, *shares, others, None, False))
        return sorted(told, key=lambda v: (-v.invited, v.value)), hidden


def value_masks(values: Sequence[str | None]) -> tuple[dict[str, Mask], Mask]:
    """Where each value is, and where any is known."""
    column = np.array(values, object)
    known = np.array([v is not None for v in values], np.bool_)
    return {value: known & (column == value) for value in sorted(set(column[known].tolist()))}, known


def _repeat(clusters: npt.NDArray[Any]) -> bool:
    return len(np.unique(clusters)) < len(clusters)


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
