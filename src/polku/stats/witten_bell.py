"""Probabilities of what comes next from counts after longer and longer contexts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]


def witten_bell(counts: Sequence[npt.NDArray[np.integer]], *, fewest: int = 1) -> Values:
    """The probability of each of K symbols, interpolated from the shortest context to the longest.

    `counts[o]` has in its last axis how often each symbol came after a context of order o; the axes before it, of
    contexts, are broadcast against those of the order before. A context that was followed n times by t different
    symbols is believed n / (n + t), the next shorter one for the rest; below the shortest all symbols are alike:
    p_o = (c + t · p_(o−1)) / (n + t) (Witten & Bell, IEEE Transactions on Information Theory 37, 1991, method C;
    interpolated as in Chen & Goodman, TR-10-98, Harvard, 1998, 2.6). One that was followed fewer than `fewest` times is
    not believed at all.

    >>> witten_bell([np.array([3, 1, 0])]).round(3).tolist()
    [0.611, 0.278, 0.111]
    """
    p = np.full(counts[0].shape[-1], 1 / counts[0].shape[-1])
    for c in counts:
        p = backed_off(c, p, fewest=fewest)
    return p


def backed_off(counts: npt.NDArray[np.integer], shorter: Values, *, fewest: int = 1) -> Values:
    """One step of `witten_bell`: what came after a context, with what is believed where it is one shorter."""
    n, kinds = counts.sum(axis=-1, keepdims=True), (counts > 0).sum(axis=-1, keepdims=True)
    return np.where(n >= max(fewest, 1), (counts + kinds * shorter) / np.maximum(n + kinds, 1), shorter)
