"""How many touchpoints back a question can remember."""

from __future__ import annotations

from typing import Final

DEEPEST: Final = 3
MOST_CELLS: Final = 4_000_000
"""Counts of four bytes each; with three touchpoints back there is room for some 40 touchpoints."""


def deepest(size: int) -> int:
    """How far back one can remember with `size` touchpoints: 3, or fewer where the counts of all that may follow
    all that may come before would not fit in memory."""
    fits = [order for order in range(1, DEEPEST + 1) if (size + 1) ** order * (size + 2) <= MOST_CELLS]
    return fits[-1] if fits else 1
