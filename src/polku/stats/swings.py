"""How much more shares differ from period to period than by chance, and whether a last period is beyond that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special

Values = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

SIZES: Final[Values] = np.array([0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.2])
"""Standard deviations of the logarithm of the odds from period to period: 0.3 is a third more or less, usually."""
BELIEVED: Final[Values] = np.array([0.5, 0.08, 0.08, 0.07, 0.07, 0.07, 0.05, 0.04, 0.03, 0.01])
"""How common each size is thought to be before anything is seen, worth WORTH things: with few things, or few periods,
there is little to see."""
WORTH: Final = 2.0
FEWEST_A_PERIOD: Final = 2.0
"""What is rarer tells nothing of how much it swings."""
_STEP: Final = 0.04
_FURTHEST: Final = 5.0
_ROUNDS: Final = 200


@dataclass(frozen=True, slots=True)
class Swings:
    """`common` is the share of things that swing by each of SIZES."""

    common: Values

    def of(self, counts: Counts, totals: Counts) -> Values:
        """How likely each of SIZES is of things with these counts (things × periods), of `totals` (periods)."""
        return _posterior(_log_likelihoods(counts, totals), self.common)


def swings(counts: Counts, totals: Counts) -> Swings:
    """Estimate how many things swing, and by how much, from counts (things × periods) of `totals` (periods, > 0).

    In each period the odds of a thing are multiplied by a factor of its own, whose logarithm has mean 0 and one of
    SIZES as standard deviation; how common each size is, is the nonparametric maximum likelihood estimate (Kiefer and
    Wolfowitz 1956) on that grid by EM, with BELIEVED added. Likelihoods are beta-binomial with the variance of that
    factor, with the adjustment of Cox and Reid (1987) for the share being estimated from the same counts.
    """
    told = counts[counts.sum(axis=1) >= FEWEST_A_PERIOD * len(totals)] if len(totals) > 1 else counts[:0]
    likelihoods = _log_likelihoods(told, totals)
    common = BELIEVED
    for _ in range(_ROUNDS):
        met = _posterior(likelihoods, common).sum(axis=0) + WORTH * BELIEVED
        before, common = common, met / met.sum()
        if np.abs(common - before).max() < 1e-5:
            break
    return Swings(common)


def beyond_swings(last: int, n: int, before: int, n_before: int, *, periods: int, sizes: Values) -> float:
    """The chance that at least `last` of the last period's `n` are of a thing that `before` of `n_before` were of in
    the `periods` before, when nothing but its swings changes; `sizes` is how likely each of SIZES is.

    Given the factor of its odds, that is the tail of Fisher's noncentral hypergeometric distribution; the factor's
    logarithm is normal, with the variance of a period and of the mean of those before. Without swings it is
    Fisher's exact test, one-sided.
    """
    total = last + before
    x = np.arange(max(0, total - n_before), min(total, n) + 1)
    ways = _log_choose(n, x) + _log_choose(n_before, total - x)
    factors = np.arange(-_FURTHEST, _FURTHEST + _STEP / 2, _STEP)
    tails = np.array([_tail(ways + g * x, x >= last) for g in factors])
    spread = SIZES[1:, None] * np.sqrt(1 + 1 / periods)
    density = np.exp(-0.5 * (factors / spread) ** 2)
    swinging = (density * tails).sum(axis=1) / density.sum(axis=1)
    return float(sizes @ np.append(tails[len(factors) // 2], swinging))


def _tail(log_weights: Values, beyond: npt.NDArray[np.bool_]) -> float:
    weights = np.exp(log_weights - log_weights.max())
    return float(weights[beyond].sum() / weights.sum())


def _log_choose(n: int, k: npt.NDArray[np.int64]) -> Values:
    found: Values = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    return found


def _posterior(likelihoods: Values, common: Values) -> Values:
    weights = likelihoods + np.log(common)
    weights = np.exp(weights - weights.max(axis=1, keepdims=True))
    found: Values = weights / weights.sum(axis=1, keepdims=True)
    return found


def _log_likelihoods(counts: Counts, totals: Counts) -> Values:
    """Things × SIZES, up to a constant of each thing."""
    k, n = counts.astype(np.float64), totals.astype(np.float64)
    share = (k.sum(axis=1) + 0.5) / (n.sum() + 1.0)
    found = np.empty((len(k), len(SIZES)))
    for i, size in enumerate(SIZES):
        odd = share * (1 - share) * size**2
        held = share[:, None] * (1 - share[:, None]) * n / (1 + odd[:, None] * (n - 1))
        found[:, i] = _beta_binomial(k, n, share, odd).sum(axis=1) - 0.5 * np.log(held.sum(axis=1))
    return found


def _beta_binomial(k: Values, n: Values, share: Values, odd: Values) -> Values:
    """log P(k of n) without its coefficient; `odd` is the variance of the share as a part of share × (1 − share)."""
    if not odd.any():
        p = share[:, None]
        return k * np.log(p) + (n - k) * np.log1p(-p)
    mass = (1 / np.minimum(odd, 0.99) - 1)[:, None]
    a, b = share[:, None] * mass, (1 - share[:, None]) * mass
    found: Values = special.betaln(k + a, n - k + b) - special.betaln(a, b)
    return found
