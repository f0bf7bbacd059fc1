"""What pages of distribution send."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from polku.i18n import _l
from polku.surveys.distribution.rules import AskingRules
from polku.surveys.inviting.texts import LONGEST
from polku.web.forms import FieldError, Form

Days = Annotated[int, Field(ge=0, le=3650)]
Conditions = Annotated[str, Field(max_length=4_000)]


class SendingForm(Form):
    """What all ways of sending have."""

    percent: Annotated[float, Field(gt=0, le=100)] = 100
    channel: Literal["email", "sms"] = "email"
    words: Annotated[str, Field(max_length=LONGEST)] = ""


class ListForm(SendingForm):
    name: Annotated[str, Field(max_length=60)]
    addresses: Annotated[str, Field(max_length=1_000_000)] = ""


class SegmentForm(SendingForm):
    """`segment` is the number of a saved analysis; all that is given must hold."""

    name: Annotated[str, Field(max_length=60)]
    stage: str = ""
    segment: str = ""
    who: Conditions = ""


class TriggerForm(SendingForm):
    touchpoint: str
    after_days: Annotated[int, Field(ge=0, le=365)] = 3
    stage: str = ""
    segment: str = ""
    who: Conditions = ""


class RulesForm(Form):
    gap_days: Days
    touchpoint_gap_days: Days
    gap_without_answer_days: Days
    most_a_year: Annotated[int, Field(ge=0, le=365)]
    latest_days: Annotated[int, Field(ge=1, le=3650)]
    opens: Annotated[int, Field(ge=0, le=23)]
    closes: Annotated[int, Field(ge=1, le=24)]
    weekends: bool = False
    answer_days: Annotated[int, Field(ge=1, le=365)]
    remind_after_days: Annotated[int, Field(ge=1, le=365)]
    reminders: Annotated[int, Field(ge=0, le=2)]
    consent_trait: Annotated[str, Field(max_length=80)] = ""
    ask_unknown: bool = False

    @model_validator(mode="after")
    def _some_hours(self) -> Self:
        if self.opens >= self.closes:
            raise FieldError(_l("Letters must be let go at some hour: the first comes before the last."))
        return self

    @property
    def rules(self) -> AskingRules:
        return AskingRules(**self.model_dump())
