"""The sizes in which the path across is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from polku.journeys.map.labels import LEVELS


@dataclass(frozen=True, slots=True)
class Sheet:
    """A size of the path across: the page shows the one whose letters come out nearest to 12 px."""

    css: str
    width: float
    height: float
    top: float  # where the highest interval may be, and
    bottom: float  # the lowest: the rest is room for names
    levels: int  # rows of names above the line, and below it


WIDE: Final = Sheet("wide", 1040, 330, 88, 284, LEVELS)
MIDDLE: Final = Sheet("middle", 780, 380, 118, 310, 6)
SMALL: Final = Sheet("small", 580, 400, 122, 306, 7)
SHEETS: Final = (WIDE, MIDDLE, SMALL)
