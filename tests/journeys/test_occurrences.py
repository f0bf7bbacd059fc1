"""Counting events by source, kind and touchpoint."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import reduce

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from polku.journeys.touchpoints.occurrences import Occurrences
from polku.store import Block

ROWS = st.tuples(
    st.sampled_from([0, 1, 2, 300]), st.sampled_from([0, 5, 65_535]), st.sampled_from([0, 1, 65_535])
)


@given(st.lists(st.lists(ROWS, max_size=9), min_size=1, max_size=3))
def test_as_counting_one_by_one(blocks: list[list[tuple[int, int, int]]]) -> None:
    question = Occurrences()
    found = question.finish(reduce(question.merge, [question.partial(_block(rows)) for rows in blocks]))
    assert found == Counter(row for rows in blocks for row in rows)


def _block(rows: list[tuple[int, int, int]]) -> Block:
    source, kind, touchpoint = np.array(rows, np.int64).reshape(-1, 3).T
    return replace(
        Block.empty(),
        time=np.zeros(len(rows), np.uint32),
        source=source.astype(np.int16),
        kind=kind.astype(np.uint16),
        touchpoint=touchpoint.astype(np.uint16),
    )
