"""How cases are dealt with: how soon, how many in time, and what comes of them. Pure: of rows and a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from polku.answer import Answer
from polku.stats import Estimate, TimeTaken, kaplan_meier, proportion

HALF, NINE_IN_TEN = 0.5, 0.9


@dataclass(frozen=True, slots=True)
class Handled:
    """A case as the report needs it. `counts` is False for what was no case after all."""

    rule: str
    owner: str
    touchpoint: str
    opened_at: datetime
    due_at: datetime
    first_contact_at: datetime | None
    closed_at: datetime | None
    outcome: str
    satisfied: bool | None

    @property
    def counts(self) -> bool:
        return self.outcome != "no_case"


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """A group of cases. Times are in seconds since opening; those that go on are followed until now.

    `in_time` is the share closed by when they were due, of those that are due by now.
    """

    name: str
    opened: int
    closed: int
    active: int
    overdue: int
    in_time: Estimate
    contact_median: TimeTaken
    contact_90: TimeTaken
    close_median: TimeTaken
    close_90: TimeTaken


@dataclass(frozen=True, slots=True)
class CaseWeek:
    """Cases that opened in the week that begins on Monday `start`; times in seconds."""

    start: date
    opened: int
    closed: int
    in_time: Estimate
    close_median: TimeTaken


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """What came of closed cases: how many, and which share of them (0–1)."""

    outcome: str
    count: int
    share: Estimate


@dataclass(frozen=True, slots=True)
class CaseReported(Answer):
    """How cases that opened within a period are dealt with, as of `as_of`; groups are those with the most cases first.

    Those that turned out to be no case count as opened and closed, and in nothing else.
    """

    rules: tuple[CaseFigures, ...]
    owners: tuple[CaseFigures, ...]
    touchpoints: tuple[CaseFigures, ...]
    weeks: tuple[CaseWeek, ...]
    outcomes: tuple[CaseOutcome, ...]
    total: CaseFigures
    satisfied: Estimate
    as_of: datetime


def reported(cases: Sequence[Handled], now: datetime, zone: ZoneInfo) -> CaseReported:
    """`zone` says when weeks begin."""
    closed = [c for c in cases if c.closed_at]
    outcomes = dict.fromkeys(sorted({c.outcome for c in closed}), 0)
    for c in closed:
        outcomes[c.outcome] += 1
    asked = [c.satisfied for c in closed if c.satisfied is not None]
    return CaseReported(
        _by(cases, lambda c: c.rule, now),
        _by(cases, lambda c: c.owner, now),
        _by(cases, lambda c: c.touchpoint, now),
        _weeks(cases, now, zone),
        tuple(
            CaseOutcome(o, n, proportion(n, len(closed)))
            for o, n in sorted(outcomes.items(), key=lambda item: (-item[1], item[0]))
        ),
        figures("", cases, now),
        proportion(sum(asked), len(asked)),
        now,
    )


def figures(name: str, cases: Sequence[Handled], now: datetime) -> CaseFigures:
    counted = [c for c in cases if c.counts]
    contact = kaplan_meier(*_followed(counted, lambda c: c.first_contact_at, now))
    close = kaplan_meier(*_followed(counted, lambda c: c.closed_at, now))
    active = [c for c in cases if c.closed_at is None]
    return CaseFigures(
        name,
        len(cases),
        len(cases) - len(active),
        len(active),
        sum(c.due_at <= now for c in active),
        _in_time(counted, now),
        contact.quantile(HALF),
        contact.quantile(NINE_IN_TEN),
        close.quantile(HALF),
        close.quantile(NINE_IN_TEN),
    )


def _in_time(cases: Iterable[Handled], now: datetime) -> Estimate:
    """Of those that are due by now: a case that is not due yet would count only if it were closed early."""
    due = [c for c in cases if c.due_at <= now]
    return proportion(sum(bool(c.closed_at and c.closed_at <= c.due_at) for c in due), len(due))


def _followed(
    cases: Sequence[Handled], end: Callable[[Handled], datetime | None], now: datetime
) -> tuple[list[float], list[bool]]:
    """How long each was followed, in seconds, and whether it had happened then: without a contact, until closing."""
    ends = [end(c) for c in cases]
    until = [e or c.closed_at or now for c, e in zip(cases, ends, strict=True)]
    lengths = [max(0.0, (u - c.opened_at).total_seconds()) for c, u in zip(cases, until, strict=True)]
    return lengths, [e is not None for e in ends]


def _by(cases: Sequence[Handled], key: Callable[[Handled], str], now: datetime) -> tuple[CaseFigures, ...]:
    groups: dict[str, list[Handled]] = {}
    for case in cases:
        groups.setdefault(key(case), []).append(case)
    found = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(figures(name, inside, now) for name, inside in found)


def _weeks(cases: Sequence[Handled], now: datetime, zone: ZoneInfo) -> tuple[CaseWeek, ...]:
    """Every week from the first case to the last, those without cases too."""
    groups: dict[date, list[Handled]] = {}
    for case in cases:
        groups.setdefault(_monday(case.opened_at, zone), []).append(case)
    if not groups:
        return ()
    start, told = min(groups), []
    while start <= max(groups):
        of = figures("", groups.get(start, []), now)
        told.append(CaseWeek(start, of.opened, of.closed, of.in_time, of.close_median))
        start += timedelta(days=7)
    return tuple(told)


def _monday(at: datetime, zone: ZoneInfo) -> date:
    day = at.astimezone(zone).date()
    return day - timedelta(days=day.weekday())
