"""Which two are compared: two groups of profiles in one period, or two periods of the same profiles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from polku.errors import InvalidInput
from polku.journeys.asking.query import Asker
from polku.journeys.asking.scope import Scope
from polku.journeys.asking.who import Condition
from polku.journeys.comparison.outlines import (
    Counts,
    FirstGapsQuestion,
    Gaps,
    Outline,
    OutlineQuestion,
    OutlinesQuestion,
    SharedOutline,
    SharedQuestion,
)
from polku.journeys.comparison.whole_paths import WholePaths, paths_of_groups, paths_of_periods
from polku.store import Question
from polku.workspace import FIRST_DAY, FOREVER, LAST_DAY, midnight

USUAL: Final = timedelta(days=29)
"""From the first of the last thirty days to the last."""

P = TypeVar("P")
A = TypeVar("A")

Days = tuple[date | None, date | None]
"""The first and the last day; None: as far as there are events."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The outlines of both; `shared` where the same profiles may be in both and count in both; `in_both` profiles
    are in both; whole paths that they take. `gaps` tells of transitions the time that each took (rows of bins)."""

    a: Outline
    b: Outline
    shared: SharedOutline | None
    in_both: int
    paths: WholePaths
    gaps: Gaps


def of_groups(ask: Asker, scope: Scope, first: tuple[Condition, ...], second: tuple[Condition, ...]) -> Sides:
    """Profiles for whom `first` holds beside those for whom `second` does; without `second`, all others.

    Those for whom both hold are left out: nobody can differ from themselves.
    """

    def asked(question: Question[P, A], *conditions: Condition) -> A:
        return ask.answers.ask(question, replace(ask.lens, who=(*ask.lens.who, *conditions)))

    of_everyone = ask.lens.is_of_everyone and not second  # then others are those who were not chosen

    def gaps(pairs: tuple[int, ...]) -> tuple[Counts, Counts]:
        if of_everyone:
            return asked(FirstGapsQuestion(scope, pairs, others=True), *first)
        question = FirstGapsQuestion(scope, pairs)
        a, b = asked(question, *first)[0], asked(question, *second)[0]
        both = asked(question, *first, *second)[0]
        return a - both if second else a, b - both

    paths = paths_of_groups(ask, scope, first, second)
    if of_everyone:
        return Sides(*asked(OutlinesQuestion(scope), *first), None, 0, paths, gaps)
    question = OutlineQuestion(scope)
    a = asked(question, *first)
    if not second:
        return Sides(a, asked(question).less(a), None, 0, paths, gaps)
    both = asked(question, *first, *second)
    return Sides(a.less(both), asked(question, *second).less(both), None, both.profiles, paths, gaps)


def of_periods(ask: Asker, scope: Scope, other: Scope) -> Sides:
    """The same profiles within `scope` and within `other`. Raises InvalidInput where the two have time in common."""
    if other.low < scope.high and scope.low < other.high:
        raise InvalidInput(
            "The two periods have days in common. Give two that are apart, e.g. since_b and until_b before since."
        )
    shared = ask(SharedQuestion(scope, other))
    paths = paths_of_periods(ask, scope, other)

    def gaps(pairs: tuple[int, ...]) -> tuple[Counts, Counts]:
        return ask(FirstGapsQuestion(scope, pairs))[0], ask(FirstGapsQuestion(other, pairs))[0]

    return Sides(shared.first, shared.second, shared, shared.profiles, paths, gaps)


def two_periods(first: Days, second: Days, *, today: date) -> tuple[Days, Days]:
    """The two periods to compare. Where nothing is said of the second, it is as many days right before the first;
    where nothing is said of either, the first are the last thirty days.

    Raises InvalidInput where there is no time before.
    """
    if second != (None, None):
        return first, second
    since, until = first[0], min(first[1] or today, LAST_DAY)
    since = since or max(FIRST_DAY, until - USUAL)
    days = until - since + timedelta(days=1)
    if days >= since - FIRST_DAY:
        raise InvalidInput(
            "There is no time right before %(since)s that is as long as this period. Give since_b and until_b.",
            since=since,
        )
    return (since, first[1]), (since - days, since - timedelta(days=1))


def scope_of(scope: Scope, days: Days, zone: ZoneInfo) -> Scope:
    """The same scope in a period. Raises InvalidInput if that ends before it starts."""
    since, until = days
    if since and until and until < since:
        raise InvalidInput(
            "The period ends (%(until)s) before it starts (%(since)s). Swap the two days.",
            until=until,
            since=since,
        )
    low = midnight(since, zone) if since else 0
    high = midnight(min(until, LAST_DAY) + timedelta(days=1), zone) if until else FOREVER
    return replace(scope, low=low, high=high)
