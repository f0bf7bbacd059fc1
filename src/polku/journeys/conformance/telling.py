"""From counts of attempts to what is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from polku.journeys.asking.gaps import EDGES, median_gap
from polku.journeys.asking.telling import share
from polku.journeys.conformance.conformance import KINDS, LATE, SKIPPED, STOPPED, WAYS, Conformed, sums_of
from polku.journeys.conformance.design import Step
from polku.journeys.conformance.results import Association, Deviation, StepName, StepReached, Way
from polku.journeys.touchpoints.catalogue import Catalogue
from polku.stats import (
    CLEAR,
    FEWEST,
    Difference,
    Estimate,
    evidence,
    false_discovery,
    quantile_of_histogram,
    two_means,
    two_proportions,
)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of all attempts; so many associations were tested."""

    deviations: tuple[Deviation, ...]
    associations: tuple[Association, ...]
    steps: tuple[StepReached, ...]
    ways: tuple[Way, ...]
    tested: int


@dataclass(frozen=True, slots=True)
class _Compared:
    """A measure of attempts with a deviation of a kind at a step, and without it, and whether it differs."""

    kind: int
    k: int
    measure: str
    with_it: Estimate
    without_it: Estimate
    test: Difference


def tell(found: Conformed, steps: Sequence[Step], names: Sequence[StepName], outcome: str | None) -> Told:
    """All that is told of attempts at `steps`; `outcome` is a touchpoint's key, None for the last step reached.

    Deviations that fewer than five have are not told.
    """
    places = ((kind, k) for kind in range(len(KINDS)) for k in range(len(steps)))
    deviating = [(kind, k) for kind, k in places if _count(found, kind, k) >= FEWEST]
    compared = [_scores(found, kind, k) for kind, k in deviating]
    compared += [
        _outcomes(found, kind, k)
        for kind, k in deviating
        if _differs_at_all(found, kind, k) and not _is_by_definition(kind, steps[k], outcome, steps)
    ]
    q_values = false_discovery([c.test.p_value for c in compared])
    associations = [_association(c, q, names) for c, q in zip(compared, q_values, strict=True)]
    deviations = [_deviation(found, kind, k, names[k]) for kind, k in deviating]
    return Told(
        tuple(sorted(deviations, key=lambda d: -d.count)),
        tuple(sorted(associations, key=_weight, reverse=True)),
        tuple(_step(found, k, step, names[k]) for k, step in enumerate(steps)),
        tuple(_way(found, w, kind) for w, kind in enumerate(WAYS)),
        sum(q is not None for q in q_values),
    )


def name_of(step: Step, catalogue: Catalogue) -> StepName:
    """What a step is called. Raises UnknownTouchpoint."""
    touchpoints = [catalogue.touchpoint(key) for key in step.touchpoints]
    return StepName(
        "|".join(step.touchpoints),
        " / ".join(t.name_fi for t in touchpoints),
        " / ".join(t.name_en for t in touchpoints),
    )


def _count(found: Conformed, kind: int, k: int) -> int:
    return int(found.counts[kind, k, 1].sum())


def _scores(found: Conformed, kind: int, k: int) -> _Compared:
    having, others = (found.sums(kind, k, having=h) for h in (True, False))
    return _Compared(kind, k, "score", having.mean, others.mean, two_means(having, others))


def _outcomes(found: Conformed, kind: int, k: int) -> _Compared:
    """The outcome of attempts of which it is known."""
    (other_lost, other_won), (lost, won) = found.counts[kind, k, :, :2].tolist()
    n, other_n = lost + won, other_lost + other_won
    test = two_proportions(won, n, other_won, other_n)
    return _Compared(kind, k, "outcome", share(won, n), share(other_won, other_n), test)


def _association(one: _Compared, q: float | None, names: Sequence[StepName]) -> Association:
    return Association(
        KINDS[one.kind], one.k + 1, names[one.k], one.measure, one.with_it, one.without_it, one.test.difference,
        one.test.p_value, q, q is not None and q <= CLEAR,
    )  # fmt: skip


def relative_size(one: Association) -> float:
    """How large a difference is beside the whole scale, 0–1: scores have 200 points."""
    return abs(one.difference.estimate or 0.0) / (200 if one.measure == "score" else 1)


def _weight(one: Association) -> tuple[bool, float]:
    """What is clear first; then how clear it is times how large."""
    return one.clear, evidence(one.p_value) * relative_size(one)


def _differs_at_all(found: Conformed, kind: int, k: int) -> bool:
    """Whether some have the outcome and some have not: where all of them got to the end there is nothing to test."""
    lost, won = found.counts[kind, k, :, :2].sum(axis=0).tolist()
    return bool(lost and won)


def _is_by_definition(kind: int, step: Step, outcome: str | None, steps: Sequence[Step]) -> bool:
    """Whether the deviation itself says what comes of it: who stops does not reach what lies ahead."""
    if kind == STOPPED:
        return outcome is None or any(outcome in s.touchpoints for s in steps)
    return kind == SKIPPED and outcome in step.touchpoints


def _deviation(found: Conformed, kind: int, k: int, name: StepName) -> Deviation:
    count, n = _count(found, kind, k), int(found.counts[kind, k].sum())
    delays = found.delays[k] if kind == LATE else found.delays[k] * 0
    return Deviation(
        KINDS[kind],
        k + 1,
        name,
        count,
        share(count, n),
        median_gap(delays),
        quantile_of_histogram(delays, EDGES, 0.9),
    )


def _step(found: Conformed, k: int, step: Step, name: StepName) -> StepReached:
    return StepReached(
        k + 1,
        name,
        step.required,
        step.repeats,
        step.direct,
        step.within_s,
        int(found.met[k]),
        int(found.through[k]),
        share(int(found.through[k]), found.attempts),
        int(found.clean[k]),
        median_gap(found.gaps[k]),
    )


def _way(found: Conformed, way: int, kind: str) -> Way:
    count = int(found.ways[way])
    return Way(kind, count, share(count, found.attempts), sums_of(found.way_scores[way]).mean)
