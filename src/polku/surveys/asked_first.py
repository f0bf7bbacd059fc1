"""The question that a survey begins with, as a letter shows it: one number is a click away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from polku.surveys.definition import Definition
from polku.surveys.definition import Question as Asking
from polku.surveys.definition.localised import Localised
from polku.surveys.inviting import Question

MOST_SCORES: Final = 11


def one_click(definition: Definition) -> Asking | None:
    """The first question, if it is a scale of whole numbers with at most eleven points."""
    first = definition.questions[0] if definition.questions else None
    if first is None or first.scale is None or len(first.choices) > MOST_SCORES:
        return None
    return first if all(isinstance(c.value, int) for c in first.choices) else None


def in_letter(definition: Definition, language: str) -> Question:
    """What a letter asks, in a language of the survey."""
    first = one_click(definition)
    if first is None:
        return Question(definition.title.within(language))
    element = _element(definition.json, first.name)

    def end(name: str) -> str:
        return Localised.of(element.get(name, ""), definition.own_language).within(language)

    scores = [int(c.value) for c in first.choices]
    words = first.title.within(language) or definition.title.within(language)
    return Question(words, scores, end("minRateDescription"), end("maxRateDescription"))


def chosen(definition: Definition, score: str) -> dict[str, int]:
    """What a click in the letter chose, as an answer; nothing if it cannot be one."""
    first = one_click(definition)
    if first is None or not score.lstrip("-").isdecimal() or len(score) > 4:
        return {}
    value = int(score)
    return {first.name: value} if any(c.value == value for c in first.choices) else {}


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
