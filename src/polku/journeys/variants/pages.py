"""The page of whole paths: how many take each, what it leads to, and what is met again."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.i18n import _l, current_language
from polku.journeys.analyses import analysis
from polku.journeys.asking.export import Export
from polku.journeys.asking.filters import touchpoints_by_stage
from polku.journeys.asking.units import LEVELS
from polku.journeys.loops.queries import JourneyLoops
from polku.journeys.map.pages import filters_of, shared
from polku.journeys.paths.explorer import colour_of
from polku.journeys.variants import headline
from polku.journeys.variants.measures import measures
from polku.journeys.variants.queries import COMPARED, JourneyVariants
from polku.journeys.variants.results import Variant, VariantsOfJourneys
from polku.stats import CLEAR
from polku.web.rendering import render
from polku.web.visitor import CurrentUser
from polku.workspace import Workspace

PATH: Final = "/journeys/variants"
LISTED: Final = 25
STEPS: Final = 12
"""So many steps of a path are written out in the table."""

router = APIRouter(include_in_schema=False)
analysis(PATH, _l("Whole paths"), "path", 12)


@router.get(PATH)
def show_variants(request: Request, user: CurrentUser) -> Response:
    workspace: Workspace = request.app.state.workspace
    filters = filters_of(request, workspace)
    values = shared(request, workspace, filters)
    language, catalogue = current_language(), values["catalogue"]
    given = request.query_params
    level, outcome, each = (
        given.get("level") or "touchpoint",
        given.get("outcome", ""),
        given.get("repeats") == "each",
    )
    asked = {"level": level, "outcome": outcome or None, "collapse": not each, "top": COMPARED}
    query = JourneyVariants.of(filters.asked_each | asked)
    told = query.answer(workspace)
    usual_first = given.get("order") == "usual"
    chosen = [
        ("level", "" if level == "touchpoint" else level),
        ("outcome", outcome),
        ("repeats", "each" if each else ""),
        ("order", "usual" if usual_first else ""),
    ]
    return render(
        request,
        "journeys/variants.html",
        **values,
        told=told,
        groups=values["beside"](told, measures(told, language)),
        listed=_ordered(told, usual_first=usual_first)[:LISTED],
        usual_first=usual_first,
        says=headline.of_variants(told, language),
        names={m.key: m for m in told.touchpoints},
        loops=JourneyLoops.of(filters.asked | {"level": level, "top": LISTED}).answer(workspace),
        colour=lambda met: colour_of(met, level, catalogue),
        level=level,
        levels=LEVELS,
        outcome=outcome,
        repeats=each,
        most_steps=STEPS,
        options=touchpoints_by_stage(catalogue, language),
        kept=[(name, value) for name, value in chosen if value],
        export=Export(query),
    )


def _ordered(told: VariantsOfJourneys, *, usual_first: bool) -> list[Variant]:
    """With an outcome those first that reach it more often than others for sure, if one has not chosen otherwise."""
    if told.outcome is None or usual_first:
        return list(told.variants)
    return sorted(told.variants, key=lambda v: -_lead(v))


def _lead(variant: Variant) -> float:
    """By how much a path leads to the outcome more often than others, at least; 0 where that may be chance."""
    if variant.q_value is None or variant.q_value > CLEAR or variant.difference is None:
        return 0.0
    return max(0.0, variant.difference.low or 0.0)
