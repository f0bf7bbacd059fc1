"""Touchpoints of which only some events are meant, `purchase[value>100&category=shoes]`, and their codes.

A kernel sees touchpoint codes only. So the events of a touchpoint for which conditions hold get codes of their own,
one for each combination of conditions that hold, from 65,534 downwards; `marking` puts them there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Final, Self

from pydantic import BeforeValidator

from polku.errors import InvalidInput
from polku.i18n import gettext, use_language
from polku.journeys.touchpoints.catalogue import Catalogue
from polku.journeys.touchpoints.conditions import NUMERIC, PropertyCondition

FIRST_CODE: Final = 65_534
MOST_MARKS: Final = 6
"""So many conditions, or sets of them, on one touchpoint: their combinations need 63 codes."""

_MARK: Final = re.compile(r"""(?s)((?:"[^"]*"|[^"\[\]])+)(?:\[((?:"[^"]*"|[^"\[\]])*)\])?""")
_CONDITION: Final = re.compile(
    r"""(?s)(!?)("[^"]+"|[^=~<>!"]+?)\s*(?:(!=|>=|<=|=|~|>|<)\s*("[^"]*"|[^"]*))?"""
)
_OPERATORS: Final = {"=": "equals", "!=": "equals", "~": "contains"}


@dataclass(frozen=True, slots=True)
class Mark:
    """The events of the touchpoint `code` for which all conditions hold."""

    code: int
    conditions: tuple[PropertyCondition, ...] = ()


@dataclass(frozen=True)
class Marks:
    """Several marks, and the codes of the events they mean."""

    marks: tuple[Mark, ...] = ()

    @classmethod
    def of(cls, marks: Iterable[Mark]) -> Self:
        """Those that have conditions. Raises InvalidInput for more than 6 of one touchpoint."""
        found = cls(tuple(dict.fromkeys(m for m in marks if m.conditions)))
        if any(len(of_touchpoint) > MOST_MARKS for of_touchpoint in found.by_touchpoint.values()):
            raise InvalidInput(
                "One touchpoint can have at most %(most)s different conditions here.", most=MOST_MARKS
            )
        return found

    def __bool__(self) -> bool:
        return bool(self.marks)

    @cached_property
    def by_touchpoint(self) -> dict[int, tuple[Mark, ...]]:
        """The marks of each touchpoint that has any."""
        codes = dict.fromkeys(m.code for m in self.marks)
        return {code: tuple(m for m in self.marks if m.code == code) for code in codes}

    @cached_property
    def first_codes(self) -> dict[int, int]:
        """Of each of them: c for which the events have the code c − x, where bit k of x says that mark k holds."""
        code, first = FIRST_CODE + 1, {}
        for touchpoint, marks in self.by_touchpoint.items():
            first[touchpoint] = code
            code -= 2 ** len(marks) - 1
        return first

    def codes(self, mark: Mark) -> tuple[int, ...]:
        """The codes of the events that a mark means, its own touchpoint's first where it has no conditions."""
        marks = self.by_touchpoint.get(mark.code, ())
        if mark.conditions and mark not in marks:
            raise KeyError(mark)
        bit = 1 << marks.index(mark) if mark.conditions else -1
        combinations = [x for x in range(1, 2 ** len(marks)) if x & bit]
        own = () if mark.conditions else (mark.code,)
        return (*own, *(self.first_codes[mark.code] - x for x in combinations))


NO_MARKS: Final = Marks()


def cut(text: str, separators: str) -> list[str]:
    """A text cut at the separators that are outside of brackets and double quotes."""
    found, depth, is_quoted = [""], 0, False
    for letter in text:
        is_quoted ^= letter == '"'
        depth += 0 if is_quoted else (letter == "[") - (letter == "]")
        if letter in separators and depth <= 0 and not is_quoted:
            found.append("")
        else:
            found[-1] += letter
    return [part.strip() for part in found]


def listed(value: object, separators: str = ",") -> object:
    """A list may be given as one text with separators."""
    if isinstance(value, str):
        value = [value]
    if isinstance(value, list | tuple):
        return [p for v in value for p in (cut(v, separators) if isinstance(v, str) else [v])]
    return value


