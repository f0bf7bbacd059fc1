"""What a question asks of an answer in words or numbers besides: bounds, length, form."""

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
from polku.surveys.definition.refusal import Refused

_EMAIL: Final = re.compile(
    r"""[^\s<>()\[\].,;:@"]+(?:\.[^\s<>()\[\].,;:@"]+)*@(?:[^\s<>()=\[\].,;:@"]+\.)+[^\s<>()=\[\].,;:@"]{2,}""",
)
_EMAIL_LETTERS: Final = 254


def number_within(value: str | float, least: Any, most: Any) -> float:
    number = as_number(value) if isinstance(value, str) else value
    if number is None or not math.isfinite(number) or abs(number) > limits.NUMBER:
        raise Refused("not_a_number", Words("Write a number."))
    if least is not None and number < least:
        raise Refused("too_small", Words("At least %(least)s.", least=spelled(least)))
    if most is not None and number > most:
        raise Refused("too_great", Words("At most %(most)s.", most=spelled(most)))
    return int(number) if isinstance(number, float) and number.is_integer() else number


def is_email(text: str) -> bool:
    return len(text) <= _EMAIL_LETTERS and _EMAIL.fullmatch(text) is not None


AN_EMAIL: Final = Words("Write an e-mail address, such as name@example.com.")
Validator = Callable[[Any], None]


def validated(value: Any, validators: list[Validator]) -> Any:
    for validate in validators:
        validate(value)
    return value


def _own_words(raw: Mapping[str, Any], own_language: str, said: Words | Localised) -> Words | Localised:
    """The survey's own text for a refusal, where it has one."""
    return Localised.of(raw["text"], own_language) if raw.get("text") else said


def _validator_of_numbers(raw: Mapping[str, Any], own_language: str) -> Validator:
    least, most = raw.get("minValue"), raw.get("maxValue")

    def validate(value: Any) -> None:
        try:
            number_within(value, least, most)
        except Refused as e:
            raise Refused(e.code, _own_words(raw, own_language, e.said)) from None

    return validate


def _validator_of_length(raw: Mapping[str, Any], own_language: str) -> Validator:
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


def _validator_of_emails(raw: Mapping[str, Any], own_language: str) -> Validator:
    def validate(value: Any) -> None:
        if not is_email(spelled(value)):
            raise Refused("not_an_email", _own_words(raw, own_language, AN_EMAIL))

    return validate


def _validator_of_patterns(raw: Mapping[str, Any], own_language: str) -> Validator:
    occurs = found(str(raw["regex"]), ignore_case=bool(raw.get("caseInsensitive")))

    def validate(value: Any) -> None:
        if not occurs(spelled(value)):
            said = Words("This is not written in the form that is asked for.")
            raise Refused("wrong_form", _own_words(raw, own_language, said))

    return validate


VALIDATORS: Final[Mapping[str, Callable[[Mapping[str, Any], str], Validator]]] = {
    "numeric": _validator_of_numbers,
    "text": _validator_of_length,
    "email": _validator_of_emails,
    "regex": _validator_of_patterns,
}
