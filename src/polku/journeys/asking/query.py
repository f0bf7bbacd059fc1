"""What every question about journeys is asked with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import Field

from polku.errors import InvalidInput, nearest
from polku.journeys.asking.answers import Answers
from polku.journeys.asking.lens import CLEAR, Lens, broken_down
from polku.journeys.asking.marks import NO_MARKS, Marks, Texts
from polku.journeys.asking.results import Covered, Group, Grouped
from polku.journeys.asking.scope import Scope
from polku.journeys.asking.who import conditions
from polku.journeys.touchpoints.catalogue import Touchpoint
from polku.journeys.touchpoints.known import Touchpoints
from polku.store import Question
from polku.web.channels import CHANNELS
from polku.workspace import FilteredQuery, Workspace

P = TypeVar("P")
A = TypeVar("A")
R = TypeVar("R", bound=Grouped)


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks questions about those whom a query is about: all of them, or one group of its breakdown."""

    answers: Answers
    lens: Lens = CLEAR

    def __call__(self, question: Question[P, A]) -> A:
        return self.answers.ask(question, self.lens)


class ChosenQuery(FilteredQuery):
    """A question about the touchpoints of a period, a source and a channel, and the journeys of some profiles."""

    who: Texts = Field(
        default_factory=list,
        description="Only profiles for whom all of this holds, e.g. plan=pro,city!=Oulu,age>=30,met:checkout, or "
        "funnel:product>cart>purchase:2 (got to step 2 and no further)",
    )

    def asker(self, workspace: Workspace) -> Asker:
        """Whoever asks about the profiles of the query. Raises InvalidInput for a condition that is none."""
        lens = Lens(conditions(self.who, workspace), marks=self.marks(workspace))
        return Asker(workspace.part(Answers), lens)

    def marks(self, workspace: Workspace) -> Marks:
        """The marks whose codes the query's questions ask for."""
        return NO_MARKS

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
        return Covered(
            self.since,
            self.until,
            self.source or None,
            self.channel or None,
            as_of,
            tuple(w for w in self.who if w),
        )

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


class JourneyQuery(ChosenQuery):
    """The same, and of each group of a breakdown."""

    breakdown: str | None = Field(
        None,
        description="Also for each group: a trait, e.g. plan, or first:channel, first:touchpoint, first:source, "
        "first:month",
    )

    def each(self, workspace: Workspace, tell: Callable[[Asker], R]) -> R:
        """What `tell` says of all whom the query is about, and, where there is a breakdown, of each group."""
        asker = self.asker(workspace)
        by = broken_down(self.breakdown)
        if not by:
            return tell(asker)
        lens = replace(asker.lens, by=by)
        grouping = asker.answers.groups(lens)
        told = [tell(Asker(asker.answers, lens.only(key))) for key in grouping.keys]
        groups = (Group(k, n) for k, n in zip(grouping.keys, grouping.profiles, strict=True))
        whole: Any = tell(asker)
        told_each: R = replace(whole, breakdown=tuple(groups), each=tuple(told))
        return told_each

    def covered(self, workspace: Workspace) -> Covered:
        return replace(super().covered(workspace), breakdown=broken_down(self.breakdown) or None)
