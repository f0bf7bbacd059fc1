"""Journeys: which events are which touchpoint, and what customers' paths through them look like."""

from polku.journeys.catalogue import Catalogue, Stage, Touchpoint
from polku.journeys.defaults import STAGES, install_defaults
from polku.journeys.mapping import USUAL_WINDOW, usual_steps
from polku.journeys.plans import install_plans
from polku.journeys.queries import QUERIES as _OF_PATHS
from polku.journeys.queries import JourneyFunnel, JourneyGraph, JourneyMap, JourneySessions
from polku.journeys.rules import Rule, Rules
from polku.journeys.spec import TouchpointSpec
from polku.journeys.store import install_stages, install_touchpoints
from polku.journeys.time_queries import QUERIES as _OVER_TIME
from polku.journeys.time_queries import JourneyScores, JourneyVolumes
from polku.journeys.touchpoint_queries import QUERIES as _OF_TOUCHPOINTS
from polku.journeys.touchpoints import Touchpoints
from polku.workspace import Query, Workspace

QUERIES: tuple[type[Query], ...] = (*_OF_PATHS, *_OVER_TIME, *_OF_TOUCHPOINTS)

__all__ = [
    "QUERIES",
    "STAGES",
    "Catalogue",
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
    "warm",
]


def warm(workspace: Workspace) -> None:
    """Ask what the pages open with; `Answers` keeps it, and asks again at every refresh."""
    journeys = JourneyMap.of({}).answer(workspace)
    for query in (JourneyVolumes, JourneyScores, JourneyGraph, JourneySessions):
        query.of({}).answer(workspace)
    if steps := usual_steps(journeys):
        JourneyFunnel.of({"steps": steps, "within": USUAL_WINDOW}).answer(workspace)
