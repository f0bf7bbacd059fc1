"""What pages of cases send."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from polku.cases.rules import Rule
from polku.i18n import _l
from polku.web.forms import FieldError, Form

LongText = Annotated[str, Field(max_length=10_000)]
Once = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
"""Of a form that may be sent twice by a double click: made anew each time that it is shown."""


class StateForm(Form):
    version: int
    status: Literal["open", "in_progress", "waiting"]
    owner: int | None = None
    due_at: datetime
    priority: Literal["normal", "high"]


class NoteForm(Form):
    kind: Literal["call", "missed_call", "meeting", "message", "note"]
    text: LongText = ""
    form: Once

    @model_validator(mode="after")
    def _some_words(self) -> Self:
        if self.kind == "note" and not self.text:
            raise FieldError(_l("Write what there is to know."))
        return self


class LetterForm(Form):
    subject: Annotated[str, Field(max_length=150)]
    said: LongText
    reply_to: Literal["me", "company"] = "me"
    form: Once


class CloseForm(Form):
    version: int
    outcome: Literal["solved", "compensated", "not_reached", "no_case", "other"]
    words: LongText = ""
    satisfied: Literal["", "yes", "no"] = ""

    @model_validator(mode="after")
    def _other_in_words(self) -> Self:
        if self.outcome == "other" and not self.words:
            raise FieldError(_l("Say in words what came of it."))
        return self

    @property
    def is_satisfied(self) -> bool | None:
        return {"": None, "yes": True, "no": False}[self.satisfied]


class RuleForm(Form):
    name: Annotated[str, Field(max_length=120)]
    about: Annotated[str, Field(max_length=220)] = ""
    low: Literal["category", "threshold"] = "category"
    threshold: float | None = None
    known_only: bool = False
    owners: list[int] = Field(default_factory=list)
    told: list[int] = Field(default_factory=list)
    due: Annotated[int, Field(ge=1, le=500)]
    due_unit: Literal["days", "hours"] = "days"
    priority: Literal["normal", "high"] = "normal"

    def rule(self, id: int = 0) -> Rule:
        survey, _, question = self.about.partition("|")
        threshold = self.threshold if self.low == "threshold" else None
        return Rule(
            self.name, survey, question, threshold, self.known_only, tuple(self.owners), tuple(self.told),
            self.due, self.due_unit, self.priority, id=id,
        )  # fmt: skip
