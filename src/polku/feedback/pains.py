"""Pain points: what customers are unhappy about, by how many, how badly, and whether it gets worse."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special

from polku.stats import FEWEST, Estimate, proportion

NEWEST: Final = 12
"""Comments of a pain point that are kept to choose examples from."""
LAST_PART: Final = 0.25
"""The share of the comments, the newest, that the trend holds against those before."""
_Z: Final = float(special.ndtri(0.975))


Numbers = npt.NDArray[np.int64]
Thing = tuple[str, str]
"""An aspect and the touchpoint at which it is spoken of."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """Who spoke of which of `things`: of each mention the number of the comment, whose it is (one number a person),
    `at` in seconds, `thing` as an index of `things`, and whether it was bad."""

    things: Sequence[Thing]
    comment: Numbers
    who: Numbers
    at: Numbers
    thing: npt.NDArray[np.int32]
    is_negative: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Commented:
    """Of every comment `who` made it, and `at` what second."""

    who: Numbers
    at: Numbers


@dataclass(frozen=True, slots=True)
class Pain:
    """An aspect at a touchpoint. `reach` is the share of those who commented that speak of it, `severity` the share
    of those for whom it was bad, `trend` how many times as common complaints are in the newest quarter of the
    comments as before; `priority` is their product. `count` comments complain; `comments` are the newest of them,
    newest first."""

    aspect: str
    touchpoint: str
    reach: Estimate
    severity: Estimate
    trend: Estimate
    priority: Estimate
    count: int
    comments: tuple[int, ...]


def pains(mentions: Mentions, commented: Commented) -> list[Pain]:
    """Pain points from the largest priority to the smallest.

    People are counted, not comments: one who complains ten times is one. Fewer than five who speak of a thing are
    not told of. Intervals: Wilson's of shares; of the trend Katz's of a ratio, with half a case added to each count;
    of the product that of its logarithm, whose variance is the sum of theirs (the delta method).
    """
    border = _border(commented.at)
    everybody = len(np.unique(commented.who))
    newer, older = (len(np.unique(commented.who[late])) for late in _parts(commented.at, border))
    things = len(mentions.things)
    bad = mentions.is_negative
    speak = _people(mentions, np.ones(len(bad), np.bool_), things)
    complain = _people(mentions, bad, things)
    lately, before = (_people(mentions, bad & part, things) for part in _parts(mentions.at, border))
    told = _told(mentions, things)
    made = []
    for nth in np.flatnonzero((speak >= FEWEST) & (complain > 0)).tolist():
        reach = proportion(int(speak[nth]), everybody)
        severity = proportion(int(complain[nth]), int(speak[nth]))
        trend = ratio(int(lately[nth]), newer, int(before[nth]), older)
        priority = _product(reach, severity, trend)
        made.append(Pain(*mentions.things[nth], reach, severity, trend, priority, *told[nth]))
    return sorted(made, key=lambda p: (-(p.priority.estimate or 0.0), p.aspect, p.touchpoint))


def _border(at: Numbers) -> int:
    """When the newest quarter of the comments begins."""
    return int(np.sort(at)[int(len(at) * (1 - LAST_PART))]) if len(at) else 0


def _parts(at: Numbers, border: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    return at >= border, at < border


def _people(mentions: Mentions, counted: npt.NDArray[np.bool_], things: int) -> Numbers:
    """How many people of the mentions that are counted speak of each thing."""
    thing, who = mentions.thing[counted], mentions.who[counted]
    order = np.lexsort((who, thing))
    thing, who = thing[order], who[order]
    first = np.ones(len(thing), np.bool_)
    first[1:] = (thing[1:] != thing[:-1]) | (who[1:] != who[:-1])
    return np.bincount(thing[first], minlength=things)


def _told(mentions: Mentions, things: int) -> list[tuple[int, tuple[int, ...]]]:
    """Of each thing how many comments complain of it, and the newest of them."""
    bad = mentions.is_negative
    thing, at, comment = mentions.thing[bad], mentions.at[bad], mentions.comment[bad]
    order = np.lexsort((-comment, -at, thing))
    thing, comment = thing[order], comment[order]
    once = np.ones(len(thing), np.bool_)
    once[1:] = (thing[1:] != thing[:-1]) | (comment[1:] != comment[:-1])
    thing, comment = thing[once], comment[once]
    ends = np.searchsorted(thing, np.arange(things + 1))
    return [
        (int(high - low), tuple(comment[low : min(high, low + NEWEST)].tolist()))
        for low, high in itertools.pairwise(ends.tolist())
    ]


def ratio(k: int, n: int, other_k: int, other_n: int) -> Estimate:
    """How many times k of n is other_k of other_n (Katz et al. 1978, with 0.5 added as by Walter 1975)."""
    if min(n, other_n) < FEWEST:
        return Estimate.unknown(n + other_n, "too_few")
    log = math.log((k + 0.5) / (n + 0.5)) - math.log((other_k + 0.5) / (other_n + 0.5))
    variance = 1 / (k + 0.5) - 1 / (n + 0.5) + 1 / (other_k + 0.5) - 1 / (other_n + 0.5)
    half = _Z * math.sqrt(max(0.0, variance))
    return Estimate(math.exp(log), math.exp(log - half), math.exp(log + half), n + other_n)


def _product(reach: Estimate, severity: Estimate, trend: Estimate) -> Estimate:
    """Reach × severity × trend; a trend that cannot be told counts as none."""
    value, variance = 1.0, 0.0
    for part in (reach, severity, trend):
        if part.estimate is None or part.low is None or part.high is None:
            continue
        value *= part.estimate
        variance += (math.log(part.high / max(part.low, 1e-9)) / (2 * _Z)) ** 2
    half = _Z * math.sqrt(variance)
    return Estimate(value, value * math.exp(-half), value * math.exp(half), reach.n)
