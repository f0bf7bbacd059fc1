"""What the properties of one question say of each other: scales, bounds, counts, patterns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from polku.errors import Words
from polku.surveys.definition import limits
from polku.surveys.definition.comparing import spelled
from polku.surveys.definition.faults import Faults
from polku.surveys.definition.patterns import is_pattern
from polku.surveys.definition.questions import NONE, OTHER, scale_of
from polku.surveys.definition.values import as_day, is_number

_PAIRS: Final = (
    ("rateMin", "rateMax"),
    ("minSelectedChoices", "maxSelectedChoices"),
    ("min", "max"),
    ("minValue", "maxValue"),
    ("minLength", "maxLength"),
)


def check_consistency(raw: Mapping[str, Any], place: str, faults: Faults) -> None:
    """Add what contradicts itself in one question. What is of the wrong kind has been told before."""
    for where, one in _objects(raw, place):
        for low, high in _PAIRS:
            least: Any = one.get(low)
            most: Any = one.get(high)
            if type(least) in (int, float, str) and type(least) is type(most) and least > most:
                said = Words("%(low)s (%(least)s) is more than %(high)s (%(most)s)", low=low, least=least, high=high,
                             most=most)  # fmt: skip
                faults.add(f"{where}.{high}", "contradiction", said)
        pattern = one.get("regex")
        if isinstance(pattern, str) and len(pattern) <= limits.PATTERN_LETTERS and not is_pattern(pattern):
            said = Words(
                "this pattern cannot be checked; it may have no look-ahead (?=…) and no references back \\1"
            )
            faults.add(f"{where}.regex", "bad_pattern", said)
    if raw["type"] == "rating" and not raw.get("rateValues"):
        _scale(raw, place, faults)
    if raw["type"] == "boolean" and raw.get("valueTrue", True) == raw.get("valueFalse", False):
        faults.add(f"{place}.valueFalse", "contradiction", Words("valueTrue and valueFalse are the same"))
    if raw["type"] == "text":
        _bounds(raw, place, faults)
    _special_values(raw, place, faults)


def _objects(raw: Mapping[str, Any], place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The question and its validators."""
    yield place, raw
    validators = raw.get("validators")
    for i, one in enumerate(validators if isinstance(validators, list) else ()):
        if isinstance(one, dict):
            yield f"{place}.validators[{i}]", one


def _scale(raw: Mapping[str, Any], place: str, faults: Faults) -> None:
    ends = [raw.get(name, 1) for name in ("rateMin", "rateMax", "rateStep")]
    if not all(is_number(v) and v == int(v) for v in ends) or raw.get("rateStep", 1) < 1:
        return
    points = scale_of(raw)
    if not 2 <= len(points) <= limits.RATES:
        said = Words(
            "the scale has %(n)s points; it should have 2 to %(most)s", n=len(points), most=limits.RATES
        )
        faults.add(f"{place}.rateMax", "bad_scale", said)
    elif "rateMax" in raw and points[-1] != raw["rateMax"]:
        said = Words("the scale ends at %(last)s, since it goes by steps of %(step)s", last=points[-1],
                     step=raw["rateStep"])  # fmt: skip
        faults.add(f"{place}.rateMax", "bad_scale", said)


def _bounds(raw: Mapping[str, Any], place: str, faults: Faults) -> None:
    kind = raw.get("inputType", "text")
    for name in ("min", "max"):
        if name not in raw:
            continue
        if kind == "date" and as_day(raw[name]) is None:
            faults.add(
                f"{place}.{name}", "wrong_kind", Words("of a date it should be a day such as 2026-11-23")
            )
        elif kind == "number" and not is_number(raw[name]):
            faults.add(f"{place}.{name}", "wrong_kind", Words("of a number it should be a number"))
        elif kind not in ("date", "number"):
            said = Words(
                "only numbers and dates have %(name)s; this is of inputType %(kind)s", name=name, kind=kind
            )
            faults.add(f"{place}.{name}", "contradiction", said)


def _special_values(raw: Mapping[str, Any], place: str, faults: Faults) -> None:
    """A choice may not have the value that SurveyJS uses for "other" or "none"."""
    special = {OTHER: ("showOtherItem", "hasOther"), NONE: ("showNoneItem", "hasNone")}
    choices = raw.get("choices")
    for i, one in enumerate(choices if isinstance(choices, list) else ()):
        value = one.get("value") if isinstance(one, dict) else one
        if any(raw.get(flag) for flag in special.get(spelled(value), ())):
            said = Words(
                "the value '%(value)s' is used for the item that is shown besides the choices", value=value
            )
            faults.add(f"{place}.choices[{i}]", "duplicate_value", said)
