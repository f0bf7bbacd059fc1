"""Two sets of responses beside each other, question by question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from polku.metrics import metric
from polku.stats import CLEAR, Difference, Estimate, false_discovery
from polku.surveys.results.measured import Measured, of_choice, of_metric, of_numbers, of_rating
from polku.surveys.results.questions import BOOLEAN, ONE_OF, Choice, Question
from polku.surveys.results.responses import Responses

Mask = npt.NDArray[np.bool_]
Of = Literal["metric", "mean", "share", "rank"]

MOST_CHOICES: Final = 30


@dataclass(frozen=True, slots=True)
class ComparedFigure:
    """A figure of a question on both sides. `key` is the question's or the metric's, `choice` what was chosen or the
    row of a table. `difference` is the first less the second; `q` and `is_clear` as in `GroupResult`."""

    key: str
    title: str
    of: Of
    choice: str
    choice_title: str
    first: Estimate
    second: Estimate
    difference: Difference
    q: float | None
    is_clear: bool


def compare(responses: Responses, first: Mask, second: Mask) -> tuple[ComparedFigure, ...]:
    """Every figure that can be compared: metrics, then means, shares and ranks in the order of questions.

    All differences are tested together. A side with fewer than five answers to a question tells nothing of it. Both
    sides may have answers of the same customers: then intervals err on the careful side.
    """
    told = []
    for key, title, of, choice, measured in _figures(responses):
        found = measured.difference(first, second)
        sides = measured.estimate(first), measured.estimate(second)
        told.append(ComparedFigure(key, title, of, choice.key, choice.title, *sides, found, None, False))
    qs = false_discovery([t.difference.p_value for t in told])
    return tuple(
        replace(t, q=q, is_clear=q is not None and q <= CLEAR) for t, q in zip(told, qs, strict=True)
    )


def _figures(responses: Responses) -> Iterator[tuple[str, str, Of, Choice, Measured]]:
    nothing = Choice("", {"en": "", "fi": ""})
    for key in dict.fromkeys(q.metric for q in responses.questions if q.metric):
        yield key, str(metric(key).name), "metric", nothing, of_metric(responses, key)
    for question in responses.questions:
        if question.kind == "rating":
            yield question.key, question.title, "mean", nothing, of_rating(responses, question.key)
        elif question.kind in (*ONE_OF, "checkbox"):
            choices = question.choices or (BOOLEAN if question.kind == "boolean" else ())
            for choice in [c for c in choices if not c.is_missing][:MOST_CHOICES]:
                measured = of_choice(responses, question.key, choice.key)
                yield question.key, question.title, "share", choice, measured
        elif question.kind == "ranking":
            yield from _ranks(responses, question)
        elif question.kind == "matrix":
            yield from _rows(responses, question)


def _ranks(responses: Responses, question: Question) -> Iterator[tuple[str, str, Of, Choice, Measured]]:
    answers, most = responses.answers(question), max(len(question.choices), 2)
    for choice in question.choices:
        ranks = [
            np.nan if a is None else a.index(choice.key) + 1 if choice.key in a else (len(a) + 1 + most) / 2
            for a in answers
        ]
        yield (
            question.key,
            question.title,
            "rank",
            choice,
            of_numbers(responses, question.key, ranks, 1, most),
        )


def _rows(responses: Responses, question: Question) -> Iterator[tuple[str, str, Of, Choice, Measured]]:
    """The mean of each row, where the columns are whole numbers."""
    keys = [c.key for c in question.choices if not c.is_missing]
    if not keys or not all(k.lstrip("-").isdecimal() for k in keys):
        return
    low, high = min(map(int, keys)), max(map(int, keys))
    answers = responses.answers(question)
    for row in question.rows:
        cells = [float(a[row.key]) if a and a.get(row.key) in keys else np.nan for a in answers]
        yield question.key, question.title, "mean", row, of_numbers(responses, question.key, cells, low, high)
