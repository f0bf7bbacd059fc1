"""What is lost without a touchpoint: removal effects in Markov's chain of paths, solved, not simulated.

Anderl, Becker, von Wangenheim & Schumann, International Journal of Research in Marketing 33, 2016. The chain remembers
the last 1 to 3 touchpoints; who would come to the removed one converts no more. Its effect is the share of conversions
that is lost so, and its credit that effect as a share of the effects of all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse

from polku.journeys.attribution.chain import Chain, chain_of, solve

Values = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


def removal(
    follows: Sequence[npt.NDArray[np.integer]], worths: Sequence[Values], size: int
) -> tuple[Values, Values]:
    """Shares of conversions [0] and of what they are worth [1] for each of `size` touchpoints, and the same without
    each of the random groups that `follows` and `worths` were counted in, as `follow_paths` counts.

    The chain is solved once for all groups; what is without one is of first order in what that changes. Where v is how
    often those who never come to touchpoint j are in each state, and x how many of them convert from there, the
    conversions without j change by v·r, r being how much x changes in one step through the changed chain (the
    derivative of a linear system's solution; the jackknife of such is the infinitesimal one, Efron 1982, ch. 6).
    """
    together = np.zeros(follows[0].shape, np.int64)
    for group in follows:  # one by one: all at once they are hundreds of megabytes
        together += group.astype(np.int64)
    chain = chain_of(together, size)
    if chain is None:
        return np.full((2, size), np.nan), np.full((len(follows), 2, size), np.nan)
    begins = np.zeros(len(chain.states))
    begins[-1] = 1.0
    visits = solve(chain, begins, forward=True)
    groups = [_Group(f[chain.states], chain) for f in follows]
    conversions = [f[chain.states, size].astype(np.float64) for f in follows]
    both = [_lost(chain, visits, groups, g) for g in (conversions, [w[chain.states] for w in worths])]
    whole, without = (np.stack([one[i] for one in both], axis=-2) for i in (0, 1))
    return _shares(whole), _shares(without)


class _Group:
    """One random group's part of the chain: how often it was in each state, and what followed."""

    def __init__(self, follows: npt.NDArray[np.integer], chain: Chain) -> None:
        self.n = follows.sum(axis=1).astype(np.float64)
        self.paths = self.n[-1]
        # where a state is of this group only, nobody comes to it without the group
        self.rows = np.flatnonzero((self.n > 0) & (self.n < chain.n))
        came, went = np.nonzero(follows[self.rows, : chain.size])
        to = chain.next(self.rows[came], went)
        shape = (len(self.rows), len(chain.states))
        often = follows[self.rows[came], went].astype(np.float64)
        self.steps = sparse.csr_array((often, (came, to)), shape=shape)


def _lost(
    chain: Chain, visits: Values, groups: Sequence[_Group], gains: Sequence[Values]
) -> tuple[Values, Values]:
    """The share of all gains that is lost without each touchpoint, and the same without each group."""
    gain = np.sum(gains, axis=0)
    x = solve(chain, gain / chain.n, forward=False)
    kept = x[-1]
    paths, total = chain.n[-1], gain.sum()
    lost = []
    for group, own in zip(groups, gains, strict=True):
        rows, n = group.rows, group.n[group.rows][:, None]
        change = (n * x[rows] - group.steps @ x - own[rows][:, None]) / (chain.n[rows][:, None] - n)
        without = kept + (visits[rows] * change).sum(axis=0)
        lost.append(_effect(without, total - own.sum(), paths - group.paths))
    return _effect(kept, total, paths), np.array(lost)


def _effect(kept: Values, total: float, paths: float) -> Values:
    return 1 - kept * paths / total if total > 0 else np.full(len(kept), np.nan)


def _shares(effects: Values) -> Values:
    effects = np.maximum(effects, 0.0)  # below it where what comes by a touchpoint is worth less than nothing
    total = effects.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 0, effects / total, np.nan)
