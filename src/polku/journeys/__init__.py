"""Journeys: which events are which touchpoint, and what customers' paths through them look like.

Each kind of question has its room: its kernels, the question, the query that users ask, what it answers and its
pages. `asking` is what all of them are made of, `touchpoints` what events mean.
"""

from polku.answer import pictured_in
from polku.journeys import (
    attribution,
    between,
    comparison,
    conformance,
    customers,
    funnel,
    loops,
    map,
    next,
    paths,
    retention,
    saved,
    sessions,
    stages,
    touchpoints,
    types,
    variants,
    volumes,
)
from polku.journeys.asking.views import views
from polku.journeys.resolved import Resolved
from polku.journeys.touchpoints.catalogue import Catalogue, Stage, Touchpoint
from polku.journeys.touchpoints.defaults import STAGES, install_defaults
from polku.journeys.touchpoints.known import Touchpoints
from polku.journeys.touchpoints.plans import install_plans
from polku.journeys.touchpoints.rules import Rule, Rules
from polku.journeys.touchpoints.spec import TouchpointSpec, key_of
from polku.journeys.touchpoints.store import install_stages, install_touchpoints
from polku.journeys.warming import warm
from polku.workspace import Query

_ROOMS = (
    map,
    paths,
    variants,
    loops,
    between,
    sessions,
    funnel,
    customers,
    volumes,
    stages,
    retention,
    comparison,
    conformance,
    types,
    attribution,
    next,
    touchpoints,
    saved,
)
QUERIES: tuple[type[Query], ...] = tuple(q for room in _ROOMS for q in room.QUERIES)

pictured_in("polku.journeys.pictures")

__all__ = [
    "QUERIES",
    "STAGES",
    "Catalogue",
    "Resolved",
    "Rule",
    "Rules",
    "Stage",
    "Touchpoint",
    "TouchpointSpec",
    "Touchpoints",
    "install_defaults",
    "install_plans",
    "install_stages",
    "install_touchpoints",
    "key_of",
    "views",
    "warm",
]
