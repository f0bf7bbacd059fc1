"""What retention and the life cycle answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from polku.answer import Answer
from polku.journeys.asking.results import Count, Covered, Group, Met
from polku.stats import Estimate

Recurrence = Literal["first", "any"]


@dataclass(frozen=True, slots=True)
class Cohort:
    """Those who start in one day, week or month of the company's time zone, and come back in those after it."""

    start: Annotated[date, Field(description="First day of the span in which they start")]
    finished: Annotated[bool, Field(description="Whether it is over; if not, more may still start")]
    profiles: Annotated[Count, Field(description="Profiles that start in it")]
    came_back: Annotated[
        tuple[int, ...],
        Field(
            description="Of them, those that come back in the 1st, 2nd … span after it, as far as spans have begun"
        ),
    ]
    shares: Annotated[
        tuple[Estimate, ...],
        Field(
            description="The same as shares; of a span that is not over not told, with the reason unfinished"
        ),
    ]


@dataclass(frozen=True, slots=True)
class AverageOfSpan:
    """How many come back in one of the spans after the start, over all cohorts for which it is over."""

    after: Annotated[int, Field(description="1: the span right after that of the start, and so on")]
    share: Annotated[Estimate, Field(description="Of all who started: cohorts weigh as many as they hold")]
    cohorts: Annotated[Count, Field(description="Cohorts for which this span is over")]


@dataclass(frozen=True, slots=True)
class Halves:
    """Whether those who started later come back more often in the first span after the start.

    The span that collecting began in is left out: customers of before are first seen in it.
    """

    cohorts: Annotated[Count, Field(description="Cohorts in each half")]
    first_half: Annotated[Estimate, Field(description="Share that comes back of the earlier cohorts")]
    second_half: Annotated[Estimate, Field(description="The same of the later cohorts")]
    difference: Annotated[Estimate, Field(description="The second minus the first, −1…1")]
    p_value: Annotated[
        float | None, Field(description="How likely so large a difference is where there is none")
    ]
    of_before: Annotated[
        bool,
        Field(
            description="Whether customers from before collecting began may still be among the earlier cohorts: the "
            "first of them is of the first year of events"
        ),
    ]


@dataclass(frozen=True, slots=True)
class RetentionOfJourneys(Answer):
    """Who comes back after a start, by cohorts of those who start in the same span of time."""

    covered: Covered
    by: Literal["day", "week", "month"]
    start: Annotated[Met | None, Field(description="The touchpoint that starts; None: any")]
    comes_back: Annotated[Met | None, Field(description="The touchpoint of a return; None: any")]
    recurrence: Recurrence
    unbounded: Annotated[bool, Field(description="Whether who comes back later has come back in each before")]
    cohorts: tuple[Cohort, ...]
    average: Annotated[tuple[AverageOfSpan, ...], Field(description="As far as any cohort has got")]
    halves: Annotated[
        Halves | None,
        Field(description="None with `any`, with `unbounded`, and of fewer than four cohorts"),
    ]
    reason: Annotated[
        str | None, Field(description="never_occurs: no such start or return in what is covered, else None")
    ] = None
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[
        tuple[RetentionOfJourneys, ...], Field(description="The same for each of the groups")
    ] = ()


@dataclass(frozen=True, slots=True)
class LifecycleOfSpan:
    """What customers are in one day, week or month of the company's time zone."""

    start: Annotated[date, Field(description="Its first day")]
    finished: Annotated[bool, Field(description="Whether it is over; if not, its numbers are of so far")]
    new: Annotated[Count, Field(description="Profiles active for the first time ever")]
    returning: Annotated[Count, Field(description="Profiles active in the span before too")]
    resurrecting: Annotated[Count, Field(description="Profiles active earlier, but not in the span before")]
    dormant: Annotated[
        int | None,
        Field(description="Profiles active in the span before but not in this; None: it is not over"),
    ]
    kept: Annotated[Estimate, Field(description="Of the profiles active in the span before, those returning")]


@dataclass(frozen=True, slots=True)
class LifecycleOfJourneys(Answer):
    """New, returning, resurrecting and dormant customers in each span of time."""

    covered: Covered
    by: Literal["day", "week", "month"]
    touchpoint: Annotated[Met | None, Field(description="Who meets it is active; None: any")]
    spans: tuple[LifecycleOfSpan, ...]
    breakdown: Annotated[tuple[Group, ...], Field(description="Of a breakdown, the largest first")] = ()
    each: Annotated[
        tuple[LifecycleOfJourneys, ...], Field(description="The same for each of the groups")
    ] = ()
