"""A journey as it is meant to be: steps in order."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Final

from polku.errors import InvalidInput

MOST_STEPS: Final = 16
MOST_TOUCHPOINTS: Final = 12
LONGEST_WAIT_S: Final = 10 * 365 * 86_400


@dataclass(frozen=True, slots=True)
class Step:
    """A step is met by any of its touchpoints."""

    touchpoints: tuple[str, ...]  # keys
    required: bool = True
    repeats: bool = False  # whether it may be met again at any time
    direct: bool = False  # whether nothing else may come between the step before and this
    within_s: int | None = None  # from the step before; None: no limit


@dataclass(frozen=True, slots=True)
class Design:
    """A designed journey with a name."""

    key: str
    name: str
    steps: tuple[Step, ...]


def missing(design: Design, known: Container[str]) -> str | None:
    """The first touchpoint of a design that is not `known` any more."""
    return next((key for step in design.steps for key in step.touchpoints if key not in known), None)


def check(steps: Sequence[Step]) -> None:
    """Raises InvalidInput if these are no steps that a journey can be held against."""
    if not 2 <= len(steps) <= MOST_STEPS:
        raise InvalidInput(
            "A designed journey has 2 to %(most)s steps, not %(given)s.", most=MOST_STEPS, given=len(steps)
        )
    first = steps[0]
    if not first.required or first.direct or first.within_s is not None:
        raise InvalidInput(
            "The first step begins the journey: it cannot be left out and has no limit of time, as there is no step "
            "before it."
        )
    if not any(s.required for s in steps[1:]):
        raise InvalidInput("At least one step after the first must be required.")
    for number, step in enumerate(steps, start=1):
        _check_step(number, step)


def _check_step(number: int, step: Step) -> None:
    if not 1 <= len(step.touchpoints) <= MOST_TOUCHPOINTS:
        raise InvalidInput(
            "Step %(step)s has 1 to %(most)s touchpoints, not %(given)s.",
            step=number,
            most=MOST_TOUCHPOINTS,
            given=len(step.touchpoints),
        )
    if step.within_s is not None and not 1 <= step.within_s <= LONGEST_WAIT_S:
        raise InvalidInput(
            "The limit of step %(step)s must be longer than 0 and at most ten years. Give e.g. 2h or 5d.",
            step=number,
        )
