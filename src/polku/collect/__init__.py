"""Collecting: sources, protocols, files; what comes in and what is rejected."""

from datetime import UTC, datetime

from polku.collect.figures import SURVEY_RESPONDED, score
from polku.collect.protocol import LARGEST_BODY
from polku.collect.queries import Rejected, Sources
from polku.collect.receiving import receive_body
from polku.collect.refusal import Oversized, Refusal, Unfinished
from polku.collect.replies import not_post, reply, reply_error
from polku.collect.rows import Row
from polku.collect.segment import PUBLIC_PATHS, Collector, base_url, routes
from polku.collect.sources import KnownSources
from polku.collect.store import ensure_source
from polku.collect.volumes import Volumes
from polku.workspace import Query, Workspace

QUERIES: tuple[type[Query], ...] = (Sources, Rejected)

__all__ = [
    "LARGEST_BODY",
    "PUBLIC_PATHS",
    "QUERIES",
    "SURVEY_RESPONDED",
    "Collector",
    "KnownSources",
    "Oversized",
    "Refusal",
    "Row",
    "Unfinished",
    "base_url",
    "ensure_source",
    "not_post",
    "receive_body",
    "reply",
    "reply_error",
    "routes",
    "score",
    "warm",
]


def warm(workspace: Workspace) -> None:
    """Count the events of each source once; from then on only the new ones are counted."""
    workspace.part(Volumes).by_source(datetime.now(UTC))
