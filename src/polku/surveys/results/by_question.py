"""What was answered to each question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from polku.metrics import CategoryShare, Metric, metric
from polku.stats import Estimate, cronbach_alpha, effective_n, scale_mean, weighed_share
from polku.surveys.results.questions import BOOLEAN, ONE_OF, Choice, Question
from polku.surveys.results.responses import Responses
from polku.surveys.results.visibility import Visibility, visibility


@dataclass(frozen=True, slots=True)
class ChoiceShare:
    """How many chose it, and which share (0–1) of those who answered. `title` is the key of a former choice."""

    key: str
    title: str
    count: int
    share: Estimate


@dataclass(frozen=True, slots=True)
class Told:
    """A measure of a metric, with its estimate."""

    key: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """What all questions have: how many answered of those asked, and how many that is in effect where answers weigh
    unequally. Of fewer than five answers nothing more is told (`hidden`)."""

    question: Question
    asked: int
    answered: int
    effective_n: float
    visibility: Visibility


Base = tuple[Question, int, int, float, Visibility]


@dataclass(frozen=True, slots=True)
class RatingResult(QuestionResult):
    """`shares` has every point of the scale; `measures` those of its metric, where that has one question."""

    shares: tuple[ChoiceShare, ...]
    mean: Estimate
    measures: tuple[Told, ...]
    categories: tuple[CategoryShare, ...]


@dataclass(frozen=True, slots=True)
class ChoiceResult(QuestionResult):
    """Of a checkbox shares are of those who answered, and may add up to more than 1."""

    shares: tuple[ChoiceShare, ...]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    key: str
    title: str
    answered: int
    shares: tuple[ChoiceShare, ...]


@dataclass(frozen=True, slots=True)
class MatrixResult(QuestionResult):
    rows: tuple[MatrixRow, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """`mean_rank` 1 is the best; who left it out put it, on average, in the middle of the places that were left."""

    key: str
    title: str
    mean_rank: Estimate
    first: Estimate


@dataclass(frozen=True, slots=True)
class RankingResult(QuestionResult):
    """The best-ranked first."""

    ranks: tuple[Ranked, ...]


@dataclass(frozen=True, slots=True)
class TextResult(QuestionResult):
    """Texts themselves are for the room of comments."""

    share: Estimate


@dataclass(frozen=True, slots=True)
class MetricResult:
    """A metric of the catalogue, of one question or several; `reliability` is Cronbach's alpha of its items."""

    metric: Metric
    measures: tuple[Told, ...]
    categories: tuple[CategoryShare, ...]
    reliability: Estimate | None
    visibility: Visibility


def by_question(responses: Responses) -> tuple[QuestionResult, ...]:
    """A result for each question that is answered at all, in their order (html is not)."""
    return tuple(_result(responses, q) for q in responses.questions if q.kind != "html")


def by_metric(responses: Responses) -> tuple[MetricResult, ...]:
    """A result for each metric that questions are tagged with. Raises InvalidInput for an unknown one."""
    keys = dict.fromkeys(q.metric for q in responses.questions if q.metric)
    told = []
    for key in keys:
        chosen, answers = metric(key), responses.of_metric(key)
        at = _counting(responses, np.asarray(~np.any(np.isnan(answers), axis=1)))
        who, heavy = _of(responses, at)
        reliability = cronbach_alpha(answers[at]) if len(chosen.items) > 1 else None
        shares = chosen.shares(answers[at], clusters=who, weights=heavy)
        seen = visibility(int(at.sum()))
        told.append(
            MetricResult(
                chosen,
                _measures(chosen, answers[at], who, heavy),
                () if seen == "hidden" else shares,
                reliability,
                seen,
            )
        )
    return tuple(told)


def _result(responses: Responses, question: Question) -> QuestionResult:
    answers = responses.answers(question)
    at = _counting(responses, np.array([a is not None for a in answers], np.bool_))
    given = [a for a, counts in zip(answers, at, strict=True) if counts]
    who, heavy = _of(responses, at)
    share = _Sharing(who, heavy)
    base: Base = (
        question,
        len(responses),
        len(given),
        float(len(given)) if heavy is None else effective_n(heavy),
        visibility(len(given)),
    )
    hidden = base[-1] == "hidden"
    if question.kind == "rating":
        return _rating(base, question, given, share, hidden)
    if question.kind in ONE_OF or question.kind == "checkbox":
        choices = question.choices or (BOOLEAN if question.kind == "boolean" else ())
        return ChoiceResult(*base, () if hidden else _shares(choices, given, share))
    if question.kind == "matrix":
        return MatrixResult(*base, () if hidden else _matrix(question, given, share))
    if question.kind == "ranking":
        return RankingResult(*base, () if hidden else _ranking(question, given, share))
    everyone = _counting(responses, np.ones(len(responses), np.bool_))
    of_all = _Sharing(*_of(responses, everyone))
    return TextResult(*base, of_all(at[everyone].tolist()))


