"""The question that a survey begins with: a letter shows it, and a survey's page before all else has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from polku.surveys.definition import Definition
from polku.surveys.definition import Question as Asking
from polku.surveys.definition.localised import Localised
from polku.surveys.inviting import Question

MOST_SCORES: Final = 11
_PLAIN: Final = {
    "type", "name", "title", "isRequired", "requiredErrorText", "choices", "displayMode",
    "rateMin", "rateMax", "rateStep", "rateValues", "minRateDescription", "maxRateDescription",
}  # fmt: skip
"""What a question may have that looks the same without SurveyJS."""


def one_click(definition: Definition) -> Asking | None:
    """The first question, if it is a scale of whole numbers with at most eleven points."""
    first = definition.questions[0] if definition.questions else None
    if first is None or first.scale is None or len(first.choices) > MOST_SCORES:
        return None
    return first if all(isinstance(c.value, int) for c in first.choices) else None


@dataclass(frozen=True, slots=True)
class First:
    """The first question as it is asked at once; `choices` are values and their words, `ends` those of a scale."""

    name: str
    words: str
    is_scale: bool
    is_required: bool
    choices: tuple[tuple[str | int | float | bool, str], ...]
    ends: tuple[str, str]


def asked_at_once(definition: Definition, language: str) -> First | None:
    """The first question, if a page can ask it before SurveyJS has come, which on a slow line takes seconds.

    It is a choice or a scale that is always shown, with nothing about it that SurveyJS would have to work out.
    """
    whole = definition.json
    page = (whole.get("pages") or [whole])[0]
    elements = page.get("elements") or [{}]
    raw, first = elements[0], definition.questions[0] if definition.questions else None
    is_scale = raw.get("type") == "rating"
    if first is None or raw.get("name") != first.name or not (is_scale or raw["type"] == "radiogroup"):
        return None
    if not raw.keys() <= _PLAIN or (page is not whole and not page.keys() <= {"name", "elements"}):
        return None
    words = first.title.within(language)
    if "{" in words or len(first.choices) > MOST_SCORES or whole.get("showQuestionNumbers"):
        return None
    choices = tuple((c.value, c.within(language)) for c in first.choices)
    return First(first.name, words, is_scale, first.is_required, choices, _ends(raw, definition, language))


def in_letter(definition: Definition, language: str) -> Question:
    """What a letter asks, in a language of the survey."""
    first = one_click(definition)
    if first is None:
        return Question(definition.title.within(language))
    ends = _ends(_element(definition.json, first.name), definition, language)
    scores = [int(c.value) for c in first.choices]
    words = first.title.within(language) or definition.title.within(language)
    return Question(words, scores, *ends)


def chosen(definition: Definition, score: str) -> dict[str, int]:
    """What a click in the letter chose, as an answer; nothing if it cannot be one."""
    first = one_click(definition)
    if first is None or not score.lstrip("-").isdecimal() or len(score) > 4:
        return {}
    value = int(score)
    return {first.name: value} if any(c.value == value for c in first.choices) else {}


def _ends(raw: Mapping[str, Any], definition: Definition, language: str) -> tuple[str, str]:
    """The words at both ends of a scale."""

    def end(name: str) -> str:
        return Localised.of(raw.get(name, ""), definition.own_language).within(language)

    return end("minRateDescription"), end("maxRateDescription")


def _element(raw: Any, name: str) -> Mapping[str, Any]:
    """The element of a definition's JSON that has this name, however deep."""
    if isinstance(raw, dict):
        if raw.get("name") == name and raw.get("type") == "rating":
            return raw
        raw = list(raw.values())
    for part in raw if isinstance(raw, list) else ():
        if found := _element(part, name):
            return found
    return {}
