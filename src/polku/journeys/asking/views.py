"""What was made of a block lately, kept for those who ask the same again, within so many bytes in all."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary, finalize

import numpy.typing as npt

from polku.store import Block

DEFAULT_BYTES: Final = 1_000_000_000
MOST_KEYS: Final = 128
"""However small views are: looking through them takes time too."""


@dataclass(frozen=True, slots=True)
class _View:
    made: Any
    bytes: int


_OfBlock = dict[Hashable, _View]


class Views:
    """Views of blocks, each under a key that says what was made; a block's go when it goes.

    Where there is no room for another, all that was made under the key that was longest not asked for goes. Those of
    the same key never make way for each other: of a log that is larger than the room, part stays, where keeping only
    the newest would keep nothing until it is asked for. Safe for many threads.
    """

    def __init__(self, most_bytes: int = DEFAULT_BYTES) -> None:
        self.most_bytes = most_bytes
        self._lock = threading.Lock()
        self._views: WeakKeyDictionary[Block, _OfBlock] = WeakKeyDictionary()
        self._gone: deque[_OfBlock] = deque()
        self._lately: OrderedDict[Hashable, None] = OrderedDict()
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """How many bytes are kept."""
        with self._lock:
            self._settle()
            return self._bytes

    def get(self, block: Block, key: Hashable) -> Any:
        """What was made of a block under this key; None if it is not kept."""
        with self._lock:
            found = self._views.get(block, {}).get(key)
            if found is None:
                return None
            self._lately.move_to_end(key)
            return found.made

    def keep(self, block: Block, key: Hashable, made: Any, *arrays: npt.NDArray[Any]) -> None:
        """Keep what was made of a block, unless there is no room; `arrays` are what is new in it."""
        size = sum(a.nbytes for a in arrays)
        with self._lock:
            self._settle()
            while self._bytes + size > self.most_bytes or len(self._lately) > MOST_KEYS:
                oldest = next((k for k in self._lately if k != key), None)
                if oldest is None:
                    return
                self._drop(oldest)
            of_block = self._views.get(block)
            if of_block is None:
                of_block = self._views[block] = {}
                # TRICKY: a block may go at any moment, also in a thread that has the lock: what was kept of it is
                # only noted then, and counted by whoever comes next.
                finalize(block, self._gone.append, of_block).atexit = False
            before = of_block.get(key)
            of_block[key] = _View(made, size)
            self._bytes += size - (before.bytes if before else 0)
            self._lately[key] = None
            self._lately.move_to_end(key)

    def forget(self, blocks: Iterable[Block]) -> None:
        """Drop what was made of these blocks."""
        with self._lock:
            for of_block in filter(None, map(self._views.get, blocks)):
                self._bytes -= sum(v.bytes for v in of_block.values())
                of_block.clear()

    def _settle(self) -> None:
        while self._gone:
            self._bytes -= sum(v.bytes for v in self._gone.popleft().values())

    def _drop(self, key: Hashable) -> None:
        del self._lately[key]
        for of_block in [*self._views.values(), *self._gone]:
            gone = of_block.pop(key, None)
            self._bytes -= gone.bytes if gone else 0


views: Final = Views()
"""Of this process."""
