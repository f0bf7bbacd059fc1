"""Themes that rise: what far more customers speak of in the last week than in the weeks before.

Two kinds are held against the weeks before: themes found in all the comments (they grow), and single words and pairs of
words (what is new has no theme of its own yet, but its words burst). Words that burst together are one theme.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from polku.feedback.pains import ratio
from polku.stats import FEWEST, Estimate
from polku.text import Themes

WEEKS: Final = 13
"""The last one and twelve before."""
WEEK_S: Final = 7 * 86_400
LEVEL: Final = 0.002
"""The chance that a look at comments in which nothing changes finds anything at all, all words and themes considered
(Bonferroni); with a look a day that is less than one false alarm a year."""
FEWEST_IN_WEEK: Final = 20
"""Customers who commented: below that a week tells nothing."""
TIMES: Final = 1.5
"""What has not grown by half is not worth a letter, however sure it is."""
NEW_AT_MOST: Final = 0.1
MOST_WORDS: Final = 10
_SAME: Final = 0.5


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
    (seconds). A customer counts once a week. p-values are Fisher's exact, one-sided; where a word or theme went up and
    down from week to week before, more than by chance, they are made larger by that much (quasi-likelihood).
    """
    weeks = np.array([(end - 1 - t) // WEEK_S for t in at], np.int64)
    of_weeks = _People(who, weeks)
    if of_weeks.last < FEWEST_IN_WEEK or of_weeks.before < FEWEST_IN_WEEK:
        return []
    members: dict[tuple[str, ...], list[int]] = {t.words[:MOST_WORDS]: list(t.comments) for t in found.themes}
    of_terms: dict[str, list[int]] = defaultdict(list)
    for i, told in enumerate(terms):
        for term in set(told):
            of_terms[term].append(i)
    members |= {(term,): at_ for term, at_ in of_terms.items()}
    tested = {key: c for key, m in members.items() if (c := of_weeks.counts(m))[0] >= FEWEST}
    rises = [_rise(key, members[key], counts, of_weeks, len(tested)) for key, counts in tested.items()]
    kept = [r for r in rises if r is not None and r.p_value <= LEVEL]
    return _joined(sorted(kept, key=lambda r: (r.p_value, -r.count, r.name)))


def same_theme(words: Iterable[str], others: Iterable[str]) -> bool:
    """Whether two themes are one: they share half of the words of the one with fewer."""
    one, other = ({part for w in ws for part in w.split()} for ws in (words, others))
    return len(one & other) >= _SAME * max(1, min(len(one), len(other)))


class _People:
    """Customers by week: week 0 is the last."""

    def __init__(self, who: Sequence[int], weeks: np.ndarray) -> None:
        self._pairs = list(zip(who, weeks.tolist(), strict=True))
        totals: dict[int, set[int]] = defaultdict(set)
        for person, week in self._pairs:
            totals[week].add(person)
        self.totals: Mapping[int, int] = {w: len(totals[w]) for w in range(WEEKS) if w in totals}
        self.last = self.totals.get(0, 0)
        self.before = sum(n for w, n in self.totals.items() if w)

    def counts(self, comments: Iterable[int]) -> list[int]:
        """Customers who speak of it in each week, the last first."""
        told = {self._pairs[i] for i in comments}
        counts = [0] * WEEKS
        for _, week in told:
            if week < WEEKS:
                counts[week] += 1
        return counts

    def in_last(self, comments: Iterable[int]) -> tuple[int, ...]:
        return tuple(i for i in comments if self._pairs[i][1] == 0)


def _rise(
    words: tuple[str, ...], comments: Sequence[int], counts: list[int], people: _People, tests: int
) -> Rise | None:
    last, before = counts[0], sum(counts[1:])
    n, n_before = people.last, people.before
    if last * n_before < TIMES * before * n:
        return None
    from scipy import stats  # takes a third of a second: every command and server would wait for it

    p = float(stats.hypergeom.sf(last - 1, n + n_before, last + before, n))
    p = _dispersed(p, counts, people)
    return Rise(
        ", ".join(words[:3]),
        words,
        "new" if before <= NEW_AT_MOST * (last + before) else "growing",
        people.in_last(comments),
        last,
        n,
        ratio(last, n, before, n_before),
        min(1.0, p * tests),
    )


def _dispersed(p: float, counts: list[int], people: _People) -> float:
    """A p-value made larger where earlier weeks differed by more than chance: its z divided by √φ (Pearson's)."""
    weeks = [w for w in people.totals if w]
    share = sum(counts[w] for w in weeks) / people.before
    if not 0 < share < 1 or len(weeks) < 4:
        return p
    chi = sum(
        (counts[w] - share * people.totals[w]) ** 2 / (people.totals[w] * share * (1 - share)) for w in weeks
    )
    spread = max(1.0, chi / (len(weeks) - 1))
    return float(special.ndtr(special.ndtri(max(p, 1e-300)) / np.sqrt(spread)))


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
