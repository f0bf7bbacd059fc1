"""Stages: who reaches them, who is in them now and for how long, and the flow between them."""

from polku.journeys.asking.who import behaviour
from polku.journeys.stages.condition import KIND, at_stage, said
from polku.journeys.stages.queries import JourneyStages

QUERIES = (JourneyStages,)

behaviour(KIND, at_stage, said)

__all__ = ["QUERIES"]
