"""Columns that grow at their end: the identifiers and edges of a graph."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


class Column:
    """An array that grows at its end."""

    def __init__(self, dtype: type, empty: int = 0, width: int = 0) -> None:
        self._empty = empty
        self.data: npt.NDArray[Any] = np.full((1024, width) if width else 1024, empty, dtype)

    def reserve(self, rows: int) -> None:
        if rows > len(self.data):
            shape = (max(rows, 2 * len(self.data)), *self.data.shape[1:])
            grown = np.full(shape, self._empty, self.data.dtype)
            grown[: len(self.data)] = self.data
            self.data = grown


class NodeColumns:
    """What is known of each identifier; `body` as in `join`."""

    def __init__(self) -> None:
        self.key, self.seq = Column(np.uint64), Column(np.int64)
        self.body = Column(np.int32, 1, 4)
        self.newest = Column(np.int32, -1)


class EdgeColumns:
    """What is known of each edge, in the order in which they were taken."""

    def __init__(self) -> None:
        self.a, self.b, self.kind = Column(np.int32), Column(np.int32), Column(np.uint8)
        self.seq, self.outcome = Column(np.int64), Column(np.uint8)
        self.hindrance = Column(np.int32, -1)
        self.older = Column(np.int32, -1)  # two a row
