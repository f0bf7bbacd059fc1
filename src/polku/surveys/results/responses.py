"""A table of responses, read by question."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from polku.errors import InvalidInput
from polku.metrics import metric
from polku.surveys.results.items import item_place
from polku.surveys.results.questions import BOOLEAN, Choice, Question, key_of

ANSWERS: Final = "answers"
"""The column of all answers of a response (JSON, a struct, a map), where questions have no columns of their own."""

REQUIRED: Final = ("response_id", "profile", "answered_at")


@dataclass(frozen=True)
class Responses:
    """Responses in one order: `table` as it came, answers by question, who gave each, and how much each weighs.

    `clusters` numbers profiles; a response of nobody known is a customer of its own. None where nobody answered twice.
    """

    table: pa.Table
    questions: tuple[Question, ...]
    given: Mapping[str, Sequence[Any]]
    clusters: npt.NDArray[np.int64] | None
    weights: npt.NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @classmethod
    def of(cls, table: pa.Table, questions: Sequence[Question]) -> Responses:
        """`table` has the columns response_id, profile (null: not known), answered_at (UTC), others at will (version,
        language, channel, touchpoint, groups), and answers in `answers` or a column for each question's key.

        Raises InvalidInput where a column is missing, or answers are no JSON.
        """
        missing = [name for name in REQUIRED if name not in table.column_names]
        if missing:
            raise InvalidInput(
                "Responses lack the column %(column)s. They need: %(needed)s",
                column=missing[0],
                needed=", ".join(REQUIRED),
            )
        return cls(table, tuple(questions), _given(table, questions), _clusters(table["profile"].to_pylist()))

    def weighted(self, weights: npt.NDArray[np.float64]) -> Responses:
        """The same with weights, one for each response."""
        return replace(self, weights=np.asarray(weights, np.float64))

    def where(self, mask: npt.NDArray[np.bool_]) -> Responses:
        """Those for which it holds, in their order."""
        at = np.flatnonzero(mask).tolist()
        return Responses(
            self.table.take(pa.array(at, pa.int64())),
            self.questions,
            {key: [values[i] for i in at] for key, values in self.given.items()},
            None if self.clusters is None else self.clusters[at],
            None if self.weights is None else self.weights[at],
        )

    def question(self, key: str) -> Question:
        """Raises InvalidInput if there is none."""
        for question in self.questions:
            if question.key == key:
                return question
        raise InvalidInput(
            "There is no question '%(question)s'. There are: %(known)s",
            question=key,
            known=", ".join(q.key for q in self.questions) or "–",
        )

    def answers(self, question: Question) -> list[Any]:
        """An answer for each response, None where there is none that the question allows.

        A number on its scale; a choice's key; a list of keys (checkbox, ranking); a column's key by row's (matrix);
        a text. "I don't know" (`is_missing`) is no answer.
        """
        read = _READERS.get(question.kind, _text)
        return [None if a is None else read(question, a) for a in self.given[question.key]]

    def of_metric(self, key: str) -> npt.NDArray[np.float64]:
        """Responses × the metric's items, NaN where one was not answered.

        Several questions may ask the same item, e.g. for each touchpoint: the first that was answered counts.
        Raises InvalidInput for an unknown metric, an item that it has not, or a question on another scale.
        """
        chosen = metric(key)
        found = np.full((len(self), len(chosen.items)), np.nan)
        for question in self.questions:
            if question.metric == key:
                column = found[:, item_place(question)]
                answers = np.array([np.nan if a is None else a for a in self.answers(question)], np.float64)
                column[:] = np.where(np.isnan(column), answers, column)
        return found


def _given(table: pa.Table, questions: Sequence[Question]) -> dict[str, list[Any]]:
    if ANSWERS in table.column_names:  # alone: a question may be called as a column, e.g. channel
        whole = [_object(a) for a in table[ANSWERS].to_pylist()]
        return {q.key: [a.get(q.key) for a in whole] for q in questions}
    own = set(table.column_names)
    return {q.key: table[q.key].to_pylist() if q.key in own else [None] * table.num_rows for q in questions}


def _object(answers: Any) -> dict[str, Any]:
    if isinstance(answers, str):
        try:
            answers = json.loads(answers)
        except ValueError:
            raise InvalidInput("The answers of a response are no JSON. They should be an object.") from None
    if isinstance(answers, list):  # a map of Arrow's
        answers = dict(answers)
    return answers if isinstance(answers, dict) else {}


def _clusters(profiles: list[Any]) -> npt.NDArray[np.int64] | None:
    known = [p for p in profiles if p is not None]
    if len(set(known)) == len(known):
        return None
    numbers: dict[Any, int] = {}
    own = iter(range(len(profiles), 2 * len(profiles)))
    return np.array(
        [next(own) if p is None else numbers.setdefault(p, len(numbers)) for p in profiles], np.int64
    )


def _number(question: Question, answer: Any) -> float | None:
    try:
        value = float(answer)
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) and question.low <= value <= question.high else None


def _key(choices: Sequence[Choice], answer: Any) -> str | None:
    key = key_of(answer)
    return None if any(c.key == key and c.is_missing for c in choices) else key


def _one(question: Question, answer: Any) -> str | None:
    return None if isinstance(answer, list | dict) else _key(question.choices, answer)


def _boolean(question: Question, answer: Any) -> str | None:
    choices = question.choices or BOOLEAN
    key = _key(choices, answer)
    return key if any(key == c.key for c in choices) else None


def _several(question: Question, answer: Any) -> list[str] | None:
    given = answer if isinstance(answer, list) else [answer]
    keys = [k for a in given if (k := _key(question.choices, a)) is not None]
    return list(dict.fromkeys(keys)) or None


def _by_row(question: Question, answer: Any) -> dict[str, str] | None:
    if isinstance(answer, list):
        answer = dict(answer)
    if not isinstance(answer, dict):
        return None
    keys = {str(r): _key(question.choices, a) for r, a in answer.items() if a is not None}
    return {r: k for r, k in keys.items() if k is not None} or None


def _text(question: Question, answer: Any) -> str | None:
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False, default=str)
    return text if text.strip() else None


_READERS: Final = {
    "rating": _number,
    "radiogroup": _one,
    "dropdown": _one,
    "boolean": _boolean,
    "checkbox": _several,
    "ranking": _several,
    "matrix": _by_row,
}
