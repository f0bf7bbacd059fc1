"""Many differences claimed at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """P-values corrected for being many, in their order: of those at or below q, at most the share q is expected to
    be of differences that are none (Benjamini & Hochberg 1995, independent or positively dependent tests).

    >>> benjamini_hochberg([0.01, 0.04, 0.03])
    [0.03, 0.04, 0.04]
    """
    if not p_values:
        return []
    p = np.asarray(p_values, np.float64)
    order = np.argsort(-p, kind="stable")
    ranks = np.arange(len(p), 0, -1)
    corrected = np.minimum.accumulate(p[order] * len(p) / ranks)
    out = np.empty(len(p))
    out[order] = np.minimum(corrected, 1.0)
    told: list[float] = out.tolist()
    return told
