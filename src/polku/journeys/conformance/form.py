"""The form of a designed journey: what was chosen, with what is wrong, until it can be saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from starlette.datastructures import FormData

from polku.i18n import gettext
from polku.journeys.conformance.design import LONGEST_WAIT_S, MOST_STEPS, Step
from polku.journeys.conformance.store import LONGEST_NAME
from polku.journeys.conformance.writing import in_units

UNITS: Final = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
MOST_DIGITS: Final = 9


@dataclass(slots=True)
class StepRow:
    """One step as chosen."""

    touchpoints: list[str] = field(default_factory=list)
    optional: bool = False
    repeats: bool = False
    direct: bool = False
    limit: str = ""
    unit: str = "h"
    error: str = ""

    @classmethod
    def of(cls, step: Step) -> Self:
        limit, unit = in_units(step.within_s) if step.within_s else (0, "h")
        if unit == "s":  # the form has nothing finer than minutes: round up
            limit, unit = -(-limit // 60), "m"
        shown = str(limit) if limit else ""
        return cls([*step.touchpoints], not step.required, step.repeats, step.direct, shown, unit)

    @property
    def within_s(self) -> int | None:
        """Raises ValueError for a limit that is none."""
        if not self.limit:
            return None
        if not (self.limit.isascii() and self.limit.isdigit() and len(self.limit) <= MOST_DIGITS):
            raise ValueError
        seconds = int(self.limit) * UNITS.get(self.unit, 3_600)
        if not 1 <= seconds <= LONGEST_WAIT_S:
            raise ValueError
        return seconds

    def step(self, *, first: bool) -> Step:
        """The first step has a limit of nothing and cannot be left out, whatever was chosen."""
        if first:
            return Step(tuple(self.touchpoints), repeats=self.repeats)
        return Step(tuple(self.touchpoints), not self.optional, self.repeats, self.direct, self.within_s)


@dataclass(slots=True)
class DesignForm:
    """Fits the macros of the shell: `raw` by field, `errors` by field; beside them the rows of steps."""

    raw: dict[str, str]
    rows: list[StepRow]
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, steps: Sequence[Step]) -> Self:
        return cls({"name": name}, [StepRow.of(s) for s in steps] or [StepRow(), StepRow()])

    @classmethod
    def posted(cls, data: FormData) -> Self:
        """A step's fields bear its number: `touchpoint_0`, several times, `limit_0`, …"""

        def text(name: str) -> str:
            value = data.get(name, "")
            return value.strip() if isinstance(value, str) else ""

        size = int(text("steps")) if text("steps").isdecimal() and len(text("steps")) < 3 else 0
        rows = [
            StepRow(
                list(dict.fromkeys(str(t) for t in data.getlist(f"touchpoint_{i}") if t)),
                f"optional_{i}" in data,
                f"repeats_{i}" in data,
                f"direct_{i}" in data,
                text(f"limit_{i}"),
                text(f"unit_{i}"),
            )
            for i in range(min(size, MOST_STEPS))
        ]
        return cls({"name": text("name")}, rows or [StepRow(), StepRow()])

    def change(self, does: str, row: int) -> None:
        """What a button asks for: a step more or less, or one moved."""
        if does == "add" and len(self.rows) < MOST_STEPS:
            self.rows.append(StepRow())
        elif does == "remove" and len(self.rows) > 2:
            del self.rows[row : row + 1]
        elif does in ("up", "down"):
            to = row + (-1 if does == "up" else 1)
            if 0 <= row < len(self.rows) and 0 <= to < len(self.rows):
                self.rows.insert(to, self.rows.pop(row))

    def steps(self, known: Sequence[str]) -> tuple[Step, ...] | None:
        """The steps if they can be saved; else None, and errors say why not. Steps without touchpoints are left out."""
        rows = [r for r in self.rows if r.touchpoints]
        if len(rows) < 2:
            self.errors["steps"] = gettext("Choose at least two steps.")
        elif all(r.optional for r in rows[1:]):
            self.errors["steps"] = gettext("At least one step after the first must be required.")
        for row in rows:
            if not set(row.touchpoints) <= set(known):
                row.error = gettext("This touchpoint has been deleted. Choose another.")
                continue
            try:
                row.step(first=row is rows[0])
            except ValueError:
                row.error = gettext("Give a whole number, at most ten years.")
        if not 1 <= len(self.raw["name"]) <= LONGEST_NAME:
            self.errors["name"] = gettext("Give a name of 1 to 120 characters.")
        if self.errors or any(r.error for r in rows):
            if not self.errors:
                self.errors[""] = gettext("Some steps need a correction.")
            return None
        return tuple(r.step(first=r is rows[0]) for r in rows)
