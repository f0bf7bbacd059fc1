"""Between: how long it takes from one touchpoint to another."""

from polku.journeys.between.queries import JourneyBetween

QUERIES = (JourneyBetween,)

__all__ = ["QUERIES"]
