"""Two periods, or two groups, of responses beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from pydantic import Field

from polku.answer import Answer
from polku.errors import InvalidInput
from polku.i18n import day, gettext
from polku.journeys.asking.marks import Texts
from polku.journeys.comparison.sides import Days, two_periods
from polku.stats import Estimate
from polku.surveys import results
from polku.surveys.attributes import said
from polku.surveys.chosen import ResponsesQuery, held, those_of
from polku.surveys.known import Asked, KnownSurveys
from polku.surveys.reading import responses
from polku.surveys.results import Responses
from polku.workspace import Workspace

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SideOf:
    """One of the two: its name, what it is found by, and how many responses it has."""

    name: str
    n: int
    since: date | None = None
    until: date | None = None
    who: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FigureOf:
    """A figure of a question or a metric on both sides."""

    key: str
    name: str
    of: Annotated[str, Field(description="metric, mean, share or rank")]
    choice: str
    choice_name: str
    first: Estimate
    second: Estimate
    difference: Annotated[Estimate, Field(description="The first less the second")]
    q: Annotated[float | None, Field(description="Rate of false discoveries at which it counts as one")]
    is_clear: Annotated[bool, Field(description="Whether q is at most 0.05: hardly chance")]


@dataclass(frozen=True, slots=True)
class SurveyCompared(Answer):
    """Every figure of a survey on both sides."""

    key: str
    name: str
    first: SideOf
    second: SideOf
    figures: tuple[FigureOf, ...]


class SurveyCompare(ResponsesQuery):
    """Compare two periods, or two groups, of a survey's responses question by question.

    Without groups the period is compared with the one right before it (default: the last thirty days). All
    differences are tested together. Responses that are in both groups are left out.
    """

    path: ClassVar[str] = "surveys/compare"
    positional: ClassVar[tuple[str, ...]] = ("survey",)
    since_b: date | None = Field(None, description="First day of the other period")
    until_b: date | None = Field(None, description="Last day of the other period, included")
    who_a: Texts = Field([], description="The first group: conditions as in who, e.g. language=fi")
    who_b: Texts = Field([], description="The second group; default: everyone else")

    def answer(self, workspace: Workspace) -> SurveyCompared:
        asked = workspace.part(KnownSurveys).by_key(self.survey)
        by_groups = any(w.strip() for w in (*self.who_a, *self.who_b))
        found, first, second, masks = (self._groups if by_groups else self._periods)(workspace, asked)
        figures = results.compare(found, *masks)
        return SurveyCompared(
            asked.key,
            asked.name,
            first,
            second,
            tuple(
                FigureOf(
                    f.key, f.title, f.of, f.choice, f.choice_title if f.choice else "", f.first, f.second,
                    f.difference.difference, f.q, f.is_clear,
                )
                for f in figures
            ),
        )  # fmt: skip

    def _groups(
        self, workspace: Workspace, asked: Asked
    ) -> tuple[Responses, SideOf, SideOf, tuple[Mask, Mask]]:
        if not any(w.strip() for w in self.who_a):
            raise InvalidInput("Say who is in the first group: who_a, e.g. language=fi")
        _, found = self.chosen(workspace)
        those = those_of(asked, found)
        a = those.holds(workspace, self.who_a)
        b = those.holds(workspace, self.who_b) if any(w.strip() for w in self.who_b) else ~a
        both = a & b
        a, b = a & ~both, b & ~both
        names = [", ".join(said(workspace, w) for w in who if w.strip()) for who in (self.who_a, self.who_b)]
        first = SideOf(names[0], int(a.sum()), self.since, self.until, tuple(self.who_a))
        second = SideOf(
            names[1] or gettext("everyone else"), int(b.sum()), self.since, self.until, tuple(self.who_b)
        )
        return found, first, second, (a, b)

    def _periods(
        self, workspace: Workspace, asked: Asked
    ) -> tuple[Responses, SideOf, SideOf, tuple[Mask, Mask]]:
        zone = ZoneInfo(workspace.settings.timezone)
        today = datetime.now(zone).date()
        if self.until and not self.since:
            raise InvalidInput("Give the first day of the period too: since.")
        days = two_periods((self.since, self.until), (self.since_b, self.until_b), today=today)
        spans = [self._seconds(workspace, d) for d in days]
        if spans[1][0] < spans[0][1] and spans[0][0] < spans[1][1]:
            raise InvalidInput(
                "The two periods have days in common. Give two that are apart, e.g. since_b and until_b before since."
            )
        low, high = min(s[0] for s in spans), max(s[1] for s in spans)
        found = held(workspace, asked, responses(workspace, asked, low=low, high=high), self.who)
        at = np.array([t.timestamp() for t in found.table["answered_at"].to_pylist()], np.float64)
        masks = tuple((at >= s[0]) & (at < s[1]) for s in spans)
        sides = [
            SideOf(_named(d), int(m.sum()), *d, tuple(self.who)) for d, m in zip(days, masks, strict=True)
        ]
        return found, sides[0], sides[1], (masks[0], masks[1])

    def _seconds(self, workspace: Workspace, days: Days) -> tuple[int, int]:
        return self.model_copy(update={"since": days[0], "until": days[1]}).period(workspace)


def _named(days: Days) -> str:
    return "–".join(day(d) if d else "" for d in days)
