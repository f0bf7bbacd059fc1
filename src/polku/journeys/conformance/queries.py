"""What can be asked of designed journeys."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from polku.errors import InvalidInput
from polku.journeys.asking.query import Asker, JourneyQuery
from polku.journeys.conformance import store
from polku.journeys.conformance.conformance import ConformanceQuestion, LastEventQuestion, Planned
from polku.journeys.conformance.design import Design, Step, missing
from polku.journeys.conformance.results import ConformanceOfJourneys, DesignList, ListedDesign
from polku.journeys.conformance.telling import name_of, tell
from polku.journeys.conformance.writing import read_steps, written
from polku.journeys.map.mapping import usual_steps
from polku.journeys.map.queries import JourneyMap
from polku.journeys.touchpoints.catalogue import Catalogue
from polku.journeys.touchpoints.known import Touchpoints
from polku.workspace import Names, Query, Workspace

DAY_S = 86_400


class JourneyConformance(JourneyQuery):
    """How customers follow a designed journey: who does, who leaves it where, and what goes together with that.

    A profile's attempt begins at its first event of the first step in the period and ends at its first event of the
    last one. For each deviation the difference in score and outcome between attempts with and without it is told: they
    go together, which is not to say that one causes the other.
    """

    path: ClassVar[str] = "journeys/conformance"
    design: str | None = Field(
        None, description="A saved design, by name; default: the first, or the usual steps"
    )
    steps: Names = Field(
        default_factory=list,
        description="Or steps: product,cart?,checkout<2h,phone|chat+,>delivery<5d (? may be left out, + may be "
        "met again, | either, < within that of the step before, > right after it)",
    )
    outcome: str | None = Field(
        None, description="Touchpoint that is to come after the beginning; default: the last required step"
    )

    def answer(self, workspace: Workspace) -> ConformanceOfJourneys:
        catalogue = workspace.part(Touchpoints).catalogue()
        design = self.designed(workspace)
        outcome = catalogue.touchpoint(self.outcome).key if self.outcome else None
        return self.each(workspace, lambda ask: self._told(workspace, ask, design, outcome))

    def designed(self, workspace: Workspace) -> Design:
        """What is asked about; its key and name are empty where it is not saved. Raises NotFound and InvalidInput."""
        given = [s for s in self.steps if s]
        if given and self.design:
            raise InvalidInput("Give either the name of a design or steps, not both.")
        catalogue = workspace.part(Touchpoints).catalogue()
        if given:
            return Design("", "", read_steps(given, catalogue))
        with workspace.db.session(read_only=True) as session:
            saved = [store.find(session, self.design)] if self.design else []
            saved = saved or [s.design for s in store.saved_designs(session)]
        if saved:
            _check_known(saved[0], catalogue)
            return saved[0]
        usual = usual_steps(JourneyMap.of({}).answer(workspace))
        return Design("", "", read_steps(usual, catalogue) if len(usual) > 1 else ())

    def _told(
        self, workspace: Workspace, ask: Asker, design: Design, outcome: str | None
    ) -> ConformanceOfJourneys:
        catalogue = workspace.part(Touchpoints).catalogue()
        names = [name_of(s, catalogue) for s in design.steps]
        scope = self.scope(workspace, catalogue.touchpoints)
        # to the day: then the same is asked all day long, and the answer is kept
        until = min(ask(LastEventQuestion(scope)) // DAY_S * DAY_S, scope.high)
        plan = tuple(_planned(s, catalogue) for s in design.steps)
        code = catalogue.touchpoint(outcome).code if outcome else None
        found = ask(ConformanceQuestion(scope, plan, until, code))
        told = tell(found, design.steps, names, outcome)
        return ConformanceOfJourneys(
            self.covered(workspace),
            design.name or None,
            written(design.steps),
            outcome or "",
            found.profiles,
            found.attempts,
            found.elsewhere,
            told.tested,
            told.deviations,
            told.associations,
            told.steps,
            told.ways,
        )


class JourneyDesigns(Query):
    """The designed journeys that are saved, with their steps as one writes them."""

    path: ClassVar[str] = "journeys/designs"

    def answer(self, workspace: Workspace) -> DesignList:
        with workspace.db.session(read_only=True) as session:
            saved = store.saved_designs(session)
        return DesignList(
            tuple(
                ListedDesign(s.design.key, s.design.name, written(s.design.steps), s.changed_by, s.changed_at)
                for s in saved
            )
        )


def _planned(step: Step, catalogue: Catalogue) -> Planned:
    codes = tuple(catalogue.touchpoint(key).code for key in step.touchpoints)
    return Planned(codes, step.required, step.repeats, step.direct, step.within_s)


def _check_known(design: Design, catalogue: Catalogue) -> None:
    gone = missing(design, {t.key for t in catalogue.touchpoints})
    if gone is not None:
        raise InvalidInput(
            "The journey '%(name)s' has a step of the touchpoint '%(touchpoint)s', which has been deleted. Edit the "
            "journey, or add the touchpoint again.",
            name=design.name,
            touchpoint=gone,
        )
