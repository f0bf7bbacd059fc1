"""SurveyJS's own library, run by quickjs: what a browser would show of a survey, and what it would refuse."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import quickjs

LIBRARY = Path(__file__).parents[3] / "src/polku/web/static/vendor/survey.core.min.js"
_ENVIRONMENT = """
var window = undefined, global = globalThis, console = {log() {}, warn() {}, error() {}};
var setTimeout = function () { return 0; }, clearTimeout = function () {};
"""
_ASKING = """
var last = {json: "", survey: null};
function answered(json, data) {
  // making a survey takes most of the time, and one is asked about several times
  if (last.json !== json) last = {json, survey: new Survey.Model(JSON.parse(json))};
  const survey = last.survey;
  survey.clearInvisibleValues = "none";
  survey.data = JSON.parse(data);
  return survey;
}
function visible(json, data) {
  const survey = answered(json, data);
  return JSON.stringify(survey.getAllQuestions().filter(q => q.isVisibleInSurvey && q.hasInput).map(q => q.name));
}
function refused(json, data) {
  const survey = answered(json, data);
  survey.validate();
  return JSON.stringify(survey.getAllQuestions().filter(q => q.errors.length).map(q => q.name));
}
function posted(json, data) {
  const survey = new Survey.Model(JSON.parse(json));
  for (const [name, value] of Object.entries(JSON.parse(data))) {
    const asked = survey.getQuestionByName(name.replace(/-Comment$/, ""));
    if (asked.isVisibleInSurvey) survey.setValue(name, value);
  }
  survey.doComplete();
  return JSON.stringify(survey.data);
}
function said(json, data, locale) {
  const survey = new Survey.Model(JSON.parse(json));
  survey.data = JSON.parse(data);
  survey.locale = locale;
  return JSON.stringify(survey.getAllQuestions().map(q => q.locTitle.textOrHtml));
}
function holds(expression, data) {
  return new Survey.ConditionRunner(expression).runValues(JSON.parse(data)) === true;
}
function errorsInJson(json) {
  const survey = new Survey.Model(JSON.parse(json));
  return JSON.stringify((survey.jsonErrors || []).map(e => String(e.message)));
}
"""


@cache
def _context() -> quickjs.Context:
    context = quickjs.Context()
    context.eval(_ENVIRONMENT)
    context.eval(LIBRARY.read_text(encoding="utf-8"))
    context.eval(_ASKING)
    return context


def _ask(function: str, *given: Any) -> Any:
    texts = [g if isinstance(g, str) else json.dumps(g) for g in given]
    return json.loads(_context().get(function)(*texts))


def visible(survey: dict[str, Any], answers: dict[str, Any]) -> list[str]:
    """The questions that SurveyJS shows once hidden answers are forgotten: step by step, until nothing changes."""
    counted = answers
    while True:
        shown = _ask("visible", survey, counted)
        kept = {k: v for k, v in answers.items() if k.removesuffix("-Comment") in shown}
        if kept == counted:
            return list(shown)
        counted = kept


def refused(survey: dict[str, Any], answers: dict[str, Any]) -> set[str]:
    """The questions whose answers SurveyJS does not take."""
    return set(_ask("refused", survey, answers))


def posted(survey: dict[str, Any], answers: dict[str, Any]) -> dict[str, Any]:
    """What SurveyJS sends when these are answered one after the other, as far as each is shown then."""
    return dict(_ask("posted", survey, answers))


def said(survey: dict[str, Any], answers: dict[str, Any], language: str) -> list[str]:
    """The titles as SurveyJS shows them."""
    return list(_ask("said", survey, answers, language))


def holds(expression: str, answers: dict[str, Any]) -> bool:
    return bool(_context().get("holds")(expression, json.dumps(answers)))


def errors_in_json(survey: dict[str, Any]) -> list[str]:
    """What SurveyJS does not understand in a definition."""
    return list(_ask("errorsInJson", survey))


def knows_finnish() -> bool:
    """Whether the Finnish of SurveyJS that is brought is of this library."""
    context = quickjs.Context()
    for script in (
        _ENVIRONMENT,
        *((LIBRARY.parent / n).read_text() for n in ("survey.core.min.js", "survey.words.fi.min.js")),
    ):
        context.eval(script)
    return bool(context.eval("Survey.surveyLocalization.locales.fi.completeText") == "Valmis")
