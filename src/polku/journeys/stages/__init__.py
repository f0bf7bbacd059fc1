"""Stages: who reaches them, who is in them now and for how long, and the flow between them."""

from polku.journeys.stages.queries import JourneyStages

QUERIES = (JourneyStages,)

__all__ = ["QUERIES"]
