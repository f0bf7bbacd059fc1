"""The kernel of walks: what comes step by step after a touchpoint, or came before it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.gaps import BINS
from polku.journeys.asking.kernels import Codes, Counts, Times
from polku.store.kernels import kernel

ANY: Final = -2
"""Among the steps asked for: whatever it is."""


@kernel("i8[] i8[] u4[] u2[] i8 i8[] b1 i8 i8 i8 b1", awaited=False)
def walk(
    starts: Counts,
    ends: Counts,
    time: Times,
    number: Codes,
    size: int,
    asked: Counts,
    anywhere: bool,
    direction: int,
    steps: int,
    window: int,
    every: bool,
) -> tuple[Counts, Counts, npt.NDArray[Any], int, int]:
    """Walks whose first steps are `asked`, onwards (`direction` 1) or backwards (−1), as long as they are within
    `window` seconds of where they begin: at each journey's first event or, `anywhere`, at its first event of the first
    touchpoint asked for, or at `every` one.

    Gives how many walks there are with so many of the steps asked for; of those with all of them, for each of `steps`
    further steps how many go from which touchpoint to which (`size`: the walk ends); for each step the time from the
    beginning to each touchpoint (in bins); the profiles with such a walk, and the sum of the squares of how many each
    has.
    """
    reached = np.zeros(len(asked) + 1, np.int64)
    flows = np.zeros((steps, size, size + 1), np.int64)
    gaps = np.zeros((steps + 1, size, BINS), np.uint32)
    profiles, squares = 0, 0
    for p in range(len(starts)):
        walks = 0
        for i in range(starts[p], ends[p]):
            if anywhere and number[i] != asked[0]:
                continue
            began, at, depth = np.int64(time[i]), i, 0
            reached[0] += 1
            while depth < len(asked):
                at += direction if depth > 0 else 0
                if not (starts[p] <= at < ends[p]) or abs(np.int64(time[at]) - began) > window:
                    break
                if asked[depth] != ANY and number[at] != asked[depth]:
                    break
                depth += 1
                reached[depth] += 1
            if depth == len(asked):
                walks += 1
                gap = abs(np.int64(time[at]) - began)
                gaps[0, number[at], 0 if gap == 0 else (np.float64(gap).view(np.int64) >> 49) - 8183] += 1
                for step in range(steps):
                    last = number[at]
                    at += direction
                    if not (starts[p] <= at < ends[p]):
                        flows[step, last, size] += 1
                        break
                    gap = abs(np.int64(time[at]) - began)
                    if gap > window:
                        flows[step, last, size] += 1
                        break
                    k = number[at]
                    flows[step, last, k] += 1
                    gaps[step + 1, k, 0 if gap == 0 else (np.float64(gap).view(np.int64) >> 49) - 8183] += 1
            if not (anywhere and every):
                break
        profiles += int(walks > 0)
        squares += walks * walks
    return reached, flows, gaps, profiles, squares
