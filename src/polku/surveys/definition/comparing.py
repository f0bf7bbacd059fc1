"""How SurveyJS compares an answer with a value: without regard to case, and numbers also when written as text."""

from __future__ import annotations

import re
from typing import Any, Final

_NUMBER: Final = re.compile(r"\s*[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE]-?\d+)?\s*", re.ASCII)
_LONGEST_NUMBER: Final = 15
_GREATEST: Final = 10**300


def is_empty(value: Any) -> bool:
    """As SurveyJS: nothing, a text without letters, an empty list, or an object with nothing but empty values."""
    if isinstance(value, dict):
        return all(v is None or v == "" or v == [] for v in value.values())
    return value is None or value == "" or value == []


def as_compared(value: Any) -> Any:
    """An answer as conditions see it: texts that say true, false or a number are those."""
    if not isinstance(value, str):
        return value
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    if len(value) > 1 and value[0] in "'\"" and value[-1] in "'\"":
        return value[1:-1]
    number = as_number(value)
    if number is None or (len(value) > 1 and value[0] == "0" and value[1] not in ".,"):
        return value
    return number


def as_number(text: str) -> float | None:
    """The number that a text says, with a point or a comma; None if it is none."""
    digits = text.strip()
    if not _NUMBER.fullmatch(text) or (len(digits) > _LONGEST_NUMBER and digits.isdigit()):
        return None
    return float(digits.replace(",", "."))


def equal(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.strip().lower() == right.strip().lower()
    if is_empty(left) or is_empty(right):
        return is_empty(left) and is_empty(right)
    for one, other in ((left, right), (right, left)):
        if isinstance(one, bool) and isinstance(other, str):
            return str(one).lower() == other.lower()
        if isinstance(one, str) and isinstance(other, int | float):
            return _in_script(one) == other
    return bool(left == right)


def less(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return False
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    low, high = (_in_script(v) if isinstance(v, str) else v for v in (left, right))
    return isinstance(low, int | float) and isinstance(high, int | float) and low < high


def contains(whole: Any, part: Any) -> bool:
    """A list one of the choices, or a text a part of it."""
    if isinstance(whole, list):
        return any(equal(member, part) for member in whole)
    if is_empty(whole) or is_empty(part) or part is False or part == 0:
        return False
    return spelled(part).lower() in spelled(whole).lower()


def spelled(value: Any) -> str:
    """A value as SurveyJS writes it: 5 and not 5.0, true and not True."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int) and abs(value) > _GREATEST:
        return "inf"  # Python refuses to write out numbers of thousands of digits
    return str(value)


def _in_script(text: str) -> float | None:
    """The number that JavaScript makes of a text when it compares it with a number: of spaces alone, 0."""
    if not text.strip():
        return 0.0
    return None if "," in text or not _NUMBER.fullmatch(text) else float(text)
