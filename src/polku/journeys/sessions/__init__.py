"""Sessions: encounters close together in time."""

from polku.journeys.sessions.queries import JourneySessions

QUERIES = (JourneySessions,)

__all__ = ["QUERIES"]
