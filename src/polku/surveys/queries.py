"""What is asked of surveys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal
from zoneinfo import ZoneInfo

import numpy as np
from pydantic import Field

from polku.collect import SURVEY_RESPONDED
from polku.errors import InvalidInput
from polku.journeys.asking.marks import Texts
from polku.metrics import metric
from polku.surveys import results, store, telling
from polku.surveys.attributes import SEGMENT, condition_of, frequent, name_of, segments
from polku.surveys.chosen import ResponsesQuery, those_of
from polku.surveys.headlines import Counted, Headlines
from polku.surveys.known import Asked, KnownSurveys
from polku.surveys.margins import To, weighting_of
from polku.surveys.results import Measured, Responses, of_metric, of_rating
from polku.surveys.telling import GroupOf, SurveyResult, Surveys, SurveySummary, WeightingOf
from polku.workspace import Names, Query, Workspace


class SurveyList(Query):
    """The surveys there are, how many have answered each, and the number that each is known by."""

    path: ClassVar[str] = "surveys/list"

    def answer(self, workspace: Workspace) -> Surveys:
        with workspace.db.session(read_only=True) as session:
            known = store.surveys(session)
        counted = _counted(workspace) if any(s.version for s in known) else {}
        return Surveys(tuple(_summary(workspace, s, counted.get(s.key, (0, None))) for s in known))


class SurveyResults(ResponsesQuery):
    """What was answered to a survey: its metrics, each question, over time and by group, with intervals.

    With weights everything is told twice, as it was answered and as it would be if those who answered were like all
    who were invited, or all customers. Of fewer than five answers nothing is told.
    """

    path: ClassVar[str] = "surveys/results"
    positional: ClassVar[tuple[str, ...]] = ("survey",)
    every: Literal["day", "week", "month"] = Field("month", description="How long the spans of time are")
    by: str | None = Field(
        None,
        description="Groups beside each other: language, channel, version, touchpoint, stage, segment, a trait as "
        "plan, or first:channel, first:touchpoint, first:source, first:month",
    )
    segments: Texts = Field(
        [],
        description="With by=segment: segments as conditions parted by &, e.g. 'plan=pro & city=Oulu'; default: those "
        "of saved analyses",
    )
    question: str | None = Field(
        None, description="The question that is told over time and by group; default: the survey's metric"
    )
    weight_by: Names = Field([], description="Weight by these: traits, touchpoint, language, first:channel …")
    weight_to: To | None = Field(
        None,
        description="Whom answers are made like: invited, or customers; default: invited, if anybody was",
    )
    margins: Texts = Field(
        [], description="Instead of those: shares to weight to, e.g. city=Oulu:20,city=Helsinki:80"
    )

    def answer(self, workspace: Workspace) -> SurveyResult:
        asked, found = self.chosen(workspace)
        heavy, weighting = self.weighted(workspace, asked, found)
        measured, title = self._measured(found)
        told = telling.result(asked, found, measured_is=title)
        if heavy is not None and weighting is not None:
            told = telling.with_weights(told, telling.result(asked, heavy, measured_is=title), weighting)
        if measured is None:
            return told
        weighed = self._measured(heavy)[0] if heavy is not None else None
        zone = ZoneInfo(workspace.settings.timezone)
        spans, heavy_spans = (
            results.by_period(r, m, unit=self.every, zone=zone) if r is not None and m is not None else None
            for r, m in ((found, measured), (heavy, weighed))
        )
        told = replace(told, periods=telling.periods(spans or (), heavy_spans))
        if not self.by:
            return told
        return replace(told, by=self.by, groups=self._groups(workspace, asked, found, measured, weighed))

    def weighted(
        self, workspace: Workspace, asked: Asked, found: Responses
    ) -> tuple[Responses | None, WeightingOf | None]:
        """The responses with weights, and what these are; None where none are asked for. Raises InvalidInput."""
        made = weighting_of(
            workspace, asked, found, by=self.weight_by, to=self.weight_to, margins=self.margins
        )
        if made is None:
            return None, None
        weighting, to = made
        told = telling.weighting_told(weighting, to, lambda by, value: name_of(workspace, by, value))
        return found.weighted(weighting.weights), told

    def _groups(
        self,
        workspace: Workspace,
        asked: Asked,
        found: Responses,
        measured: Measured,
        weighed: Measured | None,
    ) -> tuple[GroupOf, ...]:
        assert self.by
        those = those_of(asked, found)
        if self.by == SEGMENT:
            named = segments(workspace, self.segments)
            masks: Mapping[str, Any] = {n: those.holds(workspace, who) for n, who in named.items()}
            inside = np.ones(len(found), np.bool_)
        else:
            named = {}
            masks, inside = results.value_masks(frequent(those.values(workspace, self.by)))

        def name(key: str) -> str:
            return key if self.by == SEGMENT else name_of(workspace, self.by or "", key)

        def who(key: str) -> tuple[str, ...]:
            return named.get(key, ()) if self.by == SEGMENT else condition_of(self.by or "", key, list(masks))

        plain = results.by_masks(measured, masks, within=inside)
        heavy = results.by_masks(weighed, masks, within=inside) if weighed else None
        return telling.groups(plain, name, who, heavy)

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


def responses_of(workspace: Workspace, query: SurveyResults) -> tuple[Asked, Responses]:
    """The responses that a query is about, with their weights where it asks for any. Raises NotFound, InvalidInput."""
    asked, found = query.chosen(workspace)
    heavy, _ = query.weighted(workspace, asked, found)
    return asked, found if heavy is None else heavy


def _summary(workspace: Workspace, s: store.Survey, counted: Counted) -> SurveySummary:
    plain = SurveySummary(s.key, s.name, s.state, s.version, s.anonymous, s.touchpoint, *counted)
    if not s.version:
        return plain
    metric, value = workspace.part(Headlines).of(s.key, counted)
    return replace(plain, metric=metric, value=value)


def _counted(workspace: Workspace) -> dict[str, Counted]:
    """Responses of each survey, and when the last one was given."""
    rows: list[dict[str, Any]] = workspace.store.snapshot.sql(
        "SELECT json_extract_string(properties, '$.survey') AS survey, count(*) AS n, max(occurred_at) AS last "
        "FROM events WHERE source = $source AND name = $name GROUP BY ALL",
        {"source": workspace.part(KnownSurveys).source(), "name": SURVEY_RESPONDED},
    ).to_pylist()
    return {r["survey"]: (r["n"], r["last"]) for r in rows}
