"""Whose journeys a question looks at: profiles with certain traits, and of them one group of a breakdown."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from polku.errors import InvalidInput, nearest
from polku.journeys.asking.kernels import first_met
from polku.journeys.asking.marking import Marked, Marking
from polku.journeys.asking.marks import NO_MARKS, Marks
from polku.journeys.asking.who import BEGINNINGS, Condition
from polku.journeys.touchpoints.conditions import PropertyCondition
from polku.journeys.touchpoints.known import Touchpoints
from polku.profiles.trait_columns import TraitColumn, TraitColumns
from polku.store import Block, Blocks
from polku.web.channels import CHANNELS
from polku.workspace import Workspace

MOST_GROUPS: Final = 12
"""So many groups of a breakdown have a name of their own; the rest are one."""
KEPT: Final = 64
FIRST: Final = tuple(BEGINNINGS)
OTHERS: Final = "…"
"""The key of the group of all groups that are too small to be named."""

Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Lens:
    """Only profiles for which all of `who` holds; and of the breakdown `by` only the group with the key `group`.
    The events that `marks` mean have codes of their own."""

    who: tuple[Condition, ...] = ()
    by: str = ""
    group: str = ""
    marks: Marks = NO_MARKS

    @property
    def is_of_everyone(self) -> bool:
        return not self.who and not self.by

    def only(self, group: str) -> Self:
        return replace(self, group=group)


CLEAR: Final = Lens()
"""Everyone, and all as it is."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """The groups of a breakdown: their keys, the most frequent first, how many profiles each has, and for each
    block the number of each profile's group, −1 for those in none."""

    keys: tuple[str, ...]
    profiles: tuple[int, ...]
    numbers: tuple[npt.NDArray[np.int32], ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A block with only the profiles at these places."""

    places: Places

    def __call__(self, block: Block) -> Block:
        return block.choose(self.places)


@dataclass(frozen=True, slots=True)
class ChosenOfMarked:
    """A block with other codes at some of its rows, and of its profiles only some."""

    marked: Marked
    chosen: Chosen

    def __call__(self, block: Block) -> Block:
        return self.chosen(self.marked(block))


class Lenses:
    """A part of the workspace. Safe for many threads; what was found is kept as long as the blocks are the same."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._marking = workspace.part(Marking)
        self._known: OrderedDict[tuple[datetime, Any], Any] = OrderedDict()
        self._lock = threading.Lock()

    def through(self, lens: Lens, blocks: Blocks) -> Sequence[Callable[[Block], Block]] | None:
        """What to do with each block to see it through the lens; None: nothing."""
        marked = self._marking.through(lens.marks, blocks) if lens.marks else None
        if lens.is_of_everyone:
            return marked
        asked = replace(lens, marks=NO_MARKS)
        chosen: list[Chosen] = self._kept(("through", asked), blocks, lambda: self._through(asked, blocks))
        return chosen if marked is None else list(map(ChosenOfMarked, marked, chosen))

    def grouping(self, lens: Lens, blocks: Blocks) -> Grouping:
        """The groups that the profiles of `lens.who` fall into by `lens.by`. Raises InvalidInput."""
        asked = replace(lens, group="", marks=NO_MARKS)
        found: Grouping = self._kept(("grouping", asked), blocks, lambda: self._grouping(asked, blocks))
        return found

    def _through(self, lens: Lens, blocks: Blocks) -> list[Chosen]:
        if lens.by:
            grouping = self.grouping(lens, blocks)
            number = grouping.keys.index(lens.group) if lens.group in grouping.keys else len(grouping.keys)
            return [Chosen(np.flatnonzero(n == number)) for n in grouping.numbers]
        return [Chosen(np.flatnonzero(m)) for m in self._masks(lens.who, blocks)]

    def _masks(self, who: Sequence[Condition], blocks: Blocks) -> list[Mask]:
        masks = [np.ones(len(b.profiles), bool) for b in blocks.blocks]
        for condition in who:
            for mask, holds in zip(masks, self._holds(condition, blocks), strict=True):
                mask &= holds ^ condition.negated
        return masks

    def _holds(self, condition: Condition, blocks: Blocks) -> Iterator[Mask]:
        if condition.behaviour is not None:
            marked = self._marking.through(condition.behaviour.marks, blocks)
            for look, b in zip(marked, blocks.blocks, strict=True):
                yield condition.behaviour.holds(look(b))
            return
        values, codes = self._values(condition.name, blocks)
        asked = PropertyCondition(condition.name, condition.operator, condition.value)
        # one place more than values: where the trait is not known, −1 finds it
        holds = np.array([*(asked.holds({condition.name: v}) for v in values), False])
        for code in codes:
            yield holds[code]

    def _grouping(self, lens: Lens, blocks: Blocks) -> Grouping:
        values, codes = self._values(lens.by, blocks)
        masks = self._masks(lens.who, blocks)
        for code, mask in zip(codes, masks, strict=True):
            code[~mask] = -1
        counts = np.zeros(len(values) + 1, np.int64)
        for code in codes:
            counts += np.bincount(code + 1, minlength=len(counts))
        counts = counts[1:]
        # of the same size in the order of their names: in which order values were met differs between engines
        order = sorted(np.flatnonzero(counts).tolist(), key=lambda i: (-counts[i], values[i]))
        named, rest = order[:MOST_GROUPS], order[MOST_GROUPS:]
        number = np.full(len(values) + 1, -1, np.int32)
        number[named] = np.arange(len(named))
        number[rest] = len(named)
        keys, sizes = [values[i] for i in named], [int(counts[i]) for i in named]
        if rest:
            keys, sizes = [*keys, OTHERS], [*sizes, int(counts[rest].sum())]
        return Grouping(tuple(keys), tuple(sizes), tuple(number[c] for c in codes))

    def _values(self, by: str, blocks: Blocks) -> tuple[list[str], list[npt.NDArray[np.int32]]]:
        """The values of a trait or a beginning, and for each block that of each profile, −1 for none."""
        if by not in FIRST:
            column = self._trait(by)
            return list(column.values), [column.of(b.profiles) for b in blocks.blocks]
        rows = [first_met(b.starts, b.ends, b.touchpoint) for b in blocks.blocks]
        return self._of_first(by.removeprefix("first:"), blocks, rows)

    def _of_first(
        self, what: str, blocks: Blocks, rows: list[Places]
    ) -> tuple[list[str], list[npt.NDArray[np.int32]]]:
        touchpoints = self._workspace.part(Touchpoints)
        label: Callable[[int], str | None]
        if what == "source":
            names = {n: name for name, n in touchpoints.sources().items()}
            label, column = names.get, "source"
        elif what == "month":
            zone = ZoneInfo(self._workspace.settings.timezone)
            label, column = cache(lambda day: _month(day, zone)), "time"
        else:
            by_code = touchpoints.catalogue().by_code
            label, column = lambda code: _told(by_code.get(code), what), "touchpoint"
        known: dict[str, int] = {}
        codes = []
        for block, row in zip(blocks.blocks, rows, strict=True):
            found = getattr(block, column)[np.maximum(row, 0)] if len(block) else np.zeros(0, np.int64)
            distinct, at = np.unique(found // 3600 if what == "month" else found, return_inverse=True)
            told = [label(int(v)) for v in distinct]
            numbered = [-1 if t is None else known.setdefault(t, len(known)) for t in told]
            code = np.array([*numbered, -1], np.int32)[at]
            code[row < 0] = -1
            codes.append(code)
        return list(known), codes

    def _trait(self, name: str) -> TraitColumn:
        traits = self._workspace.part(TraitColumns)
        column = traits.column(name)
        if not column.values:
            known = traits.names()
            near = nearest(name, known)
            if near:
                raise InvalidInput(
                    "Nobody has a trait '%(trait)s'. Did you mean '%(near)s'?", trait=name, near=near
                )
            raise InvalidInput(
                "Nobody has a trait '%(trait)s'. Known are: %(known)s",
                trait=name,
                known=", ".join(known[:20]) or "–",
            )
        return column

    def _kept(self, asked: Any, blocks: Blocks, make: Callable[[], Any]) -> Any:
        key = (blocks.as_of, asked)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        made = make()
        with self._lock:
            self._known[key] = made
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return made


def broken_down(by: str | None) -> str:
    """What to break down by, from a text: a trait's name, or one of FIRST. Raises InvalidInput."""
    by = (by or "").strip()
    if by.startswith("first:") and by not in FIRST:
        raise InvalidInput(
            "Nothing is known by '%(by)s'. Did you mean '%(near)s'? Allowed: %(allowed)s, or the name of a trait.",
            by=by,
            near=nearest(by, FIRST) or FIRST[0],
            allowed=", ".join(FIRST),
        )
    return by


def _told(touchpoint: Any, what: str) -> str | None:
    if touchpoint is None:
        return None
    key: str = touchpoint.key if what == "touchpoint" else touchpoint.channel
    assert what == "touchpoint" or key in CHANNELS
    return key


def _month(hour: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(hour * 3600, UTC).astimezone(zone):%Y-%m}"
