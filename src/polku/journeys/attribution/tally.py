"""What is counted of journeys to attribute their conversions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Sums = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted. `credit[k]` is what the rules give to touchpoint k: conversions, then what they are worth;
    `met[k]` the conversions in whose paths it is; `follows` how often each touchpoint, a conversion or
    nothing comes after what came last, and `worths` what conversions after it are worth, as `follow_paths` numbers it.

    `conversions` are all, `valued` those whose worth is known, `worth` the sum of it, `led` those that any touchpoint
    comes before, `paths` all paths with a touchpoint.
    """

    credit: Sums
    met: Counts
    follows: npt.NDArray[np.uint32]
    worths: Sums
    conversions: int
    valued: int
    worth: float
    led: int
    paths: int

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.credit + other.credit,
            self.met + other.met,
            self.follows + other.follows,
            self.worths + other.worths,
            self.conversions + other.conversions,
            self.valued + other.valued,
            self.worth + other.worth,
            self.led + other.led,
            self.paths + other.paths,
        )
