"""Loops: what is met again."""

from polku.journeys.loops.queries import JourneyLoops

QUERIES = (JourneyLoops,)

__all__ = ["QUERIES"]
