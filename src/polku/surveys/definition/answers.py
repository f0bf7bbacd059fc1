"""One answer held against its question. A check gives back the answer as it is kept, or raises Problem.

Each kind of question has a function that makes its check from the question's properties, once; the checks themselves
run thousands of times a second.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from polku.errors import Words
from polku.surveys.definition import limits
from polku.surveys.definition.comparing import as_number, spelled
from polku.surveys.definition.localised import Localised
from polku.surveys.definition.patterns import found
from polku.surveys.definition.questions import NONE, OTHER, Question
from polku.surveys.definition.values import as_day, is_text

Check = Callable[[Any, bool], Any]
"""Of an answer that is not empty, and whether the survey is still being answered (partial)."""

_EMAIL: Final = re.compile(
    r"""[^\s<>()\[\].,;:@"]+(?:\.[^\s<>()\[\].,;:@"]+)*@(?:[^\s<>()=\[\].,;:@"]+\.)+[^\s<>()=\[\].,;:@"]{2,}""",
)
_EMAIL_LETTERS: Final = 254
_NO_ANSWER: Final = Words("This cannot be an answer to this question.")
_NOT_OFFERED: Final = Words("Choose one of the answers offered.")
_UNREADABLE: Final = Words("This holds characters that are no text.")


class Refused(Exception):
    """An answer that cannot be taken: a stable code, and why, for the respondent."""

    def __init__(self, code: str, said: Words | Localised) -> None:
        super().__init__(code)
        self.code, self.said = code, said


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
            raise Refused("wrong_kind", _NO_ANSWER)
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
        _VALIDATORS[str(v["type"]).removesuffix("validator")](v, own_language)
        for v in raw.get("validators", ())
    ]
    least, most = raw.get("min"), raw.get("max")

    def check(value: Any, partial: bool) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return (
                _validated(_number(value, least, most), validators) if kind == "number" else _written(value)
            )
        text = _written(value)
        if len(text) > longest:
            raise Refused("too_long", Words("This is too long: at most %(most)s characters.", most=longest))
        if kind == "number":
            return _validated(_number(text, least, most), validators)
        if kind == "date":
            _day(text, least, most)
        elif kind == "email" and not is_email(text):
            raise Refused("not_an_email", _AN_EMAIL)
        return _validated(text, validators)

    return check


def _file(question: Question, raw: Mapping[str, Any], own_language: str) -> Check:
    accepted = [t.strip().lower() for t in str(raw.get("acceptedTypes", "")).split(",") if t.strip()]
    most_files = int(raw.get("maxFiles", limits.FILES)) if raw.get("allowMultiple") else 1
    largest = int(raw.get("maxSize", limits.FILE_BYTES))

    def check(value: Any, partial: bool) -> list[dict[str, Any]]:
        files = value if isinstance(value, list) else [value]
        if len(files) > most_files:
            raise Refused("too_many", Words("Send at most %(most)s files.", most=most_files))
        return [_one_file(f, accepted, largest) for f in files]

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
        raise Refused("wrong_kind", _NO_ANSWER)
    try:
        return offered[spelled(value)]
    except (KeyError, OverflowError):
        raise Refused("not_a_choice", _NOT_OFFERED) from None


def _list_of_chosen(value: Any, offered: Mapping[str, Any]) -> list[Any]:
    if not isinstance(value, list):
        raise Refused("wrong_kind", _NO_ANSWER)
    if len(value) > len(offered):
        raise Refused("repeated", Words("The same answer was chosen twice."))
    chosen = [_chosen(one, offered) for one in value]
    if len({spelled(one) for one in chosen}) < len(chosen):
        raise Refused("repeated", Words("The same answer was chosen twice."))
    return chosen


def _written(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Refused("wrong_kind", _NO_ANSWER)
    text = value if isinstance(value, str) else spelled(value)
    if not is_text(text):
        raise Refused("not_text", _UNREADABLE)
    return text


def comment_text(value: Any) -> str:
    """What was written beside a question."""
    if not isinstance(value, str):
        raise Refused("wrong_kind", _NO_ANSWER)
    if len(value) > limits.ANSWER_LETTERS:
        told = Words("This is too long: at most %(most)s characters.", most=limits.ANSWER_LETTERS)
        raise Refused("too_long", told)
    return _written(value)


def _number(value: str | float, least: Any, most: Any) -> float:
    number = as_number(value) if isinstance(value, str) else value
    if number is None or not math.isfinite(number) or abs(number) > limits.NUMBER:
        raise Refused("not_a_number", Words("Write a number."))
    if least is not None and number < least:
        raise Refused("too_small", Words("At least %(least)s.", least=spelled(least)))
    if most is not None and number > most:
        raise Refused("too_great", Words("At most %(most)s.", most=spelled(most)))
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _day(text: str, least: str | None, most: str | None) -> None:
    if as_day(text) is None:
        raise Refused("not_a_date", Words("Give a day, such as 2026-11-23."))
    if least is not None and text < least:
        raise Refused("too_early", Words("Not before %(least)s.", least=least))
    if most is not None and text > most:
        raise Refused("too_late", Words("Not after %(most)s.", most=most))


def is_email(text: str) -> bool:
    return len(text) <= _EMAIL_LETTERS and _EMAIL.fullmatch(text) is not None


_AN_EMAIL: Final = Words("Write an e-mail address, such as name@example.com.")
_Validator = Callable[[Any], None]


def _validated(value: Any, validators: list[_Validator]) -> Any:
    for validate in validators:
        validate(value)
    return value


def _own_words(raw: Mapping[str, Any], own_language: str, said: Words) -> Words | Localised:
    """The survey's own text for a refusal, where it has one."""
    return Localised.of(raw["text"], own_language) if raw.get("text") else said


def _validator_of_numbers(raw: Mapping[str, Any], own_language: str) -> _Validator:
    least, most = raw.get("minValue"), raw.get("maxValue")

    def validate(value: Any) -> None:
        try:
            _number(value, least, most)
        except Refused as e:
            assert isinstance(e.said, Words)
            raise Refused(e.code, _own_words(raw, own_language, e.said)) from None

    return validate


def _validator_of_length(raw: Mapping[str, Any], own_language: str) -> _Validator:
    least, most = int(raw.get("minLength", 0)), int(raw.get("maxLength", 0)) or math.inf

    def validate(value: Any) -> None:
        length = len(spelled(value))
        if length < least:
            said = Words("Write at least %(least)s characters.", least=least)
            raise Refused("too_short", _own_words(raw, own_language, said))
        if length > most:
            said = Words("This is too long: at most %(most)s characters.", most=most)
            raise Refused("too_long", _own_words(raw, own_language, said))

    return validate


def _validator_of_emails(raw: Mapping[str, Any], own_language: str) -> _Validator:
    def validate(value: Any) -> None:
        if not is_email(spelled(value)):
            raise Refused("not_an_email", _own_words(raw, own_language, _AN_EMAIL))

    return validate


def _validator_of_patterns(raw: Mapping[str, Any], own_language: str) -> _Validator:
    occurs = found(str(raw["regex"]), ignore_case=bool(raw.get("caseInsensitive")))

    def validate(value: Any) -> None:
        if not occurs(spelled(value)):
            said = Words("This is not written in the form that is asked for.")
            raise Refused("wrong_form", _own_words(raw, own_language, said))

    return validate


_VALIDATORS: Final[Mapping[str, Callable[[Mapping[str, Any], str], _Validator]]] = {
    "numeric": _validator_of_numbers,
    "text": _validator_of_length,
    "email": _validator_of_emails,
    "regex": _validator_of_patterns,
}
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
    "file": _file,
}
_FILE_KEYS: Final = frozenset({"name", "type", "content", "size"})
_FILE_NAME_LETTERS: Final = 255
_UNSAFE_NAME: Final = re.compile(r"[/\\\x00-\x1f\x7f]")


