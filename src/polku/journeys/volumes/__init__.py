"""Touchpoints as time goes by: how often they are met, and how they feel."""

from polku.journeys.volumes.queries import JourneyScores, JourneyVolumes

QUERIES = (JourneyScores, JourneyVolumes)

__all__ = ["QUERIES"]
