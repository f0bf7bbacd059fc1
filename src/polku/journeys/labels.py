"""Placing names beside points of a picture so that none covers another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


def place(points: Sequence[Named], taken: Sequence[Box], frame: Box, *, widest: float = 150) -> list[Label]:
    """A label for each point, in their order: above or below it, as near as it can be without covering
    another name, a point or the line (`taken`); where that cannot be, where it covers least."""
    dots = [
        Box(p.x - p.radius - 2, p.y - p.radius - 2, p.x + p.radius + 2, p.y + p.radius + 2) for p in points
    ]
    placed: dict[int, Label] = {}
    for i in sorted(range(len(points)), key=lambda i: -points[i].weight):
        text = shortened(points[i].text, widest)
        reach = Box(points[i].x - widest, frame.top, points[i].x + widest, frame.bottom)
        near = [t for t in taken if t.overlap(reach)]
        others = [d for k, d in enumerate(dots) if k != i and d.overlap(reach)]
        others += [p.box for p in placed.values() if p.box.overlap(reach)]
        candidates = [
            _candidate(points[i], text, level, side, frame) for level in range(LEVELS) for side in (0, 1)
        ]
        leaders = [_leader_box(c, points[i]) for c in candidates]
        costs = [
            8 * sum(c.box.overlap(o) for o in others)
            + 3 * sum(lead.overlap(p.box) for p in placed.values())
            + sum(c.box.overlap(t) for t in near)
            + 1_000 * _outside(c.box, frame)
            + 22 * (n // 2)
            + 14 * (n % 2)
            for n, (c, lead) in enumerate(zip(candidates, leaders, strict=True))
        ]
        placed[i] = candidates[costs.index(min(costs))]
    return [placed[i] for i in range(len(points))]


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


def _leader_box(label: Label, point: Named) -> Box:
    if label.leader is None:
        return Box(0, 0, 0, 0)
    top, bottom = sorted(label.leader)
    return Box(point.x - 1, top, point.x + 1, bottom)


def _outside(box: Box, frame: Box) -> float:
    return max(0.0, frame.top - box.top) + max(0.0, box.bottom - frame.bottom)
