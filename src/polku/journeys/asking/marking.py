"""Blocks in which the events that marks mean have codes of their own (`polku.journeys.asking.marks`)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from polku.errors import NotReady
from polku.journeys.asking.marks import Mark, Marks
from polku.journeys.asking.views import views
from polku.journeys.touchpoints.conditions import NUMERIC, PropertyCondition
from polku.store import Block, Blocks, Stored
from polku.store.kernels import in_request
from polku.workspace import Workspace

KEPT_MARKS: Final = 8
KEPT_CONDITIONS: Final = 16
READ_AT_ONCE: Final = 100_000
READERS: Final = 2
PATIENCE_S: Final = 5.0
"""Reading the properties of a million events takes some seconds; who waits for longer is told so."""

OWN: Final = ("value", "score")
"""What an event has besides its properties, in a column of the block; it goes before a property of that name."""

Rows = npt.NDArray[np.int64]
Seqs = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Marked:
    """A block with other codes (uint16) at some of its rows (uint32)."""

    marks: Marks
    rows: npt.NDArray[np.uint32]
    codes: npt.NDArray[np.uint16]

    @classmethod
    def nowhere(cls, marks: Marks) -> Self:
        return cls(marks, np.zeros(0, np.uint32), np.zeros(0, np.uint16))

    def __call__(self, block: Block) -> Block:
        if not len(self.rows):
            return block
        found: Block | None = views.get(block, self.marks)
        if found is None:
            touchpoint = block.touchpoint.copy()
            touchpoint[self.rows] = self.codes
            touchpoint.setflags(write=False)
            found = replace(block, touchpoint=touchpoint)
            views.keep(block, self.marks, found, touchpoint)
        return found


@dataclass(frozen=True, slots=True)
class _Learnt:
    """Of the events with these numbers (ascending), whether a condition holds of their properties."""

    seq: Seqs
    holds: Mask

    @classmethod
    def nothing(cls) -> Self:
        return cls(np.zeros(0, np.int64), np.zeros(0, np.bool_))

    def unknown(self, seqs: Seqs) -> Seqs:
        return seqs if not len(self.seq) else seqs[self.seq[self._at(seqs)] != seqs]

    def of(self, seqs: Seqs) -> Mask:
        """Whether it holds of events that are known."""
        return self.holds[self._at(seqs)] if len(self.seq) else np.zeros(len(seqs), np.bool_)

    def also(self, seqs: Seqs, holds: Mask) -> Self:
        seq, first = np.unique(np.concatenate([self.seq, seqs]), return_index=True)
        return type(self)(seq, np.concatenate([self.holds, holds])[first])

    def _at(self, seqs: Seqs) -> Rows:
        return np.minimum(np.searchsorted(self.seq, seqs), len(self.seq) - 1)


class Marking:
    """A part of the workspace. Safe for many threads.

    What holds of an event's properties never changes, so of new blocks only new events are read.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="marking")
        self._last: OrderedDict[Marks, tuple[Blocks, list[Marked]]] = OrderedDict()
        self._learnt: OrderedDict[PropertyCondition, _Learnt] = OrderedDict()

    def through(self, marks: Marks, blocks: Blocks) -> list[Marked]:
        """What to do with each block so that its events have the codes of `marks`.

        Raises NotReady in a request while properties are being read for longer than anyone should wait.
        """
        if not marks:
            return [Marked.nowhere(marks)] * len(blocks.blocks)
        last = self._last.get(marks)
        if last is not None and last[0] is blocks:
            return last[1]
        if not in_request.get():
            return self._made(marks, blocks)
        try:
            return self._pool.submit(self._made, marks, blocks).result(PATIENCE_S)
        except TimeoutError:
            raise NotReady("The properties of events are being read. Try again in a moment.") from None

    def _made(self, marks: Marks, blocks: Blocks) -> list[Marked]:
        with self._lock:
            last = self._last.pop(marks, None)
            if last is None or last[0] is not blocks:
                last = blocks, self._marked(marks, blocks, last)
            self._last[marks] = last
            while len(self._last) > KEPT_MARKS:
                self._last.popitem(last=False)
            return last[1]

    def _marked(self, marks: Marks, blocks: Blocks, last: tuple[Blocks, list[Marked]] | None) -> list[Marked]:
        found = list(last[1]) if last else [Marked.nowhere(marks)] * len(blocks.blocks)
        before = last[0].blocks if last else (None,) * len(blocks.blocks)
        changed = [n for n, (b, was) in enumerate(zip(blocks.blocks, before, strict=True)) if b is not was]
        several = [blocks.blocks[n] for n in changed]
        of_touchpoints = [self._of_touchpoint(several, marks, code) for code in marks.by_touchpoint]
        for i, n in enumerate(changed):
            rows, codes = zip(*(each[i] for each in of_touchpoints), strict=True)
            found[n] = Marked(marks, np.concatenate(rows), np.concatenate(codes))
        return found

    def _of_touchpoint(
        self, blocks: Sequence[Block], marks: Marks, code: int
    ) -> list[tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint16]]]:
        """Of each block the rows of a touchpoint's events for which some mark holds, and their codes."""
        rows = [np.flatnonzero(b.touchpoint == code) for b in blocks]
        of_touchpoint = marks.by_touchpoint[code]
        conditions = list(dict.fromkeys(c for mark in of_touchpoint for c in mark.conditions))
        holds = self._holds(blocks, rows, conditions)
        found = []
        for n, places in enumerate(rows):
            combination = np.zeros(len(places), np.int64)
            for bit, mark in enumerate(of_touchpoint):
                combination |= _all(mark, holds, n).astype(np.int64) << bit
            some = combination > 0
            codes = (marks.first_codes[code] - combination[some]).astype(np.uint16)
            found.append((places[some].astype(np.uint32), codes))
        return found

    def _holds(
        self, blocks: Sequence[Block], rows: list[Rows], conditions: Sequence[PropertyCondition]
    ) -> dict[PropertyCondition, list[Mask]]:
        """Of each condition and block, whether it holds of the events at these rows."""
        asked: dict[PropertyCondition, list[Mask]] = {}
        answered: dict[PropertyCondition, list[Mask]] = {}
        for condition in conditions:
            own = [_own(b, places, condition) for b, places in zip(blocks, rows, strict=True)]
            answered[condition] = [holds for holds, _ in own]
            asked[condition] = [~is_known for _, is_known in own]
        seqs = [b.seq[places] for b, places in zip(blocks, rows, strict=True)]
        self._learn({c: [s[m] for s, m in zip(seqs, masks, strict=True)] for c, masks in asked.items()})
        for condition, masks in asked.items():
            learnt = self._learnt[condition]
            for holds, mask, seq in zip(answered[condition], masks, seqs, strict=True):
                holds[mask] = learnt.of(seq[mask])
        return answered

    def _learn(self, wanted: dict[PropertyCondition, list[Seqs]]) -> None:
        """Read of the events with these numbers, as far as it is not known yet, whether the conditions hold."""
        new = []
        for condition, seqs in wanted.items():
            learnt = self._learnt.pop(condition, None) or _Learnt.nothing()
            self._learnt[condition] = learnt
            new += [learnt.unknown(s) for s in seqs]
        seqs_of_all = np.unique(np.concatenate([np.zeros(0, np.int64), *new]))
        if len(seqs_of_all):
            holds = _read(list(wanted), seqs_of_all, self._workspace.stored)
            for condition, mask in zip(wanted, holds, strict=True):
                self._learnt[condition] = self._learnt[condition].also(seqs_of_all, mask)
        while len(self._learnt) > max(KEPT_CONDITIONS, len(wanted)):
            self._learnt.popitem(last=False)


