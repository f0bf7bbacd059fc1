"""What is exported, in the user's words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from polku.errors import InvalidInput, nearest
from polku.exports import parquet, xes
from polku.exports.paths import Paths, Selection
from polku.i18n import current_language
from polku.journeys import Touchpoints
from polku.web.channels import CHANNELS
from polku.workspace import FilteredQuery, Role, Workspace

FORMS: Final = {"parquet": ".parquet", "xes": ".xes", "xes.gz": ".xes.gz"}
"""What events can be exported as, and what such a file's name ends with."""

EVENTS, CUSTOMERS = "Polku-Events", "Polku-Customers"
"""Headers of the API's answer that say how many are in the file."""


@dataclass(frozen=True, slots=True)
class Export:
    """A file that is made as it is read. `events` and `customers` are those in it."""

    events: int
    customers: int
    media_type: str
    pieces: Iterator[bytes]


class EventExport(FilteredQuery):
    """Every event on customers' paths: of a period, a source or a channel, or all."""

    path: ClassVar[str] = "exports"
    role: ClassVar[Role] = "analyst"

    def export(self, workspace: Workspace, form: str) -> Export:
        """The events as they are now, as a file. Raises InvalidInput and NotReady."""
        if form not in FORMS:
            raise InvalidInput(
                "Events cannot be exported as '%(form)s'. Allowed: %(allowed)s",
                form=form,
                allowed=", ".join(FORMS),
            )
        touchpoints = workspace.part(Touchpoints)
        selection = self._selection(workspace)
        blocks = workspace.engine.refresh()
        sources = {number: name for name, number in touchpoints.sources().items()}
        paths = Paths(
            blocks, workspace.store.snapshot, touchpoints.catalogue(), sources, selection, current_language()
        )
        if form == "parquet":
            return Export(*paths.counts(happened=False), parquet.MEDIA_TYPE, parquet.pieces(paths))
        counts, log = paths.counts(happened=True), xes.pieces(paths)
        if form == "xes":
            return Export(*counts, xes.MEDIA_TYPE, log)
        return Export(*counts, xes.PACKED_MEDIA_TYPE, xes.packed(log))

    def _selection(self, workspace: Workspace) -> Selection:
        low, high = self.period(workspace)
        known = workspace.part(Touchpoints)
        source = None
        if self.source:
            source = known.sources().get(self.source)
            if source is None:
                raise _unknown_source(self.source, known.sources())
        codes = None
        if self.channel:
            if self.channel not in CHANNELS:
                raise InvalidInput(
                    "Unknown channel '%(channel)s'. Allowed: %(allowed)s",
                    channel=self.channel,
                    allowed=", ".join(CHANNELS),
                )
            codes = frozenset(t.code for t in known.catalogue().touchpoints if t.channel == self.channel)
        return Selection(low, high, source, codes)


def _unknown_source(name: str, known: dict[str, int]) -> InvalidInput:
    near = nearest(name, known)
    if near:
        return InvalidInput(
            "Unknown source '%(source)s'. Did you mean '%(near)s'? See: polku sources list",
            source=name,
            near=near,
        )
    return InvalidInput("Unknown source '%(source)s'. See: polku sources list", source=name)
