"""What the parts of a definition say of each other: names, conditions on other questions, answers shown in texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from polku.errors import Words, nearest
from polku.surveys.definition.comparing import spelled
from polku.surveys.definition.expressions import (
    LISTED,
    Comparison,
    Expression,
    Junction,
    Negation,
    Variable,
    variable,
    variables,
)
from polku.surveys.definition.faults import Faults
from polku.surveys.definition.localised import strings_of
from polku.surveys.definition.profile import SEVERAL, WRITTEN
from polku.surveys.definition.reading import FoundCondition, FoundElement, Reading

PIPED: Final = re.compile(r"\{([^{}]*)\}")
"""An answer that is shown in a text: {name} or {matrix.row}."""
_ONLY_EMPTINESS: Final = frozenset({"file", "matrix"})
_ORDERED: Final = frozenset({"<", ">", "<=", ">="})


def check_references(reading: Reading) -> None:
    """Add to the reading's faults what is wrong between its parts."""
    faults = reading.faults
    _names(reading.names, faults)
    asked = {
        str(e.raw["name"]): e for e in reading.elements if e.raw.get("type") != "html" and "name" in e.raw
    }
    conditions = [
        c for e in reading.elements for c in (*e.visible_if, *((e.required_if,) if e.required_if else ()))
    ]
    for found in {c.place: c for c in conditions}.values():
        for of in variables(found.expression):
            _reference(of, found.place, asked, faults)
        for comparison in _comparisons(found.expression):
            _comparison(comparison, found.place, asked, faults)
    for text in reading.texts:
        for string in strings_of(text.raw):
            for piped in dict.fromkeys(PIPED.findall(string)):
                shown = _reference(variable(piped), text.place, asked, faults)
                if text.is_html and shown is not None and shown.raw["type"] in (*WRITTEN, "file"):
                    said = Words(
                        "{%(name)s} is written by the respondent, and SurveyJS would take it for HTML here; show it "
                        "in a title instead",
                        name=piped,
                    )
                    faults.add(text.place, "unsafe_piping", said)
    _circles(asked, faults)


def _names(names: Iterable[tuple[str, str]], faults: Faults) -> None:
    seen: dict[str, str] = {}
    for place, name in names:
        earlier = seen.setdefault(name.lower(), place)
        if earlier != place:
            said = Words("the name '%(name)s' is taken: %(earlier)s", name=name, earlier=earlier)
            faults.add(place, "duplicate_name", said)


def _reference(
    of: Variable, place: str, asked: Mapping[str, FoundElement], faults: Faults
) -> FoundElement | None:
    """The question that is meant, None if there is none."""
    element = asked.get(of.name)
    if element is None:
        near = nearest(of.name, asked)
        told = Words(" Did you mean '%(near)s'?", near=near) if near else ""
        said = Words("there is no question '%(name)s'.%(near)s", name=of.name[:50], near=told)
        faults.add(place, "unknown_question", said)
        return None
    if of.row is not None:
        rows = element.raw.get("rows")
        values = (
            [spelled(r.get("value") if isinstance(r, dict) else r) for r in rows]
            if isinstance(rows, list)
            else []
        )
        if element.raw["type"] != "matrix" or of.row not in values:
            near = nearest(of.row, values)
            told = Words(" Did you mean '%(near)s'?", near=near) if near else ""
            said = Words("'%(name)s' has no row '%(row)s'.%(near)s", name=of.name, row=of.row[:50], near=told)
            faults.add(place, "unknown_row", said)
            return None
    return element


def _comparisons(expression: Expression) -> Iterator[Comparison]:
    match expression:
        case Comparison():
            yield expression
        case Negation(of):
            yield from _comparisons(of)
        case Junction(_, parts):
            for part in parts:
                yield from _comparisons(part)


def _comparison(made: Comparison, place: str, asked: Mapping[str, FoundElement], faults: Faults) -> None:
    """Refuse what compares unlike things: it would be true or false by accident."""
    for side in (made.left, made.right):
        element = asked.get(side.name) if isinstance(side, Variable) else None
        if element is None or not isinstance(side, Variable):
            continue
        kind = str(element.raw["type"])
        if kind in _ONLY_EMPTINESS and side.row is None:
            said = Words(
                "of '%(name)s' (%(type)s) one can only ask empty or notempty", name=side.name, type=kind
            )
        elif kind in SEVERAL and (made.operator not in LISTED or side is made.right):
            said = Words(
                "'%(name)s' (%(type)s) has several answers: use contains, notcontains, anyof, allof or noneof",
                name=side.name, type=kind,
            )  # fmt: skip
        elif (kind not in (*SEVERAL, *WRITTEN) and made.operator in ("contains", "notcontains", "allof")) or (
            kind in WRITTEN and made.operator == "allof"
        ):
            said = Words("'%(name)s' (%(type)s) has one answer: use = or anyof", name=side.name, type=kind)
        elif kind == "boolean" and made.operator in _ORDERED:
            said = Words("'%(name)s' (%(type)s) is true or false: use = or !=", name=side.name, type=kind)
        else:
            continue
        faults.add(place, "wrong_operator", said)


def needed_by(element_conditions: Iterable[FoundCondition]) -> list[str]:
    """The questions on whose answers a question's visibility hangs."""
    return list(dict.fromkeys(v.name for c in element_conditions for v in variables(c.expression)))


def _circles(asked: Mapping[str, FoundElement], faults: Faults) -> None:
    """Visibility that hangs on itself has no one meaning: what is shown would depend on what was shown before."""
    state: dict[str, bool] = {}  # False: on the way, True: done

    def visit(name: str, path: list[str]) -> None:
        state[name] = False
        for needed in needed_by(asked[name].visible_if):
            if needed not in asked:
                continue
            if needed not in state:
                visit(needed, [*path, needed])
            elif not state[needed]:
                circle = [*path[path.index(needed) :], needed]
                said = Words("whether it is shown hangs on itself: %(circle)s", circle=" → ".join(circle))
                faults.add(asked[name].visible_if[-1].place, "circular_visibility", said)
        state[name] = True

    for name in asked:
        if name not in state:
            visit(name, [name])
