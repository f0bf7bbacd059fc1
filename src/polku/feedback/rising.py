"""Themes that rise: what far more customers speak of in the last week than in the weeks before.

Two kinds are held against the weeks before: themes found in all the comments (they grow), and single words and pairs of
words (what is new has no theme of its own yet, but its words burst). Words that burst together are one theme.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from polku.feedback.pains import ratio
from polku.stats import FEWEST, Estimate, beyond_swings, swings
from polku.text import Themes

WEEKS: Final = 13
"""The last one and twelve before."""
WEEK_S: Final = 7 * 86_400
LEVEL: Final = 0.002
"""Finds to expect of a look at comments in which nothing changes, all words and themes considered: with a look a day
0.7 a year. `python -m benchmarks.alarms` counted 1, 2 and 0 letters in three years of 25 comments a day where a tenth
of the words swing, 0 in two years of 100 and in one of 1,000, and 0 in two years of 25 without swings."""
FEWEST_IN_WEEK: Final = 20
"""Customers who commented: below that a week tells nothing."""
TIMES: Final = 1.5
"""What has not grown by half is not worth a letter, however sure it is."""
QUIET: Final = timedelta(days=28)
"""A theme that was told of is not told of again within this time."""
MOST_TOLD: Final = 5
"""Themes of a language and day: if more rise, something else has changed, e.g. what is asked."""
MOST_READ: Final = 5_000
"""Comments of a language and week that a look rests on at most, by chance."""
MOST_BEFORE: Final = 20_000
"""Of the weeks before: how much a word swings is only seen where each week has many."""
NEW_AT_MOST: Final = 0.1
MOST_WORDS: Final = 10
_SAME: Final = 0.5


Words = tuple[str, ...]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rise:
    """A theme that rises. `comments` are indices of last week's that speak of it; `count` of `total` customers did;
    `times` as common as before, with its 95% interval; `p_value` is adjusted for all that was looked at."""

    name: str
    words: tuple[str, ...]
    course: str
    comments: tuple[int, ...]
    count: int
    total: int
    times: Estimate
    p_value: float


def rising(
    terms: Sequence[Sequence[str]], found: Themes, who: Sequence[int], at: Sequence[int], end: int
) -> list[Rise]:
    """What rises in the week before `end` (seconds since 1970), the surest first.

    `terms` are the telling words of each comment, `found` their themes, `who` whose they are, `at` when they came
    (seconds). A customer counts once a week. p-values are Fisher's exact, one-sided, over what the word or theme is
    likely to swing from week to week, which is learned from it and from all the others (`polku.stats.swings`); then
    `expected_by_chance` makes them the number of finds to expect of all that was looked at.
    """
    weeks = np.array([(end - 1 - t) // WEEK_S for t in at], np.int64)
    counted = _Counted(_spoken(terms, found), who, weeks)
    counts, totals = counted.counts, counted.totals
    n, n_before = int(totals[0]), int(totals[1:].sum())
    if n < FEWEST_IN_WEEK or n_before < FEWEST_IN_WEEK:
        return []
    last, before = counts[:, 0], counts[:, 1:].sum(axis=1)
    by_chance = _tail(last - 1, n + n_before, last + before, n)
    more = (last >= FEWEST) & (last * n_before >= TIMES * before * n)
    likely = np.flatnonzero(more & (by_chance <= LEVEL))
    seen = np.flatnonzero(totals[1:]) + 1
    common = None
    rises = []
    for thing in likely[np.argsort(by_chance[likely])].tolist():
        if expected_by_chance(by_chance[thing], last + before, n, n_before) > LEVEL:
            break  # what is less sure is not sure enough either
        common = common or swings(counts[:, seen], totals[seen])
        k, k_before = int(last[thing]), int(before[thing])
        sizes = common.of(counts[thing : thing + 1, seen], totals[seen])[0]
        p = beyond_swings(k, n, k_before, n_before, periods=len(seen), sizes=sizes)
        adjusted = expected_by_chance(p, last + before, n, n_before)
        if adjusted <= LEVEL:
            words = counted.things[thing]
            course = "new" if k_before <= NEW_AT_MOST * (k + k_before) else "growing"
            times = ratio(k, n, k_before, n_before)
            told = counted.in_last(thing)
            rises.append(Rise(", ".join(words[:3]), words, course, told, k, n, times, adjusted))
    return _joined(sorted(rises, key=lambda r: (r.p_value, -r.count, r.name)))


def untold(rises: Sequence[Rise], told: Iterable[Sequence[str]]) -> list[Rise]:
    """Which of what rises to tell of: the surest, none of which is a theme that was `told` (its words) within QUIET."""
    known = list(told)
    fresh: list[Rise] = []
    for rise in rises[:MOST_TOLD]:
        if not any(same_theme(words, rise.words) for words in known):
            fresh.append(rise)
            known.append(rise.words)
    return fresh


def same_theme(words: Iterable[str], others: Iterable[str]) -> bool:
    """Whether two themes are one: they share half of the words of the one with fewer."""
    one, other = ({part for w in ws for part in w.split()} for ws in (words, others))
    return len(one & other) >= _SAME * max(1, min(len(one), len(other)))


class _Counted:
    """Customers by week and by what they speak of: week 0 is the last. `counts` are things × weeks."""

    def __init__(self, spoken: Mapping[Words, Sequence[int]], who: Sequence[int], weeks: Numbers) -> None:
        self.things = list(spoken)
        self._members = list(spoken.values())
        within = (weeks >= 0) & (weeks < WEEKS)
        nth = {person: i for i, person in enumerate(dict.fromkeys(who))}
        people = np.array([nth[person] for person in who], np.int64) * WEEKS + weeks
        self.totals: Numbers = np.bincount(np.unique(people[within]) % WEEKS, minlength=WEEKS)
        sizes = [len(m) for m in self._members]
        comments = np.fromiter(itertools.chain.from_iterable(self._members), np.int64, sum(sizes))
        thing = np.repeat(np.arange(len(sizes)), sizes)[within[comments]]
        span = int(people.max(initial=0)) + 1
        told = np.unique(thing * span + people[comments[within[comments]]])
        cells = told // span * WEEKS + told % span % WEEKS
        self.counts: Numbers = np.bincount(cells, minlength=len(sizes) * WEEKS).reshape(-1, WEEKS)
        self._weeks = weeks

    def in_last(self, thing: int) -> tuple[int, ...]:
        """Last week's comments that speak of it."""
        return tuple(i for i in self._members[thing] if self._weeks[i] == 0)


