"""Paths: which touchpoint follows which."""

from polku.journeys.paths.queries import JourneyGraph

QUERIES = (JourneyGraph,)

__all__ = ["QUERIES"]
