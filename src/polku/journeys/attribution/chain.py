"""Markov's chain of paths, and what becomes of those who walk it when a touchpoint is removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from polku.journeys.attribution.kernels import step

Values = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

HELPS: Final = 0.99
"""What is left must become less than this part of what was left before, or it may go round for ever."""

PRECISION: Final = 1e-10
"""Of the greatest number in a solution: what one step through the chain may still change in it."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain whose states are the touchpoints that came last, of those states that occur.

    `states` are their numbers before those that do not occur were left out, the last one is the beginning of every
    path, and `place` where each now is; `last` the touchpoint each ends with (`size`: none), `n` how often it occurs,
    `ahead` the probabilities from each state (row) to the next, without the ends of paths. `short` is (I − P)⁻¹ of
    the chain that remembers one touchpoint only, by touchpoint.
    """

    size: int
    states: Places
    place: npt.NDArray[np.int32]
    last: npt.NDArray[np.int32]
    n: Values
    ahead: sparse.csr_array
    short: Values

    def next(self, state: Places, touchpoint: Places) -> npt.NDArray[np.int32]:
        """The state after a touchpoint that comes after a state, both by their places."""
        return _next(self.states, self.place, self.size, state, touchpoint)


def _next(
    states: Places, place: npt.NDArray[np.int32], size: int, state: Places, touchpoint: Places
) -> npt.NDArray[np.int32]:
    to: npt.NDArray[np.int32] = place[(states[state] * (size + 1) + touchpoint) % len(place)]
    return to


def chain_of(follows: npt.NDArray[np.int64], size: int) -> Chain | None:
    """The chain in which `follows[state, touchpoint]` is how often each touchpoint, a conversion or nothing comes after
    a state, numbered as in `follow_paths`. None where there are no paths."""
    base = size + 1
    n = follows.sum(axis=1)
    states = np.flatnonzero(n)
    if not len(states):
        return None
    place = np.zeros(len(n), np.int32)
    place[states] = np.arange(len(states))
    came, went = np.nonzero(follows[states, :size])
    to = _next(states, place, size, came, went)
    often = n[states].astype(np.float64)
    shape = (len(states), len(states))
    ahead = sparse.csr_array((follows[states[came], went] / often[came], (came, to)), shape=shape)
    last = (states % base).astype(np.int32)
    once = np.zeros((base, base))
    np.add.at(once, (last[came], went), follows[states[came], went])
    once /= np.maximum(np.bincount(last, often, base), 1)[:, None]
    short = np.linalg.inv(np.eye(base) - once).astype(np.float64)
    return Chain(size, states, place, last, often, ahead, short)


def solve(chain: Chain, gain: Values, *, forward: bool) -> Values:
    """For each state (row) and each touchpoint j (column) x = gain + P·x, or forward x = gain + Pᵀ·x, where states that
    end with j are not entered: x is 0 there.

    Two grids: steps through the chain make small what depends on several touchpoints back; what is left is solved in
    the chain that remembers one only, exactly, and added. Where that does not help, steps alone get there.
    """
    through = sparse.csr_array(chain.ahead.T) if forward else chain.ahead
    edges = through.indptr.astype(np.int32), through.indices.astype(np.int32), through.data
    short = _Short(chain, forward=forward)
    x, after = np.zeros((len(chain.last), chain.size)), np.empty((len(chain.last), chain.size))
    before, helps = np.inf, True
    while True:
        step(*edges, gain, chain.last, x, after)
        rest = after - x
        left = float(np.abs(rest).max())
        if left <= PRECISION * max(float(np.abs(x).max()), float(np.abs(gain).max())):
            return x
        helps = helps and left < HELPS * before
        before = left
        if helps:
            x += short.solve(rest)
        step(*edges, gain, chain.last, x, x)  # in place: what is new is used at once


class _Short:
    """The chain that remembers one touchpoint only, in which equations are solved at once."""

    def __init__(self, chain: Chain, *, forward: bool) -> None:
        base, at = chain.size + 1, np.arange(len(chain.last))
        weight = chain.n / np.bincount(chain.last, chain.n, base)[chain.last]
        to_short = np.ones(len(at)) if forward else weight
        self._last, self._size = chain.last, chain.size
        self._to = sparse.csr_array((to_short, (chain.last, at)), shape=(base, len(at)))
        self._back = weight[:, None] if forward else np.ones((1, 1))
        self._inverse = chain.short.T if forward else chain.short
        self._removed = at[chain.last < chain.size], chain.last[chain.last < chain.size]

    def solve(self, rest: Values) -> Values:
        """What has to be added, so that nothing is left of `rest` where only the last touchpoint matters."""
        inverse, size = self._inverse, self._size
        x = inverse @ (self._to @ rest)
        # the inverse without row and column j, from the whole one
        x -= inverse[:, :size] * (np.diagonal(x[:size]) / np.diagonal(inverse)[:size])
        found: Values = x[self._last] * self._back
        found[self._removed] = 0.0
        return found
