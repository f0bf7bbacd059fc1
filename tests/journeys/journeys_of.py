"""Blocks made by hand, and a slow obvious Python beside every journey question."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import pairwise
from typing import Any, Final

import numpy as np
from hypothesis import strategies as st

from polku.journeys.asking.gaps import BINS, EDGES
from polku.journeys.asking.scope import Scope
from polku.store import Block

Event = tuple[int, int, int, float]
"""Time, touchpoint, source, score (NaN: none)."""

NONE = float("nan")


def block_of(journeys: Sequence[Sequence[Event]]) -> Block:
    """A block of one profile for each journey, whose events are in order."""
    events = [e for j in journeys for e in j]
    n = len(events)
    columns = {
        "time": np.array([e[0] for e in events], np.uint32),
        "millisecond": np.zeros(n, np.uint16),
        "touchpoint": np.array([e[1] for e in events], np.uint16),
        "kind": np.zeros(n, np.uint16),
        "source": np.array([e[2] for e in events], np.int16),
        "value": np.zeros(n, np.float32),
        "score": np.array([e[3] for e in events], np.float32),
        "seq": np.arange(n, dtype=np.int64),
    }
    for column in columns.values():
        column.setflags(write=False)  # as memory-mapped ones are
    offsets = np.cumsum([0, *(len(j) for j in journeys)]).astype(np.int64)
    return Block.of(np.arange(1, len(journeys) + 1, dtype=np.uint64), offsets, **columns)


def ask(question: Any, *blocks: Block) -> Any:
    return question.finish(reduce(question.merge, map(question.partial, blocks)))


def ask_split(question: Any, journeys: Sequence[Sequence[Event]], cuts: Sequence[int]) -> Any:
    """The answer over the journeys cut into several blocks; an empty block is among them."""
    places = sorted({0, len(journeys), *(c % (len(journeys) + 1) for c in cuts)})
    parts = [journeys[a:b] for a, b in pairwise(places)]
    return ask(question, Block.empty(), *map(block_of, parts))


def of(*events: tuple[int, int]) -> list[Event]:
    """A journey of (time, touchpoint) from source 1, without scores."""
    return [(t, touchpoint, 1, NONE) for t, touchpoint in events]


def seen(journey: Sequence[Event], scope: Scope, *, collapse: bool = False) -> list[tuple[int, int]]:
    """The (time, number) of the events of a journey that count; with `collapse` without those that repeat the one
    before."""
    numbers = dict(zip(scope.codes, scope.numbers or range(len(scope.codes)), strict=True))
    path = [
        (t, numbers[touchpoint])
        for t, touchpoint, source, _ in journey
        if touchpoint in numbers and scope.low <= t < scope.high and scope.source in (None, source)
    ]
    return [e for i, e in enumerate(path) if not (collapse and i and path[i - 1][1] == e[1])]


def bins(gaps: Sequence[int]) -> list[int]:
    """Gaps counted in bins, by looking for each one's place between the edges."""
    counts = [0] * BINS
    for gap in gaps:
        counts[int(np.searchsorted(EDGES, gap, side="right")) - 1] += 1
    return counts


def wide_bins(gaps: Sequence[int]) -> list[int]:
    """Gaps counted in half octaves, by looking for each one's place between their edges."""
    edges = [0, *(2**e * m / 2 for e in range(32) for m in (2, 3))]
    counts = [0] * len(edges)
    for gap in gaps:
        counts[sum(edge <= gap for edge in edges) - 1] += 1
    return counts


FIRST: Final = ord("一")
"""The letter of the first event that may happen; the others follow it."""


def journeys_among(
    events: Sequence[Event], *, longest: int, most: int
) -> st.SearchStrategy[list[list[Event]]]:
    """Up to `most` journeys of up to `longest` of these events each.

    A journey is drawn as a text, a letter an event: that is one choice, where drawing every field of every event
    takes longer than what is tested.
    """
    letters = st.characters(min_codepoint=FIRST, max_codepoint=FIRST + len(events) - 1)

    def journey(text: str) -> list[Event]:
        return sorted((events[ord(letter) - FIRST] for letter in text), key=lambda e: e[0])

    return st.lists(st.text(letters, max_size=longest).map(journey), max_size=most)


# few touchpoints and times, so that ties, repetitions and edges are common
EVENTS: Final[list[Event]] = [
    (time, touchpoint, source, score)
    for score in (NONE, -100.0, 0.0, 50.0)
    for time in (0, 1, 2, 3, 5, 8, 13, 60, 100, 3_000_000)
    for touchpoint in range(5)
    for source in (1, 2)
]
journeys_given = journeys_among(EVENTS, longest=9, most=7)
cuts_given = st.lists(st.integers(0, 7), max_size=3)