def _one_file(value: Any, accepted: list[str], largest: int) -> dict[str, Any]:
    """A file as SurveyJS sends it: its name, media type and content as a data: address, or where it was put and its size."""
    if not isinstance(value, dict) or not value.keys() <= _FILE_KEYS:
        raise Refused("bad_file", _NO_ANSWER)
    name, kind, content = value.get("name"), value.get("type", ""), value.get("content", "")
    if not all(isinstance(v, str) and is_text(v) for v in (name, kind, content)):
        raise Refused("bad_file", _NO_ANSWER)
    if not 0 < len(name) <= _FILE_NAME_LETTERS or _UNSAFE_NAME.search(name) or name in (".", ".."):
        raise Refused("bad_file", Words("This name of a file cannot be used."))
    if accepted and not any(_accepts(one, name.lower(), kind.lower()) for one in accepted):
        raise Refused("file_type", Words("Only these kinds of files: %(kinds)s", kinds=", ".join(accepted)))
    size = value.get("size", 0)
    if isinstance(size, bool) or not isinstance(size, int) or size < 0:
        raise Refused("bad_file", _NO_ANSWER)
    if max(size, _bytes_in(content)) > largest:
        raise Refused(
            "file_size", Words("The file is too large: at most %(most)s kB.", most=max(1, largest // 1000))
        )
    return value


def _bytes_in(content: str) -> int:
    """How large the content of a data: address is."""
    head, comma, body = content.partition(",")
    return len(body) * 3 // 4 - body[-2:].count("=") if comma and head.endswith(";base64") else len(body)


def _accepts(accepted: str, name: str, kind: str) -> bool:
    """As the `accept` of a file field in HTML: .pdf, image/*, application/pdf."""
    if accepted.startswith("."):
        return name.endswith(accepted)
    return kind.startswith(accepted[:-1]) if accepted.endswith("/*") else kind == accepted
