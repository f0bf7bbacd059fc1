"""The form in which a funnel is built: from its fields to steps as they are written, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import QueryParams

from polku.journeys.asking.marks import condition_written, cut
from polku.journeys.asking.who import WAYS
from polku.journeys.funnel.steps import Step, step_written
from polku.journeys.touchpoints.catalogue import Catalogue
from polku.journeys.touchpoints.conditions import NUMERIC, PropertyCondition, as_number

FIELD: Final = re.compile(r"(?:touchpoint|text)-(\d{1,2})")
"""A field that makes a step: its number, from 1."""
DOES: Final = re.compile(r"(up|down|remove)-(\d{1,2})")
"""What a button does to a step."""
EVENT_WAYS: Final = tuple((way, words) for way, words in WAYS if not way.endswith("met"))
"""How a condition on an event holds."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as three fields; `way` is one of EVENT_WAYS."""

    property: str
    way: str
    value: str


@dataclass(frozen=True, slots=True)
class FormStep:
    """A step as fields: touchpoints of which it is any, and others that must not come before it, by their keys, and
    conditions that hold of all of the first. What these cannot show is only a `text`."""

    touchpoints: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    text: str = ""


def is_sent(given: QueryParams) -> bool:
    """Whether an address is one that the form makes."""
    return any(FIELD.fullmatch(name) for name in given)


def texts_of(given: QueryParams) -> list[str]:
    """The steps that the form's fields make, with what its pressed button does to them."""
    numbers = sorted({int(found[1]) for name in given if (found := FIELD.fullmatch(name))})
    steps = {n: texts for n in numbers if (texts := _step(given, n))}
    order = list(steps)
    does = DOES.fullmatch(given.get("do", ""))
    if does and int(does[2]) in order:
        at = order.index(int(does[2]))
        moved = order.pop(at)
        if does[1] != "remove":
            order.insert(max(0, at + (1 if does[1] == "down" else -1)), moved)
    texts = [text for n in order for text in steps[n]]
    while texts and texts[0].startswith("!"):  # before the first step nothing can be barred
        del texts[0]
    return texts


def form_of(steps: Iterable[Step], catalogue: Catalogue) -> list[FormStep]:
    """Steps as fields."""
    return [_fields(step, catalogue) for step in steps]


def _fields(step: Step, catalogue: Catalogue) -> FormStep:
    conditions = step.any_of[0].conditions
    is_plain = all(m.conditions == conditions for m in step.any_of) and not any(
        m.conditions for m in step.without
    )
    if not is_plain:
        return FormStep(text=",".join(step_written(step, catalogue)))
    keys = tuple(catalogue.by_code[m.code].key for m in step.any_of)
    without = tuple(catalogue.by_code[m.code].key for m in step.without)
    return FormStep(keys, without, tuple(map(_condition, conditions)))


def _condition(condition: PropertyCondition) -> Condition:
    if condition.operator == "exists":
        return Condition(condition.name, "!" if condition.negated else "", "")
    ways = {"equals": "!=" if condition.negated else "=", "contains": "~"}
    return Condition(condition.name, ways.get(condition.operator, condition.operator), condition.value)


def _step(given: QueryParams, n: int) -> list[str]:
    """The texts of a step, exclusions first; none where no touchpoint is chosen."""
    if text := given.get(f"text-{n}", "").strip():
        return [t for t in cut(text, ",>") if t]
    chosen = [t for t in given.getlist(f"touchpoint-{n}") if t]
    if not chosen:
        return []
    conditions = "&".join(map(condition_written, _conditions(given, n)))
    any_of = "|".join(f"{t}[{conditions}]" if conditions else t for t in dict.fromkeys(chosen))
    without = "|".join(dict.fromkeys(t for t in given.getlist(f"without-{n}") if t))
    return [f"!{without}", any_of] if without else [any_of]


def _conditions(given: QueryParams, n: int) -> Iterator[PropertyCondition]:
    """The conditions that are whole: those that compare need something to compare with."""
    rows = zip(*(given.getlist(f"{field}-{n}") for field in ("property", "way", "value")), strict=False)
    for name, way, value in ((n.strip(), w, v.strip()) for n, w, v in rows):
        if not name or way not in dict(EVENT_WAYS):
            continue
        if way in ("", "!"):
            yield PropertyCondition(name, "exists", negated=way == "!")
        elif way in NUMERIC and as_number(value) is not None:
            yield PropertyCondition(name, way, value)
        elif way not in NUMERIC and value:
            yield PropertyCondition(name, "contains" if way == "~" else "equals", value, negated=way == "!=")
