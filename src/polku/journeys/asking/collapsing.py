"""Journeys in which a touchpoint that follows itself is met once."""

from __future__ import annotations

import numpy as np

from polku.journeys.asking.kernels import Codes, Counts, Times
from polku.journeys.asking.scope import Counted, Scope
from polku.journeys.asking.views import views
from polku.store import Block
from polku.store.kernels import kernel


def counted(scope: Scope, block: Block, *, collapse: bool) -> Counted:
    """The events of a block that count; with `collapse`, of those that repeat the one before only the first."""
    if not collapse:
        return scope.counted(block)
    if block.part_of is not None:
        whole, chosen = block.part_of
        return counted(scope, whole, collapse=True).choose(chosen)
    key = (scope, "collapsed")
    found: Counted | None = views.get(block, key)
    if found is None:
        every = scope.counted(block)
        time, number = np.empty(len(every.time), np.uint32), np.empty(len(every.time), np.uint16)
        starts, ends, size = merge_repeats(*every.columns, time, number)
        found = Counted(starts, ends, time[:size], number[:size])
        views.keep(block, key, found, starts, ends, found.time, found.number)
    return found


@kernel("i8[] i8[] u4[] u2[] u4[:] u2[:]", awaited=False)
def merge_repeats(
    starts: Counts, ends: Counts, time: Times, number: Codes, times: Times, numbers: Codes
) -> tuple[Counts, Counts, int]:
    """Write the times and numbers of the events that are not the same as the one before in their journey; gives
    where each journey's are, and how many in all."""
    new_starts, new_ends = np.empty(len(starts), np.int64), np.empty(len(starts), np.int64)
    w = 0
    for p in range(len(starts)):
        new_starts[p] = w
        last = np.int64(-1)
        for i in range(starts[p], ends[p]):
            k = np.int64(number[i])
            times[w], numbers[w] = time[i], number[i]  # what does not count is overwritten by the next
            w += int(k != last)
            last = k
        new_ends[p] = w
    return new_starts, new_ends, w
