"""Paths: which touchpoint follows which, and what comes step by step after one or came before it."""

from polku.journeys.paths.queries import JourneyGraph
from polku.journeys.paths.walk_queries import JourneyPaths

QUERIES = (JourneyGraph, JourneyPaths)

__all__ = ["QUERIES"]
