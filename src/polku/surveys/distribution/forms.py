"""What pages of distribution send."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from polku.i18n import _l
from polku.surveys.distribution.rules import AskingRules
from polku.web.forms import FieldError, Form

Days = Annotated[int, Field(ge=0, le=3650)]


class ListForm(Form):
    name: Annotated[str, Field(max_length=60)]
    addresses: Annotated[str, Field(max_length=8_000_000)] = ""
    percent: Annotated[float, Field(gt=0, le=100)] = 100


class TriggerForm(Form):
    touchpoint: str
    after_days: Annotated[int, Field(ge=0, le=365)] = 3
    percent: Annotated[float, Field(gt=0, le=100)] = 100


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

    @model_validator(mode="after")
    def _some_hours(self) -> Self:
        if self.opens >= self.closes:
            raise FieldError(_l("Letters must be let go at some hour: the first comes before the last."))
        return self

    @property
    def rules(self) -> AskingRules:
        return AskingRules(**self.model_dump())
