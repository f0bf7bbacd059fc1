"""Paths: what comes step by step, who gets through given touchpoints, what follows what, and volumes over time."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.i18n import _l, current_language
from polku.journeys.analyses import analysis
from polku.journeys.asking.filters import WINDOWS
from polku.journeys.asking.results import Met
from polku.journeys.map.pages import PATH as MAP
from polku.journeys.map.pages import filters_of, shared
from polku.journeys.map.queries import JourneyMap
from polku.journeys.paths import headline
from polku.journeys.paths.choice import PATH
from polku.journeys.paths.explorer import explorer
from polku.journeys.paths.flow import MOST, NARROW, WIDE, flow
from polku.journeys.paths.measures import measures
from polku.journeys.paths.queries import JourneyGraph
from polku.journeys.sessions.queries import JourneySessions
from polku.journeys.volumes.figures import figure_of
from polku.journeys.volumes.queries import JourneyVolumes
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentUser
from polku.workspace import Workspace

FUNNEL: Final = "/journeys/funnel"

router = APIRouter(include_in_schema=False)
analysis(PATH, _l("Paths"), "path", 10)


@router.get(PATH)
def show_paths(request: Request, user: CurrentUser) -> Response:
    if "step" in request.query_params:  # a funnel stood here before it had a page of its own
        return redirect(f"{FUNNEL}?{request.url.query}")
    workspace: Workspace = request.app.state.workspace
    filters = filters_of(request, workspace)
    values = shared(request, workspace, filters)
    language = current_language()
    journeys = JourneyMap(**filters.asked).answer(workspace)
    graph = JourneyGraph(**filters.asked, top=MOST).answer(workspace)

    def link(touchpoint: Met) -> str:
        return f"{MAP}/{touchpoint.key}{filters.query()}"

    explored = explorer(request.query_params, workspace, filters, journeys, values["catalogue"])
    return render(
        request,
        "journeys/paths.html",
        **values,
        **explored,
        groups=values["beside"](explored["paths"], measures(explored["paths"], language)),
        map=journeys,
        keep=explored["choice"].fields(),
        windows=WINDOWS,
        graph=graph,
        leads=headline.of_graph(graph, language),
        flows=[flow(journeys, graph, form, language=language, link=link) for form in (WIDE, NARROW)],
        sessions=JourneySessions(**filters.asked).answer(workspace),
        volumes=figure_of(JourneyVolumes(**filters.asked).answer(workspace), language),
    )
