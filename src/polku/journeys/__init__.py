"""Journeys: touchpoints and stages, and the questions about paths through them."""

from polku.journeys.catalogue import CHANNELS, Catalogue, Stage, Touchpoint
from polku.journeys.rules import Rule, Rules
from polku.journeys.spec import TouchpointSpec
from polku.journeys.store import install_touchpoints
from polku.journeys.touchpoints import Touchpoints
from polku.workspace import Query

QUERIES: tuple[type[Query], ...] = ()

__all__ = [
    "CHANNELS",
    "QUERIES",
    "Catalogue",
    "Rule",
    "Rules",
    "Stage",
    "Touchpoint",
    "TouchpointSpec",
    "Touchpoints",
    "install_touchpoints",
]
