"""Collecting: sources, protocols, files; what comes in and what is rejected."""

from polku.collect.queries import Rejected, Sources
from polku.collect.segment import PUBLIC_PATHS, routes
from polku.collect.store import ensure_source
from polku.workspace import Query

QUERIES: tuple[type[Query], ...] = (Sources, Rejected)

__all__ = ["PUBLIC_PATHS", "QUERIES", "ensure_source", "routes"]
