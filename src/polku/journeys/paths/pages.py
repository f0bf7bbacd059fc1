"""Paths: what comes step by step, who gets through given touchpoints, what follows what, and volumes over time."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.charts import Figure, Point, Series, time_series
from polku.i18n import _l, current_language, current_zone, gettext, ngettext
from polku.journeys.analyses import analysis
from polku.journeys.asking.calendar import following
from polku.journeys.asking.filters import WINDOWS
from polku.journeys.asking.results import Met
from polku.journeys.map.pages import PATH as MAP
from polku.journeys.map.pages import filters_of, shared
from polku.journeys.map.queries import JourneyMap
from polku.journeys.paths import headline
from polku.journeys.paths.choice import PATH
from polku.journeys.paths.explorer import explorer
from polku.journeys.paths.flow import NARROW, WIDE, flow
from polku.journeys.paths.measures import measures
from polku.journeys.paths.queries import JourneyGraph
from polku.journeys.sessions.queries import JourneySessions
from polku.journeys.volumes.queries import JourneyVolumes
from polku.journeys.volumes.results import VolumesOverTime
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentUser
from polku.workspace import LAST_DAY, Workspace

FUNNEL: Final = "/journeys/funnel"
LINES: Final = 4
"""So many touchpoints have a line of their own among the volumes."""

TRANSITIONS: Final = 25
"""So many of the most frequent transitions are drawn and listed."""

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
    graph = JourneyGraph(**filters.asked, top=TRANSITIONS).answer(workspace)

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


def figure_of(volumes: VolumesOverTime, language: str) -> Figure | None:
    """A chart of volumes: the most met touchpoints by name, the others grey behind them."""
    met = sorted((v for v in volumes.touchpoints if any(v.volume)), key=lambda v: -sum(v.volume))
    whole = finished(volumes)
    if not met or whole < 2:
        return None
    series = [
        Series(
            v.touchpoint.name(language),
            [Point(d, float(n)) for d, n in zip(volumes.starts[:whole], v.volume, strict=False)],
        )
        for v in met
    ]
    titles = {"day": gettext("Encounters a day"), "week": gettext("Encounters a week")}
    most = met[0]
    return time_series(
        title=titles.get(volumes.by, gettext("Encounters a month")),
        description=ngettext(
            "Most met: %(name)s, once.",
            "Most met: %(name)s, %(num)s times.",
            sum(most.volume),
            name=most.touchpoint.name(language),
        ),
        series=series,
    )


def finished(volumes: VolumesOverTime) -> int:
    """How many spans are over: one that goes on would look like a fall."""
    spans = len(volumes.starts)
    if spans <= 2:
        return spans
    today = volumes.covered.as_of.astimezone(current_zone()).date()
    covered = min(today, min(volumes.covered.until or LAST_DAY, LAST_DAY) + timedelta(days=1))
    return spans - 1 if following(volumes.starts[-1], volumes.by) > covered else spans
