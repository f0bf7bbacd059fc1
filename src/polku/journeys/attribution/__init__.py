"""Attribution: which touchpoints earn the conversions."""

from polku.journeys.attribution.queries import JourneyAttribution

QUERIES = (JourneyAttribution,)

__all__ = ["QUERIES"]
