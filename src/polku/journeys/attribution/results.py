"""What attribution answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from polku.answer import Answer
from polku.journeys.asking.results import Count, Covered, Group, Met
from polku.journeys.attribution.shares import Model
from polku.stats import Estimate


@dataclass(frozen=True, slots=True)
class Earner:
    """A touchpoint, or a channel, and between what the models put its credit."""

    touchpoint: Annotated[Met, Field(description="Of channels the channel itself")]
    conversions: Annotated[Count, Field(description="Conversions with it in their path")]
    least: Annotated[Estimate, Field(description="Share of conversions by the model that gives it least")]
    most: Annotated[Estimate, Field(description="Share of conversions by the model that gives it most")]
    least_by: Annotated[Model | None, Field(description="The model that gives it least")]
    most_by: Annotated[Model | None, Field(description="The model that gives it most")]
    disagree: Annotated[
        bool,
        Field(
            description="Whether the models disagree: the intervals of least and most have nothing in common, "
            "and least is under two thirds of most"
        ),
    ]


@dataclass(frozen=True, slots=True)
class Credit:
    """What one model gives to one touchpoint or channel."""

    touchpoint: Met
    model: Model
    share: Annotated[Estimate, Field(description="Of the conversions that any touchpoint came before, 0–1")]
    credited: Annotated[Estimate, Field(description="The same in conversions")]
    money: Annotated[
        Estimate,
        Field(
            description="What the model gives it of the value of those conversions; its shares may be others"
        ),
    ]


@dataclass(frozen=True, slots=True)
class AttributionOfJourneys(Answer):
    """Which touchpoints earn the conversions, by several models side by side."""

    covered: Covered
    outcome: Met
    level: Literal["touchpoint", "channel"]
    counted: Annotated[Literal["every", "first"], Field(description="Which conversions of a profile count")]
    lookback_s: Annotated[
        float, Field(description="So long before a conversion a touchpoint may earn credit")
    ]
    half_life_s: Annotated[float, Field(description="In so long time decay halves a touchpoint's weight")]
    models: Annotated[
        tuple[Model, ...],
        Field(description="Without markov3 or markov2 where so many touchpoints would not fit in memory"),
    ]
    conversions: Annotated[Count, Field(description="All of them")]
    led: Annotated[Count, Field(description="Those that any touchpoint came before: what is divided")]
    valued: Annotated[Count, Field(description="Conversions whose value is known")]
    value: Annotated[float, Field(description="The value of all conversions")]
    led_value: Annotated[float, Field(description="The value of those that any touchpoint came before")]
    paths: Annotated[
        Count, Field(description="Paths with a touchpoint, also those that lead to no conversion")
    ]
    credits: Annotated[tuple[Credit, ...], Field(description="What each model gives to each of the earners")]
    earners: Annotated[
        tuple[Earner, ...], Field(description="Who earns most, by the median of models, first")
    ]
    meaning: Annotated[str, Field(description="What these numbers do not say")]
    reason: Annotated[
        str | None,
        Field(
            description="never_occurs: there are no conversions within what is covered; nothing_before: none has a "
            "touchpoint before it that may earn; else None"
        ),
    ] = None
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[
        tuple[AttributionOfJourneys, ...], Field(description="The same for each of the groups")
    ] = ()

    def of(self, touchpoint: Met) -> dict[Model, Credit]:
        """What each model gives to one of the earners."""
        return {c.model: c for c in self.credits if c.touchpoint == touchpoint}
