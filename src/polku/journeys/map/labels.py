"""Placing names beside points of a picture so that none covers another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

SIZE: Final = 12.0
LINE: Final = 15.0
LEVELS: Final = 5
_NARROW_LETTERS: Final = "fijlrtI.,:;'|!()- "
_WIDE_LETTERS: Final = "mwMWÄÖÅOQGDHNU@%"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """The area both cover."""
        if self.left >= other.right or other.left >= self.right:
            return 0.0
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)


@dataclass(frozen=True, slots=True)
class Named:
    """A point to be named: its centre and radius, and how much it matters that its name is near."""

    x: float
    y: float
    radius: float
    text: str
    weight: float
    below: bool  # rather below its point than above


@dataclass(frozen=True, slots=True)
class Label:
    """Where a name stands: the middle of its baseline; `leader` are the ends of a line to its point, if
    it needs one."""

    x: float
    y: float
    text: str
    box: Box
    leader: tuple[float, float] | None = None


@lru_cache(maxsize=4_096)  # asked again for every place where a name may stand
def text_width(text: str) -> float:
    """Roughly how wide a text is in Inter at 12 px."""
    return sum(3.9 if c in _NARROW_LETTERS else 9.2 if c in _WIDE_LETTERS else 6.9 for c in text)


def shortened(text: str, width: float) -> str:
    """The text, cut with an ellipsis where it is wider than `width`."""
    if text_width(text) <= width:
        return text
    while text and text_width(text) > width - 9:
        text = text[:-1]
    return f"{text.rstrip(' -')}…"


def place(
    points: Sequence[Named], taken: Sequence[Box], frame: Box, *, widest: float = 150, levels: int = LEVELS
) -> list[Label]:
    """A label for each point, in their order: above or below it, as near as it can be without covering
    another name, a point or the line (`taken`); where that cannot be, where it covers least."""
    dots = [
        Box(p.x - p.radius - 2, p.y - p.radius - 2, p.x + p.radius + 2, p.y + p.radius + 2) for p in points
    ]
    placed: dict[int, Label] = {}
    for i in sorted(range(len(points)), key=lambda i: -points[i].weight):
        point = points[i]
        text = shortened(point.text, widest)
        candidates = [
            _candidate(point, text, level, side, frame) for level in range(levels) for side in (0, 1)
        ]
        # all candidates stand over the same stretch of the picture: only heights are left to compare
        at = candidates[0].box
        before = [p.box for p in placed.values()]
        others = [d for k, d in enumerate(dots) if k != i]
        name = [*_weighed(8, others, at), *_weighed(8, before, at), *_weighed(1, taken, at)]
        leader = _weighed(3, before, Box(point.x - 1, 0, point.x + 1, 0))
        costs = [
            _covered(name, c.box.top, c.box.bottom)
            + (_covered(leader, min(c.leader), max(c.leader)) if c.leader else 0.0)
            + 1_000 * _outside(c.box, frame)
            + 22 * (n // 2)
            + 14 * (n % 2)
            for n, c in enumerate(candidates)
        ]
        placed[i] = candidates[costs.index(min(costs))]
    return [placed[i] for i in range(len(points))]


_Strip = tuple[float, float, float]
"""What covering a box costs for each unit of height, and its top and bottom."""


def _weighed(weight: float, boxes: Iterable[Box], over: Box) -> list[_Strip]:
    """The boxes that share a stretch of the picture, from left to right, with `over`."""
    left, right = over.left, over.right
    return [
        (weight * (min(b.right, right) - max(b.left, left)), b.top, b.bottom)
        for b in boxes
        if b.left < right and left < b.right
    ]


def _covered(strips: Sequence[_Strip], top: float, bottom: float) -> float:
    """What it costs to cover the strips from `top` to `bottom`."""
    return sum(
        cost * (min(bottom, low) - max(top, high))
        for cost, high, low in strips
        if high < bottom and top < low
    )


def _candidate(point: Named, text: str, level: int, side: int, frame: Box) -> Label:
    below = point.below != bool(side)
    distance = point.radius + 7 + level * LINE
    base = point.y + distance + SIZE - 2 if below else point.y - distance + 2
    half = text_width(text) / 2
    x = min(max(point.x, frame.left + half + 4), frame.right - half - 4)
    box = Box(x - half - 3, base - SIZE + 1, x + half + 3, base + 4)
    end = box.top + 1 if below else box.bottom - 1
    start = point.y + point.radius + 2 if below else point.y - point.radius - 2
    return Label(x, base, text, box, (start, end) if level else None)


def _outside(box: Box, frame: Box) -> float:
    return max(0.0, frame.top - box.top) + max(0.0, box.bottom - frame.bottom)
