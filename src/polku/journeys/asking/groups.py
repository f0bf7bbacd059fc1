"""Random groups of profiles: what an interval is made of where no formula gives one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from polku.store import BUCKETS, Block, buckets_of

GROUPS: Final = 16
"""So many that Student's t is near the normal, so few that what is counted for each fits in memory."""


def by_group(block: Block) -> Iterator[tuple[int, Block]]:
    """The numbers of the groups that the block's profiles fall into, and the block with those of each only.

    A group is a hash of the profile, the same as of blocks: usually a whole block is of one group, but however
    profiles are spread over blocks, their groups stay the same.
    """
    groups = buckets_of(block.profiles) * GROUPS // BUCKETS
    found = np.flatnonzero(np.bincount(groups, minlength=GROUPS))
    for group in found:
        alone = len(found) == 1
        yield int(group), block if alone else block.choose(np.flatnonzero(groups == group))
