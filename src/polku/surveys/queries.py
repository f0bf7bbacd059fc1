"""What is asked of surveys."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from polku.collect import SURVEY_RESPONDED
from polku.errors import InvalidInput
from polku.metrics import metric
from polku.surveys import results, store, telling
from polku.surveys.known import Asked, KnownSurveys
from polku.surveys.reading import responses
from polku.surveys.results import Measured, Responses, of_metric, of_rating
from polku.surveys.telling import SurveyResult, Surveys, SurveySummary
from polku.workspace import PeriodQuery, Query, Workspace

By = Literal["language", "channel", "version", "touchpoint"]


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


class SurveyResults(PeriodQuery):
    """What was answered to a survey: its metrics, each question, over time and by group, with intervals.

    Of fewer than five answers nothing is told.
    """

    path: ClassVar[str] = "surveys/results"
    positional: ClassVar[tuple[str, ...]] = ("survey",)
    survey: str = Field(description="The survey's key: see polku surveys list")
    every: Literal["day", "week", "month"] = Field("month", description="How long the spans of time are")
    by: By | None = Field(
        None, description="Groups beside each other: language, channel, version or touchpoint"
    )
    question: str | None = Field(
        None, description="The question that is told over time and by group; default: the survey's metric"
    )

    def answer(self, workspace: Workspace) -> SurveyResult:
        zone = ZoneInfo(workspace.settings.timezone)
        asked = workspace.part(KnownSurveys).by_key(self.survey)
        low, high = self.period(workspace)
        found = responses(workspace, asked, low=low, high=high)
        measured, title = self._measured(found)
        told = telling.result(asked, found, measured_is=title)
        if measured is None:
            return told
        periods = results.by_period(found, measured, unit=self.every, zone=zone)
        told = replace(told, periods=telling.periods(periods))
        if self.by is None:
            return told
        groups = results.by_group(found, measured, self.by)
        return replace(told, by=self.by, groups=telling.groups(groups))

    def _measured(self, found: Responses) -> tuple[Measured | None, str]:
        """What is told over time and by group, and what it is called."""
        if self.question is not None:
            question = found.question(self.question)
            if question.kind != "rating":
                raise InvalidInput(
                    "Only scales are told over time; '%(question)s' is none.", question=self.question
                )
            return of_rating(found, self.question), question.title
        tagged = next((q.metric for q in found.questions if q.metric), None)
        if tagged is not None:
            return of_metric(found, tagged), str(metric(tagged).name)
        scale = next((q for q in found.questions if q.kind == "rating"), None)
        return (of_rating(found, scale.key), scale.title) if scale else (None, "")


def responses_of(workspace: Workspace, key: str) -> tuple[Asked, Responses]:
    """A survey's responses, to be taken away. Raises NotFound."""
    asked = workspace.part(KnownSurveys).by_key(key)
    return asked, responses(workspace, asked)


def _counted(workspace: Workspace) -> dict[str, tuple[int, datetime]]:
    """Responses of each survey, and when the last one was given."""
    rows: list[dict[str, Any]] = workspace.store.snapshot.sql(
        "SELECT json_extract_string(properties, '$.survey') AS survey, count(*) AS n, max(occurred_at) AS last "
        "FROM events WHERE source = $source AND name = $name GROUP BY ALL",
        {"source": workspace.part(KnownSurveys).source(), "name": SURVEY_RESPONDED},
    ).to_pylist()
    return {r["survey"]: (r["n"], r["last"]) for r in rows}
