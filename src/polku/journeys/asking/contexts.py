"""How many touchpoints back a question can remember."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.answers import Answers
from polku.journeys.asking.scope import Scope
from polku.store import Block

DEEPEST: Final = 3
MOST_CELLS: Final = 4_000_000
"""Counts of four bytes each; with three touchpoints back there is room for some 40 touchpoints."""

Flags = npt.NDArray[np.bool_]


def deepest(size: int) -> int:
    """How far back one can remember with `size` touchpoints: 3, or fewer where the counts of all that may follow
    all that may come before would not fit in memory."""
    fits = [order for order in range(1, DEEPEST + 1) if (size + 1) ** order * (size + 2) <= MOST_CELLS]
    return fits[-1] if fits else 1


@dataclass(frozen=True)
class OccurQuestion:
    """Which numbers of the scope occur in events of anyone in the blocks, whosesoever they are."""

    scope: Scope

    def partial(self, block: Block) -> Flags:
        found = np.zeros(self.scope.size, np.bool_)
        found[self.scope.counted(block).number] = True
        return found

    def merge(self, a: Flags, b: Flags) -> Flags:
        return a | b

    def finish(self, partial: Flags) -> Flags:
        return partial


def occurring(scope: Scope, answers: Answers, *, always: Collection[int] = ()) -> Scope:
    """Where all touchpoints of a scope are too many to remember three back: those only that occur in it, and the codes
    that must `always` be there. For a scope in which each has a number of its own."""
    if deepest(scope.size) == DEEPEST:
        return scope
    occurs = answers.ask(OccurQuestion(scope))
    codes = tuple(c for c, known in zip(scope.codes, occurs, strict=True) if known or c in always)
    return replace(scope, codes=codes) if codes else scope
