"""Themes over time: how often each is spoken of, how it is felt, which are new and which grow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from polku.stats import CLEAR, Estimate, false_discovery, proportion, two_proportions
from polku.text import Themes

NEW_AT_MOST: Final = 0.1
"""A growing theme is new when at most this share of its comments came before the last period."""
FEWEST_IN_LAST: Final = 5
EXAMPLES: Final = 3

Course = Literal["new", "growing", "shrinking", "steady"]


@dataclass(frozen=True, slots=True)
class Followed:
    """A theme through periods. `counts` and `shares` (of all comments of the period) are by period; `negative` and
    `positive` are shares of its comments, unknown in languages that no model knows; `q_value` is of the last period
    against those before, among all themes; `examples` are indices, most typical first."""

    name: str
    words: tuple[str, ...]
    comments: tuple[int, ...]
    share: Estimate
    negative: Estimate
    positive: Estimate
    counts: tuple[int, ...]
    shares: tuple[Estimate, ...]
    course: Course
    q_value: float | None
    examples: tuple[int, ...]


def followed(
    found: Themes, sentiments: Sequence[str | None], period: npt.NDArray[np.int64], periods: int
) -> list[Followed]:
    """Follow themes over `periods`; `period` is of each comment which one it is in (0 is the first).

    A theme grows when its share of the last period's comments is larger than of those before by more than chance
    (two proportions, false discovery rate of 5% among the themes); `new` if hardly any came before.
    """
    totals = np.bincount(period, minlength=periods)
    told = [_counts(theme.comments, period, periods) for theme in found.themes]
    tests = [_last_against_before(counts, totals) for counts in told]
    q_values = false_discovery([p for p, _ in tests])
    return [
        Followed(
            theme.name,
            theme.words,
            theme.comments,
            proportion(len(theme.comments), len(period)),
            share_of(sentiments, theme.comments, "negative"),
            share_of(sentiments, theme.comments, "positive"),
            tuple(counts.tolist()),
            tuple(proportion(int(k), int(n)) for k, n in zip(counts, totals, strict=True)),
            _course(counts, difference, q),
            q,
            theme.comments[:EXAMPLES],
        )
        for theme, counts, (_, difference), q in zip(found.themes, told, tests, q_values, strict=True)
    ]


def share_of(sentiments: Sequence[str | None], at: Sequence[int], label: str) -> Estimate:
    """The share with this sentiment of those that have one."""
    known = [s for i in at if (s := sentiments[i]) is not None]
    return proportion(sum(s == label for s in known), len(known))


def _counts(comments: Sequence[int], period: npt.NDArray[np.int64], periods: int) -> npt.NDArray[np.int64]:
    return np.bincount(period[list(comments)], minlength=periods)


def _last_against_before(
    counts: npt.NDArray[np.int64], totals: npt.NDArray[np.int64]
) -> tuple[float | None, float]:
    last, before = int(counts[-1]), int(counts[:-1].sum())
    n, n_before = int(totals[-1]), int(totals[:-1].sum())
    if not n or not n_before:
        return None, 0.0
    return two_proportions(last, n, before, n_before).p_value, last / n - before / n_before


def _course(counts: npt.NDArray[np.int64], difference: float, q_value: float | None) -> Course:
    if q_value is None or q_value > CLEAR:
        return "steady"
    if difference < 0:
        return "shrinking"
    last, total = int(counts[-1]), int(counts.sum())
    return "new" if last >= FEWEST_IN_LAST and total - last <= NEW_AT_MOST * total else "growing"
