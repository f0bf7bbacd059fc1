"""What paths answer, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field

from polku.answer import Answer
from polku.journeys.asking.lens import OTHERS
from polku.journeys.asking.results import Count, Covered, Group, Met
from polku.stats import Estimate

REST: Final = Met(OTHERS, "Muut", "Others", "")
"""Stands for all touchpoints of a step that are too rare to be told one by one."""

ANYTHING: Final = Met("*", "Mikä tahansa", "Anything", "")
"""Stands for a step of `then` that may be whatever it is."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A touchpoint at a step of paths: how many are there, and how many end there."""

    step: Annotated[Count, Field(description="0: where the paths begin (or, backwards, end)")]
    touchpoint: Annotated[Met, Field(description="`…` is all that are too rare to be told one by one")]
    count: Annotated[Count, Field(description="Paths that are here at this step")]
    share: Annotated[Estimate, Field(description="Of all paths that begin")]
    ended: Annotated[
        int | None,
        Field(description="Paths that end here; None at the last step, where nobody has looked further"),
    ]
    ended_share: Annotated[Estimate | None, Field(description="Of the paths that are here")]
    after_s: Annotated[Estimate, Field(description="Median time from the beginning, in seconds")]


@dataclass(frozen=True, slots=True)
class Step:
    """How many paths go from one touchpoint at a step to one at the next."""

    step: Annotated[Count, Field(description="The step that they go from")]
    came: Met
    went: Met
    count: Count
    share: Annotated[Estimate, Field(description="Of the paths that are at `came` at this step")]


@dataclass(frozen=True, slots=True)
class PathsOfJourneys(Answer):
    """What comes step by step after a touchpoint, or came before it."""

    covered: Covered
    stops: Annotated[tuple[Stop, ...], Field(description="By step, the most frequent first")]
    flows: Annotated[tuple[Step, ...], Field(description="By step, the most frequent first")]
    start: Annotated[
        Met | None, Field(description="Where the paths begin; None: at each journey's first touchpoint")
    ]
    end: Annotated[
        Met | None, Field(description="Where the paths end, seen backwards from there; None: forwards")
    ]
    then: Annotated[
        tuple[str, ...],
        Field(description="The steps that all paths take first, from there or from the first touchpoint"),
    ]
    steps: Annotated[Count, Field(description="How many steps are told, those of `then` among them")]
    within_s: Annotated[float | None, Field(description="How long a path may take in all; None: no limit")]
    count: Annotated[str, Field(description="first: one path a profile; every: one for each time")]
    paths: Annotated[Count, Field(description="Paths that begin")]
    profiles: Annotated[Count, Field(description="Profiles with a path that takes all steps of `then`")]
    reason: Annotated[
        str | None, Field(description="Why there is no path: it never occurs with these filters")
    ]
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[tuple[PathsOfJourneys, ...], Field(description="The same for each of the groups")] = ()

    @property
    def columns(self) -> list[list[Stop]]:
        """The stops of each step."""
        last = max((s.step for s in self.stops), default=-1)
        return [[s for s in self.stops if s.step == step] for step in range(last + 1)]
