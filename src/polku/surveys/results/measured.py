"""What is looked at over time and by group: a metric, a rating, or the share that chose something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polku.errors import InvalidInput
from polku.metrics import Item, Measure, Metric, Wording, as_it_is, metric
from polku.stats import Difference, Estimate, Weighed
from polku.surveys.results.questions import ONE_OF, Question
from polku.surveys.results.responses import Responses

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """A metric with an answer (a row of items; NaN: none) for each response, who gave it, and what it weighs."""

    metric: Metric
    answers: Values
    clusters: npt.NDArray[np.int64] | None
    weights: Values | None

    @property
    def answered(self) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = ~np.any(np.isnan(self.answers), axis=1)
        return found

    def estimate(self, mask: npt.NDArray[np.bool_]) -> Estimate:
        of = self._of(mask)
        return of.metric.estimate(of.answers, clusters=of.clusters, weights=of.weights)

    def side(self, mask: npt.NDArray[np.bool_]) -> Weighed | None:
        of = self._of(mask)
        return of.metric.side(of.answers, clusters=of.clusters, weights=of.weights)

    def difference(self, first: npt.NDArray[np.bool_], second: npt.NDArray[np.bool_]) -> Difference:
        return self.metric.difference(self.side(first), self.side(second))

    def _of(self, mask: npt.NDArray[np.bool_]) -> Measured:
        """Only those that weigh something: one that weighs nothing is no answer of anybody asked."""
        at = mask & self.answered
        if self.weights is not None:
            at &= self.weights > 0
        return Measured(
            self.metric,
            self.answers[at],
            None if self.clusters is None else self.clusters[at],
            None if self.weights is None else self.weights[at],
        )


def of_metric(responses: Responses, key: str) -> Measured:
    """A metric of the catalogue. Raises InvalidInput if there is no such metric."""
    return Measured(metric(key), responses.of_metric(key), responses.clusters, responses.weights)


def of_rating(responses: Responses, key: str) -> Measured:
    """The mean of a rating. Raises InvalidInput if the question is none."""
    question = responses.question(key)
    if question.kind != "rating":
        raise InvalidInput("The question '%(question)s' is no rating.", question=key)
    answers = [np.nan if a is None else a for a in responses.answers(question)]
    return Measured(rating(question), _column(answers), responses.clusters, responses.weights)


def of_choice(responses: Responses, key: str, choice: str) -> Measured:
    """The share of those who answered that chose this. Raises InvalidInput if the question is no choice."""
    question = responses.question(key)
    if question.kind not in (*ONE_OF, "checkbox"):
        raise InvalidInput("Nothing is chosen in the question '%(question)s'.", question=key)
    answers = [
        np.nan if a is None else float(choice in a if isinstance(a, list) else a == choice)
        for a in responses.answers(question)
    ]
    name = Wording(choice, choice)
    made = Metric(
        key=f"{key}:{choice}",
        name=name,
        description=name,
        source="",
        items=(Item(key, name, 0, 1, name, name),),
        measures=(Measure("share", name, "share", 0, 1, as_it_is),),
        low=0,
        high=1,
    )
    return Measured(made, _column(answers), responses.clusters, responses.weights)


def of_numbers(responses: Responses, key: str, numbers: Sequence[float], low: int, high: int) -> Measured:
    """The mean of numbers from `low` to `high`, one for each response (NaN: none), told of a question."""
    made = rating(Question(key, "rating", low=low, high=max(high, low + 1)))
    return Measured(made, _column(numbers), responses.clusters, responses.weights)


def rating(question: Question) -> Metric:
    """A metric of one question, told as its mean."""
    name = Wording(question.titles.get("en") or question.title, question.titles.get("fi") or question.title)
    low, high = question.low, question.high
    return Metric(
        key=question.key,
        name=name,
        description=name,
        source="",
        items=(Item(question.key, name, low, high, name, name),),
        measures=(Measure("mean", name, "mean", low, high, as_it_is),),
        low=low,
        high=high,
    )


def _column(answers: Sequence[float]) -> Values:
    return np.array(answers, np.float64).reshape(-1, 1)
