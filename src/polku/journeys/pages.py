"""The pages and the API of all rooms."""

from __future__ import annotations

from polku.journeys.funnel import pages as funnel_pages
from polku.journeys.map import encounter_pages
from polku.journeys.map import pages as map_pages
from polku.journeys.paths import pages as path_pages
from polku.journeys.saved import pages as saved_pages
from polku.journeys.touchpoints import api as touchpoint_api
from polku.journeys.touchpoints import pages as touchpoint_pages
from polku.journeys.touchpoints import stage_pages
from polku.journeys.types import pages as type_pages

PAGES = tuple(
    module.router
    for module in (
        map_pages,
        path_pages,
        funnel_pages,
        encounter_pages,
        saved_pages,
        type_pages,
        stage_pages,
        touchpoint_pages,
    )
)
API = (touchpoint_api.router,)
