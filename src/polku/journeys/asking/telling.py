"""Numbers as answers tell them, and sentences as pages do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import numpy as np

from polku.i18n import duration
from polku.journeys.asking.results import Ends, Met
from polku.journeys.touchpoints.catalogue import Touchpoint
from polku.stats import FEWEST, Estimate, proportion

_SPACE: Final = "\u202f"
"""What stands between a number and its unit."""


def share(part: int, whole: int) -> Estimate:
    """A share with its interval, or why it is not told: of fewer than five it would say too much of each."""
    return proportion(part, whole) if whole >= FEWEST or whole == 0 else Estimate.unknown(whole, "too_few")


def met_of(touchpoint: Touchpoint) -> Met:
    return Met(touchpoint.key, touchpoint.name_fi, touchpoint.name_en, touchpoint.channel)


def ends_of(met: Sequence[Met], starts: np.ndarray, ends: np.ndarray) -> tuple[Ends, ...]:
    found = zip(met, starts.tolist(), ends.tolist(), strict=True)
    return tuple(Ends(m, s, e) for m, s, e in found if s or e)


def said(sentences: Sequence[str]) -> str:
    """One text, in which no line ends between a number and how sure it is."""
    return " ".join(sentences).replace(" ± ", "\u00a0±\u00a0")


def is_told(e: Estimate | None) -> bool:
    return e is not None and e.estimate is not None


def apart(lower: Estimate, higher: Estimate) -> bool:
    """Whether one is below the other for sure: their intervals have nothing in common."""
    return (lower.high or 0.0) < (higher.low or 0.0)


def lengths(low: float | None, high: float | None) -> str:
    """From one length of time to another: 36–38 s, 20 s–1 min, 4 min."""
    if low is None or high is None:
        return "–"
    start, end = length_in_words(low), length_in_words(high)
    (number_, unit), (_, unit_of_end) = start.rsplit(_SPACE, 1), end.rsplit(_SPACE, 1)
    if start == end:
        return end
    return f"{number_ if unit == unit_of_end else start}–{end}"


def length_in_words(seconds: float | None) -> str:
    """A length of time."""
    return duration(timedelta(seconds=seconds or 0))
