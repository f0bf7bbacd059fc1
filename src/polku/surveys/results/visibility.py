"""How much is told of so few answers."""

from __future__ import annotations

from typing import Final, Literal

from polku.stats import FEWEST

Visibility = Literal["told", "grey", "hidden"]

SURE_FROM: Final = 30
"""Below so many answers a number is told in grey: its interval is wide, and one may take it for more than it is."""


def visibility(n: int) -> Visibility:
    """Hidden below 5: it would say more of a person than of a group."""
    return "hidden" if n < FEWEST else "grey" if n < SURE_FROM else "told"
