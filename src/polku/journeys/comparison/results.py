"""What a comparison answers. Differences are those of the first group or period less the second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from polku.answer import Answer
from polku.journeys.asking.results import Count, Covered, Day, Met
from polku.stats import Estimate

Share = Annotated[Estimate, Field(description="Of its profiles that met anything, 0–1")]
Less = Annotated[Estimate, Field(description="The first share less the second, with its 95% interval")]
PValue = Annotated[
    float | None, Field(description="How probable so large a difference is by chance; None: not tested")
]
QValue = Annotated[
    float | None,
    Field(description="Of all differences at least as clear as this one, the share expected to be chance"),
]
Clear = Annotated[bool, Field(description="Whether q is at most 0.05: more than chance")]


@dataclass(frozen=True, slots=True)
class ComparedGroup:
    """One of the two that are compared."""

    who: Annotated[tuple[str, ...], Field(description="Profiles for whom all of this holds; none: everyone")]
    others: Annotated[bool, Field(description="Whether it is everyone who is not in the first group")]
    since: Day
    until: Day
    profiles: Annotated[Count, Field(description="Profiles of it that met any touchpoint")]


@dataclass(frozen=True, slots=True)
class ComparedTouchpoint:
    """How many of each meet a touchpoint."""

    touchpoint: Met
    first: Share
    second: Share
    difference: Less
    p_value: PValue
    q_value: QValue
    clear: Clear


@dataclass(frozen=True, slots=True)
class ComparedTransition:
    """How many of each go from one touchpoint right to another, and how soon the first time."""

    came: Met
    went: Met
    first: Share
    second: Share
    difference: Less
    p_value: PValue
    q_value: QValue
    clear: Clear
    first_after_s: Annotated[
        Estimate, Field(description="Median time between the two, each profile's first time, in seconds")
    ]
    second_after_s: Annotated[Estimate, Field(description="The same in the second")]


@dataclass(frozen=True, slots=True)
class ComparedPath:
    """How many of each take a whole path, in which a touchpoint that follows itself counts once."""

    path: Annotated[tuple[str, ...], Field(description="Its touchpoints, by key")]
    name_fi: str
    name_en: str
    first: Share
    second: Share
    difference: Less
    p_value: PValue
    q_value: QValue
    clear: Clear

    def name(self, language: str) -> str:
        return self.name_fi if language == "fi" else self.name_en


Row = ComparedTouchpoint | ComparedTransition | ComparedPath


@dataclass(frozen=True, slots=True)
class JourneysCompared(Answer):
    """Where the journeys of two groups, or of two periods, differ: the clearest and largest first."""

    covered: Covered
    a: ComparedGroup
    b: ComparedGroup
    in_both: Annotated[
        Count,
        Field(
            description="Profiles that are in both: of two groups they are left out, of two periods their being "
            "the same is allowed for"
        ),
    ]
    tested: Annotated[
        Count, Field(description="So many differences were tested; q-values are of all of them")
    ]
    clear: Annotated[Count, Field(description="So many of them are clear")]
    touchpoints: tuple[ComparedTouchpoint, ...]
    transitions: tuple[ComparedTransition, ...]
    paths: Annotated[
        tuple[ComparedPath, ...], Field(description="Of the whole paths that most of both together take")
    ]
    by_definition: Annotated[
        tuple[Met, ...], Field(description="Touchpoints that the groups are made by: left out")
    ] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """All that is listed."""
        return (*self.touchpoints, *self.transitions, *self.paths)
