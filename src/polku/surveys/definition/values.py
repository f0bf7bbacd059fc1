"""What single values a definition and an answer may hold: names, texts, numbers, days."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from polku.errors import Words
from polku.surveys.definition import limits
from polku.surveys.definition.localised import is_language
from polku.surveys.definition.profile import Kind

_NOT_IN_NAMES: Final = re.compile(r"""[.\[\]{}'"#:,\\\x00-\x1f\x7f]""")
_OF_SURVEYJS: Final = frozenset({"pageno", "pagecount", "locale", "self"})
_OF_SCRIPTS: Final = frozenset(
    {"constructor", "prototype", "hasownproperty", "isprototypeof", "propertyisenumerable", "tolocalestring",
     "tostring", "valueof"}
)  # fmt: skip
"""Every object of JavaScript has these: SurveyJS fails on a question that is called so."""
COMMENT: Final = "-Comment"
"""Ends the name under which SurveyJS keeps what was written beside a question."""


OBJECT: Final = Words("it should be an object: {…}")
A_TEXT: Final = Words("it should be a text")
A_VALUE: Final = Words("it should be a text, a number, true or false")


def is_text(text: str) -> bool:
    """Whether it can be stored: no NUL, and no half of a character."""
    return ("\x00" not in text and text.isascii()) or (
        "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
    )


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= limits.NUMBER


def is_value(value: Any) -> bool:
    """Whether a choice may stand for it."""
    if isinstance(value, str):
        return bool(value.strip()) and len(value) <= limits.NAME_LETTERS * 4 and is_text(value)
    return isinstance(value, bool) or is_number(value)


def as_day(value: Any) -> date | None:
    """A day as a date field gives it: 2026-11-23."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def fault_of_name(name: str, *, of_row: bool = False) -> Words | None:
    """What forbids a name, or the value of a row, which stands in conditions as names do; None if nothing does."""
    if len(name) > limits.NAME_LETTERS:
        return Words("a name has at most %(most)s letters", most=limits.NAME_LETTERS)
    if _NOT_IN_NAMES.search(name) or name != name.strip() or not is_text(name):
        return Words("a name has no spaces around it and none of . [ ] { } ' \" # : , \\")
    if name.lower().endswith(COMMENT.lower()):
        return Words("a name may not end in -Comment: what is written beside a question is kept so")
    if name.lower() in (_OF_SCRIPTS if of_row else _OF_SCRIPTS | _OF_SURVEYJS) or name.startswith(
        ("__", "$")
    ):
        return Words("'%(name)s' means something else to SurveyJS; choose another name", name=name)
    return None


PLAIN: Final[Mapping[Kind, tuple[Callable[[Any], bool], Words]]] = {
    Kind.NAME: (lambda v: True, A_TEXT),
    Kind.TYPE: (lambda v: isinstance(v, str), A_TEXT),
    Kind.FLAG: (lambda v: isinstance(v, bool), Words("it should be true or false")),
    Kind.COUNT: (lambda v: is_number(v) and v == int(v), Words("it should be a whole number")),
    Kind.NUMBER: (is_number, Words("it should be a number")),
    Kind.BOUND: (
        lambda v: is_number(v) or as_day(v) is not None,
        Words("it should be a number, or a day such as 2026-11-23"),
    ),
    Kind.PLAIN: (lambda v: isinstance(v, str), A_TEXT),
    Kind.VALUE: (is_value, A_VALUE),
    Kind.LANGUAGE: (
        lambda v: isinstance(v, str) and is_language(v),
        Words("it should be a language: fi, en, …"),
    ),
}
