"""Collecting: sources, protocols, files; what comes in and what is rejected."""

from datetime import UTC, datetime

from polku.collect.queries import Rejected, Sources
from polku.collect.segment import PUBLIC_PATHS, routes
from polku.collect.store import ensure_source
from polku.collect.volumes import Volumes
from polku.workspace import Query, Workspace

QUERIES: tuple[type[Query], ...] = (Sources, Rejected)

__all__ = ["PUBLIC_PATHS", "QUERIES", "ensure_source", "routes", "warm"]


def warm(workspace: Workspace) -> None:
    """Count the events of each source once; from then on only the new ones are counted."""
    workspace.part(Volumes).by_source(datetime.now(UTC))
