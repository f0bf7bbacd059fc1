"""What touchpoint rules and questions can ask of an event, and how texts are compared: capital letters never matter."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

OPERATORS: Final = ("equals", "contains", "exists", ">=", "<=")
"""Those of touchpoint rules."""
NUMERIC: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
"""Those that compare numbers."""
MOST_KNOWN: Final = 50_000
"""So many values are remembered while many texts are looked at."""


def folded(text: str) -> str:
    """A text as it is compared. Arrow's lower case, so that a text and a column of texts fold alike."""
    return str(pc.utf8_lower(pa.scalar(text)).as_py())


def folded_column(texts: Any) -> Any:
    """A column as it is compared; a null is an empty text."""
    return pc.utf8_lower(pc.fill_null(texts, ""))


@dataclass(frozen=True)
class Pattern:
    """A text to be equal to; each `*` stands for any text, also none and also with slashes."""

    text: str

    @cached_property
    def is_exact(self) -> bool:
        return "*" not in self.text

    @cached_property
    def literal(self) -> int:
        """How many characters it fixes: the more, the more particular."""
        return len(self.text.replace("*", ""))

    @cached_property
    def expression(self) -> str:
        """As a regular expression for a folded text, in what RE2 and Python have in common."""
        parts = [re.escape(p) for p in folded(self.text).split("*")]
        return r"(?s)\A" + ".*".join(parts) + r"\z"

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.expression.replace(r"\z", r"\Z"))

    def matches(self, folded_text: str) -> bool:
        return self._compiled.match(folded_text) is not None

    def matching(self, folded_texts: Any) -> Any:
        """Which of these (folded, without nulls) it matches, as a boolean column."""
        if self.is_exact:
            return pc.equal(folded_texts, pa.scalar(folded(self.text)))
        return pc.match_substring_regex(folded_texts, self.expression)


@dataclass(frozen=True)
class PathPattern(Pattern):
    """As Pattern, of a page's path; a slash at the end makes no difference to `/cart`."""

    @cached_property
    def expression(self) -> str:
        if self.text.endswith("*"):
            return Pattern(self.text).expression
        parts = [re.escape(p) for p in folded(self.text).rstrip("/").split("*")]
        return r"(?s)\A" + ".*".join(parts) + r"/?\z"

    def matching(self, folded_texts: Any) -> Any:
        return pc.match_substring_regex(folded_texts, self.expression)


@dataclass(frozen=True)
class PropertyCondition:
    """A condition on one property: `name` is its key, or `a.b` for key b of the object a.

    equals: the same text, number or true/false; for a list, one of its members. contains: a part of the text.
    exists: there and not null. >=, <=, > and <: numbers, also when written as text. `negated`: where it does not hold,
    also for want of the property.
    """

    name: str
    operator: str  # one of OPERATORS or NUMERIC
    value: str = ""
    negated: bool = False

    @cached_property
    def _lower(self) -> str:
        return self.value.lower()

    @cached_property
    def number(self) -> float | None:
        """What it compares with, if that is a number."""
        return as_number(self.value)

    def possible(self, texts: Any) -> Any:
        """A boolean column: where it may hold, by what the JSON texts contain; cheaper than reading them."""
        if self.negated:
            return pa.repeat(pa.scalar(True), len(texts))
        may: Any = pc.match_substring(texts, self.name.split(".")[0])
        needle = self._needle if self.operator in ("equals", "contains") else ""
        if needle:
            may = pc.and_(may, pc.match_substring(pc.ascii_lower(texts), needle))
        return pc.fill_null(pc.or_(may, pc.match_substring(texts, "\\")), False)

    def holding(self, texts: Iterable[str | None]) -> Iterator[bool]:
        """Whether it holds of the properties in each of many JSON texts: as `holds`, but the rest of a text is passed
        over, and each distinct value is looked at once."""
        if "." in self.name:
            yield from (self.holds(parse(text)) for text in texts)
            return
        only = msgspec.defstruct("Only", [("value", Any, None)], rename={"value": self.name}, gc=False)
        decode: Callable[[str | bytes], Any] = msgspec.json.Decoder(only).decode
        known: dict[tuple[type, Any], bool] = {}
        for text in texts:
            try:
                value = decode(text or b"{}").value
            except msgspec.DecodeError:
                value = None
            if isinstance(value, list | dict):
                yield self.holds({self.name: value})
                continue
            key = (value.__class__, value)
            if key not in known:
                if len(known) == MOST_KNOWN:
                    known.clear()
                known[key] = self.holds({self.name: value})
            yield known[key]

    @cached_property
    def _needle(self) -> str:
        """The longest part of the value that JSON can write in one way only, but for escapes; numbers have several."""
        found = re.findall(r"[a-z0-9 _-]+", self._lower) if self.number is None else []
        return max(found, key=len, default="")

    def holds(self, properties: dict[str, Any]) -> bool:
        return self._is_met(properties) != self.negated

    def _is_met(self, properties: dict[str, Any]) -> bool:
        found = _look_up(properties, self.name)
        if found is None:
            return False
        if self.operator == "exists":
            return True
        if self.operator in NUMERIC:
            return self._compares(found)
        several = found if isinstance(found, list) else [found]
        return any(self._like(one) for one in several)

    def _compares(self, found: Any) -> bool:
        number = as_number(found)
        if number is None or self.number is None:
            return False
        return bool(NUMERIC[self.operator](number, self.number))

    def _like(self, found: Any) -> bool:
        if isinstance(found, bool):
            return self._lower == ("true" if found else "false")
        if isinstance(found, int | float):
            return self.number == found if self.operator == "equals" else self._lower in str(found)
        if not isinstance(found, str):
            return False
        text = found.lower()
        return text == self._lower if self.operator == "equals" else self._lower in text


def as_number(value: object) -> float | None:
    """A number, also one written as text (1234.5 or 1234,5); None if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value.strip().replace(",", ".")) if isinstance(value, str) else float(value)
    except (ValueError, OverflowError):
        return None
    return number if number == number else None


def parse(properties: str | None) -> dict[str, Any]:
    """An event's properties; empty when there are none or they are no JSON object."""
    try:
        found = msgspec.json.decode(properties or b"{}")
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _look_up(properties: dict[str, Any], name: str) -> Any:
    if name in properties:
        return properties[name]
    found: Any = properties
    for part in name.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(part)
    return found
