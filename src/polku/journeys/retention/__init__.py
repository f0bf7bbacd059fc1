"""Retention: who comes back, and what customers are in each span of time."""

from polku.journeys.retention.queries import JourneyLifecycle, JourneyRetention

QUERIES = (JourneyRetention, JourneyLifecycle)

__all__ = ["QUERIES"]
