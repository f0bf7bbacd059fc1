"""What questions about surveys answer: the results of `surveys.results` as pages, programs and files read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from polku.answer import Answer
from polku.stats import Estimate
from polku.surveys import results
from polku.surveys.known import Asked
from polku.surveys.reading import unmeasured
from polku.surveys.results import Responses


@dataclass(frozen=True, slots=True)
class SurveySummary:
    """A survey, how many have answered it, and the number that it is known by."""

    key: str
    name: str
    state: str
    version: int
    anonymous: bool
    touchpoint: str
    responses: int
    last_response_at: datetime | None
    metric: Annotated[str, Field(description="The metric that it measures first; empty: none")] = ""
    value: Annotated[Estimate | None, Field(description="What that is; None: nobody has answered")] = None


@dataclass(frozen=True, slots=True)
class Surveys(Answer):
    """All surveys, by name."""

    surveys: tuple[SurveySummary, ...]


@dataclass(frozen=True, slots=True)
class ShareOf:
    """An answer, or a category of a metric, and how many gave it."""

    key: str
    name: str
    count: Annotated[int, Field(ge=0, description="How many")]
    share: Annotated[Estimate, Field(description="Of those who answered, 0–1")]
    weighted: Annotated[Estimate | None, Field(description="The same with weights; None: there are none")] = (
        None
    )


@dataclass(frozen=True, slots=True)
class MeasureOf:
    """One number that a metric tells."""

    key: str
    name: str
    value: Estimate
    weighted: Estimate | None = None


@dataclass(frozen=True, slots=True)
class MetricOf:
    """A metric of the survey, with its categories (promoters, passives, detractors …)."""

    key: str
    name: str
    value: Annotated[Estimate, Field(description="The number that the metric is known by")]
    least: Annotated[float, Field(description="The least that it can be")]
    most: Annotated[float, Field(description="The most that it can be")]
    measures: tuple[MeasureOf, ...]
    categories: tuple[ShareOf, ...]
    reliability: Annotated[
        Estimate | None, Field(description="Cronbach's alpha of its items; None: it has one item")
    ]
    weighted: Estimate | None = None
    not_asked: Annotated[
        tuple[str, ...], Field(description="Its items that no question asks: then it is told of nobody")
    ] = ()


@dataclass(frozen=True, slots=True)
class RowOf:
    """A row of a table of scales."""

    key: str
    name: str
    answered: int
    shares: tuple[ShareOf, ...]


@dataclass(frozen=True, slots=True)
class RankOf:
    """What was put in order, the best first."""

    key: str
    name: str
    mean_rank: Annotated[Estimate, Field(description="1 is the best")]
    first: Annotated[Estimate, Field(description="Share that put it first")]


@dataclass(frozen=True, slots=True)
class QuestionOf:
    """What was answered to a question. `visibility` is told (n ≥ 30), grey, or hidden (n < 5: nothing is told)."""

    key: str
    name: str
    kind: str
    asked: Annotated[int, Field(ge=0, description="Responses to the survey")]
    answered: Annotated[int, Field(ge=0, description="Those of them that answer this")]
    visibility: str
    mean: Annotated[Estimate | None, Field(description="Of a scale; None: it is none")]
    weighted: Annotated[Estimate | None, Field(description="The mean with weights")] = None
    shares: tuple[ShareOf, ...] = ()
    rows: tuple[RowOf, ...] = ()
    ranks: tuple[RankOf, ...] = ()
    newest: Annotated[tuple[str, ...], Field(description="What was said last in words of one's own")] = ()
    unmeasured: Annotated[
        str | None,
        Field(
            description="Why it does not count in the metric it is tagged with; None: it does, or has none"
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class PeriodOf:
    """A day, ISO week or month that begins on `start`."""

    start: date
    n: int
    value: Estimate
    visibility: str
    weighted: Estimate | None = None


@dataclass(frozen=True, slots=True)
class GroupOf:
    """A group beside the others. `shrunk` is drawn towards all groups together, the more the fewer answered."""

    key: str
    n: int
    value: Estimate
    shrunk: Estimate
    difference: Annotated[Estimate, Field(description="Less all other groups together")]
    q: Annotated[
        float | None, Field(description="Rate of false discoveries at which the difference counts as one")
    ]
    is_clear: Annotated[bool, Field(description="Whether q is at most 0.05: hardly chance")]
    visibility: str
    name: str = ""
    who: Annotated[
        tuple[str, ...],
        Field(description="Conditions that it is found by, as in who; none: they cannot be written"),
    ] = ()
    weighted: Estimate | None = None


@dataclass(frozen=True, slots=True)
class MarginOf:
    """A value that responses were weighted by."""

    by: str
    value: str
    name: str
    answered: int
    aim: Annotated[float, Field(description="Its share of those that are weighted to, 0–1")]
    before: Annotated[float, Field(description="Its share of those who answered")]
    after: Annotated[float, Field(description="The same with weights")]


@dataclass(frozen=True, slots=True)
class WeightingOf:
    """Weights, and what they cost: `effective_n` answers that weigh the same would say as much."""

    to: Annotated[str, Field(description="invited, customers or given")]
    effective_n: float
    design_effect: Annotated[float, Field(description="How many times as many answers that needs")]
    smallest: float
    largest: float
    capped: Annotated[int, Field(description="Weights that were kept within 0.2 and 5")]
    left_out: Annotated[float, Field(description="Share of a margin that nobody answered of, 0–1")]
    unknown: Annotated[int, Field(description="Answers of those of whom something is not known")]
    margins: tuple[MarginOf, ...]


@dataclass(frozen=True, slots=True)
class SurveyResult(Answer):
    """What was answered to a survey. `measured_is` says what is told over time and by group."""

    key: str
    name: str
    responses: int
    measured_is: str
    questions: tuple[QuestionOf, ...] = ()
    metrics: tuple[MetricOf, ...] = ()
    periods: tuple[PeriodOf, ...] = ()
    by: str | None = None
    groups: tuple[GroupOf, ...] = ()
    weighting: WeightingOf | None = None


def result(asked: Asked, found: Responses, *, measured_is: str) -> SurveyResult:
    """All but what is told over time and by group."""
    untold, lacking = unmeasured(asked), results.unasked(found.questions)
    return SurveyResult(
        asked.key,
        asked.name,
        len(found),
        measured_is,
        tuple(
            replace(_question(q, found), unmeasured=untold.get(q.question.key))
            for q in results.by_question(found)
        ),
        tuple(replace(_metric(m), not_asked=lacking.get(m.metric.key, ())) for m in results.by_metric(found)),
    )


def periods(
    found: Sequence[results.PeriodResult], heavy: Sequence[results.PeriodResult] | None = None
) -> tuple[PeriodOf, ...]:
    weighted = {p.start: p.estimate for p in heavy or ()}
    return tuple(PeriodOf(p.start, p.n, p.estimate, p.visibility, weighted.get(p.start)) for p in found)


def groups(
    found: results.GroupsResult,
    name: Callable[[str], str],
    who: Callable[[str], tuple[str, ...]],
    heavy: results.GroupsResult | None = None,
) -> tuple[GroupOf, ...]:
    """`name` and `who` tell of a group's key what it is called and by what it is found."""
    weighted = {g.key: g.raw for g in heavy.groups} if heavy else {}
    return tuple(
        GroupOf(
            g.key, g.n, g.raw, g.shrunk, g.others.difference, g.q, g.is_clear, g.visibility, name(g.key),
            who(g.key), weighted.get(g.key),
        )
        for g in found.groups
    )  # fmt: skip


