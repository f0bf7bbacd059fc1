"""A question's form in the builder: what is shown of it, and what was typed read into its properties."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from polku.i18n import gettext
from polku.metrics import metrics
from polku.surveys.building.editing import OWN_LANGUAGE, WITH_CHOICES, localized, text_of
from polku.surveys.store import Tags

BLANK_ROWS: Final = 2
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")
_LISTS: Final = ("choices", "rateValues", "rows", "columns")
_CONDITION: Final = re.compile(
    r"\{(?P<question>[A-Za-z][A-Za-z0-9_]*)\} (?P<operator>=|<>|<|>|<=|>=|contains|empty|notempty)"
    r"(?: (?P<value>'[^']*'|-?\d+(?:\.\d+)?))?"
)
"""What the form can show of a condition; any other stays as it was written."""


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """A choice, or a row or column of a matrix: its value and its text by language."""

    value: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ConditionShown:
    """When a question is shown: by one answer, or as `written` in the expression language."""

    question: str = ""
    operator: str = "="
    value: str = ""
    written: str = ""


@dataclass(slots=True)
class QuestionForm:
    """A question as the builder shows it. `errors` are by field."""

    name: str
    type: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    required: bool
    choices: Sequence[ChoiceRow]
    other: bool
    least: str
    most: str
    rates: Sequence[ChoiceRow]
    """The points of a scale that names them one by one."""
    low: Mapping[str, str]
    high: Mapping[str, str]
    matrix_rows: Sequence[ChoiceRow]
    columns: Sequence[ChoiceRow]
    condition: ConditionShown
    tags: Tags
    errors: dict[str, str] = field(default_factory=dict)


def form_of(
    element: Mapping[str, Any], tags: Tags, languages: Sequence[str], own: str = OWN_LANGUAGE
) -> QuestionForm:
    """The form of a question as it is in the definition; `own` is the language of texts that name none."""
    type_ = str(element.get("type", ""))

    def texts(name: str) -> dict[str, str]:
        return {language: text_of(element.get(name), language, own) for language in languages}

    def rows(name: str) -> list[ChoiceRow]:
        return [_row(item, languages, own) for item in element.get(name) or []]

    return QuestionForm(
        name=str(element.get("name", "")),
        type=type_,
        titles=texts("html" if type_ == "html" else "title"),
        descriptions=texts("description"),
        required=bool(element.get("isRequired")),
        choices=rows("choices"),
        other=bool(element.get("showOtherItem", element.get("hasOther"))),
        least=str(element.get("rateMin", 1)),
        most=str(element.get("rateMax", 5)),
        rates=rows("rateValues"),
        low=texts("minRateDescription"),
        high=texts("maxRateDescription"),
        matrix_rows=rows("rows") if type_ == "matrix" else [],
        columns=rows("columns"),
        condition=_shown(str(element.get("visibleIf") or "")),
        tags=tags,
    )


def properties_of(data: Mapping[str, Any], type: str, languages: Sequence[str]) -> dict[str, Any]:
    """The properties that a posted form gives a question of this type; None: to be left out."""

    def texts(name: str) -> Any:
        return localized({language: str(data.get(f"{name}-{language}", "")) for language in languages})

    found: dict[str, Any] = {
        "type": type,
        "html" if type == "html" else "title": texts("title"),
        "description": texts("description"),
        "visibleIf": _condition(data),
    }
    if type != "html":
        found["isRequired"] = True if data.get("required") else None
    if type in WITH_CHOICES:
        found["choices"] = _rows(data, "choice", languages)
        if type != "ranking":
            found |= {"showOtherItem": True if data.get("other") else None, "hasOther": None}
    if type == "rating":
        rates = _rows(data, "rate", languages)
        found |= {
            "rateValues": rates or None,
            "rateMin": None if rates else _whole(data.get("least"), 1),
            "rateMax": None if rates else _whole(data.get("most"), 5),
            "minRateDescription": texts("low"),
            "maxRateDescription": texts("high"),
        }
    if type == "matrix":
        found |= {"rows": _rows(data, "row", languages), "columns": _rows(data, "column", languages)}
    return found


def with_values_as_before(properties: Mapping[str, Any], element: Mapping[str, Any]) -> dict[str, Any]:
    """With values that were no text before, such as the points of a scale, of the same kind as they were."""
    found = dict(properties)
    for name in _LISTS:
        before = [_value(one) for one in element.get(name) or []]
        known = {str(value): value for value in before}
        numbers = bool(before) and not any(isinstance(value, str) for value in before)
        found |= {
            name: [one | {"value": known.get(one["value"], _number(one["value"], numbers))} for one in found[name]]
        } if found.get(name) else {}  # fmt: skip
    return found


def tags_of(data: Mapping[str, Any]) -> Tags:
    """What the form says a question measures."""
    return Tags(*(str(data.get(name, ""))[:80] for name in ("metric", "level", "touchpoint")))


def check_name(name: str, others: Sequence[str]) -> str | None:
    """What is wrong with a question's name, by which answers are kept; None: nothing.

    The name of a metric's item is one, whatever is in it.
    """
    items = {item.key for known in metrics().values() for item in known.items}
    if not _NAME.fullmatch(name) and name not in items:
        return gettext("A name begins with a letter and has letters a–z, digits and _, at most 60.")
    if name in others:
        return gettext("Another question has this name.")
    return None


def _value(item: Any) -> Any:
    return item.get("value") if isinstance(item, Mapping) else item


def _number(text: str, wanted: bool) -> Any:
    return int(text) if wanted and re.fullmatch(r"-?\d{1,9}", text) else text


def _row(item: Any, languages: Sequence[str], own: str) -> ChoiceRow:
    if not isinstance(item, Mapping):
        return ChoiceRow(str(item), {language: str(item) for language in languages})
    value = str(item.get("value", ""))
    text = item.get("text")
    return ChoiceRow(
        value, {language: text_of(text, language, own) if text is not None else "" for language in languages}
    )


def _rows(data: Mapping[str, Any], name: str, languages: Sequence[str]) -> list[dict[str, Any]]:
    """Choices as they were typed: those with a text or a value; one without a value gets the next that is free."""
    typed = []
    for i in range(500):
        if f"{name}-{i}-value" not in data:
            break
        texts = {language: str(data.get(f"{name}-{i}-{language}", "")) for language in languages}
        typed.append((str(data[f"{name}-{i}-value"]).strip(), localized(texts)))
    typed = _shifted(typed, name, str(data.get("shift", "")))
    taken = {value for value, _ in typed}
    free = (f"item{n}" for n in range(1, 1_000) if f"item{n}" not in taken)
    return [
        {"value": value or next(free), **({"text": text} if text else {})}
        for value, text in typed
        if value or text
    ]


def _shifted(typed: list[Any], name: str, asked: str) -> list[Any]:
    """The lines after a button beside one of them: `choice-2-up` or `choice-2-remove`."""
    found = re.fullmatch(re.escape(name) + r"-(\d{1,3})-(up|remove)", asked)
    if found is None or int(found[1]) >= len(typed):
        return typed
    line = typed[int(found[1])]
    rest = typed[: int(found[1])] + typed[int(found[1]) + 1 :]
    if found[2] == "up":
        rest.insert(max(0, int(found[1]) - 1), line)
    return rest


def _whole(given: Any, otherwise: int) -> int:
    text = str(given or "").strip()
    return int(text) if re.fullmatch(r"-?\d{1,4}", text) else otherwise


def _shown(written: str) -> ConditionShown:
    found = _CONDITION.fullmatch(written.strip())
    if found is None:
        return ConditionShown(written=written)
    value = (found["value"] or "").strip("'")
    return ConditionShown(found["question"], found["operator"], value)


def _condition(data: Mapping[str, Any]) -> str | None:
    written = str(data.get("condition-written", "")).strip()
    question = str(data.get("condition-question", "")).strip()
    if not question:
        return written or None
    operator, value = str(data.get("condition-operator", "=")), str(data.get("condition-value", "")).strip()
    if operator in ("empty", "notempty"):
        return f"{{{question}}} {operator}"
    if not re.fullmatch(r"-?\d+(\.\d+)?", value):
        value = "'" + value.replace("'", "’") + "'"
    return f"{{{question}}} {operator} {value}"
