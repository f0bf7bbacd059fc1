"""What is wrong with a definition, all of it at once, each with its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from polku.errors import InvalidInput, Words, lines
from polku.surveys.definition.limits import FAULTS, FAULTS_TOLD


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where (`pages[0].elements[2].rateMax`), a stable code, and what, in words."""

    place: str
    code: str
    said: Words


class InvalidDefinition(InvalidInput):
    """A survey's definition cannot be used. `faults` holds all of its faults; the message tells the first 50."""

    code = "invalid_definition"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        told = [Words("%(place)s: %(said)s", place=f.place, said=f.said) for f in self.faults[:FAULTS_TOLD]]
        if len(self.faults) > FAULTS_TOLD:
            told.append(Words("… and %(more)s more", more=len(self.faults) - FAULTS_TOLD))
        super().__init__("This survey cannot be used:\n%(faults)s", faults=lines(told))
        self.details = {
            "faults": [{"place": f.place, "code": f.code, "message": str(f.said)} for f in self.faults]
        }


class Faults(list[Fault]):
    """Collects faults while a definition is read; gives up where there are so many that it is none."""

    def add(self, place: str, code: str, said: Words) -> None:
        """Raises InvalidDefinition at the 500th."""
        self.append(Fault(place or "$", code, said))
        if len(self) >= FAULTS:
            raise InvalidDefinition(self)
