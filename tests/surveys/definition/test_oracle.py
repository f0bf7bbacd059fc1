"""Ours held against SurveyJS's own library, on surveys and answers that hypothesis makes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polku.surveys.definition import Definition
from tests.surveys.definition import making, oracle

Raw = dict[str, Any]
SOME = settings(max_examples=35, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def answered(draw: st.DrawFn) -> tuple[Raw, Raw]:
    survey = draw(making.surveys())
    return survey, draw(making.answers(survey))


@SOME
@given(answered())
def test_shows_and_drops_what_surveyjs_does(case: tuple[Raw, Raw]) -> None:
    survey, answers = case
    definition = Definition.of(survey)
    shown = oracle.visible(survey, answers)
    assert list(definition.visible(answers)) == shown
    hidden = {
        k
        for k, v in answers.items()
        if k.removesuffix("-Comment") not in shown and v not in ("", " ", [], {})
    }
    assert set(definition.check(answers).dropped) == hidden


@SOME
@given(answered())
def test_refuses_what_surveyjs_refuses(case: tuple[Raw, Raw]) -> None:
    survey, answers = case
    checked = Definition.of(survey).check(answers)
    shown = oracle.visible(survey, answers)
    counted = {k: v for k, v in answers.items() if k.removesuffix("-Comment") in shown}
    refused = oracle.refused(survey, counted) & set(shown)
    assert {p.question for p in checked.problems} == refused


@SOME
@given(answered())
def test_nothing_that_the_page_sends_is_dropped(case: tuple[Raw, Raw]) -> None:
    """As it is shown, the page forgets what it hides, so that what respondents see is what the server counts."""
    survey, answers = case
    definition = Definition.of(survey)
    assert definition.check(oracle.posted(definition.shown, answers)).dropped == ()


def test_what_comes_with_surveyjs_fits_together() -> None:
    assert oracle.knows_finnish()
    pinned = json.loads((Path(__file__).parents[3] / "package.json").read_text())["dependencies"]
    assert pinned["survey-core"] == pinned["survey-js-ui"]
    assert "fonts.g" not in (oracle.LIBRARY.parent / "survey-core.fontless.min.css").read_text(
        encoding="utf-8"
    )
