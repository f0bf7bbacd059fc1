"""Two ways to part the same identifiers into customers, compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from polku.profiles.joining import Nodes

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pieces:
    """What a customer of one way and one of the other have in common, a row each: the customers' nodes
    (−1: nobody) and how many events. A customer is a profile that has events; `unchanged` more of them are the
    same either way."""

    before: Numbers
    after: Numbers
    events: Numbers
    unchanged: int

    @property
    def customers_before(self) -> int:
        return self.unchanged + len(np.unique(self.before[self._are_customers(self.before)]))

    @property
    def customers_after(self) -> int:
        return self.unchanged + len(np.unique(self.after[self._are_customers(self.after)]))

    @property
    def split(self) -> Numbers:
        """The customers before whose events several customers have after, those in most pieces first, then
        those with most events."""
        return self._of_several(self.before, self.after)

    @property
    def joined(self) -> Numbers:
        """The customers after who have the events of several before, in the same order."""
        return self._of_several(self.after, self.before)

    @property
    def losing(self) -> Numbers:
        """Other customers before who lose identifiers, those with most events first."""
        return self._others(self.before, self.after, self.split)

    @property
    def gaining(self) -> Numbers:
        """Other customers after who gain identifiers, those with most events first."""
        return self._others(self.after, self.before, self.joined)

    @property
    def events_to_nobody(self) -> int:
        return int(self.events[self.after < 0].sum())

    @property
    def events_from_nobody(self) -> int:
        return int(self.events[self.before < 0].sum())

    def of_before(self, customer: int) -> Numbers:
        """The rows of one customer before, those with most events first."""
        return self._rows(self.before == customer)

    def of_after(self, customer: int) -> Numbers:
        """The rows of one customer after, those with most events first."""
        return self._rows(self.after == customer)

    def are_somebody(self, rows: Numbers, side: Numbers) -> int:
        """How many of these rows are customers on a side."""
        return int(self._are_customers(side)[rows].sum())

    def _rows(self, mine: Mask) -> Numbers:
        rows = np.flatnonzero(mine)
        return rows[np.argsort(-self.events[rows], kind="stable")]

    def _are_customers(self, side: Numbers) -> Mask:
        return (side >= 0) & (self.events > 0)

    def _of_several(self, side: Numbers, other: Numbers) -> Numbers:
        mine = self._are_customers(side) & (other >= 0)
        customers, inverse, several = np.unique(side[mine], return_inverse=True, return_counts=True)
        events = np.bincount(inverse, self.events[mine], minlength=len(customers))
        order = np.lexsort((customers, -events, -several))
        return customers[order][several[order] > 1]

    def _others(self, side: Numbers, other: Numbers, told: Numbers) -> Numbers:
        customers, inverse, several = np.unique(side, return_inverse=True, return_counts=True)
        events = np.bincount(inverse, self.events, minlength=len(customers))
        to_nobody = np.bincount(inverse, other < 0, minlength=len(customers))
        mine = (customers >= 0) & (events > 0) & ((several > 1) | (to_nobody > 0))
        mine &= ~np.isin(customers, told)
        order = np.lexsort((customers, -events))
        return customers[order][mine[order]]


def pieces(before: Nodes, after: Nodes, events: Numbers) -> Pieces:
    """Compare two ways: of each identifier, the node that stands for its customer either way (−1: nobody), and
    the number of its events."""
    codes = (before.astype(np.int64) + 1) << 32 | (after.astype(np.int64) + 1)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    distinct = codes[order][starts]
    sums: Any = np.add.reduceat(events[order], starts) if len(starts) else np.zeros(0, np.int64)
    one, other = distinct >> 32, distinct & 0xFFFFFFFF
    alone = (np.bincount(one)[one] == 1) & (np.bincount(other)[other] == 1) & (one > 0) & (other > 0)
    alone |= (one == 0) & (other == 0)
    unchanged = int((sums[alone & (one > 0)] > 0).sum())
    return Pieces(one[~alone] - 1, other[~alone] - 1, sums[~alone], unchanged)
