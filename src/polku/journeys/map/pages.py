"""The journey map page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.i18n import _l, current_language
from polku.journeys.asking.breakdown import Breakdown, Measure, breakdown_of
from polku.journeys.asking.export import Export
from polku.journeys.asking.filters import Filters
from polku.journeys.asking.results import Grouped
from polku.journeys.asking.telling import lengths
from polku.journeys.customers.queries import JourneyCustomers
from polku.journeys.map import drawing, headline
from polku.journeys.map.measures import measures
from polku.journeys.map.queries import JourneyMap
from polku.journeys.map.results import MapOfJourneys, TouchpointOnMap
from polku.journeys.map.sheets import SHEETS
from polku.journeys.touchpoints.known import Touchpoints
from polku.profiles.trait_columns import TraitColumns
from polku.stats import Estimate
from polku.web import navigation
from polku.web.channels import CHANNELS
from polku.web.navigation import NavItem
from polku.web.rendering import render
from polku.web.visitor import CurrentUser, visitor_of
from polku.workspace import Workspace

PATH: Final = "/journeys/map"

router = APIRouter(include_in_schema=False)
navigation.add(NavItem(PATH, _l("Journey map"), "path", 20))


@router.get(PATH)
def show_map(request: Request, user: CurrentUser) -> Response:
    workspace: Workspace = request.app.state.workspace
    filters = filters_of(request, workspace)
    query = JourneyMap(**filters.asked_each)
    journeys, values = query.answer(workspace), shared(request, workspace, filters)
    earlier = filters.before if filters.compare else None
    before = JourneyMap(**earlier).answer(workspace) if earlier else None
    language = current_language()

    def link(touchpoint: TouchpointOnMap) -> str:
        return f"{PATH}/{touchpoint.touchpoint.key}{filters.query()}"

    return render(
        request,
        "journeys/map.html",
        **values,
        map=journeys,
        export=Export(query),
        groups=values["beside"](journeys, measures(journeys, language)),
        before=_by_key(before),
        can_compare=filters.before is not None,
        says=headline.of_map(journeys, language),
        across=[
            drawing.across(journeys, language=language, link=link, before=before, sheet=sheet)
            for sheet in SHEETS
        ],
        down=drawing.down(journeys, before=before),
        link=link,
    )


def filters_of(request: Request, workspace: Workspace) -> Filters:
    """What was chosen above the page. Raises InvalidInput."""
    today = datetime.now(UTC).astimezone(ZoneInfo(workspace.settings.timezone)).date()
    return Filters.read(request.query_params, today)


def shared(request: Request, workspace: Workspace, filters: Filters) -> dict[str, Any]:
    """What every journey page shows or needs."""
    touchpoints = workspace.part(Touchpoints)
    catalogue = touchpoints.catalogue()

    def numbers() -> dict[str, int]:
        found = JourneyCustomers.of(filters.asked_each | {"top": 1}).answer(workspace)
        each = zip(found.breakdown, found.each, strict=True)
        return {"": found.total} | {group.key: one.total for group, one in each}

    def beside(told: Grouped, measures: Sequence[Measure]) -> Breakdown | None:
        return breakdown_of(
            told,
            measures,
            numbers,
            filters=filters,
            url=request.url,
            catalogue=catalogue,
            language=current_language(),
        )

    return {
        "path": request.url.path,
        "filters": filters,
        "choices": filters.choices(catalogue, touchpoints.sources()),
        "catalogue": catalogue,
        "traits": workspace.part(TraitColumns).names(),
        "beside": beside,
        "those": lambda: JourneyCustomers.of(filters.asked | {"top": 1}).answer(workspace).total,
        "groupings": filters.groupings(workspace.part(TraitColumns).groups()),
        "channels": CHANNELS,
        "lengths": lengths,
        "seconds": lambda e: timedelta(seconds=e.estimate),
        "has_events": workspace.engine.blocks.events > 0,
        "is_known": is_known,
        "may_save": visitor_of(request).may("analyst"),
    }


def is_known(e: Estimate | None) -> bool:
    """Whether an estimate has a value."""
    return e is not None and e.estimate is not None


def _by_key(journeys: MapOfJourneys | None) -> dict[str, TouchpointOnMap]:
    return {t.touchpoint.key: t for t in journeys.touchpoints} if journeys else {}
