from __future__ import annotations

from polku.surveys.definition import Definition
from tests.surveys.definition import oracle

SURVEY = {
    "elements": [
        {"type": "rating", "name": "nps", "rateMin": 0, "rateMax": 10},
        {"type": "radiogroup", "name": "channel", "showOtherItem": True, "choices": [
            {"value": "web", "text": {"default": "Web shop", "fi": "Verkkokauppa"}}, "app"]},
        {"type": "checkbox", "name": "what", "choices": [{"value": 1, "text": "One"}, {"value": 2, "text": "Two"}]},
        {"type": "matrix", "name": "m", "rows": ["r"], "columns": [{"value": 1, "text": "Good"}]},
        {"type": "comment", "name": "why", "visibleIf": "{nps} < 7"},
        {"type": "comment", "name": "last", "title": "{channel}, {nps}, {what}"},
    ]
}  # fmt: skip
DEFINITION = Definition.of(SURVEY)


def test_shows_choices_by_their_texts() -> None:
    answers = {"nps": 9, "channel": "web", "what": [1, 2], "m": {"r": 1}}
    text = "{channel}, {nps}, {what}, {m.r}, {why}!"
    assert DEFINITION.piped(text, answers, "fi") == "Verkkokauppa, 9, One, Two, Good, !"
    assert DEFINITION.piped("{channel}", {"channel": "other", "channel-Comment": "<b>"}) == "<b>"
    assert DEFINITION.piped("{why}", {"nps": 9, "why": "hidden"}) == ""
    assert DEFINITION.piped("{nobody} {", {}) == "{nobody} {"


def test_shows_what_surveyjs_shows() -> None:
    answers = {"nps": 9, "channel": "web", "what": [1, 2]}
    said = oracle.said(SURVEY, answers, "fi")[-1]
    assert said == DEFINITION.piped("{channel}, {nps}, {what}", answers, "fi")
