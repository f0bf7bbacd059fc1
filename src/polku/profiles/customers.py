"""All customers as a table: events, last seen, value and latest score of every profile in the blocks."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from polku.store import Block, Blocks, Engine
from polku.store.kernels import kernel
from polku.workspace import Workspace

SORTS: Final = ("last_seen", "events", "value", "score", "first_seen")


@kernel("i8[] i8[] f4[] f4[]")
def _sums(
    starts: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    value: npt.NDArray[np.float32],
    score: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """Of each profile: its money, its orders (events with money coming in), its latest score (NaN: none)."""
    n = len(starts)
    money, orders = np.zeros(n), np.zeros(n, np.int32)
    latest = np.full(n, np.nan, np.float32)
    for p in range(n):
        for i in range(starts[p], ends[p]):
            if value[i] == value[i]:
                money[p] += value[i]
                orders[p] += value[i] > 0
            if score[i] == score[i]:
                latest[p] = score[i]
    return money, orders, latest


@dataclass(frozen=True, slots=True)
class CustomerColumns:
    """One row a profile, in no order. Times in seconds since 1970."""

    profile: npt.NDArray[np.uint64]
    events: npt.NDArray[np.int32]
    first_seen: npt.NDArray[np.uint32]
    last_seen: npt.NDArray[np.uint32]
    value: npt.NDArray[np.float64]
    orders: npt.NDArray[np.int32]
    score: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.profile)

    def order(self, sort: str, *, descending: bool, offset: int, limit: int) -> npt.NDArray[np.int64]:
        """The rows of one page. Rows without a score come last either way."""
        by = getattr(self, sort).astype(np.float64)
        by = -by if descending else by
        end = min(offset + limit, len(by))
        if end < len(by) // 4:  # a page near the beginning needs no full sort
            near = np.argpartition(by, end)[:end]
            # a page that reaches rows without a score is cut from all of them, so that none is on two pages
            known = np.isfinite(by[near]).all()
            near = np.flatnonzero(by <= by[near].max()) if known else np.arange(len(by))
        else:
            near = np.arange(len(by))
        order: npt.NDArray[np.int64] = near[np.lexsort((self.profile[near], by[near]))][offset:end]
        return order


@dataclass(frozen=True, slots=True)
class AllCustomers:
    """The question whose answer is a row for every profile."""

    def partial(self, block: Block) -> tuple[CustomerColumns, ...]:
        if not len(block):
            return ()
        money, orders, latest = _sums(block.starts, block.ends, block.value, block.score)
        return (
            CustomerColumns(
                block.profiles,
                (block.ends - block.starts).astype(np.int32),
                block.time[block.starts],
                block.time[block.ends - 1],
                money,
                orders,
                latest,
            ),
        )

    def merge(
        self, a: tuple[CustomerColumns, ...], b: tuple[CustomerColumns, ...]
    ) -> tuple[CustomerColumns, ...]:
        return a + b

    def finish(self, partial: Sequence[CustomerColumns]) -> CustomerColumns:
        empty = CustomerColumns(*(np.zeros(0, t) for t in _TYPES))
        columns = [[getattr(p, f.name) for p in (empty, *partial)] for f in fields(CustomerColumns)]
        return CustomerColumns(*(np.concatenate(c) for c in columns))


_TYPES: Final[tuple[type[Any], ...]] = (
    np.uint64, np.int32, np.uint32, np.uint32, np.float64, np.int32, np.float32,
)  # fmt: skip


class Customers:
    """A part of the workspace: the columns, computed once for each refresh of the blocks."""

    def __init__(self, workspace: Workspace) -> None:
        self._engine: Engine = workspace.local
        self._lock = threading.Lock()
        self._known: tuple[Blocks, CustomerColumns] | None = None

    def columns(self) -> tuple[Blocks, CustomerColumns]:
        """The blocks and the rows of their profiles."""
        with self._lock:
            blocks = self._engine.blocks
            if self._known is None or self._known[0] is not blocks:
                self._known = blocks, self._engine.ask(AllCustomers())
            return self._known
