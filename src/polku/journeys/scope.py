"""What a journey question counts: which touchpoints, when, from which source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from polku.store import Block
from polku.workspace import FOREVER

Columns = tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32], npt.NDArray[np.uint16], npt.NDArray[np.int16]]


@dataclass(frozen=True)
class Scope:
    """Events of the touchpoints `codes` (numbered from 1 in this order; touchpoint 0 is none and never
    counts), with `low` ≤ time < `high` in seconds since 1970, of the source with this id, or of all sources
    when it is None.

    Everything else is as if it had not happened: what follows a touchpoint is the next one within the
    scope.
    """

    codes: tuple[int, ...]
    low: int = 0
    high: int = FOREVER
    source: int | None = None

    @cached_property
    def index(self) -> npt.NDArray[np.uint16]:
        """For each touchpoint code its number 1…, or 0 where it does not count."""
        return _index(tuple((code, number) for number, code in enumerate(self.codes, 1)))

    @property
    def limits(self) -> npt.NDArray[np.int64]:
        """The rest of the scope as kernels take it."""
        return np.array([self.low, self.high, -1 if self.source is None else self.source], np.int64)

    def columns(self, block: Block) -> Columns:
        """The columns of a block that say who, when, what and from where."""
        return block.offsets, block.time, block.touchpoint, block.source

    def walk(self, kernel: Callable[..., Any], block: Block) -> Any:
        """Call a kernel that takes nothing but a block and a scope."""
        return kernel(*self.columns(block), self.index, len(self.codes), self.limits)


@lru_cache(maxsize=64)
def _index(numbered: tuple[tuple[int, int], ...]) -> npt.NDArray[np.uint16]:
    index = np.zeros(65_536, np.uint16)
    for code, number in numbered:
        index[code] = number
    index[0] = 0
    index.setflags(write=False)
    return index


def index_of(numbers: dict[int, int]) -> npt.NDArray[np.uint16]:
    """The index in which touchpoint code `c` has the number `numbers[c]`; several may share one."""
    return _index(tuple(sorted(numbers.items())))
