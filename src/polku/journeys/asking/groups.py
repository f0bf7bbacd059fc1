"""Random groups of profiles: what an interval is made of where no formula gives one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.views import views
from polku.store import BUCKETS, Block, buckets_of

Places = npt.NDArray[np.int64]

GROUPS: Final = 16
"""So many that Student's t is near the normal, so few that what is counted for each fits in memory."""


def by_group(block: Block) -> Iterator[tuple[int, Block]]:
    """The numbers of the groups that the block's profiles fall into, and the block with those of each only.

    A group is a hash of the profile, the same as of blocks: usually a whole block is of one group, but however
    profiles are spread over blocks, their groups stay the same.
    """
    groups: list[tuple[int, Places | None]] | None = views.get(block, GROUPS)
    if groups is None:
        of_each = buckets_of(block.profiles) * GROUPS // BUCKETS
        found = np.flatnonzero(np.bincount(of_each, minlength=GROUPS)).tolist()
        groups = [(g, np.flatnonzero(of_each == g) if len(found) > 1 else None) for g in found]
        views.keep(block, GROUPS, groups, *(places for _, places in groups if places is not None))
    for group, places in groups:
        yield group, block if places is None else block.choose(places)
