"""Comments to survey responses: what people write, by what they met, how they felt and in which language."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a comment is about: language fi or en, the survey's touchpoint, effects met, score on −100…100."""

    language: str
    touchpoint: str
    met: frozenset[str]
    score: float


def comment(rng: np.random.Generator, occasion: Occasion) -> str:
    """One comment in the occasion's language."""
    return "Hyvä." if occasion.score > 0 else "Huono."
