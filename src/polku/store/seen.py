"""A growing set of 64-bit hashes: sorted runs that are merged as they grow, 8 bytes a hash."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]

GROWTH = 6
"""A run is merged into the one before it when that is less than this many times longer."""


class SeenHashes:
    """Which hashes have been seen. Not thread-safe: it belongs to the one thread that writes."""

    def __init__(self, hashes: Hashes | None = None) -> None:
        self._runs: list[Hashes] = []
        if hashes is not None and len(hashes):
            self._runs.append(np.sort(hashes))

    def __len__(self) -> int:
        return sum(map(len, self._runs))

    def contains(self, hashes: Hashes) -> npt.NDArray[np.bool_]:
        """Whether each of `hashes` is in the set."""
        found = np.zeros(len(hashes), np.bool_)
        if not self._runs or not len(hashes):
            return found
        order = np.argsort(hashes)
        ordered = hashes[order]  # in order, so that the searches walk the run once
        hit = np.zeros(len(hashes), np.bool_)
        for run in self._runs:
            at = np.searchsorted(run, ordered)
            at[at == len(run)] = 0
            hit |= run[at] == ordered
        found[order] = hit
        return found

    def add(self, hashes: Hashes) -> None:
        """Add hashes that are not in the set."""
        if not len(hashes):
            return
        self._runs.append(np.sort(hashes))
        while len(self._runs) > 1 and len(self._runs[-2]) < GROWTH * len(self._runs[-1]):
            last = self._runs.pop()
            # a stable sort is a merge when its input is two sorted runs
            self._runs[-1] = np.sort(np.concatenate([self._runs[-1], last]), kind="stable")

    def add_new(self, hashes: Hashes) -> npt.NDArray[np.bool_]:
        """Add `hashes`; True where a hash was neither in the set nor earlier in `hashes`."""
        first = np.zeros(len(hashes), np.bool_)
        first[np.unique(hashes, return_index=True)[1]] = True
        new = first & ~self.contains(hashes)
        self.add(hashes[new])
        return new
