"""What can be asked about journeys: the map, the stages, paths, funnels and sessions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar

import numpy as np
from pydantic import Field

from polku.errors import InvalidInput, nearest
from polku.journeys.answers import Answers
from polku.journeys.catalogue import Catalogue, Touchpoint
from polku.journeys.encounters import EncountersQuestion
from polku.journeys.funnel import Climbed, FunnelQuestion
from polku.journeys.gaps import median_count, median_gap
from polku.journeys.graph import FollowsQuestion
from polku.journeys.mapping import map_of, share, stages_of
from polku.journeys.results import (
    Covered,
    Ends,
    FunnelOfJourneys,
    FunnelStep,
    GraphOfJourneys,
    MapOfJourneys,
    Met,
    SessionsOfJourneys,
    StagesReached,
    Transition,
)
from polku.journeys.scope import Scope
from polku.journeys.sessions import PAUSE, SessionsQuestion
from polku.journeys.touchpoints import Touchpoints
from polku.stats import FEWEST
from polku.web.channels import CHANNELS
from polku.workspace import Duration, FilteredQuery, Names, Workspace


class JourneyQuery(FilteredQuery):
    """A question about the touchpoints of a period, a source and a channel."""

    def scope(self, workspace: Workspace, touchpoints: Iterable[Touchpoint]) -> Scope:
        """The touchpoints given, of the query's channel, in its period and source.

        Raises InvalidInput for a channel or source that does not exist.
        """
        if self.channel and self.channel not in CHANNELS:
            raise InvalidInput(
                "Unknown channel '%(channel)s'. Allowed: %(allowed)s",
                channel=self.channel,
                allowed=", ".join(CHANNELS),
            )
        low, high = self.period(workspace)
        codes = (t.code for t in touchpoints if not self.channel or t.channel == self.channel)
        return Scope(tuple(codes), low, high, self._source_id(workspace))

    def covered(self, workspace: Workspace) -> Covered:
        as_of = workspace.part(Answers).as_of
        return Covered(self.since, self.until, self.source or None, self.channel or None, as_of)

    def _source_id(self, workspace: Workspace) -> int | None:
        if not self.source:
            return None
        known = workspace.part(Touchpoints).sources()
        if self.source not in known:
            near = nearest(self.source, known)
            if near:
                raise InvalidInput(
                    "Unknown source '%(source)s'. Did you mean '%(near)s'? See: polku sources list",
                    source=self.source,
                    near=near,
                )
            raise InvalidInput("Unknown source '%(source)s'. See: polku sources list", source=self.source)
        return known[self.source]


class JourneyMap(JourneyQuery):
    """The journey map: how stages and touchpoints are reached, what follows and how it feels.

    For each touchpoint its reach, volume, median time to the next and score, for each stage who goes on.
    A touchpoint's score is the mean of the responses within 30 days after it. What does not belong to the
    period, source or channel is left out; responses may come from any source and later than the period.
    """

    path: ClassVar[str] = "journeys/map"

    def answer(self, workspace: Workspace) -> MapOfJourneys:
        catalogue, scope = _on_map(self, workspace)
        return map_of(catalogue, scope, workspace.part(Answers), self.covered(workspace))


class JourneyStages(JourneyQuery):
    """How many profiles reach each stage, and of them the next one then or later."""

    path: ClassVar[str] = "journeys/stages"

    def answer(self, workspace: Workspace) -> StagesReached:
        catalogue, scope = _on_map(self, workspace)
        profiles, stages = stages_of(catalogue, scope, workspace.part(Answers))
        return StagesReached(self.covered(workspace), profiles, stages)


class JourneyGraph(JourneyQuery):
    """Which touchpoint follows which, how often and how soon; the most frequent first."""

    path: ClassVar[str] = "journeys/graph"
    top: int = Field(100, ge=1, le=10_000, description="How many transitions to list; rarer than 5 never are")
    touchpoint: str | None = Field(
        None, description="Only from and to this one, by key or name; default: all"
    )

    def answer(self, workspace: Workspace) -> GraphOfJourneys:
        catalogue = workspace.part(Touchpoints).catalogue()
        scope = self.scope(workspace, catalogue.touchpoints)
        found = workspace.part(Answers).ask(FollowsQuestion(scope))
        met = [met_of(catalogue.by_code[c]) for c in scope.codes]
        counts, departures = found.counts, np.zeros(len(met), np.int64)
        np.add.at(departures, found.came, counts)
        wanted = counts >= FEWEST
        if self.touchpoint:
            code = catalogue.touchpoint(self.touchpoint).code
            place = scope.codes.index(code) if code in scope.codes else -1
            wanted &= (found.came == place) | (found.went == place)
        order = [int(i) for i in np.argsort(-counts, kind="stable") if wanted[i]][: self.top]
        transitions = tuple(
            Transition(
                met[found.came[i]],
                met[found.went[i]],
                int(counts[i]),
                share(int(counts[i]), int(departures[found.came[i]])),
                median_gap(found.gaps[i]),
            )
            for i in order
        )
        total = int(counts.sum())
        shown = sum(t.count for t in transitions) / total if total else 1.0
        return GraphOfJourneys(
            self.covered(workspace), transitions, shown, total, _ends(met, found.starts, found.ends)
        )


class JourneyFunnel(JourneyQuery):
    """How many profiles get through given touchpoints in order, each within a time of the first.

    Every time of the first step begins an attempt; the furthest attempt counts. Other touchpoints in
    between do not matter. All steps are within the period.
    """

    path: ClassVar[str] = "journeys/funnel"
    steps: Names = Field(description="Touchpoints in order, by key or name, e.g. product_page,cart,purchase")
    within: Duration | None = Field(
        None, description="From the first step to the last, e.g. 30d; default: no limit"
    )

    def answer(self, workspace: Workspace) -> FunnelOfJourneys:
        if self.within is not None and self.within <= timedelta(0):
            raise InvalidInput(
                "The window must be longer than 0, not %(given)s. Give e.g. 30d.", given=str(self.within)
            )
        catalogue, answers = workspace.part(Touchpoints).catalogue(), workspace.part(Answers)
        steps = [catalogue.touchpoint(name) for name in self.steps if name]
        scope = self.scope(workspace, dict.fromkeys(steps))
        window = None if self.within is None else int(self.within.total_seconds())
        climbed = answers.ask(FunnelQuestion(scope, tuple(t.code for t in steps), window))
        if climbed.reached.all():  # the usual case, and then nothing more needs to be asked
            occur = set(scope.codes)
        else:
            volume = answers.ask(EncountersQuestion(scope)).volume
            occur = {code for code, times in zip(scope.codes, volume, strict=True) if times}
        told = tuple(_step(steps[k], k, climbed, occurs=steps[k].code in occur) for k in range(len(steps)))
        return FunnelOfJourneys(
            self.covered(workspace), self.within.total_seconds() if self.within else None, told
        )


class JourneySessions(JourneyQuery):
    """Sessions, encounters close together in time: how many, how long, where they start and end."""

    path: ClassVar[str] = "journeys/sessions"
    pause: Duration = Field(PAUSE, description="A longer pause begins a new session, e.g. 30m")

    def answer(self, workspace: Workspace) -> SessionsOfJourneys:
        if self.pause <= timedelta(0):
            raise InvalidInput(
                "The pause must be longer than 0, not %(given)s. Give e.g. 30m.", given=str(self.pause)
            )
        catalogue = workspace.part(Touchpoints).catalogue()
        scope = self.scope(workspace, catalogue.touchpoints)
        pause = int(self.pause.total_seconds())
        found = workspace.part(Answers).ask(SessionsQuestion(scope, pause))
        met = [met_of(catalogue.by_code[c]) for c in scope.codes]
        sessions = int(found.sizes.sum())
        return SessionsOfJourneys(
            self.covered(workspace),
            self.pause.total_seconds(),
            sessions,
            found.profiles,
            median_gap(found.lengths),
            median_count(found.sizes),
            share(int(found.sizes[1]), sessions),  # bin 1 holds exactly one
            _ends(met, found.starts, found.ends),
        )


QUERIES = (JourneyMap, JourneyStages, JourneyGraph, JourneyFunnel, JourneySessions)


def _on_map(query: JourneyQuery, workspace: Workspace) -> tuple[Catalogue, Scope]:
    catalogue = workspace.part(Touchpoints).catalogue()
    return catalogue, query.scope(workspace, (t for t in catalogue.touchpoints if t.stage))


def met_of(touchpoint: Touchpoint) -> Met:
    return Met(touchpoint.key, touchpoint.name_fi, touchpoint.name_en, touchpoint.channel)


def _ends(met: list[Met], starts: np.ndarray, ends: np.ndarray) -> tuple[Ends, ...]:
    found = zip(met, starts.tolist(), ends.tolist(), strict=True)
    return tuple(Ends(m, s, e) for m, s, e in found if s or e)


def _step(touchpoint: Touchpoint, k: int, climbed: Climbed, *, occurs: bool) -> FunnelStep:
    here, first = int(climbed.reached[k]), int(climbed.reached[0])
    before = int(climbed.reached[max(0, k - 1)])
    return FunnelStep(
        met_of(touchpoint),
        here,
        share(here, first),
        share(here, before),
        before - here,
        median_gap(climbed.gaps[k]),
        None if occurs else "never_occurs",
    )
