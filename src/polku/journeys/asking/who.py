"""Conditions on profiles, from the texts that users write."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from polku.errors import InvalidInput
from polku.journeys.asking.kernels import meets
from polku.journeys.asking.marks import Mark, Marks, mark_of, unquoted
from polku.journeys.touchpoints.conditions import NUMERIC
from polku.journeys.touchpoints.known import Touchpoints
from polku.store import Block
from polku.workspace import Workspace

Mask = npt.NDArray[np.bool_]

_CONDITION: Final = re.compile(r"(?s)(!?)([^=~<>!]+?)\s*(?:(!=|>=|<=|=|~|>|<)\s*(.*))?")
_KIND: Final = re.compile(r"(?s)(!?)(\w+):(.*)")
_OPERATORS: Final = {"=": "equals", "~": "contains"} | {sign: sign for sign in NUMERIC}


class Behaviour(Protocol):
    """Something that holds of profiles by their journeys. Frozen and hashable; may be sent to other machines."""

    @property
    def marks(self) -> Marks:
        """The blocks that it is asked of are seen with these."""

    def holds(self, block: Block) -> Mask:
        """Whether it does, of each profile of a block."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold of a profile: of a trait, or (`behaviour`) of its journey."""

    name: str
    operator: str = "exists"
    value: str = ""
    behaviour: Behaviour | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Meets:
    """Profiles that have ever met a touchpoint, in an event that a mark means."""

    mark: Mark

    @property
    def marks(self) -> Marks:
        return Marks.of([self.mark])

    def holds(self, block: Block) -> Mask:
        found = np.zeros(len(block.profiles), np.bool_)
        for code in self.marks.codes(self.mark):
            found |= meets(block.starts, block.ends, block.touchpoint, code)
        return found


_kinds: dict[str, Callable[[str, Workspace], Behaviour]] = {
    "met": lambda text, workspace: Meets(mark_of(text, workspace.part(Touchpoints).catalogue()))
}


def behaviour(kind: str, read: Callable[[str, Workspace], Behaviour]) -> None:
    """Let conditions begin with `kind:`; `read` makes one of what follows, or raises InvalidInput."""
    _kinds[kind] = read


def conditions(who: Sequence[str], workspace: Workspace) -> tuple[Condition, ...]:
    """What must hold, from texts: `plan=pro`, `city!=Oulu`, `age>=30`, `city~hels`, `plan` (is known), `!plan`,
    `met:checkout`, `!met:purchase[value>100]`, `funnel:…`. Raises InvalidInput, and UnknownTouchpoint."""
    return tuple(_condition(text.strip(), workspace) for text in who if text.strip())


def _condition(text: str, workspace: Workspace) -> Condition:
    kind = _KIND.fullmatch(text)
    if kind and kind[2] in _kinds:
        return Condition("", behaviour=_kinds[kind[2]](kind[3], workspace), negated=bool(kind[1]))
    found = _CONDITION.fullmatch(text)
    if found is None or (found[1] and found[3]):
        raise InvalidInput(
            "'%(text)s' is not a condition. Write e.g. plan=pro, city!=Oulu, age>=30, city~hels, plan, !plan, "
            "met:checkout or !met:checkout.",
            text=text,
        )
    negated, name, operator, value = bool(found[1]), found[2].strip(), found[3], unquoted(found[4] or "")
    if operator is None:
        return Condition(name, negated=negated)
    if operator == "!=":
        return Condition(name, "equals", value, negated=True)
    return Condition(name, _OPERATORS[operator], value)
