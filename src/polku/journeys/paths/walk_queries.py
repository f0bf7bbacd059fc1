"""Paths step by step."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field

from polku.errors import InvalidInput
from polku.journeys.asking.query import Asker, JourneyQuery
from polku.journeys.asking.units import Level, Units, units
from polku.journeys.paths.stops import Telling
from polku.journeys.paths.walk_kernels import ANY
from polku.journeys.paths.walk_results import ANYTHING, PathsOfJourneys
from polku.journeys.paths.walks import WalksQuestion
from polku.journeys.touchpoints.catalogue import Catalogue
from polku.journeys.touchpoints.known import Touchpoints
from polku.workspace import Duration, Names, Workspace

MOST_STEPS = 12
Occurrence = Literal["first", "every"]


class JourneyPaths(JourneyQuery):
    """What comes step by step after a touchpoint, or came before it: how many go where, how many end.

    A path begins where a profile first meets `start` (default: at its first touchpoint) and has its next touchpoints
    one after the other, up to the end of the period. With `end` it is seen backwards, from where `end` is first met.
    `then` goes on from a step: only paths that take these steps right after the beginning (without `start`: of which
    these are the first steps). A `*` among them is any step.
    """

    path: ClassVar[str] = "journeys/paths"
    start: str | None = Field(
        None, description="Forward from here, e.g. checkout; default: each journey's first"
    )
    end: str | None = Field(None, description="Backward from here, e.g. checkout")
    then: Names = Field(
        default_factory=list, description="Only paths that take these steps first, e.g. cart,checkout"
    )
    steps: int = Field(5, ge=1, le=MOST_STEPS, description="How many steps to tell after those of `then`")
    top: int = Field(8, ge=1, le=50, description="How many touchpoints to tell by name at each step")
    within: Duration | None = Field(
        None, description="How long a path may take in all, e.g. 30d; default: no limit"
    )
    count: Occurrence = Field("first", description="first: one path a profile; every: one for each time")
    collapse: bool = Field(False, description="Whether a touchpoint that follows itself counts once")
    level: Level = Field("touchpoint", description="What the steps are: touchpoint, channel or stage")

    def answer(self, workspace: Workspace) -> PathsOfJourneys:
        if self.start and self.end:
            raise InvalidInput("Give a start or an end, not both: paths are seen forwards or backwards.")
        if self.within is not None and self.within <= timedelta(0):
            raise InvalidInput(
                "The window must be longer than 0, not %(given)s. Give e.g. 30d.", given=str(self.within)
            )
        catalogue = workspace.part(Touchpoints).catalogue()
        seen = units(self.scope(workspace, catalogue.touchpoints), catalogue, self.level)
        return self.each(workspace, lambda ask: self._told(workspace, seen, catalogue, ask))

    def _told(self, workspace: Workspace, seen: Units, catalogue: Catalogue, ask: Asker) -> PathsOfJourneys:
        name = self.start or self.end
        names = [*([name] if name else []), *(n for n in self.then if n)]
        asked = tuple(ANY if n == ANYTHING.key else seen.number(n, catalogue) for n in names)
        known = -1 not in asked  # else a channel was chosen that has none of it
        found = ask(self._question(seen, asked)) if known else None
        told = Telling(found, seen.met, asked, self.top) if found and found.reached[-1] else None
        met = seen.met[asked[0]] if name and asked[0] >= 0 else None
        return PathsOfJourneys(
            self.covered(workspace),
            tuple(told.stops()) if told else (),
            tuple(told.flows()) if told else (),
            met if self.start else None,
            met if self.end else None,
            tuple(
                ANYTHING.key if n == ANY else seen.met[n].key for n in asked[1 if name else 0 :] if n != -1
            ),
            max(0, len(asked) - 1) + self.steps,
            self.within.total_seconds() if self.within else None,
            self.count,
            int(found.reached[0]) if found else 0,
            found.profiles if found else 0,
            None if told else "never_occurs",
        )

    def _question(self, seen: Units, asked: tuple[int, ...]) -> WalksQuestion:
        window = None if self.within is None else int(self.within.total_seconds())
        anywhere, backward = bool(self.start or self.end), bool(self.end)
        return WalksQuestion(
            seen.scope, asked, anywhere, self.steps, window, backward, self.count == "every", self.collapse
        )
