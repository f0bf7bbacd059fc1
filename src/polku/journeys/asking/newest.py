"""Profiles of whom something holds, those first of whom it last held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.results import Listed
from polku.store import Block

Mask = npt.NDArray[np.bool_]
Times = npt.NDArray[np.uint32]
Newest = tuple[int, Times, npt.NDArray[np.uint64]]


class Lately(Protocol):
    """Something that holds of profiles since a time. Frozen and hashable; may be sent to other machines."""

    def when(self, block: Block) -> tuple[Mask, Times]:
        """Whether it does, of each profile of a block, and since when, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Found:
    """Of so many it holds in all, and the newest of them: profiles, and when it last held."""

    total: int
    profiles: npt.NDArray[np.uint64]
    when: Times

    @property
    def listed(self) -> tuple[Listed, ...]:
        """The newest as answers tell them."""
        those = zip(self.profiles.tolist(), self.when.tolist(), strict=True)
        return tuple(Listed(f"{p:016x}", datetime.fromtimestamp(t, UTC)) for p, t in those)


@dataclass(frozen=True)
class NewestQuestion:
    """Find the profiles of whom it holds, of them the `most` of whom it last held."""

    of: Lately
    most: int

    def partial(self, block: Block) -> Newest:
        holds, when = self.of.when(block)
        return self._newest(int(np.count_nonzero(holds)), when[holds], block.profiles[holds])

    def merge(self, a: Newest, b: Newest) -> Newest:
        return self._newest(a[0] + b[0], np.concatenate([a[1], b[1]]), np.concatenate([a[2], b[2]]))

    def finish(self, partial: Newest) -> Found:
        total, when, profiles = partial
        order = _order(when, profiles)
        return Found(total, profiles[order], when[order])

    def _newest(self, total: int, when: Times, profiles: npt.NDArray[np.uint64]) -> Newest:
        """No more than are wanted; of the same moment those with the smallest numbers, so that it does not matter
        which blocks are merged first."""
        if len(when) > self.most:
            late = when >= np.partition(when, -self.most)[-self.most]  # sorting millions takes long
            when, profiles = when[late], profiles[late]
            kept = _order(when, profiles)[: self.most]
            when, profiles = when[kept], profiles[kept]
        return total, when, profiles


def _order(when: Times, profiles: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    order: npt.NDArray[np.int64] = np.lexsort((profiles, -when.astype(np.int64)))
    return order
