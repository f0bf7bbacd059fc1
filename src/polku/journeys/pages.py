"""The pages and the API of all rooms."""

from __future__ import annotations

from polku.journeys.attribution import pages as attribution_pages
from polku.journeys.comparison import pages as comparison_pages
from polku.journeys.conformance import api as design_api
from polku.journeys.conformance import design_pages
from polku.journeys.conformance import pages as conformance_pages
from polku.journeys.customers import pages as customer_pages
from polku.journeys.funnel import pages as funnel_pages
from polku.journeys.map import encounter_pages
from polku.journeys.map import pages as map_pages
from polku.journeys.next import pages as next_pages
from polku.journeys.paths import pages as path_pages
from polku.journeys.retention import pages as retention_pages
from polku.journeys.saved import pages as saved_pages
from polku.journeys.stages import pages as journey_stage_pages
from polku.journeys.touchpoints import api as touchpoint_api
from polku.journeys.touchpoints import pages as touchpoint_pages
from polku.journeys.touchpoints import stage_pages
from polku.journeys.types import pages as type_pages
from polku.journeys.variants import pages as variant_pages

PAGES = tuple(
    module.router
    for module in (
        attribution_pages,
        comparison_pages,
        design_pages,
        conformance_pages,
        customer_pages,
        funnel_pages,
        encounter_pages,
        map_pages,
        next_pages,
        path_pages,
        retention_pages,
        saved_pages,
        journey_stage_pages,
        touchpoint_pages,
        stage_pages,
        type_pages,
        variant_pages,
    )
)
API = (touchpoint_api.router, design_api.router)
