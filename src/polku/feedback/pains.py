"""Pain points: what customers are unhappy about, by how many, how badly, and whether it gets worse."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scipy import special

from polku.stats import FEWEST, Estimate, proportion

LAST_PART: Final = 0.25
"""The share of the comments, the newest, that the trend holds against those before."""
_Z: Final = float(special.ndtri(0.975))


@dataclass(frozen=True, slots=True)
class Mentioned:
    """That somebody spoke of an aspect at a touchpoint. `who` says whose comments belong together; `at` in seconds."""

    comment: int
    who: int
    at: int
    aspect: str
    touchpoint: str
    is_negative: bool


@dataclass(frozen=True, slots=True)
class Pain:
    """An aspect at a touchpoint. `reach` is the share of those who commented that speak of it, `severity` the share
    of those for whom it was bad, `trend` how many times as common complaints are in the newest quarter of the
    comments as before; `priority` is their product. `comments` are those that complain, newest first."""

    aspect: str
    touchpoint: str
    reach: Estimate
    severity: Estimate
    trend: Estimate
    priority: Estimate
    comments: tuple[int, ...]


def pains(mentions: Sequence[Mentioned], commented: Sequence[tuple[int, int]]) -> list[Pain]:
    """Pain points from the largest priority to the smallest; `commented` is (who, at) of every comment.

    People are counted, not comments: one who complains ten times is one. Fewer than five who speak of a thing are
    not told of. Intervals: Wilson's of shares; of the trend Katz's of a ratio, with half a case added to each count;
    of the product that of its logarithm, whose variance is the sum of theirs (the delta method).
    """
    everybody = {who for who, _ in commented}
    border = _border(commented)
    newer = {who for who, at in commented if at >= border}
    older = {who for who, at in commented if at < border}
    of_each: dict[tuple[str, str], list[Mentioned]] = defaultdict(list)
    for m in mentions:
        of_each[m.aspect, m.touchpoint].append(m)
    made = []
    for (aspect, touchpoint), told in of_each.items():
        speak = {m.who for m in told}
        if len(speak) < FEWEST:
            continue
        complain = [m for m in told if m.is_negative]
        if not complain:
            continue
        reach = proportion(len(speak), len(everybody))
        severity = proportion(len({m.who for m in complain}), len(speak))
        trend = ratio(
            len({m.who for m in complain if m.at >= border}), len(newer),
            len({m.who for m in complain if m.at < border}), len(older),
        )  # fmt: skip
        newest_first = sorted({(m.at, m.comment) for m in complain}, reverse=True)
        comments = tuple(comment for _, comment in newest_first)
        made.append(
            Pain(aspect, touchpoint, reach, severity, trend, _product(reach, severity, trend), comments)
        )
    return sorted(made, key=lambda p: (-(p.priority.estimate or 0.0), p.aspect, p.touchpoint))


def _border(commented: Sequence[tuple[int, int]]) -> int:
    """When the newest quarter of the comments begins."""
    times = sorted(at for _, at in commented)
    return times[int(len(times) * (1 - LAST_PART))] if times else 0


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