def _own(block: Block, rows: Rows, condition: PropertyCondition) -> tuple[Mask, Mask]:
    """Whether a condition holds of what events have in a column of their own, and where they have it."""
    if condition.name not in OWN:
        return np.zeros(len(rows), np.bool_), np.zeros(len(rows), np.bool_)
    values = getattr(block, condition.name)[rows]
    is_known = ~np.isnan(values)
    if condition.operator == "exists":
        holds = np.ones(len(rows), np.bool_)
    elif condition.operator == "contains":
        holds = np.array([condition.value in f"{v:g}" for v in values.tolist()], np.bool_)
    else:
        # as the column has it: 19.99 is not 19.99 in half as many bits
        number = np.float32(np.nan if condition.number is None else condition.number)
        holds = (
            values == number
            if condition.operator == "equals"
            else NUMERIC[condition.operator](values, number)
        )
    return (holds != condition.negated) & is_known, is_known


def _read(conditions: Sequence[PropertyCondition], seqs: Seqs, stored: Stored) -> list[Mask]:
    """Whether each condition holds of the events with these numbers (ascending)."""

    def read(part: Seqs) -> list[Mask]:
        events = stored.rows(part, ["properties"])
        at = np.searchsorted(part, events["seq"].to_numpy())
        texts = events["properties"].combine_chunks()
        return [_holding(c, texts, at, len(part)) for c in conditions]

    parts = [seqs[start : start + READ_AT_ONCE] for start in range(0, len(seqs), READ_AT_ONCE)]
    with ThreadPoolExecutor(READERS) as pool:
        return [np.concatenate(masks) for masks in zip(*pool.map(read, parts), strict=True)]


def _holding(condition: PropertyCondition, texts: Any, at: Rows, size: int) -> Mask:
    """Whether a condition holds at each of `size` places, from the JSON texts that belong to the places `at`."""
    mask = np.zeros(size, np.bool_)
    possible = condition.possible(texts)
    those = condition.holding(texts.filter(possible).to_pylist())
    mask[at[possible.to_numpy(zero_copy_only=False)]] = np.fromiter(those, np.bool_)
    return mask


def _all(mark: Mark, holds: dict[PropertyCondition, list[Mask]], block: int) -> Mask:
    found: Mask = np.logical_and.reduce([holds[c][block] for c in mark.conditions])
    return found
