"""What was made of a block lately, kept for those who ask the same again, within so many bytes in all."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy.typing as npt

from polku.store import Block

DEFAULT_BYTES: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class _View:
    made: Any
    bytes: int


class Views:
    """Views of blocks, each under a key that says what was made; a block's go when it goes.

    Where there is no room for another, all that was made under the key that was longest not asked for goes. Those of
    the same key never make way for each other: of a log that is larger than the room, part stays, where keeping only
    the newest would keep nothing until it is asked for.
    """

    def __init__(self, most_bytes: int = DEFAULT_BYTES) -> None:
        self.most_bytes = most_bytes
        self._lock = threading.Lock()
        self._views: WeakKeyDictionary[Block, dict[Hashable, _View]] = WeakKeyDictionary()
        self._lately: OrderedDict[Hashable, None] = OrderedDict()

    @property
    def bytes(self) -> int:
        """How many bytes are kept."""
        with self._lock:
            return self._bytes()

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
            free = self.most_bytes - self._bytes()
            while free < size:
                oldest = next((k for k in self._lately if k != key), None)
                if oldest is None:
                    return
                free += self._drop(oldest)
            self._views.setdefault(block, {})[key] = _View(made, size)
            self._lately[key] = None
            self._lately.move_to_end(key)

    def _bytes(self) -> int:
        return sum(v.bytes for of in list(self._views.values()) for v in of.values())

    def _drop(self, key: Hashable) -> int:
        del self._lately[key]
        gone = [of.pop(key, None) for of in list(self._views.values())]
        return sum(v.bytes for v in gone if v is not None)


views: Final = Views()
"""Of this process."""
