"""Conformance: how customers follow a journey as it is meant to be."""

from polku.journeys.conformance.queries import JourneyConformance, JourneyDesigns

QUERIES = (JourneyConformance, JourneyDesigns)

__all__ = ["QUERIES"]
