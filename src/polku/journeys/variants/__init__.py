"""Variants: whole paths, how many take each and what it leads to."""

from polku.journeys.variants.queries import JourneyVariants

QUERIES = (JourneyVariants,)

__all__ = ["QUERIES"]
