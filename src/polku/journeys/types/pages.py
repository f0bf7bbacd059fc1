"""The page of journey types."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.errors import InvalidInput
from polku.i18n import _l, current_language
from polku.journeys.analyses import analysis
from polku.journeys.asking.export import Export
from polku.journeys.map.pages import filters_of, shared
from polku.journeys.types import drawing, headline
from polku.journeys.types.clustering import MOST_TYPES
from polku.journeys.types.measures import measures
from polku.journeys.types.queries import JourneyTypes
from polku.web.rendering import render
from polku.web.visitor import CurrentUser
from polku.workspace import Workspace

PATH: Final = "/journeys/types"

router = APIRouter(include_in_schema=False)
analysis(PATH, _l("Types of paths"), "segment", 65)


@router.get(PATH)
def show_types(request: Request, user: CurrentUser) -> Response:
    workspace: Workspace = request.app.state.workspace
    filters = filters_of(request, workspace)
    values = shared(request, workspace, filters)
    catalogue, language = values["catalogue"], current_language()
    outcome, wanted = request.query_params.get("outcome", ""), request.query_params.get("types", "")
    if wanted and wanted not in map(str, range(2, MOST_TYPES + 1)):
        raise InvalidInput(
            "There can be 2 to %(most)s types, not '%(given)s'.", most=MOST_TYPES, given=wanted[:20]
        )
    asked = JourneyTypes.of(
        filters.asked_each | {"outcome": outcome or None, "types": int(wanted) if wanted else None}
    )
    types = asked.answer(workspace)
    stages = {t.key: i for i, s in enumerate(catalogue.stages, start=1) for t in catalogue.of_stage(s.key)}
    return render(
        request,
        "journeys/types.html",
        **values,
        types=types,
        groups=values["beside"](types, measures(types, language)),
        outcome=outcome,
        wanted=wanted,
        counts=range(2, MOST_TYPES + 1),
        stage_of=stages,
        name_of=lambda one: headline.name_of(one, language),
        says=headline.of_types(types, language),
        picture=drawing.types_across(types, stages, language),
        export=Export(asked),
        keep=[(n, v) for n, v in (("outcome", outcome), ("types", wanted)) if v],
    )
