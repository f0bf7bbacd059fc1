"""Comparing two groups, or two periods, on a page."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.i18n import _l, current_language
from polku.journeys.analyses import analysis
from polku.journeys.asking.export import Export
from polku.journeys.comparison.choices import Choice, options
from polku.journeys.comparison.drawing import NARROW, WIDE, draw, points
from polku.journeys.comparison.headline import of_comparison
from polku.journeys.comparison.naming import condition_name, names_of
from polku.journeys.comparison.queries import JourneyCompare
from polku.journeys.map.pages import filters_of, shared
from polku.profiles.trait_columns import TraitColumns
from polku.web.rendering import render
from polku.web.visitor import CurrentUser
from polku.workspace import Workspace

PATH: Final = "/journeys/comparison"
TRANSITIONS: Final = 30
"""So many transitions are listed, the clearest first."""

router = APIRouter(include_in_schema=False)
analysis(PATH, _l("Comparison"), "segment", 50)


@router.get(PATH)
def show_comparison(request: Request, user: CurrentUser) -> Response:
    workspace: Workspace = request.app.state.workspace
    choice = Choice.read(request.query_params)
    filters = choice.period_of(filters_of(request, workspace))
    values = shared(request, workspace, filters)
    language, catalogue = current_language(), values["catalogue"]
    told = asked = None
    names = ("", "")

    def named(condition: str) -> str:
        return condition_name(condition, filters, catalogue, language)

    if not choice.is_open and values["has_events"]:
        asked = JourneyCompare.of(choice.asked(filters) | {"top": TRANSITIONS})
        told = asked.answer(workspace)
        names = names_of(told, named)
    rows = told.rows if told else ()
    return render(
        request,
        "journeys/comparison.html",
        **values,
        choice=choice,
        keep=choice.fields,
        kept=filters.chosen,
        options=options(workspace.part(TraitColumns).groups(), catalogue, language)
        if choice.by_groups
        else [],
        named=named,
        told=told,
        names=names,
        export=Export(asked) if asked else None,
        says=of_comparison(told, names, language) if told else "",
        pictures=[draw(rows, names, format, language) for format in (WIDE, NARROW)],
        points=points,
        on_map={t.key for t in catalogue.touchpoints if t.stage},
    )
