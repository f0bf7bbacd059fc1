"""What the events of a touchpoint have besides their name: suggestions for conditions on them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from polku.journeys.asking.marking import OWN
from polku.journeys.touchpoints.conditions import parse
from polku.store import Blocks
from polku.workspace import Workspace

LOOKED_AT: Final = 50
MOST_NAMES: Final = 40


class Properties:
    """A part of the workspace. What was found is kept as long as the rules of touchpoints are the same."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._known: dict[tuple[str, int], list[str]] = {}

    def names(self, touchpoint: int) -> list[str]:
        """Names of properties that its newest events have, the most frequent first; `a.b` is key b of the object a."""
        blocks = self._workspace.engine.blocks
        key = (blocks.rules_version, touchpoint)
        with self._lock:
            if not self._known.get(key):
                self._known[key] = self._read(blocks, touchpoint)
            return self._known[key]

    def _read(self, blocks: Blocks, touchpoint: int) -> list[str]:
        own: Counter[str] = Counter()
        newest = np.zeros(0, np.int64)
        for block in blocks.blocks:
            rows = np.flatnonzero(block.touchpoint == touchpoint)
            own.update({name: int((~np.isnan(getattr(block, name)[rows])).sum()) for name in OWN})
            newest = np.sort(np.concatenate([newest, block.seq[rows]]))[-LOOKED_AT:]
        texts = self._workspace.store.snapshot.rows(newest, ["properties"])["properties"].to_pylist()
        found = Counter(name for text in texts for name in _names(parse(text)))
        names = [*(n for n in OWN if own[n]), *(n for n, _ in found.most_common() if n not in OWN)]
        return names[:MOST_NAMES]


def _names(properties: dict[str, Any]) -> Iterator[str]:
    for name, value in properties.items():
        if isinstance(value, dict):
            yield from (f"{name}.{inner}" for inner in _names(value))
        elif value is not None:
            yield name
