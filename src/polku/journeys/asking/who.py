"""Conditions on profiles, from the texts that users write."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from polku.errors import InvalidInput
from polku.i18n import LazyText, _l, gettext
from polku.journeys.asking.kernels import meets
from polku.journeys.asking.marks import Mark, Marks, label, mark_of, unquoted
from polku.journeys.touchpoints.catalogue import Catalogue
from polku.journeys.touchpoints.conditions import NUMERIC
from polku.journeys.touchpoints.known import Touchpoints
from polku.store import Block
from polku.web.channels import CHANNELS
from polku.workspace import Workspace

Mask = npt.NDArray[np.bool_]

WAYS: Final = (
    ("=", _l("is")),
    ("!=", _l("is not")),
    ("~", _l("contains")),
    (">", _l("is more than")),
    (">=", _l("is at least")),
    ("<", _l("is less than")),
    ("<=", _l("is at most")),
    ("", _l("is known")),
    ("!", _l("is not known")),
    ("met", _l("has been met")),
    ("!met", _l("has not been met")),
)
"""How a condition holds, as the form of conditions offers it."""

BEGINNINGS: Final[dict[str, LazyText]] = {
    "first:channel": _l("First channel"),
    "first:touchpoint": _l("First touchpoint"),
    "first:source": _l("First source"),
    "first:month": _l("First month"),
}
"""What is known of every profile with a touchpoint: how its journey began. In conditions and breakdowns as a trait."""

_CONDITION: Final = re.compile(r"(?s)(!?)([^=~<>!]+?)\s*(?:(!=|>=|<=|=|~|>|<)\s*(.*))?")
_KIND: Final = re.compile(r"(?s)(!?)(\w+):(.*)")
_OPERATORS: Final = {"": "exists", "=": "equals", "~": "contains"} | {sign: sign for sign in NUMERIC}


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


@dataclass(frozen=True, slots=True)
class _Kind:
    read: Callable[[str, Workspace], Behaviour]
    say: Callable[[str, Catalogue, str], str]


def _met(text: str, catalogue: Catalogue, language: str) -> str:
    return f"{label(mark_of(text, catalogue), catalogue, language)} {dict(WAYS)['met']}"


_kinds: dict[str, _Kind] = {
    "met": _Kind(lambda text, w: Meets(mark_of(text, w.part(Touchpoints).catalogue())), _met)
}


def behaviour(
    kind: str, read: Callable[[str, Workspace], Behaviour], say: Callable[[str, Catalogue, str], str]
) -> None:
    """Let conditions begin with `kind:`; of what follows `read` makes one and `say` tells it in a language. Both raise
    InvalidInput."""
    _kinds[kind] = _Kind(read, say)


def conditions(who: Sequence[str], workspace: Workspace) -> tuple[Condition, ...]:
    """What must hold, from texts: `plan=pro`, `city!=Oulu`, `age>=30`, `city~hels`, `plan` (is known), `!plan`,
    `first:channel=web`, `met:checkout`, `!met:purchase[value>100]`, `funnel:…`.

    Raises InvalidInput, and UnknownTouchpoint.
    """
    return tuple(_condition(text, workspace) for text in who if text.strip())


def parts(text: str) -> tuple[str, str, str]:
    """A condition's text in three: of what, how (`=`, `!=`, `~`, `>`, `>=`, `<`, `<=`, `met`, `!met` or another
    behaviour, `!`, or nothing for 'is known'), and compared with what. Raises InvalidInput."""
    kind = _KIND.fullmatch(text.strip())
    if kind and kind[2] in _kinds:
        return kind[3], kind[1] + kind[2], ""
    found = _CONDITION.fullmatch(text.strip())
    if found is None or (found[1] and found[3]):
        raise InvalidInput(
            "'%(text)s' is not a condition. Write e.g. plan=pro, city!=Oulu, age>=30, city~hels, plan, !plan, "
            "met:checkout or !met:checkout.",
            text=text,
        )
    return found[2].strip(), found[3] or found[1], unquoted(found[4] or "")


def in_words(text: str, catalogue: Catalogue, language: str) -> str:
    """A condition as one says it: 'Checkout has been met'. Raises InvalidInput, and UnknownTouchpoint."""
    name, way, value = parts(text)
    kind = _kinds.get(way.removeprefix("!"))
    if kind is None:
        told = value_in_words(name, value, catalogue, language)
        return f"{BEGINNINGS.get(name, name)} {dict(WAYS)[way]} {told}".strip()
    if way == "!met":
        return f"{label(mark_of(name, catalogue), catalogue, language)} {dict(WAYS)[way]}"
    said = kind.say(name, catalogue, language)
    return gettext("Not: %(condition)s", condition=said) if way.startswith("!") else said


def value_in_words(name: str, value: str, catalogue: Catalogue, language: str) -> str:
    """What a trait, or a beginning, is, as a reader knows it: `web` of `first:channel` is 'Web'."""
    if name == "first:channel":
        return str(CHANNELS.get(value, value))
    if name == "first:touchpoint":
        return next((t.name(language) for t in catalogue.touchpoints if t.key == value), value)
    return value


def _condition(text: str, workspace: Workspace) -> Condition:
    name, way, value = parts(text)
    negated, how = way.startswith("!"), way.removeprefix("!")
    if how in _kinds:
        return Condition("", behaviour=_kinds[how].read(name, workspace), negated=negated)
    return Condition(name, _OPERATORS[how], value, negated=negated)
