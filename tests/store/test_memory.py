"""Memory that questions used goes back to the system."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from polku.store.memory import give_back


def resident_mb() -> float:
    with open("/proc/self/statm", encoding="ascii") as told:
        return int(told.read().split()[1]) * 4096 / 1e6


@pytest.mark.skipif(sys.platform != "linux", reason="says how much memory is resident as Linux does")
def test_what_was_freed_is_given_back() -> None:
    arrays = [np.ones(10_000) for _ in range(3_000)]  # 240 MB, each too small to be given back by itself
    last = arrays[-1]
    before = resident_mb()
    del arrays
    give_back()
    assert before - resident_mb() > 150
    assert last.sum() == 10_000
