"""How customers follow a designed journey, on a page."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.i18n import _l, current_language
from polku.journeys.analyses import analysis
from polku.journeys.asking.export import Export
from polku.journeys.asking.filters import touchpoints_by_stage
from polku.journeys.conformance import store, words
from polku.journeys.conformance.design import missing
from polku.journeys.conformance.drawing import MOST_ACROSS, across, down
from polku.journeys.conformance.headline import of_conformance
from polku.journeys.conformance.measures import measures
from polku.journeys.conformance.queries import JourneyConformance
from polku.journeys.map.pages import filters_of, shared
from polku.web.rendering import render
from polku.web.visitor import CurrentUser, visitor_of
from polku.workspace import Workspace

PATH: Final = "/journeys/conformance"

router = APIRouter(include_in_schema=False)
analysis(PATH, _l("Designed journey"), "path", 60)


@router.get(PATH)
def show_conformance(request: Request, user: CurrentUser) -> Response:
    workspace: Workspace = request.app.state.workspace
    filters = filters_of(request, workspace)
    values = shared(request, workspace, filters)
    language, query = current_language(), request.query_params
    steps, name = [s for s in query.getlist("steps") if s], query.get("design", "")
    with workspace.db.session(read_only=True) as session:
        designs = [s.design for s in store.saved_designs(session)]
        design = None if steps else store.find(session, name) if name else next(iter(designs), None)
    gone = design and missing(design, {t.key for t in values["catalogue"].touchpoints})
    told = asked = None
    if values["has_events"] and (design or steps) and not gone:
        given = {"steps": steps} if steps else {"design": design and design.key}
        asked = JourneyConformance.of(filters.asked_each | given | {"outcome": query.get("outcome") or None})
        told = asked.answer(workspace)
    return render(
        request,
        "journeys/conformance.html",
        **values,
        designs=designs,
        design=design,
        steps=steps,
        outcome=query.get("outcome", ""),
        keep=[(n, v) for n, v in query.multi_items() if n in ("design", "steps", "outcome") and v],
        kept=filters.chosen,
        options=touchpoints_by_stage(values["catalogue"], language),
        told=told,
        groups=told and values["beside"](told, measures(told)),
        gone=gone,
        export=Export(asked) if told and asked else None,
        says=of_conformance(told, language) if told else "",
        pictures=[across(told, language), down(told, language)] if told else [],
        is_long=told is not None and len(told.steps) > MOST_ACROSS,
        words=words,
        may_edit=visitor_of(request).may("analyst"),
    )
