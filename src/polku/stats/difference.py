"""What a comparison of two groups says."""

from __future__ import annotations

from dataclasses import dataclass

from polku.stats.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Difference:
    """The first group less the second, with its interval, and how probable one as large is where there is none.

    `p_value` is None, and the difference not told, where there is too little to test.
    """

    difference: Estimate
    p_value: float | None

    @classmethod
    def unknown(cls, n: int, reason: str) -> Difference:
        return cls(Estimate.unknown(n, reason), None)
