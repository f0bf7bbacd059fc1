"""Funnels: how many get through given touchpoints in order."""

from polku.journeys.funnel.queries import JourneyFunnel

QUERIES = (JourneyFunnel,)

__all__ = ["QUERIES"]
