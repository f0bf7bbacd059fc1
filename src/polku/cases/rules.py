"""Which answers open a case: pure, of one rule and one answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from polku.cases.working_time import WorkingDays, days_after, time_after, time_between
from polku.metrics import Metric, metrics

Unit = Literal["days", "hours"]
Priority = Literal["normal", "high"]
TOLD_AT: Final = 0.75
"""Of the working time there is, how much has gone when the owner is told that a case is due soon."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Answers to `survey` (empty: to any) whose score is low open a case. Low is at most `threshold`, or without one in
    the lowest category of the metric. `question` chooses another measured question than the answer's first."""

    name: str
    survey: str = ""
    question: str = ""
    threshold: float | None = None
    known_only: bool = False
    owners: tuple[int, ...] = ()
    told: tuple[int, ...] = ()
    due: int = 2
    due_unit: Unit = "days"
    priority: Priority = "normal"
    on: bool = False
    on_since: datetime | None = None
    id: int = 0
    changed_by: str = ""
    changed_at: datetime | None = None

    def due_at(self, opened_at: datetime, working: WorkingDays) -> datetime:
        """By when a case that opens then is to be closed: in working days or working hours."""
        if self.due_unit == "days":
            return days_after(opened_at, self.due, working)
        return time_after(opened_at, timedelta(hours=self.due), working)


@dataclass(frozen=True, slots=True)
class Measured:
    """A score on its metric's own scale."""

    metric: str
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """A response, as far as a case needs it. `profile` is 0 where nobody is known, and so of every anonymous survey.

    `is_known` tells whether more is known of who answered than a browser. `questions` are the metrics of its questions.
    """

    source: int
    response: str
    seq: int
    answered_at: datetime
    received_at: datetime
    survey: str
    own: Measured | None
    answers: Mapping[str, Any] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    profile: int = 0
    is_known: bool = False
    touchpoint: str = ""
    comment: str = ""


def remind_at(start: datetime, due_at: datetime, working: WorkingDays) -> datetime | None:
    """When to tell that a case is due soon: three quarters of the working time have gone; None if there is none."""
    length = time_between(start, due_at, working)
    return time_after(start, length * TOLD_AT, working) if length else None


def judged(rules: Iterable[Rule], answer: Answer) -> tuple[Rule, Measured] | None:
    """The rule by which an answer opens a case, and the score that does. The most particular rule decides."""
    for rule in sorted(rules, key=lambda r: (not r.question, not r.survey, r.id)):
        found = _low(rule, answer)
        if found is not None:
            return rule, found
    return None


def is_low(measured: Measured, threshold: float | None) -> bool:
    """At most `threshold`; without one, in the lowest category of the metric. Never of a metric that nobody knows."""
    known = metrics().get(measured.metric)
    if known is None:
        return False
    if threshold is not None:
        return measured.score <= threshold
    limit = lowest_below(known)
    return limit is not None and measured.score < limit


def lowest_below(metric: Metric) -> float | None:
    """Where the lowest category of a metric ends; None if it has no categories: then only a threshold can be low."""
    return metric.categories[-2].low if len(metric.categories) > 1 else None


def can_be_asked_alone(metric: Metric) -> bool:
    """Whether one question is the whole metric, so that its answer can be low."""
    return len(metric.items) == 1


def _low(rule: Rule, answer: Answer) -> Measured | None:
    if not rule.on or (rule.survey and rule.survey != answer.survey):
        return None
    if rule.on_since is None or answer.answered_at < rule.on_since:
        return None
    if rule.known_only and not answer.is_known:
        return None
    measured = _of_question(answer, rule.question) if rule.question else answer.own
    return measured if measured and is_low(measured, rule.threshold) else None


def _of_question(answer: Answer, question: str) -> Measured | None:
    given, metric = answer.answers.get(question), metrics().get(answer.questions.get(question, ""))
    if metric is None or not can_be_asked_alone(metric):
        return None
    if isinstance(given, bool) or not isinstance(given, int | float):
        return None
    return Measured(metric.key, float(given))
