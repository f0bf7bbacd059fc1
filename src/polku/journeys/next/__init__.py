"""Next: what comes after a path so far."""

from polku.journeys.next.queries import JourneyNext

QUERIES = (JourneyNext,)

__all__ = ["QUERIES"]
