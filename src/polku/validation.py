"""What is wrong with a value that a model refused, in words that can be translated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from polku.errors import Words

_PROBLEMS: Final[Mapping[str, Callable[[Mapping[str, Any]], Words]]] = {
    "missing": lambda _: Words("it is missing"),
    "extra_forbidden": lambda _: Words("there is no such field"),
    "literal_error": lambda c: Words("it should be one of %(allowed)s", allowed=_listed(str(c["expected"]))),
    "greater_than_equal": lambda c: Words("it should be at least %(least)s", least=c["ge"]),
    "less_than_equal": lambda c: Words("it should be at most %(most)s", most=c["le"]),
    "string_too_short": lambda c: Words("it should have at least %(least)s letters", least=c["min_length"]),
    "string_too_long": lambda c: Words("it should have at most %(most)s letters", most=c["max_length"]),
    "string_pattern_mismatch": lambda c: Words("it should be written as %(pattern)s", pattern=c["pattern"]),
    "too_short": lambda c: Words("there should be at least %(least)s of them", least=c["min_length"]),
    "too_long": lambda c: Words("there should be at most %(most)s of them", most=c["max_length"]),
    "value_error": lambda c: _of_ours(c["error"]),
}
_KINDS: Final[Mapping[str, Words]] = {
    "date": Words("it should be a day, e.g. 2026-11-23"),
    "datetime": Words("it should be a time, e.g. 2026-11-23T09:30:00Z"),
    "time_delta": Words("it should be a length of time, e.g. 30m, 12h, 30d or 2w"),
    "int": Words("it should be a whole number"),
    "float": Words("it should be a number"),
    "bool": Words("it should be true or false"),
    "string": Words("it should be a text"),
    "list": Words("it should be a list"),
    "dict": Words("it should be a table of names and values"),
    "model": Words("it should be a table of names and values"),
}


def problem(error: Mapping[str, Any]) -> Words | str:
    """What one of pydantic's `ValidationError.errors()` says; in pydantic's English if it is a rare one."""
    kind = str(error["type"])
    made = _PROBLEMS.get(kind)
    if made is not None:
        return made(error.get("ctx", {}))
    for name in sorted(_KINDS, key=len, reverse=True):
        if kind.startswith(f"{name}_"):
            return _KINDS[name]
    return str(error["msg"])


def _of_ours(error: Exception) -> Words:
    """What a validator of ours raised: ValueError of Words."""
    said = error.args[0] if error.args else str(error)
    return said if isinstance(said, Words) else Words("%(problem)s", problem=said)


def _listed(expected: str) -> str:
    """pydantic's "'a', 'b' or 'c'" without a language."""
    return expected.replace(" or ", ", ").replace("'", "")
