"""Conditions made ready: an expression becomes a function of the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from polku.surveys.definition.comparing import as_compared, contains, equal, is_empty, less
from polku.surveys.definition.expressions import (
    Comparison,
    Emptiness,
    Expression,
    Junction,
    Negation,
    Scalar,
    Variable,
)

Answers = Mapping[str, Any]
Condition = Callable[[Answers], bool]
_Compare = Callable[[Any, Any], bool]


def condition(expression: Expression) -> Condition:
    """Whether the answers to visible questions meet it; an answer that is missing is empty."""
    match expression:
        case Junction(every, parts):
            conditions = [condition(p) for p in parts]
            if every:
                return lambda answers: all(c(answers) for c in conditions)
            return lambda answers: any(c(answers) for c in conditions)
        case Negation(of):
            inner = condition(of)
            return lambda answers: not inner(answers)
        case Emptiness(of, wanted):
            looked_up = _value_of(of)
            return lambda answers: is_empty(looked_up(answers)) is wanted
        case Comparison(left, operator, right):
            first, second, compare = _value_of(left), _value_of(right), _COMPARE[operator]
            return lambda answers: compare(first(answers), second(answers))


def _value_of(operand: Variable | Scalar | tuple[Scalar, ...]) -> Callable[[Answers], Any]:
    if not isinstance(operand, Variable):
        constant: Any = list(operand) if isinstance(operand, tuple) else operand
        return lambda _: constant
    name, row = operand.name, operand.row
    if row is None:
        return lambda answers: as_compared(answers.get(name))

    def of_row(answers: Answers) -> Any:
        rows = answers.get(name)
        return as_compared(rows.get(row)) if isinstance(rows, dict) else None

    return of_row


def _anyof(left: Any, right: list[Scalar]) -> bool:
    if is_empty(left):
        return False
    members = left if isinstance(left, list) else [left]
    return any(contains(members, one) for one in right)


def _allof(left: Any, right: list[Scalar]) -> bool:
    return not is_empty(left) and all(contains(left, one) for one in right)


_COMPARE: Final[Mapping[str, _Compare]] = {
    "=": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": less,
    ">": lambda left, right: less(right, left),
    "<=": lambda left, right: equal(left, right) or less(left, right),
    ">=": lambda left, right: equal(left, right) or less(right, left),
    "contains": contains,
    "notcontains": lambda left, right: is_empty(left) or not contains(left, right),
    "anyof": _anyof,
    "allof": _allof,
    "noneof": lambda left, right: not _anyof(left, right),
}
