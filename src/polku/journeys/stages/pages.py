"""The page of stages: where customers are, how long they stay, and how they move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.i18n import LazyText, _l, current_language
from polku.journeys.analyses import analysis
from polku.journeys.asking.calendar import span_name
from polku.journeys.asking.export import Export
from polku.journeys.asking.gaps import length
from polku.journeys.map.pages import filters_of, shared
from polku.journeys.stages import headline
from polku.journeys.stages.figures import moves_of, stock_of
from polku.journeys.stages.measures import measures
from polku.journeys.stages.queries import JourneyStages
from polku.web.rendering import render
from polku.web.visitor import CurrentUser
from polku.workspace import Workspace

PATH: Final = "/journeys/stages"
UNITS: Final[dict[str, LazyText]] = {
    "day": _l("by day"),
    "week": _l("by week"),
    "month": _l("by month"),
}
ROWS: Final = 24
"""So many of the newest spans are in the table."""

router = APIRouter(include_in_schema=False)
analysis(PATH, _l("Stages"), "path", 40)


@router.get(PATH)
def show_stages(request: Request, user: CurrentUser) -> Response:
    workspace: Workspace = request.app.state.workspace
    filters = filters_of(request, workspace)
    language = current_language()
    values = shared(request, workspace, filters)
    query = JourneyStages.of(filters.asked_each | _chosen(request.query_params))
    told = query.answer(workspace)
    says = headline.of_stages(told, language) if told.staged else ""
    return render(
        request,
        "journeys/stages.html",
        **values,
        export=Export(query),
        groups=values["beside"](told, measures(told, language)),
        told=told,
        says=says,
        most=max((s.now for s in told.stages), default=0) or 1,
        units=UNITS,
        length=length,
        stock=stock_of(told, says, language),
        moves=moves_of(told, says),
        flow=told.flow[-ROWS:][::-1],
        span_name=span_name,
        keep=list(_chosen(request.query_params).items()),
    )


def _chosen(given: Mapping[str, str]) -> dict[str, Any]:
    return {"by": given["by"]} if given.get("by") else {}
