"""One answer held against its question. A check gives back the answer as it is kept, or raises Refused.

Each kind of question has a function that makes its check from the question's properties, once; the checks themselves
run thousands of times a second.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from polku.errors import Words
from polku.surveys.definition import limits
from polku.surveys.definition.comparing import spelled
from polku.surveys.definition.questions import NONE, OTHER, Question
from polku.surveys.definition.refusal import NO_ANSWER, Refused
from polku.surveys.definition.sent_files import checked_files
from polku.surveys.definition.validators import AN_EMAIL, VALIDATORS, is_email, number_within, validated
from polku.surveys.definition.values import as_day, is_text

Check = Callable[[Any, bool], Any]
"""Of an answer that is not empty, and whether the survey is still being answered (partial)."""

_NOT_OFFERED: Final = Words("Choose one of the answers offered.")
_UNREADABLE: Final = Words("This holds characters that are no text.")


def check_of(question: Question, raw: Mapping[str, Any], own_language: str) -> Check:
    """The check of answers to a question."""
    return _CHECKS[question.type](question, raw, own_language)


def _single(question: Question, raw: Mapping[str, Any], own_language: str) -> Check:
    offered = _offered(question)

    def check(value: Any, partial: bool) -> Any:
        return _chosen(value, offered)

    return check


def _several(question: Question, raw: Mapping[str, Any], own_language: str) -> Check:
    offered = _offered(question)
    least = int(raw.get("minSelectedChoices", 0))
    most = int(raw.get("maxSelectedChoices", 0)) or math.inf

    def check(value: Any, partial: bool) -> list[Any]:
        chosen = _list_of_chosen(value, offered)
        if question.has_none and NONE in chosen and len(chosen) > 1:
            raise Refused("none_with_others", Words("“None of these” cannot be chosen together with others."))
        if len(chosen) > most:
            raise Refused("too_many", Words("Choose at most %(most)s.", most=most))
        if len(chosen) < least and not partial and chosen != [NONE]:
            raise Refused("too_few", Words("Choose at least %(least)s.", least=least))
        return chosen

    return check


def _ranking(question: Question, raw: Mapping[str, Any], own_language: str) -> Check:
    offered = _offered(question)
    may_be_part = bool(raw.get("selectToRankEnabled"))

    def check(value: Any, partial: bool) -> list[Any]:
        ranked = _list_of_chosen(value, offered)
        if len(ranked) < len(question.choices) and not (may_be_part or partial):
            raise Refused("incomplete_ranking", Words("Put all %(n)s in order.", n=len(question.choices)))
        return ranked

    return check


def _matrix(question: Question, raw: Mapping[str, Any], own_language: str) -> Check:
    rows = {spelled(r.value): r for r in question.rows}
    columns = {spelled(c.value): c.value for c in question.choices}
    every_row = bool(raw.get("eachRowRequired"))

    def check(value: Any, partial: bool) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Refused("wrong_kind", NO_ANSWER)
        if any(row not in rows for row in value):
            raise Refused("unknown_row", Words("This has answers to rows that were not asked."))
        given = {row: _chosen(one, columns) for row, one in value.items() if one is not None and one != ""}
        if every_row and len(given) < len(rows) and not partial:
            raise Refused("row_missing", Words("Answer every row."))
        return given

    return check


def _text(question: Question, raw: Mapping[str, Any], own_language: str) -> Check:
    kind, longest = question.input_type, int(raw.get("maxLength", limits.ANSWER_LETTERS))
    validators = [
        VALIDATORS[str(v["type"]).removesuffix("validator")](v, own_language)
        for v in raw.get("validators", ())
    ]
    least, most = raw.get("min"), raw.get("max")

    def check(value: Any, partial: bool) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return (
                validated(number_within(value, least, most), validators)
                if kind == "number"
                else _written(value)
            )
        text = _written(value)
        if len(text) > longest:
            raise Refused("too_long", Words("This is too long: at most %(most)s characters.", most=longest))
        if kind == "number":
            return validated(number_within(text, least, most), validators)
        if kind == "date":
            _day(text, least, most)
        elif kind == "email" and not is_email(text):
            raise Refused("not_an_email", AN_EMAIL)
        return validated(text, validators)

    return check


def _files(question: Question, raw: Mapping[str, Any], own_language: str) -> Check:
    def check(value: Any, partial: bool) -> list[dict[str, Any]]:
        return checked_files(value, raw)

    return check


def _offered(question: Question) -> dict[str, Any]:
    """Values by how they are spelled."""
    offered: dict[str, Any] = {spelled(c.value): c.value for c in question.choices}
    return {
        **offered,
        **({OTHER: OTHER} if question.has_other else {}),
        **({NONE: NONE} if question.has_none else {}),
    }


def _chosen(value: Any, offered: Mapping[str, Any]) -> Any:
    """The value that is meant; a number may come as text, since a link or a form has nothing else."""
    if not isinstance(value, str | int | float):
        raise Refused("wrong_kind", NO_ANSWER)
    try:
        return offered[spelled(value)]
    except (KeyError, OverflowError):
        raise Refused("not_a_choice", _NOT_OFFERED) from None


def _list_of_chosen(value: Any, offered: Mapping[str, Any]) -> list[Any]:
    if not isinstance(value, list):
        raise Refused("wrong_kind", NO_ANSWER)
    if len(value) > len(offered):
        raise Refused("repeated", Words("The same answer was chosen twice."))
    chosen = [_chosen(one, offered) for one in value]
    if len({spelled(one) for one in chosen}) < len(chosen):
        raise Refused("repeated", Words("The same answer was chosen twice."))
    return chosen


def _written(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Refused("wrong_kind", NO_ANSWER)
    text = value if isinstance(value, str) else spelled(value)
    if not is_text(text):
        raise Refused("not_text", _UNREADABLE)
    return text


def comment_text(value: Any) -> str:
    """What was written beside a question."""
    if not isinstance(value, str):
        raise Refused("wrong_kind", NO_ANSWER)
    if len(value) > limits.ANSWER_LETTERS:
        told = Words("This is too long: at most %(most)s characters.", most=limits.ANSWER_LETTERS)
        raise Refused("too_long", told)
    return _written(value)


def _day(text: str, least: str | None, most: str | None) -> None:
    if as_day(text) is None:
        raise Refused("not_a_date", Words("Give a day, such as 2026-11-23."))
    if least is not None and text < least:
        raise Refused("too_early", Words("Not before %(least)s.", least=least))
    if most is not None and text > most:
        raise Refused("too_late", Words("Not after %(most)s.", most=most))


_CHECKS: Final[Mapping[str, Callable[[Question, Mapping[str, Any], str], Check]]] = {
    "rating": _single,
    "radiogroup": _single,
    "dropdown": _single,
    "boolean": _single,
    "checkbox": _several,
    "ranking": _ranking,
    "matrix": _matrix,
    "comment": _text,
    "text": _text,
    "file": _files,
}
