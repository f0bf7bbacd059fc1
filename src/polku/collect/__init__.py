"""Collecting: sources, protocols, files; what comes in and what is rejected."""

from polku.workspace import Query

QUERIES: tuple[type[Query], ...] = ()

__all__ = ["QUERIES"]
