"""Sessions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from polku.errors import InvalidInput
from polku.journeys.asking.gaps import median_count, median_gap
from polku.journeys.asking.query import Asker, JourneyQuery
from polku.journeys.asking.results import Met
from polku.journeys.asking.scope import Scope
from polku.journeys.asking.telling import met_of, share
from polku.journeys.asking.units import units
from polku.journeys.sessions.results import SessionEnds, SessionsOfChannel, SessionsOfJourneys
from polku.journeys.sessions.sessions import PAUSE, SessionsOfEach, SessionsOfEachQuestion, SessionsQuestion
from polku.journeys.touchpoints.catalogue import Catalogue
from polku.journeys.touchpoints.known import Touchpoints
from polku.workspace import Duration, Workspace

Counts = npt.NDArray[np.int64]


class JourneySessions(JourneyQuery):
    """Sessions, encounters close together in time: how many, how long, where they start and end.

    Per channel each channel has sessions of its own, and what happens in others does not end one. In which order
    customers use your channels is told by `journeys variants --level channel --collapse true`.
    """

    path: ClassVar[str] = "journeys/sessions"
    pause: Duration = Field(PAUSE, description="A longer pause begins a new session, e.g. 30m")
    per: Literal["channel"] | None = Field(
        None, description="channel: each channel has sessions of its own; default: all together"
    )

    def answer(self, workspace: Workspace) -> SessionsOfJourneys:
        if self.pause <= timedelta(0):
            raise InvalidInput(
                "The pause must be longer than 0, not %(given)s. Give e.g. 30m.", given=str(self.pause)
            )
        return self.each(workspace, lambda ask: self._told(workspace, ask))

    def _told(self, workspace: Workspace, ask: Asker) -> SessionsOfJourneys:
        catalogue = workspace.part(Touchpoints).catalogue()
        scope = self.scope(workspace, catalogue.touchpoints)
        pause = int(self.pause.total_seconds())
        found = ask(SessionsQuestion(scope, pause))
        met = [met_of(catalogue.by_code[c]) for c in scope.codes]
        sessions = int(found.sizes.sum())
        wholes = np.full(len(met), sessions)
        told = SessionsOfJourneys(
            self.covered(workspace),
            self.pause.total_seconds(),
            sessions,
            found.profiles,
            median_gap(found.lengths),
            median_count(found.sizes),
            share(int(found.sizes[1]), sessions),  # bin 1 holds exactly one
            _ends(met, found.starts, found.ends, wholes),
        )
        return self._per_channel(told, scope, catalogue, ask) if self.per else told

    def _per_channel(
        self, told: SessionsOfJourneys, scope: Scope, catalogue: Catalogue, ask: Asker
    ) -> SessionsOfJourneys:
        seen = units(scope, catalogue, "channel")
        group_of = seen.scope.numbers or ()
        found = ask(SessionsOfEachQuestion(scope, group_of, int(self.pause.total_seconds())))
        wholes = found.sizes.sum(axis=1)[list(group_of)] if group_of else np.zeros(0, np.int64)
        met = [met_of(catalogue.by_code[c]) for c in scope.codes]
        return replace(
            told,
            ends=_ends(met, found.starts, found.ends, wholes),
            channels=tuple(_of_channels(seen.met, found)),
        )


def _of_channels(channels: Sequence[Met], found: SessionsOfEach) -> Iterator[SessionsOfChannel]:
    for g, channel in enumerate(channels):
        lengths, sizes = found.lengths[g], found.sizes[g]
        if sessions := int(sizes.sum()):
            single = share(int(sizes[1]), sessions)
            yield SessionsOfChannel(
                channel, sessions, int(found.profiles[g]), median_gap(lengths), median_count(sizes), single
            )


def _ends(met: Sequence[Met], starts: Counts, ends: Counts, wholes: Counts) -> tuple[SessionEnds, ...]:
    """Where sessions begin and end, with the shares of as many as there are in all (`wholes`)."""
    found = zip(met, starts.tolist(), ends.tolist(), wholes.tolist(), strict=True)
    return tuple(SessionEnds(m, s, share(s, n), e, share(e, n)) for m, s, e, n in found if s or e)
