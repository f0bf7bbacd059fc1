"""Touchpoints and stages: which events are which, and how they are changed."""

from polku.journeys.touchpoints.queries import QUERIES

__all__ = ["QUERIES"]
