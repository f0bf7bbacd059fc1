"""What the journey map answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from polku.answer import Answer
from polku.journeys.asking.results import Count, Covered, Group, Met
from polku.stats import Estimate


@dataclass(frozen=True, slots=True)
class TouchpointOnMap:
    """A touchpoint: how many meet it, what follows and how it felt."""

    touchpoint: Met
    reach: Annotated[Count, Field(description="Profiles that met it")]
    share: Annotated[Estimate, Field(description="Of the profiles that reached its stage, those that met it")]
    volume: Annotated[Count, Field(description="Times it was met")]
    next_s: Annotated[Estimate, Field(description="Median time to the next touchpoint, in seconds")]
    score: Annotated[
        Estimate, Field(description="Mean score of the responses within 30 days after it, −100…100")
    ]


@dataclass(frozen=True, slots=True)
class StageOnMap:
    """A stage of the path: how many reach it and go on to the next."""

    key: str
    name_fi: str
    name_en: str
    reached: Annotated[Count, Field(description="Profiles with an event of this stage")]
    goes_on: Annotated[
        Estimate | None,
        Field(description="Share of them with an event of the next stage at or after this; last stage: None"),
    ]
    touchpoints: tuple[TouchpointOnMap, ...]

    def name(self, language: str) -> str:
        return self.name_fi if language == "fi" else self.name_en


@dataclass(frozen=True, slots=True)
class MapOfJourneys(Answer):
    """The journey map: stages in order, and their touchpoints."""

    covered: Covered
    profiles: Annotated[Count, Field(description="Profiles that met any touchpoint of the map")]
    encounters: Annotated[Count, Field(description="Times any touchpoint of the map was met")]
    stages: tuple[StageOnMap, ...]
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[tuple[MapOfJourneys, ...], Field(description="The same for each of the groups")] = ()

    @property
    def touchpoints(self) -> tuple[TouchpointOnMap, ...]:
        return tuple(t for s in self.stages for t in s.touchpoints)
