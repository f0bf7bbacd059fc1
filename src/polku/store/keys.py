"""64-bit keys of identifiers and events: XXH3 of their text, the same on every machine and collector.

Two of 100 million identifiers share a key with probability 3·10⁻⁴ (birthday bound n²/2⁶⁵); see ADR 0002.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from xxhash import xxh3_64_intdigest

from polku.store.hashing import buffers, hash_texts

Keys = npt.NDArray[np.uint64]


def identifier_key(type: str, value: str) -> int:
    """Key of an identifier; never 0, which means 'none'."""
    return xxh3_64_intdigest(f"{type}\x1f{value}".encode()) or 1


def identifier_keys(type: str, values: pa.ChunkedArray) -> Keys:
    """Keys of a column of strings; 0 where null."""
    column = _array(values)
    keys = _hashes([type], np.zeros(len(column), np.int64), column)
    keys[keys == 0] = 1
    if column.null_count:
        keys[column.is_null().to_numpy(zero_copy_only=False)] = 0
    return keys


def event_hashes(sources: pa.ChunkedArray, event_ids: pa.ChunkedArray) -> Keys:
    """Hash of each (source, event_id)."""
    distinct, source_of = np.unique(sources.to_numpy(), return_inverse=True)
    return _hashes([str(s) for s in distinct.tolist()], source_of.astype(np.int64), _array(event_ids))


def pair_hashes(a: Keys, b: Keys) -> Keys:
    """Hash of each ordered pair of keys (two rounds of a 64-bit multiply-xorshift mix)."""
    with np.errstate(over="ignore"):
        x = a * np.uint64(0x9E3779B97F4A7C15) ^ (b + np.uint64(0x7F4A7C159E3779B9))
        x ^= x >> np.uint64(29)
        x *= np.uint64(0xBF58476D1CE4E5B9)
        mixed: Keys = x ^ (x >> np.uint64(32))
    return mixed


def _hashes(prefixes: Sequence[str], prefix_of: npt.NDArray[np.int64], texts: pa.Array[Any]) -> Keys:
    """Hash of each text behind its prefix and a separator; of a null one as of an empty one."""
    starts = [f"{p}\x1f".encode() for p in prefixes]
    hashes = np.zeros(len(texts), np.uint64)
    left = np.arange(len(texts))
    if hash_texts.compiled:  # in the first seconds of a new folder it is not
        ends = np.cumsum(np.array([len(s) for s in starts], np.int64))
        content = np.frombuffer(b"".join(starts), np.uint8)
        too_long = hash_texts(content, ends, prefix_of, *buffers(texts), hashes)
        left = np.flatnonzero(hashes == 0) if too_long else left[:0]
    for i in left.tolist():
        hashes[i] = xxh3_64_intdigest(starts[prefix_of[i]] + (texts[i].as_py() or "").encode())
    return hashes


def _array(column: pa.ChunkedArray) -> pa.Array[Any]:
    whole: Any = column.combine_chunks()
    one: pa.Array[Any] = whole.combine_chunks() if isinstance(whole, pa.ChunkedArray) else whole
    return one
