"""How somebody wishes a file to be understood, as the API, pages and the command line take it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from polku.errors import InvalidInput
from polku.feedback.files import Wish
from polku.feedback.files.brought import FIELDS
from polku.journeys import Touchpoints
from polku.metrics import metrics
from polku.workspace import Workspace

Kind = Literal["review", "email", "chat", "call", "social", "interview", "other"]


class FileWish(BaseModel):
    """What of a file is not to be guessed. A column that is "-" is taken for none."""

    model_config = ConfigDict(extra="ignore")
    column: Annotated[str, Field(max_length=200, description="The column that the texts are in")] = ""
    columns: Annotated[
        list[str],
        Field(max_length=20, description="What columns hold, e.g. score=Rating; -: there is none (email=-)"),
    ] = []
    staff: Annotated[
        list[str],
        Field(
            max_length=200, description="Who in it speaks for the company, e.g. the interviewer; -: nobody"
        ),
    ] = []
    metric: Annotated[str, Field(max_length=40, description="What scores are, e.g. nps")] = ""
    kind: Kind | None = None
    user_id: Annotated[str | None, Field(max_length=200, description="Of whom all of it is")] = None
    email: Annotated[str | None, Field(max_length=200, description="Of whom all of it is")] = None
    touchpoint: Annotated[str | None, Field(max_length=80, description="What it is about")] = None
    language: Annotated[str | None, Field(max_length=10, description="That it is in, e.g. fi")] = None
    at: Annotated[date | None, Field(description="The day that it was said")] = None

    def of(self, workspace: Workspace | None) -> Wish:
        """The wish in a data folder; without one in UTC. Raises InvalidInput for what there is not."""
        zone = ZoneInfo(workspace.settings.timezone if workspace else "UTC")
        if self.metric and self.metric not in metrics():
            raise InvalidInput(
                "Unknown metric '%(metric)s'. Allowed: %(allowed)s",
                metric=self.metric,
                allowed=", ".join(metrics()),
            )
        if self.touchpoint and workspace:
            known = {t.key for t in workspace.part(Touchpoints).catalogue().touchpoints}
            if self.touchpoint not in known:
                raise InvalidInput(
                    "Unknown touchpoint '%(name)s'. See: polku touchpoints list", name=self.touchpoint
                )
        return Wish(
            zone,
            self._columns(),
            tuple(s for s in self.staff if s != "-") if self.staff else None,
            self.metric,
            self.kind,
            self.user_id or None,
            self.email or None,
            self.touchpoint or None,
            self.language or None,
            datetime.combine(self.at, time(12), zone).astimezone(UTC) if self.at else None,
        )

    def _columns(self) -> dict[str, str]:
        found = {"comment": self.column} if self.column else {}
        for one in self.columns:
            field, sign, column = one.partition("=")
            if field not in FIELDS or not sign or not column:
                raise InvalidInput(
                    "'%(given)s' does not say what a column holds. Write it as score=Rating. What can be held: "
                    "%(allowed)s",
                    given=one,
                    allowed=", ".join(FIELDS),
                )
            found[field] = "" if column == "-" else column
        return found
