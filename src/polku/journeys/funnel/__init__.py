"""Funnels: how many get through given touchpoints in order, how long it takes, and who does not."""

from polku.journeys.asking.who import behaviour
from polku.journeys.funnel.condition import KIND, dropped, said
from polku.journeys.funnel.queries import JourneyConversion, JourneyDropouts, JourneyFunnel

QUERIES = (JourneyFunnel, JourneyConversion, JourneyDropouts)

behaviour(KIND, dropped, said)

__all__ = ["QUERIES"]
