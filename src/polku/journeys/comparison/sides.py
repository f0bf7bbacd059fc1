"""Which two are compared: two groups of profiles in one period, or two periods of the same profiles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from polku.errors import InvalidInput
from polku.journeys.asking.lens import Condition, Lens
from polku.journeys.asking.query import Asker
from polku.journeys.asking.scope import Scope
from polku.journeys.comparison.outlines import Outline, OutlineQuestion, SharedOutline, SharedQuestion
from polku.workspace import FIRST_DAY, FOREVER, LAST_DAY, midnight

Days = tuple[date | None, date | None]
"""The first and the last day; None: as far as there are events."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The outlines of both; `shared` where the same profiles may be in both and count in both; `in_both` profiles
    are in both."""

    a: Outline
    b: Outline
    shared: SharedOutline | None
    in_both: int


def of_groups(ask: Asker, scope: Scope, first: tuple[Condition, ...], second: tuple[Condition, ...]) -> Sides:
    """Profiles for whom `first` holds beside those for whom `second` does; without `second`, all others.

    Those for whom both hold are left out: nobody can differ from themselves.
    """
    question, who = OutlineQuestion(scope), ask.lens.who

    def outline(*conditions: Condition) -> Outline:
        return ask.answers.ask(question, Lens((*who, *conditions)))

    a = outline(*first)
    if not second:
        return Sides(a, outline().less(a), None, 0)
    both = outline(*first, *second)
    return Sides(a.less(both), outline(*second).less(both), None, both.profiles)


def of_periods(ask: Asker, scope: Scope, other: Scope) -> Sides:
    """The same profiles within `scope` and within `other`, which has other times."""
    shared = ask(SharedQuestion(scope, other))
    return Sides(ask(OutlineQuestion(scope)), ask(OutlineQuestion(other)), shared, shared.profiles)


def other_period(first: Days, second: Days, *, today: date) -> Days:
    """The period to compare with: `second` if it says anything, else as many days right before `first`.

    Raises InvalidInput where that is none.
    """
    since, until = first
    if second != (None, None):
        return second
    if since is None:
        raise InvalidInput(
            "Say which two to compare: two groups with who_a (and who_b), or two periods with since (and since_b)."
        )
    last = min(until or today, LAST_DAY)
    days = last - since + timedelta(days=1)
    if days <= timedelta(0) or days >= since - FIRST_DAY:
        raise InvalidInput(
            "There is no time right before %(since)s that is as long as this period. Give since_b and until_b.",
            since=since,
        )
    return since - days, since - timedelta(days=1)


def scope_of(scope: Scope, days: Days, zone: ZoneInfo) -> Scope:
    """The same scope in another period. Raises InvalidInput if it ends before it starts or meets that of `scope`."""
    since, until = days
    if since and until and until < since:
        raise InvalidInput(
            "The period ends (%(until)s) before it starts (%(since)s). Swap the two days.",
            until=until,
            since=since,
        )
    other = replace(
        scope,
        low=midnight(since, zone) if since else 0,
        high=midnight(min(until, LAST_DAY) + timedelta(days=1), zone) if until else FOREVER,
    )
    if other.low < scope.high and scope.low < other.high:
        raise InvalidInput(
            "The two periods have days in common. Give two that are apart, e.g. since_b and until_b before since."
        )
    return other