Texts = Annotated[list[str], BeforeValidator(listed)]
"""Several texts; from one text parted by commas that are outside of brackets and double quotes."""


def unquoted(text: str) -> str:
    """A text without the double quotes around it."""
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def mark_of(text: str, catalogue: Catalogue) -> Mark:
    """A mark from a text: a touchpoint by key or name, with conditions on its events in brackets or without.

    Conditions are parted by `&`. Raises InvalidInput that says what is wrong, and UnknownTouchpoint.
    """
    found = _MARK.fullmatch(text.strip())
    if found is None:
        raise InvalidInput(
            "'%(text)s' cannot be read. Write a touchpoint, e.g. cart, or purchase[value>100&category=shoes]. "
            'What has signs of its own goes between double quotes: purchase[category="A & B"].',
            text=text,
        )
    conditions = [] if found[2] is None else [condition_of(part) for part in cut(found[2], "&")]
    return Mark(catalogue.touchpoint(unquoted(found[1])).code, tuple(dict.fromkeys(conditions)))


def condition_of(text: str) -> PropertyCondition:
    """A condition on an event: `value>100`, `category=shoes`, `category!=shoes`, `name~sho`, `coupon` (is there),
    `!coupon`. Raises InvalidInput."""
    found = _CONDITION.fullmatch(text.strip())
    if found is None or (found[1] and found[3]):
        raise InvalidInput(
            "'%(text)s' is not a condition on an event. Write e.g. value>100, category=shoes, category!=shoes, "
            "name~sho, coupon (there is one) or !coupon.",
            text=text,
        )
    name, operator, value = unquoted(found[2]), found[3], unquoted(found[4] or "")
    if operator is None:
        return PropertyCondition(name, "exists", negated=bool(found[1]))
    if operator not in NUMERIC:
        return PropertyCondition(name, _OPERATORS[operator], value, negated=operator == "!=")
    condition = PropertyCondition(name, operator, value)
    if condition.number is None:
        raise InvalidInput(
            "'%(value)s' is not a number, but '%(text)s' compares numbers. Write e.g. value>100.",
            value=value,
            text=text,
        )
    return condition


def written(mark: Mark, catalogue: Catalogue) -> str:
    """A mark as a text that `mark_of` reads."""
    key = catalogue.by_code[mark.code].key
    conditions = "&".join(map(condition_written, mark.conditions))
    return f"{key}[{conditions}]" if conditions else key


def condition_written(condition: PropertyCondition) -> str:
    """A condition as a text that `condition_of` reads."""
    name = quoted(condition.name)
    if condition.operator == "exists":
        return f"!{name}" if condition.negated else name
    sign = {"equals": "!=" if condition.negated else "=", "contains": "~"}.get(
        condition.operator, condition.operator
    )
    return f"{name}{sign}{quoted(condition.value)}"


def label(mark: Mark, catalogue: Catalogue, language: str) -> str:
    """A mark as one reads it: Order (value > 100, category ≠ shoes)."""
    name = catalogue.by_code[mark.code].name(language)
    conditions = ", ".join(condition_label(c, language) for c in mark.conditions)
    return f"{name} ({conditions})" if conditions else name


def condition_label(condition: PropertyCondition, language: str) -> str:
    """A condition as one reads it: category ≠ shoes, name contains sho, coupon is known."""
    name, value = condition.name, condition.value
    with use_language(language):
        if condition.operator == "exists" and condition.negated:
            return gettext("%(property)s is not known", property=name)
        if condition.operator == "exists":
            return gettext("%(property)s is known", property=name)
        if condition.operator == "contains":
            return gettext("%(property)s contains %(value)s", property=name, value=value)
    signs = {"equals": "≠" if condition.negated else "=", ">=": "≥", "<=": "≤"}
    return f"{name} {signs.get(condition.operator, condition.operator)} {value}"


def quoted(text: str) -> str:
    """A text between double quotes where it needs them; it cannot hold any itself."""
    text = text.replace('"', "")
    return f'"{text}"' if set(text) & set("[]&|,>:!=~<") or text != text.strip() else text
