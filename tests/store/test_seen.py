import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from polku.store.keys import event_hashes, identifier_key, identifier_keys, pair_hashes
from polku.store.seen import SeenHashes


@given(st.lists(st.lists(st.integers(0, 50), max_size=30), max_size=20))
def test_as_a_set_would(batches: list[list[int]]) -> None:
    seen, slow = SeenHashes(), set()
    for batch in batches:
        new = seen.add_new(np.array(batch, np.uint64))
        for value, is_new in zip(batch, new.tolist(), strict=True):
            assert is_new == (value not in slow)
            slow.add(value)
    assert len(seen) == len(slow)
    assert seen.contains(np.arange(60, dtype=np.uint64)).tolist() == [v in slow for v in range(60)]


def test_runs_stay_few() -> None:
    seen = SeenHashes()
    rng = np.random.default_rng(1)
    for _ in range(300):
        seen.add(rng.integers(0, 2**63, 1000).astype(np.uint64))
    assert len(seen) == 300_000
    assert len(seen._runs) <= 6


def test_keys_tell_types_and_values_apart() -> None:
    import pyarrow as pa

    assert identifier_key("email", "a") != identifier_key("user_id", "a")
    column = pa.chunked_array([["a", None], ["a", "b"]])
    assert identifier_keys("user_id", column).tolist() == [
        identifier_key("user_id", "a"),
        0,
        identifier_key("user_id", "a"),
        identifier_key("user_id", "b"),
    ]
    assert (
        len(set(event_hashes(pa.chunked_array([[1, 2, 1]]), pa.chunked_array([["x", "x", "y"]])).tolist()))
        == 3
    )
    a, b = np.array([1, 2], np.uint64), np.array([2, 1], np.uint64)
    assert len(set(pair_hashes(a, b).tolist())) == 2