def _spoken(terms: Sequence[Sequence[str]], found: Themes) -> dict[Words, Sequence[int]]:
    """The comments of each theme and each term."""
    of_terms: dict[str, list[int]] = defaultdict(list)
    for i, told in enumerate(terms):
        for term in set(told):
            of_terms[term].append(i)
    members: dict[Words, Sequence[int]] = {t.words[:MOST_WORDS]: t.comments for t in found.themes}
    return members | {(term,): at for term, at in of_terms.items()}


def expected_by_chance(p: float, totals: Numbers, n: int, n_before: int) -> float:
    """How many things would be found with a p-value of `p` or less if nothing but chance were at work.

    The sum over all things, spoken of by `totals` customers in all weeks, of the largest p-value up to `p` that so many
    can have (Westfall and Wolfinger 1997: Bonferroni for counts). What is too rare to be found costs nothing, and what
    is looked at must not depend on how common it was in the last week (else rare things are found by chance).
    """
    sizes, times = np.unique(totals[totals >= FEWEST], return_counts=True)
    grown = np.ceil(TIMES * sizes * n / (n_before + TIMES * n)).astype(np.int64)
    low, high = np.maximum(grown, FEWEST), np.minimum(sizes, n) + 1
    low = np.minimum(low, high)
    while (low < high).any():
        middle = (low + high) // 2
        rare = _tail(middle - 1, n + n_before, sizes, n) <= p
        low, high = np.where(rare, low, np.minimum(middle + 1, high)), np.where(rare, middle, high)
    return float(times @ _tail(low - 1, n + n_before, sizes, n))


def _tail(k: Any, population: int, marked: Any, drawn: int) -> Any:
    """The chance that more than `k` of those drawn are marked ones (hypergeometric)."""
    from scipy import stats  # takes a third of a second: every command and server would wait for it

    return stats.hypergeom.sf(k, population, marked, drawn)


def _joined(rises: list[Rise]) -> list[Rise]:
    """Rises that are mostly in the same comments are one: the surest, named by the words of all."""
    kept: list[Rise] = []
    for rise in rises:
        into = next((i for i, k in enumerate(kept) if _overlap(k.comments, rise.comments) >= _SAME), None)
        if into is None:
            kept.append(rise)
            continue
        first = kept[into]
        words = tuple(dict.fromkeys((*first.words, *rise.words)))[:MOST_WORDS]
        kept[into] = Rise(
            _name(words),
            words,
            first.course,
            first.comments,
            first.count,
            first.total,
            first.times,
            first.p_value,
        )
    return kept


def _overlap(one: Sequence[int], other: Sequence[int]) -> float:
    return len(set(one) & set(other)) / max(1, min(len(one), len(other)))


def _name(words: Sequence[str]) -> str:
    """The first words, none of which is part of another."""
    chosen: list[str] = []
    for word in words:
        if not set(word.split()) & {part for other in chosen for part in other.split()}:
            chosen.append(word)
    return ", ".join(chosen[:3])
