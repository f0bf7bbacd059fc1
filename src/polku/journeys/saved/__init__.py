"""Saved analyses: an address with a name, and the board on which some of them stand."""

from polku.journeys.saved.queries import QUERIES

__all__ = ["QUERIES"]
