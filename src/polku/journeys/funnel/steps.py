"""A funnel's steps as they are written: `ad|email_click,product,!return,purchase[value>100]`.

In order, parted by commas or `>`: touchpoints, any of several parted by `|`, of which only some events may be meant
(`polku.journeys.asking.marks`), and after a `!` what must not come between the step before and the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from pydantic import BeforeValidator

from polku.errors import InvalidInput
from polku.journeys.asking.marks import Mark, cut, label, listed, mark_of, written
from polku.journeys.touchpoints.catalogue import Catalogue

Steps = Annotated[list[str], BeforeValidator(partial(listed, separators=",>"))]
"""The texts of steps, exclusions among them; from one text parted by commas or `>`."""


@dataclass(frozen=True, slots=True)
class Step:
    """Any of some touchpoints, with none of others between the step before and this one."""

    any_of: tuple[Mark, ...]
    without: tuple[Mark, ...] = ()

    @property
    def marks(self) -> tuple[Mark, ...]:
        return (*self.any_of, *self.without)


def read(texts: Sequence[str], catalogue: Catalogue) -> tuple[Step, ...]:
    """The steps; empty texts are left out.

    Raises InvalidInput for a text that cannot be read and an exclusion that is not between two steps, and
    UnknownTouchpoint.
    """
    steps: list[Step] = []
    without: tuple[Mark, ...] = ()
    last = ""
    for text in filter(None, (t.strip() for t in texts)):
        marks = tuple(dict.fromkeys(_marks(text.removeprefix("!"), text, catalogue)))
        if not text.startswith("!"):
            steps.append(Step(marks, without))
            without = ()
        elif steps:
            without = tuple(dict.fromkeys((*without, *marks)))
        else:
            raise InvalidInput(
                "'%(text)s' comes before the first step, but what must not happen stands between two steps, "
                "e.g. cart,!return,purchase.",
                text=text,
            )
        last = text
    if without:
        raise InvalidInput(
            "'%(text)s' comes after the last step, but what must not happen stands between two steps, "
            "e.g. cart,!return,purchase.",
            text=last,
        )
    return tuple(steps)


def step_written(step: Step, catalogue: Catalogue) -> list[str]:
    """The texts of a step: its exclusion if it has any, and what it is."""
    texts = [_any_written(step.any_of, catalogue)]
    return ["!" + _any_written(step.without, catalogue), *texts] if step.without else texts


def step_label(any_of: Iterable[Mark], catalogue: Catalogue, language: str) -> str:
    """Touchpoints of which a step is any, as one reads them: E-mail click / Order (value > 100)."""
    return " / ".join(label(mark, catalogue, language) for mark in any_of)


def _any_written(marks: Iterable[Mark], catalogue: Catalogue) -> str:
    return "|".join(written(mark, catalogue) for mark in marks)


def _marks(text: str, whole: str, catalogue: Catalogue) -> Iterable[Mark]:
    names = cut(text, "|")
    if not all(names):
        raise InvalidInput(
            "'%(text)s' lacks a touchpoint. Write e.g. cart, email|ad, purchase[value>100], or !return between "
            "two steps.",
            text=whole,
        )
    return (mark_of(name, catalogue) for name in names)
