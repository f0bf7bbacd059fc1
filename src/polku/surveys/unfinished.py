"""Answers that somebody has begun: kept as one goes, forgotten when they are finished or long left."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from polku.surveys import store
from polku.surveys.store import Unfinished
from polku.workspace import Workspace


class UnfinishedAnswers:
    """A part of the workspace.

    It remembers by heart (as hashes) which responses have answers kept: most are finished at once, and of those the
    database need not be asked.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._db = workspace.db
        with self._db.session(read_only=True) as session:
            self._kept = {hash(response) for response in store.unfinished_responses(session)}

    def keep(self, response: str, survey_id: int, version: int, answers: dict[str, Any], page: int) -> None:
        """Keep answers so far in place of those kept of the same response before."""
        self._kept.add(hash(response))
        with self._db.session() as session:
            kept = Unfinished(response, survey_id, version, answers, max(0, page), datetime.now(UTC))
            store.keep_unfinished(session, kept)

    def are_kept(self, response: str) -> bool:
        """Whether there may be answers of it; when not, there are none."""
        return hash(response) in self._kept

    def forget(self, response: str) -> None:
        with self._db.session() as session:
            store.forget_unfinished(session, response)
        self._kept.discard(hash(response))
