"""Who has met a touchpoint of what is asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from polku.journeys.asking.newest import Mask, Times
from polku.journeys.asking.scope import Scope
from polku.store import Block


@dataclass(frozen=True, slots=True)
class Active:
    """Profiles with an event of the scope, since the last of them."""

    scope: Scope

    def when(self, block: Block) -> tuple[Mask, Times]:
        """Whether they have one, of each profile of a block, and when the last was, in seconds since 1970."""
        counted = self.scope.counted(block)
        holds = counted.ends > counted.starts
        when = np.zeros(len(holds), np.uint32)
        when[holds] = counted.time[counted.ends[holds] - 1]
        return holds, when
