"""Comparison: where the journeys of two groups, or of two periods, differ."""

from polku.journeys.comparison.queries import JourneyCompare

QUERIES = (JourneyCompare,)

__all__ = ["QUERIES"]
