"""Shares of models as answers tell them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from polku.journeys.asking.results import Met
from polku.journeys.asking.telling import apart, is_told
from polku.journeys.attribution.results import AttributionOfJourneys, Credit, Earner
from polku.journeys.attribution.shares import Shares
from polku.stats import FEWEST, Estimate, share_within

MUCH_LESS = 2 / 3


@dataclass(frozen=True, slots=True)
class Side:
    """One earner's credit, the models side by side: shares of conversions or of money, and amounts."""

    touchpoint: Met
    shares: tuple[Estimate, ...]
    amounts: tuple[Estimate, ...]

    @property
    def range(self) -> tuple[Estimate, Estimate] | None:
        """The least and the most that models give."""
        ends = ends_of(self.shares)
        return (self.shares[ends[0]], self.shares[ends[1]]) if ends else None

    @property
    def disagree(self) -> bool:
        return disagreement(self.shares) is not None


def credits_of(shares: Shares, met: Sequence[Met]) -> tuple[tuple[Earner, ...], tuple[Credit, ...]]:
    """The touchpoints that earn anything, who earns most first, and what each model gives to each of them."""
    told = {k: [_credit(shares, m, k, met[k]) for m in range(len(shares.models))] for k in range(len(met))}
    order = sorted((k for k in told if shares.met[k]), key=lambda k: -_typical([c.share for c in told[k]]))
    earners = tuple(_earner(met[k], int(shares.met[k]), told[k]) for k in order)
    return earners, tuple(c for k in order for c in told[k])


def disagreement(estimates: Sequence[Estimate]) -> tuple[int, int] | None:
    """The places of the least and the most of what models give, where they disagree: their intervals have nothing in
    common and the least is under two thirds of the most."""
    ends = ends_of(estimates)
    if ends is None:
        return None
    least, most = estimates[ends[0]], estimates[ends[1]]
    less = (least.estimate or 0.0) < MUCH_LESS * (most.estimate or 0.0)
    return ends if less and apart(least, most) else None


def ends_of(estimates: Sequence[Estimate]) -> tuple[int, int] | None:
    """The places of the least and the most; None where none is told."""
    told = [i for i, e in enumerate(estimates) if is_told(e)]
    if not told:
        return None

    def value(i: int) -> float:
        return estimates[i].estimate or 0.0

    return min(told, key=value), max(told, key=value)


def _earner(met: Met, conversions: int, credits: Sequence[Credit]) -> Earner:
    shares = [c.share for c in credits]
    ends = ends_of(shares)
    if ends is None:
        return Earner(met, conversions, shares[0], shares[0], None, None, disagree=False)
    least, most = (credits[i] for i in ends)
    return Earner(
        met, conversions, least.share, most.share, least.model, most.model,
        disagree=disagreement(shares) is not None,
    )  # fmt: skip


def _credit(shares: Shares, m: int, k: int, met: Met) -> Credit:
    n = int(shares.met[k])
    of_conversions = _estimate(shares.share[0, m, k], shares.half[0, m, k], n, shares.led)
    credited = _scaled(of_conversions, shares.led)
    if not shares.valued or shares.led_worth <= 0:
        return Credit(met, shares.models[m], of_conversions, credited, Estimate.unknown(n, "no_values"))
    of_money = _estimate(shares.share[1, m, k], shares.half[1, m, k], n, shares.led)
    return Credit(met, shares.models[m], of_conversions, credited, _scaled(of_money, shares.led_worth))


def _estimate(share: float, half: float, n: int, led: int) -> Estimate:
    """Of fewer than five conversions, or where the groups cannot say how sure it is, it is not told."""
    if led == 0 or n < FEWEST or not math.isfinite(share) or not math.isfinite(half):
        return Estimate.unknown(n, "too_few" if led else "no_observations")
    return replace(share_within(float(share), float(half), led), n=n)


def _scaled(e: Estimate, by: float) -> Estimate:
    if e.estimate is None or e.low is None or e.high is None:
        return e
    return Estimate(e.estimate * by, e.low * by, e.high * by, e.n)


def _typical(estimates: Sequence[Estimate]) -> float:
    known = [e.estimate for e in estimates if e.estimate is not None]
    return median(known) if known else -1.0


def sides_of(answer: AttributionOfJourneys, *, money: bool) -> list[Side]:
    """The earners' credit in conversions, or in money, who earns most first."""
    sides = []
    for earner in answer.earners:
        of_each = answer.of(earner.touchpoint)
        credits = [of_each[m] for m in answer.models]
        amounts = [c.money if money else c.credited for c in credits]
        whole = answer.led_value if money else answer.led
        shares = tuple(_scaled(a, 1 / whole) if whole > 0 else a for a in amounts)
        sides.append(Side(earner.touchpoint, shares, tuple(amounts)))
    return sorted(sides, key=lambda side: -_typical(side.shares))
