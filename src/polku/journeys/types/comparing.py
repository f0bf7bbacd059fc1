"""Whether groups of a breakdown are of each type, and get to the outcome, more or less often than all others."""

from __future__ import annotations

from polku.journeys.asking.beside import Counts, beside_others
from polku.journeys.asking.breakdown import counts_of
from polku.journeys.types.results import TypeDifference, TypesOfJourneys


def compared(told: TypesOfJourneys) -> list[int | None]:
    """By what groups are compared: the outcome (None), if one was named, and each type by its number."""
    outcome: list[int | None] = [] if told.outcome_share is None else [None]
    return [*outcome, *(t.number for t in told.types)] if told.types else []


def counts(told: TypesOfJourneys, number: int | None) -> Counts:
    """How many of all with a type get to the outcome (None), or are of the type of this number."""
    if number is None:
        return counts_of(told.outcome_share)
    return told.types[number - 1].profiles, told.profiles


def differences(whole: TypesOfJourneys) -> tuple[TypeDifference, ...]:
    """Each group's shares beside those of all other groups together."""
    numbers = compared(whole)
    found = beside_others([[counts(one, n) for one in whole.each] for n in numbers])
    return tuple(
        TypeDifference(group.key, n, b.share, b.others, b.difference, b.q, b.is_clear)
        for n, of_groups in zip(numbers, found, strict=True)
        for group, b in zip(whole.breakdown, of_groups, strict=True)
    )
