"""Answers as columns: one a question, or several where there is more than one answer to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

from polku.surveys.results.questions import BOOLEAN, ONE_OF, TEXTS, Choice, Question
from polku.surveys.results.responses import ANSWERS, Responses

Measure = Literal["nominal", "ordinal", "scale"]


@dataclass(frozen=True, slots=True)
class Variable:
    """A column of answers: numbers, texts, the keys of `choices`, or flags: whether one choice was chosen (1) or not
    (0), part of a multiple-response set. None: no answer. Numbers and flags may have `choices` too: what they mean."""

    name: str
    label: str
    measure: Measure
    holds: Literal["number", "text", "choice", "flag"]
    values: Sequence[Any]
    choices: tuple[Choice, ...] = ()


def variables(responses: Responses, *, keep_missing: bool = False) -> list[Variable]:
    """A variable for each question; of a checkbox one for each choice (0, 1), of a matrix one for each row, of a
    ranking one for each thing that is ranked (its rank). Labels are in the reader's language.

    `keep_missing`: choices that count as no answer are kept as what was chosen, to be marked in the file.
    """
    found: list[Variable] = []
    for question in responses.questions:
        if question.kind == "html":
            continue
        answers = _chosen(responses, question) if keep_missing else responses.answers(question)
        made = _MANY.get(question.kind)
        found += made(question, answers) if made else [_single(question, answers)]
    return found


def wide(responses: Responses) -> pa.Table:
    """All columns of the responses but their answers, then a column for each variable, named by question and choice.

    For CSV and Parquet (`polku.web.files`): whole numbers are integers, choices their keys.
    """
    own = {q.key for q in responses.questions} | {ANSWERS}
    kept = [n for n in responses.table.column_names if n not in own]
    columns = {name: responses.table[name] for name in kept}
    if responses.weights is not None:
        columns["weight"] = pa.array(responses.weights)
    for variable in variables(responses):
        columns[_free(variable.name, columns)] = _array(variable)
    return pa.table(columns)


def _free(name: str, taken: dict[str, Any]) -> str:
    """A question may be called as a column is."""
    while name in taken:
        name += "_"
    return name


def _array(variable: Variable) -> pa.Array:
    if variable.holds in ("text", "choice"):
        return pa.array(variable.values, pa.string())
    if all(v is None or float(v).is_integer() for v in variable.values):
        return pa.array([None if v is None else int(v) for v in variable.values], pa.int64())
    return pa.array(variable.values, pa.float64())


def _chosen(responses: Responses, question: Question) -> list[Any]:
    """Answers with those choices that count as none."""
    told = tuple(Choice(c.key, c.titles) for c in question.choices)
    plain = Question(question.key, question.kind, choices=told, low=question.low, high=question.high)
    return responses.answers(plain)


def _single(question: Question, answers: Sequence[Any]) -> Variable:
    if question.kind == "rating":
        named = tuple(c for c in question.choices if not c.is_missing)
        return Variable(question.key, question.title, "ordinal", "number", answers, named)
    if question.kind in ONE_OF:
        choices = question.choices or (BOOLEAN if question.kind == "boolean" else ())
        return Variable(
            question.key, question.title, "nominal", "choice", answers, _with_former(choices, answers)
        )
    assert question.kind in TEXTS
    return Variable(question.key, question.title, "nominal", "text", answers)


def _with_former(choices: Sequence[Choice], answers: Sequence[str | None]) -> tuple[Choice, ...]:
    """And those that an earlier version had."""
    known = {c.key for c in choices}
    former = dict.fromkeys(a for a in answers if a is not None and a not in known)
    return (*choices, *(Choice(key) for key in former))


def _checkbox(question: Question, answers: Sequence[list[str] | None]) -> list[Variable]:
    keys = _with_former(question.choices, [k for a in answers for k in a or ()])
    return [
        Variable(
            f"{question.key}__{choice.key}",
            f"{question.title}: {choice.title}",
            "nominal",
            "flag",
            [None if a is None else int(choice.key in a) for a in answers],
            (
                Choice("0", {"en": "Not chosen", "fi": "Ei valittu"}),
                Choice("1", {"en": "Chosen", "fi": "Valittu"}),
            ),
        )
        for choice in keys
    ]


def _matrix(question: Question, answers: Sequence[dict[str, str] | None]) -> list[Variable]:
    rows = _with_former(question.rows, [r for a in answers for r in a or ()])
    told = []
    for row in rows:
        cells = [None if a is None else a.get(row.key) for a in answers]
        choices = _with_former(question.choices, cells)
        label = f"{question.title}: {row.title}"
        told.append(Variable(f"{question.key}__{row.key}", label, "ordinal", "choice", cells, choices))
    return told


def _ranking(question: Question, answers: Sequence[list[str] | None]) -> list[Variable]:
    things = _with_former(question.choices, [k for a in answers for k in a or ()])
    return [
        Variable(
            f"{question.key}__{thing.key}",
            f"{question.title}: {thing.title}",
            "ordinal",
            "number",
            [a.index(thing.key) + 1 if a and thing.key in a else None for a in answers],
        )
        for thing in things
    ]


_MANY: dict[str, Callable[[Question, Any], list[Variable]]] = {
    "checkbox": _checkbox,
    "matrix": _matrix,
    "ranking": _ranking,
}