@dataclass(frozen=True, slots=True)
class _Sharing:
    """Shares of answers that come in clusters and have weights."""

    clusters: npt.NDArray[np.int64] | None
    weights: npt.NDArray[np.float64] | None

    def __call__(self, holds: Sequence[bool]) -> Estimate:
        return weighed_share(holds, clusters=self.clusters, weights=self.weights)

    def where(self, at: npt.NDArray[np.bool_]) -> _Sharing:
        return _Sharing(
            None if self.clusters is None else self.clusters[at],
            None if self.weights is None else self.weights[at],
        )


def _rating(
    base: Base, question: Question, given: list[float], share: _Sharing, hidden: bool
) -> RatingResult:
    steps = [Choice(str(k)) for k in range(question.low, question.high + 1)]
    named = {c.key: c for c in question.choices}
    points = [named.get(step.key, step) for step in steps]
    mean = scale_mean(given, question.low, question.high, clusters=share.clusters, weights=share.weights)
    chosen = metric(question.metric) if question.metric else None
    if chosen is None or len(chosen.items) > 1 or chosen.scale != (question.low, question.high):
        chosen = None
    told = _measures(chosen, given, share.clusters, share.weights) if chosen else ()
    categories = (
        chosen.shares(given, clusters=share.clusters, weights=share.weights) if chosen and not hidden else ()
    )
    shares = () if hidden else _shares(points, [f"{a:g}" for a in given], share)
    return RatingResult(*base, shares, mean, told, categories)


def _measures(chosen: Metric, answers: Any, who: Any, heavy: Any) -> tuple[Told, ...]:
    return tuple(Told(k, e) for k, e in chosen.told(answers, clusters=who, weights=heavy).items())


def _shares(choices: Sequence[Choice], given: Sequence[Any], share: _Sharing) -> tuple[ChoiceShare, ...]:
    """Of each choice in its order, then of those that an earlier version had, the most frequent first."""
    chosen = [a if isinstance(a, list) else [a] for a in given]
    counts = Counter(key for keys in chosen for key in keys)
    titles = {c.key: c.title for c in choices if not c.is_missing}
    former = [key for key, _ in counts.most_common() if key not in titles]
    return tuple(
        ChoiceShare(key, titles.get(key, key), counts[key], share([key in keys for keys in chosen]))
        for key in [*titles, *former]
    )


def _matrix(question: Question, given: Sequence[dict[str, str]], share: _Sharing) -> tuple[MatrixRow, ...]:
    titles = {r.key: r.title for r in question.rows}
    rows = [*titles, *dict.fromkeys(r for a in given for r in a if r not in titles)]
    told = []
    for row in rows:
        at = np.array([row in a for a in given], np.bool_)
        cells = [a[row] for a in given if row in a]
        shares = (
            _shares(question.choices, cells, share.where(at)) if visibility(len(cells)) != "hidden" else ()
        )
        told.append(MatrixRow(row, titles.get(row, row), len(cells), shares))
    return tuple(told)


def _ranking(question: Question, given: Sequence[list[str]], share: _Sharing) -> tuple[Ranked, ...]:
    titles = {c.key: c.title for c in question.choices}
    things = [*titles, *dict.fromkeys(k for a in given for k in a if k not in titles)]
    most = len(things)
    told = []
    for thing in things:
        ranks = [a.index(thing) + 1 if thing in a else (len(a) + 1 + most) / 2 for a in given]
        mean = scale_mean(ranks, 1, max(most, 2), clusters=share.clusters, weights=share.weights)
        told.append(Ranked(thing, titles.get(thing, thing), mean, share([r == 1 for r in ranks])))
    return tuple(sorted(told, key=lambda r: r.mean_rank.estimate or 0.0))


def _counting(responses: Responses, at: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    return at if responses.weights is None else at & (responses.weights > 0)


def _of(
    responses: Responses, at: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int64] | None, npt.NDArray[np.float64] | None]:
    return (
        None if responses.clusters is None else responses.clusters[at],
        None if responses.weights is None else responses.weights[at],
    )
