"""What was chosen to look at step by step: the page's own address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, Self
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from polku.journeys.asking.filters import Filters
from polku.journeys.paths.walk_results import ANYTHING, REST, Stop

PATH: Final = "/journeys/paths"
STEPS: Final = ("2", "3", "4", "5", "6", "8")
USUAL_STEPS: Final = "4"


@dataclass(frozen=True, slots=True)
class Choice:
    """Paths forwards from `at` (nothing: from where journeys begin) or backwards to it, whose first steps are `then`;
    and of whom they are compared with others (`who_b`)."""

    backward: bool = False
    at: str = ""
    then: tuple[str, ...] = ()
    steps: str = USUAL_STEPS
    level: str = "touchpoint"
    within: str = ""
    every: bool = False
    repeats: bool = False
    who_b: tuple[str, ...] = ()

    @classmethod
    def read(cls, given: QueryParams, filters: Filters, usual_end: str) -> Self:
        """`start` or `end`, or the two fields of the form (`way`, `at`); backwards without any it is the usual end.

        Raises InvalidInput for a day or preset that is none.
        """
        backward = bool(given.get("end")) or (given.get("way") == "to" and not given.get("start"))
        level = given.get("level") or "touchpoint"
        at = given.get("end") or given.get("start") or given.get("at", "")
        if backward and not at and level == "touchpoint":
            at = usual_end
        return cls(
            backward and bool(at),
            at,
            tuple(t for t in given.getlist("then") if t),
            given.get("steps") or USUAL_STEPS,
            level,
            given.get("within", ""),
            given.get("count") == "every",
            given.get("repeats") == "each",
            _other_who(given, filters),
        )

    @property
    def taken(self) -> tuple[str, ...]:
        """The steps that all paths take, the one where they begin among them."""
        return (self.at, *self.then) if self.at else self.then

    def asked(self, filters: dict[str, Any]) -> dict[str, Any]:
        """As fields of JourneyPaths."""
        return filters | {
            "start": None if self.backward else self.at or None,
            "end": self.at if self.backward else None,
            "then": list(self.then),
            "steps": self.steps,
            "top": 6,
            "within": self.within or None,
            "count": "every" if self.every else "first",
            "collapse": not self.repeats,
            "level": self.level,
        }

    def going_on(self, stop: Stop) -> Self | None:
        """The choice of one who goes on from there, or back to there; None where many stand together."""
        key, taken = stop.touchpoint.key, self.taken
        if key in (REST.key, ANYTHING.key):
            return None
        kept = (*taken[: stop.step], *[ANYTHING.key] * (stop.step - len(taken)), key)
        return replace(self, then=kept[1:] if self.at else kept)

    @property
    def back(self) -> Self:
        """The choice without its last step."""
        return replace(self, then=self.then[:-1])

    @property
    def from_the_beginning(self) -> Self:
        return replace(self, then=())

    def fields(self, *without: str) -> list[tuple[str, str]]:
        """What was chosen, as fields of an address; what is as usual is not said."""
        told = [
            ("end" if self.backward else "start", self.at),
            *(("then", t) for t in self.then),
            ("steps", "" if self.steps == USUAL_STEPS else self.steps),
            ("level", "" if self.level == "touchpoint" else self.level),
            ("within", self.within),
            ("count", "every" if self.every else ""),
            ("repeats", "each" if self.repeats else ""),
            *(("who_b", w) for w in self.who_b),
        ]
        return [(name, value) for name, value in told if value and name not in without]

    def address(self, filters: Filters) -> str:
        """Where what was chosen is seen, filters and all."""
        chosen = [*filters.chosen, *self.fields()]
        return PATH + (f"?{urlencode(chosen)}" if chosen else "") + "#paths"


def _other_who(given: QueryParams, filters: Filters) -> tuple[str, ...]:
    """The conditions of those compared with, and the one that a form adds in three fields: read as `who` is."""
    renamed = [
        ("who" if k == "who_b" else k.removesuffix("_b"), v)
        for k, v in given.multi_items()
        if k.endswith("_b")
    ]
    return Filters.read(QueryParams(renamed), filters.today).who
