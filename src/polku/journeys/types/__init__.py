"""Types of journeys: paths that are alike, and what comes of them."""

from polku.journeys.types.queries import QUERIES

__all__ = ["QUERIES"]
