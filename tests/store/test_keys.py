"""Keys of many texts at once are as the published algorithm gives them one by one."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xxhash import xxh3_64_intdigest

from polku.store.hashing import hash_texts
from polku.store.keys import event_hashes, identifier_key, identifier_keys


@pytest.fixture(autouse=True, scope="module")
def _compiled() -> None:
    hash_texts.compile()


def test_every_length() -> None:
    alphabet = "abcäö€😀"
    texts = ["".join(alphabet[(n * i) % 7] for i in range(n)) for n in range(300)]
    assert identifier_keys("t", pa.chunked_array([texts])).tolist() == [identifier_key("t", x) for x in texts]


def test_without_a_kernel_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = pa.chunked_array([["u1", None, "x" * 500]])
    with_kernel = identifier_keys("user_id", texts)
    monkeypatch.setattr(hash_texts, "_compiled", None)
    assert identifier_keys("user_id", texts).tolist() == with_kernel.tolist()


def test_the_hash_of_nothing_and_of_few_bytes() -> None:
    for n in range(4):
        hashes, text = np.empty(1, np.uint64), b"abc"[:n]
        one = np.array([0, n], np.int32), np.frombuffer(text, np.uint8)
        hash_texts(np.zeros(0, np.uint8), np.zeros(1, np.int64), np.zeros(1, np.int64), *one, hashes)
        assert int(hashes[0]) == xxh3_64_intdigest(text)


@settings(deadline=None)
@given(st.lists(st.none() | st.text(max_size=260), max_size=6), st.integers(0, 3))
def test_a_slice_of_a_column_with_nulls(texts: list[str | None], cut: int) -> None:
    column = pa.chunked_array([pa.array(texts, pa.string()), pa.array(texts, pa.string())]).slice(cut)
    expected = [0 if x is None else identifier_key("email", x) for x in column.to_pylist()]
    assert identifier_keys("email", column).tolist() == expected


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-5, 32767), st.text(max_size=90)), max_size=6))
def test_events_of_several_sources(events: list[tuple[int, str]]) -> None:
    sources = pa.chunked_array([pa.array([s for s, _ in events], pa.int16())])
    ids = pa.chunked_array([pa.array([i for _, i in events], pa.string())])
    expected = [xxh3_64_intdigest(f"{s}\x1f{i}".encode()) for s, i in events]
    assert event_hashes(sources, ids).tolist() == expected
