"""The page of attribution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.datastructures import QueryParams
from starlette.responses import Response

from polku.i18n import LazyText, _l, current_language, money, number
from polku.journeys.analyses import analysis
from polku.journeys.asking.answers import Answers
from polku.journeys.asking.export import Export
from polku.journeys.asking.scope import Scope
from polku.journeys.attribution import headline
from polku.journeys.attribution.drawing import MOST, NARROW, WIDE, mark, models_across
from polku.journeys.attribution.measures import measures
from polku.journeys.attribution.naming import MEANINGS, NAMES
from polku.journeys.attribution.outcomes import ValuesQuestion, usual_outcome
from polku.journeys.attribution.queries import JourneyAttribution
from polku.journeys.attribution.shares import Model
from polku.journeys.attribution.telling import sides_of
from polku.journeys.map.pages import filters_of, shared
from polku.journeys.touchpoints.catalogue import Catalogue
from polku.web.listing import Filter
from polku.web.rendering import render
from polku.web.visitor import CurrentUser
from polku.workspace import Workspace

PATH: Final = "/journeys/attribution"
USUAL: Final[Mapping[str, str]] = {
    "lookback": "30d",
    "level": "touchpoint",
    "conversions": "every",
    "among": "others",
    "in": "number",
}
"""What holds where nothing was chosen."""

router = APIRouter(include_in_schema=False)
analysis(PATH, _l("Attribution"), "metric", 70)


@router.get(PATH)
def show_attribution(request: Request, user: CurrentUser) -> Response:
    workspace: Workspace = request.app.state.workspace
    filters = filters_of(request, workspace)
    values = shared(request, workspace, filters)
    language, catalogue = current_language(), values["catalogue"]
    chosen = _chosen(request.query_params, workspace, catalogue)
    context: dict[str, Any] = {
        "answer": None,
        "groups": None,
        "says": "",
        "options": [],
        "outcome": chosen["outcome"],
    }
    if chosen["outcome"]:
        given = {k: v for k, v in chosen.items() if k != "in" and v != USUAL.get(k)}
        asked = JourneyAttribution.of(filters.asked_each | given)
        answer = asked.answer(workspace)
        in_money = chosen["in"] == "money" and answer.led_value > 0
        sides = sides_of(answer, money=in_money)
        context |= {
            "answer": answer,
            "sides": sides,
            "drawn": MOST,
            "says": headline.of_attribution(answer, sides, language),
            "pictures": [models_across(sides, answer.models, form, language) for form in (WIDE, NARROW)],
            "export": Export(asked),
            "groups": values["beside"](answer, measures(answer, language)),
            "options": _options(catalogue, chosen, language),
            "amount": money if in_money else number,
            "in_money": in_money,
        }
    kept = [(k, v) for k, v in chosen.items() if v and v != USUAL.get(k)]
    return render(
        request, "journeys/attribution.html", **values, **context,
        names=NAMES, meanings=MEANINGS, sign=_sign, keep=kept,
    )  # fmt: skip


def _chosen(given: QueryParams, workspace: Workspace, catalogue: Catalogue) -> dict[str, str]:
    """What was chosen in the form of the page, or is usual."""
    chosen = {name: given.get(name, "") or usual for name, usual in USUAL.items()}
    outcome = given.get("outcome", "")
    if not outcome and catalogue.touchpoints:
        found = workspace.part(Answers).ask(
            ValuesQuestion(Scope(tuple(t.code for t in catalogue.touchpoints)))
        )
        usual = usual_outcome(catalogue, *found)
        outcome = usual.key if usual else ""
    return {"outcome": outcome} | chosen


def _options(catalogue: Catalogue, chosen: Mapping[str, str], language: str) -> list[Filter]:
    """The selects of the form."""
    outcomes = [(t.key, t.name(language)) for t in catalogue.touchpoints]
    words: tuple[tuple[str, LazyText, list[tuple[str, Any]]], ...] = (
        ("outcome", _l("Outcome"), outcomes),
        (
            "lookback",
            _l("Lookback"),
            [
                ("7d", _l("in the week before")),
                ("30d", _l("in the 30 days before")),
                ("90d", _l("in the 90 days before")),
            ],
        ),
        ("level", _l("Who earns"), [("touchpoint", _l("by touchpoint")), ("channel", _l("by channel"))]),
        (
            "conversions",
            _l("Which count"),
            [("every", _l("every time")), ("first", _l("each customer's first time"))],
        ),
        (
            "among",
            _l("Who may earn"),
            [("others", _l("other stages only")), ("all", _l("all touchpoints"))],
        ),
        ("in", _l("In what"), [("number", _l("in numbers")), ("money", _l("in money"))]),
    )
    return [Filter(name, title, options, chosen[name]) for name, title, options in words]


def _sign(model: Model) -> Markup:
    """The sign of a model for the legend."""
    return Markup('<svg class="sign" viewBox="0 0 12 12" aria-hidden="true">{}</svg>').format(
        mark(model, 6, 6)
    )
