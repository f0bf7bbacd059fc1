"""Which responses a figure rests on."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from polku.errors import InvalidInput
from polku.metrics import metric
from polku.surveys.results.questions import TEXTS, Question
from polku.surveys.results.responses import Responses

Mask = npt.NDArray[np.bool_]


def who_answered(responses: Responses, key: str, answer: str = "", row: str = "") -> Mask:
    """Those that answer a question; with `answer` so: a point of the scale or a choice's key, in a `row` of a table.

    Raises InvalidInput for a question that there is not.
    """
    question = responses.question(key)
    given = responses.answers(question)
    if row:
        given = [a.get(row) if isinstance(a, dict) else None for a in given]
    return np.array([a is not None and (not answer or _is(a, answer)) for a in given], np.bool_)


def of_category(responses: Responses, key: str, category: str) -> Mask:
    """Those whose figure of a metric is in a category, such as promoters. Raises InvalidInput."""
    chosen, answers = metric(key), responses.of_metric(key)
    lows = {c.key: c.low for c in chosen.categories}
    if category not in lows:
        raise InvalidInput(
            "%(metric)s has no category '%(category)s'. There are: %(known)s",
            metric=key,
            category=category,
            known=", ".join(lows) or "–",
        )
    above = min((low for low in lows.values() if low > lows[category]), default=np.inf)
    complete = ~np.isnan(answers).any(axis=1)
    figures = np.full(len(answers), np.nan)
    if complete.any():
        figures[complete] = (chosen.figure or (lambda a: a[:, 0]))(answers[complete])
    found: Mask = (figures >= lows[category]) & (figures < above)
    return found


def with_comment(responses: Responses) -> Mask:
    """Those that say something in their own words."""
    found = np.zeros(len(responses), np.bool_)
    for question in responses.questions:
        if question.kind in TEXTS and question.kind != "file":
            found |= np.array([a is not None for a in responses.answers(question)], np.bool_)
    return found


def newest_words(responses: Responses, question: Question, *, most: int = 3) -> tuple[str, ...]:
    """What was said last in words of one's own, the newest first."""
    said = zip(responses.table["answered_at"].to_pylist(), responses.answers(question), strict=True)
    found = sorted(((at, i, words) for i, (at, words) in enumerate(said) if words is not None), reverse=True)
    return tuple(words for _, _, words in found[:most])


def _is(given: Any, answer: str) -> bool:
    if isinstance(given, list):
        return answer in given
    return (f"{given:g}" if isinstance(given, float) else str(given)) == answer
