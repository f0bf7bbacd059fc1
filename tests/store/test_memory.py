"""Memory that questions used goes back to the system."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from polku.store.blocks import COLUMNS, Block, read_block, write_block
from polku.store.memory import give_back

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="says how much memory is resident as Linux does"
)


def resident_mb(which: int = 1) -> float:
    with open("/proc/self/statm", encoding="ascii") as told:
        return int(told.read().split()[which]) * 4096 / 1e6


def test_what_was_freed_is_given_back() -> None:
    arrays = [np.ones(10_000) for _ in range(3_000)]  # 240 MB, each too small to be given back by itself
    last = arrays[-1]
    before = resident_mb()
    del arrays
    give_back()
    assert before - resident_mb() > 150
    assert last.sum() == 10_000


def test_a_block_that_is_released_is_read_again(tmp_path: Path) -> None:
    rows = 2_000_000
    columns = {n: np.arange(rows).astype(t) for n, t in COLUMNS.items()}
    write_block(tmp_path, "b", Block.of(np.ones(1, np.uint64), np.array([0, rows]), **columns))
    block = read_block(tmp_path, "b")
    for path in tmp_path.iterdir():
        path.unlink()  # as after a refresh
    sums = [getattr(block, n).sum() for n in COLUMNS]
    before = resident_mb(2)
    block.choose(np.array([0])).release()
    assert before - resident_mb(2) > 50
    assert [getattr(block, n).sum() for n in COLUMNS] == sums
