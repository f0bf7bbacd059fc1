"""The first question as a survey's page asks it before SurveyJS has come."""

from __future__ import annotations

from typing import Any

import pytest

from polku.surveys.asked_first import asked_at_once
from polku.surveys.definition import Definition
from polku.surveys.ready import ready_survey

SCALE: dict[str, Any] = {
    "type": "rating", "name": "nps", "title": {"default": "Would you?", "fi": "Suosittelisitko?"}, "rateMin": 0,
    "rateMax": 10, "minRateDescription": {"default": "No", "fi": "En"}, "displayMode": "buttons",
}  # fmt: skip
CHOICE = {"type": "radiogroup", "name": "where", "choices": [1, {"value": "shop", "text": "In a shop"}]}
LAST = {"name": "last", "elements": [CHOICE]}


def test_a_scale_in_the_readers_language() -> None:
    first = asked_at_once(Definition.of({"elements": [SCALE, CHOICE]}), "fi")
    assert first
    assert (first.name, first.words, first.is_scale, first.is_required) == (
        "nps",
        "Suosittelisitko?",
        True,
        False,
    )
    assert first.choices == tuple((n, str(n)) for n in range(11))
    assert first.ends == ("En", "")


def test_a_choice_of_a_page() -> None:
    page = {"name": "first", "elements": [{**CHOICE, "isRequired": True}]}
    first = asked_at_once(Definition.of({"pages": [page, {"name": "next", "elements": [SCALE]}]}), "en")
    assert first
    assert (first.name, first.is_scale, first.is_required) == ("where", False, True)
    assert first.choices == ((1, "1"), ("shop", "In a shop"))


@pytest.mark.parametrize("name", ["nps", "csat", "ces", "epsi", "loyalty", "post-delivery", "post-service"])
def test_ready_surveys_begin_at_once(name: str) -> None:
    for language in ("fi", "en"):
        assert asked_at_once(ready_survey(name).definition, language)


@pytest.mark.parametrize(
    "survey",
    [
        {"elements": [{"type": "comment", "name": "why"}, SCALE]},
        {"elements": [{"type": "html", "name": "hello", "html": "Hello"}, SCALE]},
        {"elements": [{"type": "panel", "name": "all", "elements": [SCALE]}]},
        {"elements": [{**SCALE, "visibleIf": "{where} = 1"}, CHOICE]},
        {"elements": [{**SCALE, "title": "Would you, {name}?"}, {"type": "text", "name": "name"}]},
        {"elements": [{**SCALE, "description": "Of us"}]},
        {"elements": [{**SCALE, "rateType": "stars"}]},
        {"elements": [{**SCALE, "rateMax": 11}]},
        {"elements": [{**CHOICE, "choicesOrder": "random"}]},
        {"elements": [{**CHOICE, "showOtherItem": True}]},
        {"elements": [SCALE], "showQuestionNumbers": True},
        {"pages": [{"name": "first", "title": "About us", "elements": [SCALE]}]},
        {"pages": [{"name": "a", "visibleIf": "{where} = 1", "elements": [SCALE]}, LAST]},
    ],
)  # fmt: skip
def test_what_surveyjs_would_show_in_its_own_way_waits_for_it(survey: dict[str, Any]) -> None:
    assert asked_at_once(Definition.of(survey), "en") is None
