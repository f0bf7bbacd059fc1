"""What is answered about what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from polku.answer import Answer
from polku.journeys.asking.results import Count, Covered, Group, Met
from polku.stats import Estimate


@dataclass(frozen=True, slots=True)
class Next:
    """What may come next, and how likely it is."""

    touchpoint: Annotated[Met | None, Field(description="None: nothing within the time")]
    probability: Annotated[Estimate, Field(description="After the path so far, 0–1; n: paths that were so")]
    usual: Annotated[Estimate, Field(description="Whatever came before, 0–1")]


@dataclass(frozen=True, slots=True)
class Trial:
    """How good a way of foretelling has been on what came after it was learned."""

    way: Annotated[
        Literal["path", "shares"],
        Field(
            description="path: by the last touchpoints; shares: how often each comes, whatever came before"
        ),
    ]
    log_loss: Annotated[
        Estimate, Field(description="Mean −ln of the probability of what came: less is better")
    ]
    first: Annotated[Estimate, Field(description="How often the likeliest came, 0–1")]
    three: Annotated[Estimate, Field(description="How often one of the three likeliest came, 0–1")]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Of what was foretold with about the same probability, how much came true."""

    at_least: float
    below: float
    foretold: Annotated[float, Field(description="Mean of the probabilities")]
    true: Annotated[Estimate, Field(description="Share that came true")]


@dataclass(frozen=True, slots=True)
class NextOfJourneys(Answer):
    """What comes after a path so far, and how good such a forecast has been."""

    covered: Covered
    within_s: Annotated[float, Field(description="If nothing comes within this, nothing comes")]
    order: Annotated[
        int,
        Field(
            description="How many touchpoints back is looked: 3, fewer where counts would not fit in memory"
        ),
    ]
    rests_on: Annotated[int, Field(description="How many of them were seen together at least five times")]
    seen: Annotated[Count, Field(description="How often those were seen")]
    steps: Annotated[tuple[Next, ...], Field(description="The likeliest first")]
    so_far: tuple[Met, ...]
    cut: Annotated[
        date | None, Field(description="The forecast is learned before this day and tried from it on")
    ]
    learned: Annotated[Count, Field(description="Steps that it was learned from")]
    tried: Annotated[Count, Field(description="Steps that it was tried on")]
    trials: tuple[Trial, ...]
    gain: Annotated[
        Estimate,
        Field(description="By how much the path's log loss is under that of shares: above 0 it helps"),
    ]
    calibration: tuple[Calibration, ...]
    reason: Annotated[
        str | None, Field(description="never_occurs: the last touchpoint does not, within what is covered")
    ] = None
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[tuple[NextOfJourneys, ...], Field(description="The same for each of the groups")] = ()
