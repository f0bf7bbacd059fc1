"""What can be asked of two groups, or two periods."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field

from polku.errors import InvalidInput
from polku.journeys.asking.answers import Answers
from polku.journeys.asking.marks import Texts
from polku.journeys.asking.query import ChosenQuery
from polku.journeys.asking.telling import met_of
from polku.journeys.asking.who import Meets, conditions
from polku.journeys.comparison.comparing import compare
from polku.journeys.comparison.results import ComparedGroup, JourneysCompared
from polku.journeys.comparison.sides import Days, Sides, of_groups, of_periods, scope_of, two_periods
from polku.journeys.touchpoints.known import Touchpoints
from polku.workspace import Workspace


class JourneyCompare(ChosenQuery):
    """Where the journeys of two groups, or of two periods, differ by more than chance.

    Compared are the shares of profiles that meet each touchpoint, that go from one right to another at least once and
    that take a whole path, of those who met anything. Of two groups, those who are in both are left out; of two
    periods it is allowed for that many are in both. Differences are tested all together: of those called clear, on
    average at most one in twenty is chance.
    """

    path: ClassVar[str] = "journeys/compare"
    who_a: Texts = Field(
        default_factory=list,
        description="The first group: profiles for whom all of this holds, e.g. plan=pro",
    )
    who_b: Texts = Field(default_factory=list, description="The second group; default: everyone else")
    since_b: date | None = Field(
        None, description="First day of the second period; default: as many days right before the first"
    )
    until_b: date | None = Field(None, description="Last day of the second period, included")
    top: int = Field(50, ge=1, le=10_000, description="How many transitions to list, the clearest first")

    def answer(self, workspace: Workspace) -> JourneysCompared:
        touchpoints = workspace.part(Touchpoints)
        catalogue = touchpoints.catalogue()
        first, second = (conditions(w, workspace) for w in (self.who_a, self.who_b))
        self._check(bool(first), bool(second))
        scope = self.scope(workspace, catalogue.touchpoints)
        days: Days = (self.since, self.until)
        other = days
        if first:
            sides = of_groups(self.asker(workspace), scope, first, second)
        else:
            zone = ZoneInfo(workspace.settings.timezone)
            today = workspace.part(Answers).as_of.astimezone(zone).date()
            days, other = two_periods(days, (self.since_b, self.until_b), today=today)
            scope = scope_of(scope, days, zone)
            sides = of_periods(self.asker(workspace), scope, scope_of(scope, other, zone))
        met = [met_of(catalogue.by_code[c]) for c in scope.codes]
        made_by = {c.behaviour.mark.code for c in (*first, *second) if isinstance(c.behaviour, Meets)}
        without = frozenset(k for k, code in enumerate(scope.codes) if code in made_by)
        compared = compare(
            met,
            sides.a,
            sides.b,
            sides.shared,
            paths=sides.paths,
            without=without,
            top=self.top,
            gaps=sides.gaps,
        )
        a, b = self._groups(sides, days, other)
        return JourneysCompared(
            self.covered(workspace),
            a,
            b,
            sides.in_both,
            compared.tested,
            compared.clear,
            compared.touchpoints,
            compared.transitions,
            compared.paths,
            tuple(met[k] for k in sorted(without)),
        )

    def _check(self, first: bool, second: bool) -> None:
        if second and not first:
            raise InvalidInput("Say who the first group is: who_a, e.g. plan=pro.")
        if first and (self.since_b or self.until_b):
            raise InvalidInput(
                "Compare either two groups (who_a, who_b) or two periods (since_b, until_b), not both at once."
            )

    def _groups(self, sides: Sides, days: Days, other: Days) -> tuple[ComparedGroup, ComparedGroup]:
        who, other_who = (tuple(w for w in given if w) for given in (self.who_a, self.who_b))
        return (
            ComparedGroup(who, False, *days, sides.a.profiles),
            ComparedGroup(other_who, bool(who) and not other_who, *other, sides.b.profiles),
        )
