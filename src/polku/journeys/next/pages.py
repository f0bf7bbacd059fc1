"""The page of what comes next."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.i18n import _l, current_language, duration, gettext
from polku.journeys.analyses import analysis
from polku.journeys.asking.export import Export
from polku.journeys.asking.filters import touchpoints_by_stage
from polku.journeys.map.mapping import usual_steps
from polku.journeys.map.pages import filters_of, shared
from polku.journeys.map.queries import JourneyMap
from polku.journeys.next import headline
from polku.journeys.next.measures import measures
from polku.journeys.next.queries import JourneyNext
from polku.web.rendering import render
from polku.web.visitor import CurrentUser
from polku.workspace import Workspace

PATH: Final = "/journeys/next"
SHOWN: Final = 10
"""So many of what may come next are drawn; the rest are together."""

WITHIN: Final = {
    "7d": _l("within a week"),
    "30d": _l("within 30 days"),
    "90d": _l("within 90 days"),
}

NOTHING: Final = {
    "7d": _l("Nothing within a week"),
    "30d": _l("Nothing within 30 days"),
    "90d": _l("Nothing within 90 days"),
}

router = APIRouter(include_in_schema=False)
analysis(PATH, _l("What comes next"), "out", 75)


@router.get(PATH)
def show_next(request: Request, user: CurrentUser) -> Response:
    workspace: Workspace = request.app.state.workspace
    filters = filters_of(request, workspace)
    values = shared(request, workspace, filters)
    language = current_language()
    given = [s for s in request.query_params.getlist("so_far") if s]
    journeys = JourneyMap(**filters.asked).answer(workspace)
    path = given or usual_steps(journeys)[-2:-1]
    within = request.query_params.get("within", "") or "30d"
    asked = JourneyNext.of(filters.asked_each | {"so_far": path, "within": within})
    answer = asked.answer(workspace)
    likely = [s for s in answer.steps if s.probability.estimate is not None]
    return render(
        request,
        "journeys/next.html",
        **values,
        answer=answer,
        groups=values["beside"](answer, measures(answer, language)),
        profiles=journeys.profiles,
        path_so_far=[t.key for t in answer.so_far],
        within=within,
        windows=WITHIN,
        nothing=NOTHING.get(within) or gettext("Nothing within %(time)s", time=duration(asked.within)),
        options=touchpoints_by_stage(values["catalogue"], language),
        likely=likely[:SHOWN],
        rest=sum(s.probability.estimate or 0.0 for s in likely[SHOWN:]),
        widest=max((s.probability.high or 0.0 for s in likely), default=1.0),
        says=headline.of_next(answer, language),
        export=Export(asked),
        keep=[("so_far", s) for s in given] + [("within", within)] * (within != "30d"),
    )
