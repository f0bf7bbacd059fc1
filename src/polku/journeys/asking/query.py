"""What every question about journeys is asked with."""

from __future__ import annotations

from collections.abc import Iterable

from polku.errors import InvalidInput, nearest
from polku.journeys.asking.answers import Answers
from polku.journeys.asking.results import Covered
from polku.journeys.asking.scope import Scope
from polku.journeys.touchpoints.catalogue import Touchpoint
from polku.journeys.touchpoints.known import Touchpoints
from polku.web.channels import CHANNELS
from polku.workspace import FilteredQuery, Workspace


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