def with_weights(told: SurveyResult, heavy: SurveyResult, weighting: WeightingOf) -> SurveyResult:
    """Everything beside the same of weighted responses."""
    metrics = zip(told.metrics, heavy.metrics, strict=True)
    questions = zip(told.questions, heavy.questions, strict=True)
    return replace(
        told,
        metrics=tuple(
            replace(
                m,
                weighted=w.value,
                measures=tuple(
                    replace(a, weighted=b.value) for a, b in zip(m.measures, w.measures, strict=True)
                ),
                categories=_beside(m.categories, w.categories),
            )
            for m, w in metrics
        ),
        questions=tuple(
            replace(
                q,
                weighted=w.mean,
                shares=_beside(q.shares, w.shares),
                rows=tuple(
                    replace(a, shares=_beside(a.shares, b.shares))
                    for a, b in zip(q.rows, w.rows, strict=True)
                ),
            )
            for q, w in questions
        ),
        weighting=weighting,
    )


def weighting_told(found: results.Weighting, to: str, name: Callable[[str, str], str]) -> WeightingOf:
    """`name` says what a value of an attribute is called."""
    return WeightingOf(
        to,
        found.effective_n,
        found.design_effect,
        found.smallest,
        found.largest,
        found.capped,
        found.left_out,
        found.unknown,
        tuple(
            MarginOf(m.margin, m.value, name(m.margin, m.value), m.answered, m.aim, m.before, m.after)
            for m in found.margins
        ),
    )


def _beside(shares: Sequence[ShareOf], weighted: Sequence[ShareOf]) -> tuple[ShareOf, ...]:
    known = {w.key: w.share for w in weighted}
    return tuple(replace(s, weighted=known.get(s.key)) for s in shares)


def _metric(told: results.MetricResult) -> MetricOf:
    known = {m.key: m for m in told.metric.measures}
    return MetricOf(
        told.metric.key,
        str(told.metric.name),
        told.measures[0].estimate,
        *told.metric.extent,
        tuple(MeasureOf(m.key, str(known[m.key].name), m.estimate) for m in told.measures),
        tuple(ShareOf(c.category.key, str(c.category.name), c.count, c.share) for c in told.categories),
        told.reliability,
    )


def _question(told: results.QuestionResult, found: Responses) -> QuestionOf:
    q = told.question
    plain = QuestionOf(q.key, q.title, q.kind, told.asked, told.answered, told.visibility, None)
    if isinstance(told, results.RatingResult):
        return replace(plain, mean=told.mean, shares=_shares(told.shares))
    if isinstance(told, results.ChoiceResult):
        return replace(plain, shares=_shares(told.shares))
    if isinstance(told, results.MatrixResult):
        rows = tuple(RowOf(r.key, r.title, r.answered, _shares(r.shares)) for r in told.rows)
        return replace(plain, rows=rows)
    if isinstance(told, results.RankingResult):
        return replace(plain, ranks=tuple(RankOf(r.key, r.title, r.mean_rank, r.first) for r in told.ranks))
    if q.kind in ("comment", "text") and told.visibility != "hidden":
        return replace(plain, newest=results.newest_words(found, q))
    return plain


def _shares(found: Sequence[results.ChoiceShare]) -> tuple[ShareOf, ...]:
    return tuple(ShareOf(s.key, s.title, s.count, s.share) for s in found)
