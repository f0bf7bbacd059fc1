"""The journey map: stages and touchpoints in order, how they are reached and how they feel."""

from polku.journeys.map.queries import JourneyMap

QUERIES = (JourneyMap,)

__all__ = ["QUERIES"]
