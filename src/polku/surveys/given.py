"""The answers that a figure rests on, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from polku.answer import Answer
from polku.stats import FEWEST
from polku.surveys import results
from polku.surveys.chosen import ResponsesQuery
from polku.surveys.results import BOOLEAN, Question, Responses
from polku.workspace import Workspace


@dataclass(frozen=True, slots=True)
class GivenOf:
    """What was answered to a question, in words; `is_text`: in the customer's own."""

    key: str
    name: str
    text: str
    is_text: bool


@dataclass(frozen=True, slots=True)
class ResponseOf:
    """A response. Of an anonymous survey `profile` is None, and `at` is the day only."""

    response: str
    at: datetime
    profile: Annotated[str | None, Field(description="Whose path it is on; None: not known")]
    language: str | None
    channel: str | None
    touchpoint: str | None
    answers: tuple[GivenOf, ...]


@dataclass(frozen=True, slots=True)
class SurveyGiven(Answer):
    """Responses, the newest first. `hidden`: so few of an anonymous survey that they would say who gave them."""

    key: str
    name: str
    total: int
    hidden: bool
    responses: tuple[ResponseOf, ...]


class SurveyAnswers(ResponsesQuery):
    """The responses to a survey one by one, the newest first: those that a figure of its results rests on.

    Of an anonymous survey fewer than five are not shown.
    """

    path: ClassVar[str] = "surveys/answers"
    positional: ClassVar[tuple[str, ...]] = ("survey",)
    question: str | None = Field(None, description="Only those that answer this question")
    answer_is: str = Field(
        "", max_length=200, description="… and so: a point of the scale or a choice's value"
    )
    row: str = Field("", max_length=200, description="… in this row of a table")
    metric: str | None = Field(None, description="Only those in a category of this metric, e.g. nps")
    category: str = Field("", max_length=40, description="… in this, e.g. detractors")
    comments: bool = Field(False, description="Only those with words of one's own")
    limit: int = Field(50, ge=1, le=500, description="How many at most")
    offset: int = Field(0, ge=0, le=1_000_000, description="How many to leave out from the newest")

    def answer(self, workspace: Workspace) -> SurveyGiven:
        asked, found = self.chosen(workspace)
        at = np.ones(len(found), np.bool_)
        if self.question:
            at &= results.who_answered(found, self.question, self.answer_is, self.row)
        if self.metric:
            at &= results.of_category(found, self.metric, self.category)
        if self.comments:
            at &= results.with_comment(found)
        total = int(at.sum())
        if asked.anonymous and total < FEWEST:
            return SurveyGiven(asked.key, asked.name, total, total > 0, ())
        times = found.table["answered_at"].to_pylist()
        places = sorted(np.flatnonzero(at).tolist(), key=lambda i: times[i], reverse=True)
        shown = np.zeros(len(found), np.bool_)
        shown[places[self.offset : self.offset + self.limit]] = True
        told = told_of(found.where(shown), anonymous=asked.anonymous)
        return SurveyGiven(asked.key, asked.name, total, False, told)


def told_of(found: Responses, *, anonymous: bool) -> tuple[ResponseOf, ...]:
    """Responses in words, the newest first."""
    answers = [(q, found.answers(q)) for q in found.questions if q.kind != "html"]
    rows: list[Mapping[str, Any]] = found.table.to_pylist()
    told = [
        ResponseOf(
            row["response_id"],
            row["answered_at"].replace(hour=0, minute=0, second=0, microsecond=0)
            if anonymous
            else row["answered_at"],
            None if anonymous else row["profile"],
            row["language"],
            row["channel"],
            row["touchpoint"],
            tuple(
                GivenOf(q.key, q.title, _in_words(q, given[i]), q.kind in ("comment", "text"))
                for q, given in answers
                if given[i] is not None
            ),
        )
        for i, row in enumerate(rows)
    ]
    return tuple(sorted(told, key=lambda r: r.at, reverse=True))


def _in_words(question: Question, answer: Any) -> str:
    choices = question.choices or (BOOLEAN if question.kind == "boolean" else ())
    titles = {c.key: c.title for c in choices}
    rows = {r.key: r.title for r in question.rows}
    if isinstance(answer, dict):
        return "; ".join(f"{rows.get(r, r)}: {titles.get(a, a)}" for r, a in answer.items())
    if isinstance(answer, list):
        parted = " > " if question.kind == "ranking" else ", "
        return parted.join(titles.get(a) or a for a in map(str, answer))
    if isinstance(answer, float):
        said = f"{answer:g}"
        return f"{said} ({titles[said]})" if titles.get(said, said) != said else said
    return titles.get(str(answer), str(answer))
