"""Several comparisons at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def adjusted_for_several(p_values: Sequence[float]) -> list[float]:
    """p-values adjusted for being several, in their order (Benjamini & Hochberg 1995): calling those below q
    different, a share of at most q of what is called different is so by chance.

    >>> adjusted_for_several([0.01, 0.04, 0.03, 0.005])
    [0.02, 0.04, 0.04, 0.02]
    """
    p = np.asarray(p_values, float)
    order = np.argsort(-p)
    ranks = np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(p[order] * len(p) / ranks))
    told: list[float] = adjusted.tolist()
    return told
