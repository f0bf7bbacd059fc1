"""What conformance answers. The unit is the attempt, of which a profile has one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field

from polku.answer import Answer
from polku.journeys.asking.results import Count, Covered, Group
from polku.stats import Estimate

Kind = Annotated[
    str, Field(description="skipped, out_of_order, repeated, late, between (something else came) or stopped")
]
StepNumber = Annotated[int, Field(description="Of the step, from 1")]


@dataclass(frozen=True, slots=True)
class StepName:
    """A step by its touchpoints' keys (`phone|chat`) and by their names."""

    key: str
    name_fi: str
    name_en: str

    def name(self, language: str) -> str:
        return self.name_fi if language == "fi" else self.name_en


@dataclass(frozen=True, slots=True)
class Deviation:
    """A way in which attempts leave the design at a step."""

    kind: Kind
    step_number: StepNumber
    step: StepName
    count: Annotated[Count, Field(description="Attempts that have it")]
    share: Annotated[Estimate, Field(description="Of the attempts that could have it: that got to this step")]
    late_s: Annotated[Estimate, Field(description="Of those that are late, the median delay in seconds")]
    late_90_s: Annotated[Estimate, Field(description="The delay that 90% of those do not exceed, in seconds")]


@dataclass(frozen=True, slots=True)
class Association:
    """What goes together with a deviation: a number of the attempts that have it beside that of those that could have
    had it and have not. It does not say that one causes the other."""

    kind: Kind
    step_number: StepNumber
    step: StepName
    measure: Annotated[
        str,
        Field(description="score (mean of the answers from that step on, −100…100) or outcome (share, 0–1)"),
    ]
    with_it: Estimate
    without_it: Estimate
    difference: Annotated[Estimate, Field(description="With it less without it, with its 95% interval")]
    p_value: Annotated[float | None, Field(description="None: not tested")]
    q_value: Annotated[
        float | None,
        Field(description="Of all associations at least as clear as this, the share expected to be chance"),
    ]
    clear: Annotated[bool, Field(description="Whether q is at most 0.05: more than chance")]


@dataclass(frozen=True, slots=True)
class StepReached:
    """A step of the design: who gets there."""

    step_number: StepNumber
    step: StepName
    required: bool
    repeats: Annotated[bool, Field(description="Whether it may be met again")]
    direct: Annotated[
        bool, Field(description="Whether nothing else may come between the step before and this")
    ]
    within_s: Annotated[int | None, Field(description="From the step before, in seconds; None: no limit")]
    met: Annotated[Count, Field(description="Attempts that met it, in order or not")]
    through: Annotated[
        Count, Field(description="Attempts that got as far, whether they met it or a later one")
    ]
    share: Annotated[Estimate, Field(description="Of all attempts, those that got as far")]
    clean: Annotated[Count, Field(description="Attempts that got as far without any deviation")]
    after_s: Annotated[Estimate, Field(description="Median time from the step before, in seconds")]


@dataclass(frozen=True, slots=True)
class Way:
    """How attempts go as a whole."""

    kind: Annotated[
        str,
        Field(
            description="fully, deviating, not_at_all (no further than the first step) or under_way (not yet stopped)"
        ),
    ]
    count: Count
    share: Annotated[Estimate, Field(description="Of all attempts")]
    score: Annotated[Estimate, Field(description="Mean score of the answers in them, −100…100")]


@dataclass(frozen=True, slots=True)
class ConformanceOfJourneys(Answer):
    """How attempts at a designed journey go: what leaves it, how often, and what that goes together with."""

    covered: Covered
    design: Annotated[str | None, Field(description="Name of the saved design; None: steps as given")]
    written: Annotated[str, Field(description="The steps as one writes them, e.g. product,cart?,checkout<2h")]
    outcome: Annotated[
        str, Field(description="Key of a touchpoint; empty: the last required step is reached")
    ]
    profiles: Annotated[Count, Field(description="Profiles that met anything")]
    attempts: Annotated[Count, Field(description="Profiles that met the first step")]
    elsewhere: Annotated[Count, Field(description="Profiles that met a later step but never the first")]
    tested: Annotated[
        Count, Field(description="So many associations were tested; q-values are of all of them")
    ]
    deviations: Annotated[tuple[Deviation, ...], Field(description="The most frequent first")]
    associations: Annotated[tuple[Association, ...], Field(description="The clearest and largest first")]
    steps: tuple[StepReached, ...]
    ways: tuple[Way, ...]
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[
        tuple[ConformanceOfJourneys, ...], Field(description="The same for each of the groups")
    ] = ()

    def way(self, kind: str) -> Way:
        return next(w for w in self.ways if w.kind == kind)

    def association(self, deviation: Deviation, measure: str) -> Association | None:
        """What goes together with a deviation; None if it is a matter of definition."""
        wanted = (deviation.kind, deviation.step_number, measure)
        found = (a for a in self.associations if (a.kind, a.step_number, a.measure) == wanted)
        return next(found, None)


@dataclass(frozen=True, slots=True)
class ListedDesign:
    """A designed journey that is saved."""

    key: str
    name: str
    steps: Annotated[str, Field(description="As one writes them, e.g. product,cart?,checkout<2h")]
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class DesignList(Answer):
    """The designed journeys that are saved, by name."""

    designs: tuple[ListedDesign, ...]
