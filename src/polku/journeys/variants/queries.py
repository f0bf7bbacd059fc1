"""Whole paths."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Final

from pydantic import Field

from polku.journeys.asking.quantiles import quantiles_of_fine
from polku.journeys.asking.query import Asker, JourneyQuery
from polku.journeys.asking.scope import Scope
from polku.journeys.asking.telling import met_of, share
from polku.journeys.asking.units import Level, Units, units
from polku.journeys.touchpoints.catalogue import Touchpoint
from polku.journeys.touchpoints.known import Touchpoints
from polku.journeys.variants.outcomes import compared
from polku.journeys.variants.results import Variant, VariantsOfJourneys
from polku.journeys.variants.variants import PathsQuestion, VariantsQuestion, Whole
from polku.workspace import Workspace

COMPARED: Final = 200
"""So many of the most usual paths can be compared with the others; those that lead to an outcome are rarely the
first."""


class JourneyVariants(JourneyQuery):
    """Whole paths, the most frequent first: how many take each, how long it takes and what it leads to.

    A path is all touchpoints of a profile in the period, one after the other. With an outcome it ends where the
    outcome is first met, or with the journey, and each path is compared with all others: how many of those who take it
    meet the outcome. That a path is associated with an outcome does not say that it causes it.

    `--level channel --collapse true` tells in which order customers use your channels.
    """

    path: ClassVar[str] = "journeys/variants"
    outcome: str | None = Field(None, description="A touchpoint at which paths end, e.g. purchase")
    collapse: bool = Field(False, description="Whether a touchpoint that follows itself counts once")
    level: Level = Field("touchpoint", description="What the steps are: touchpoint, channel or stage")
    top: int = Field(
        50, ge=1, le=COMPARED, description="How many paths to list; rarer than 5 profiles never are"
    )
    longest: int = Field(50, ge=1, le=10_000, description="Of longer paths only so many steps are looked at")

    def answer(self, workspace: Workspace) -> VariantsOfJourneys:
        catalogue = workspace.part(Touchpoints).catalogue()
        outcome = catalogue.touchpoint(self.outcome) if self.outcome else None
        seen = units(self.scope(workspace, catalogue.touchpoints), catalogue, self.level)
        return self.each(workspace, lambda ask: self._told(workspace, _with(outcome, seen), outcome, ask))

    def _told(
        self, workspace: Workspace, seen: Units, outcome: Touchpoint | None, ask: Asker
    ) -> VariantsOfJourneys:
        end = None if outcome is None else _number(outcome, seen.scope)
        whole = Whole(seen.scope, end, self.longest, self.collapse)
        found = ask(VariantsQuestion(whole, self.top))
        paths = ask(PathsQuestion(whole, found.hashes)) if found.hashes else ()
        effects = compared(found) if outcome else [(None, None, None, None)] * len(paths)
        variants = tuple(
            Variant(
                tuple(seen.met[k].key for k in path),
                n,
                share(n, found.of_all),
                quantiles_of_fine(seconds).at_50,
                *effect,
            )
            for (path, seconds), n, effect in zip(paths, found.profiles, effects, strict=True)
            if path is not None  # blocks were renewed between the two questions
        )
        used = {key for v in variants for key in v.path}
        return VariantsOfJourneys(
            self.covered(workspace),
            variants,
            tuple(m for m in seen.met if m.key in used),
            found.of_all,
            found.different,
            found.single,
            sum(found.profiles) / found.of_all if found.of_all else 1.0,
            self.longest,
            found.cut,
            met_of(outcome) if outcome else None,
            share(found.met_of_all, found.of_all) if outcome else None,
            found.straight,
        )


def _with(outcome: Touchpoint | None, seen: Units) -> Units:
    """The same with the outcome in it, by a number of its own, whichever channel or stage it belongs to."""
    if outcome is None or (seen.level == "touchpoint" and outcome.code in seen.scope.codes):
        return seen
    scope = seen.scope
    numbered = dict(zip(scope.codes, scope.numbers or range(len(scope.codes)), strict=True))
    numbered[outcome.code] = len(seen.met)
    with_it = replace(scope, codes=tuple(numbered), numbers=tuple(numbered.values()))
    return replace(seen, scope=with_it, met=(*seen.met, met_of(outcome)))


def _number(touchpoint: Touchpoint, scope: Scope) -> int:
    place = scope.codes.index(touchpoint.code)
    return place if scope.numbers is None else scope.numbers[place]
