"""What is asked of surveys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from polku.answer import Answer
from polku.collect import SURVEY_RESPONDED
from polku.surveys import store
from polku.surveys.known import KnownSurveys
from polku.workspace import Query, Workspace


@dataclass(frozen=True, slots=True)
class SurveySummary:
    """A survey, and how many have answered it."""

    key: str
    name: str
    state: str
    version: int
    anonymous: bool
    touchpoint: str
    responses: int
    last_response_at: datetime | None


@dataclass(frozen=True, slots=True)
class Surveys(Answer):
    """All surveys, by name."""

    surveys: tuple[SurveySummary, ...]


class SurveyList(Query):
    """The surveys there are, and how many have answered each."""

    path: ClassVar[str] = "surveys/list"

    def answer(self, workspace: Workspace) -> Surveys:
        with workspace.db.session(read_only=True) as session:
            known = store.surveys(session)
        counted = _counted(workspace) if any(s.version for s in known) else {}
        return Surveys(
            tuple(
                SurveySummary(
                    s.key,
                    s.name,
                    s.state,
                    s.version,
                    s.anonymous,
                    s.touchpoint,
                    *counted.get(s.key, (0, None)),
                )
                for s in known
            )
        )


def _counted(workspace: Workspace) -> dict[str, tuple[int, datetime]]:
    """Responses of each survey, and when the last one was given."""
    rows = workspace.store.snapshot.sql(
        "SELECT json_extract_string(properties, '$.survey') AS survey, count(*) AS n, max(occurred_at) AS last "
        "FROM events WHERE source = $source AND name = $name GROUP BY ALL",
        {"source": workspace.part(KnownSurveys).source(), "name": SURVEY_RESPONDED},
    ).to_pylist()
    return {r["survey"]: (r["n"], r["last"]) for r in rows}
