"""Responses that a question is about: of a survey, in a period, and of those for whom something holds."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import Field

from polku.journeys.asking.marks import Texts
from polku.surveys.attributes import Those
from polku.surveys.known import Asked, KnownSurveys
from polku.surveys.reading import responses
from polku.surveys.results import Responses
from polku.workspace import PeriodQuery, Workspace


class ResponsesQuery(PeriodQuery):
    """A query about responses to a survey."""

    survey: str = Field(description="The survey's key: see polku surveys list")
    who: Texts = Field(
        [],
        description="Only responses for which all hold, e.g. language=fi, stage=customership, plan=pro or !met:order",
    )

    def chosen(self, workspace: Workspace) -> tuple[Asked, Responses]:
        """Raises NotFound for a survey that was never published, and InvalidInput for a condition that is none."""
        asked = workspace.part(KnownSurveys).by_key(self.survey)
        low, high = self.period(workspace)
        return asked, held(workspace, asked, responses(workspace, asked, low=low, high=high), self.who)


def held(workspace: Workspace, asked: Asked, found: Responses, who: list[str]) -> Responses:
    """Those responses for which all conditions hold."""
    wanted = [w for w in who if w.strip()]
    return found.where(those_of(asked, found).holds(workspace, wanted)) if wanted else found


def those_of(asked: Asked, found: Responses) -> Those:
    """Whose responses are, and what each says itself."""
    profiles = [int(p, 16) if p else 0 for p in found.table["profile"].to_pylist()]
    own: dict[str, Any] = {
        name: found.table[name].to_pylist() for name in ("language", "channel", "touchpoint")
    }
    own["version"] = [None if v is None else str(v) for v in found.table["version"].to_pylist()]
    return Those(np.array(profiles, np.uint64), own, asked.anonymous)
