"""Saved analyses, for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from polku.answer import Answer
from polku.journeys.saved.store import SavedAnalysis, saved_analyses
from polku.workspace import Query, Workspace


@dataclass(frozen=True, slots=True)
class SavedList(Answer):
    """Analyses that people have saved, in the order of the board."""

    saved: Annotated[
        tuple[SavedAnalysis, ...], Field(description="`address` is that of its page on this server")
    ]


class JourneysSaved(Query):
    """Analyses that people have saved, with the addresses of their pages."""

    path: ClassVar[str] = "journeys/saved"

    def answer(self, workspace: Workspace) -> SavedList:
        with workspace.db.session(read_only=True) as session:
            return SavedList(tuple(saved_analyses(session)))


QUERIES = (JourneysSaved,)
