"""A measure of groups: what each said, what is best believed of it, and whether it differs from the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polku.errors import InvalidInput
from polku.stats import (
    CLEAR,
    FEWEST,
    Difference,
    Estimate,
    Weighed,
    false_discovery,
    mean_intervals,
    shrink,
)
from polku.surveys.results.measured import Measured
from polku.surveys.results.responses import Responses
from polku.surveys.results.visibility import Visibility, visibility


@dataclass(frozen=True, slots=True)
class GroupResult:
    """`raw` is what the group said, `shrunk` what is best believed of it: drawn towards all groups' answers as far as
    groups are alike, with its 95% credible interval. `others` is how much higher it is than all other groups together;
    `q` the least rate of false discoveries at which that counts as one, and `is_clear` that it is at most 5%."""

    key: str
    n: int
    visibility: Visibility
    raw: Estimate
    shrunk: Estimate
    others: Difference
    q: float | None
    is_clear: bool


@dataclass(frozen=True, slots=True)
class GroupsResult:
    """Groups, the largest first, and all of them together. `prior_n` is how many answers like all groups' are added to
    each group's own: many where groups are alike. `hidden_n` answers are of groups too small to tell."""

    all: Estimate
    groups: tuple[GroupResult, ...]
    prior_n: float
    hidden_n: int


def by_group(responses: Responses, measured: Measured, column: str) -> GroupsResult:
    """Groups by the values of a column of the responses; those without a value are in none.

    A group of fewer than five is hidden: what it said is not told, and it is neither tested nor drawn anywhere.
    Raises InvalidInput if there is no such column.
    """
    if column not in responses.table.column_names:
        raise InvalidInput(
            "There is no column '%(column)s'. There are: %(known)s",
            column=column,
            known=", ".join(responses.table.column_names),
        )
    values = np.array([None if v is None else str(v) for v in responses.table[column].to_pylist()], object)
    known = np.array([v is not None for v in values], np.bool_)
    return by_masks(
        measured, {key: values == key for key in sorted(set(values[known].tolist()))}, within=known
    )


def by_masks(
    measured: Measured, groups: Mapping[str, npt.NDArray[np.bool_]], *, within: npt.NDArray[np.bool_]
) -> GroupsResult:
    """Groups as they are given, which may overlap; each is compared with the others `within` all that are looked at."""
    inside = measured.answered & within
    masks = {key: inside & group for key, group in groups.items() if (inside & group).any()}
    shown = {key: mask for key, mask in masks.items() if mask.sum() >= FEWEST}
    sides = {key: side for key, mask in shown.items() if (side := measured.side(mask)) is not None}
    drawn, prior_n = _shrunk(measured, sides)
    found = {key: measured.difference(mask, inside & ~mask) for key, mask in shown.items()}
    qs = dict(zip(found, false_discovery([d.p_value for d in found.values()]), strict=True))
    told = []
    for key, mask in sorted(masks.items(), key=lambda m: (-int(m[1].sum()), m[0])):
        n, unknown = int(mask.sum()), Estimate.unknown(int(mask.sum()), "too_few")
        q = qs.get(key)
        told.append(
            GroupResult(
                key,
                n,
                visibility(n),
                measured.estimate(mask),
                drawn.get(key, unknown),
                found.get(key, Difference(unknown, None)),
                q,
                q is not None and q <= CLEAR,
            )
        )
    hidden = sum(int(mask.sum()) for key, mask in masks.items() if key not in shown)
    return GroupsResult(measured.estimate(inside), tuple(told), prior_n, hidden)


def _shrunk(measured: Measured, sides: dict[str, Weighed]) -> tuple[dict[str, Estimate], float]:
    """Each group's mean under the Dirichlet distribution of its answers and the prior that all groups have."""
    if not sides:
        return {}, 0.0
    points = np.unique(np.concatenate([s.values for s in sides.values()]))
    counts = np.array([_counted(points, s) for s in sides.values()])
    found = shrink(counts)
    limits = mean_intervals(points, found.masses) if len(points) > 1 else np.repeat(points, 2)[None, :]
    limits = np.broadcast_to(limits, (len(sides), 2))
    factor = measured.metric.measures[0].factor
    told = {
        key: Estimate(float(shares @ points) * factor, float(low) * factor, float(high) * factor, side.n)
        for (key, side), shares, (low, high) in zip(sides.items(), found.shares, limits, strict=True)
    }
    return told, found.prior_n


def _counted(points: npt.NDArray[np.float64], side: Weighed) -> npt.NDArray[np.float64]:
    at = np.searchsorted(points, side.values)
    return np.bincount(at, side.masses, minlength=len(points)).astype(np.float64)
