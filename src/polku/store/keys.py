"""64-bit keys of identifiers and events: XXH3 of their text, the same on every machine and collector.

Two of 100 million identifiers share a key with probability 3·10⁻⁴ (birthday bound n²/2⁶⁵); see ADR 0003.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from xxhash import xxh3_64_intdigest

Keys = npt.NDArray[np.uint64]


def identifier_key(type: str, value: str) -> int:
    """Key of an identifier; never 0, which means 'none'."""
    return xxh3_64_intdigest(f"{type}\x1f{value}".encode()) or 1


def identifier_keys(type: str, values: pa.ChunkedArray) -> Keys:
    """Keys of a column of strings; 0 where null. Hashes each distinct value once."""
    encoded = values.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    distinct = np.fromiter(
        (identifier_key(type, v) for v in encoded.dictionary.to_pylist()), np.uint64, len(encoded.dictionary)
    )
    indices = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    keys: Keys = np.concatenate([distinct, np.zeros(1, np.uint64)])[indices]
    return keys


def event_hashes(sources: list[int], event_ids: list[str]) -> Keys:
    """Hash of each (source, event_id)."""
    digest = xxh3_64_intdigest
    return np.fromiter(
        (digest(f"{s}\x1f{e}".encode()) for s, e in zip(sources, event_ids, strict=True)),
        np.uint64,
        len(event_ids),
    )


def pair_hashes(a: Keys, b: Keys) -> Keys:
    """Hash of each ordered pair of keys (two rounds of a 64-bit multiply-xorshift mix)."""
    with np.errstate(over="ignore"):
        x = a * np.uint64(0x9E3779B97F4A7C15) ^ (b + np.uint64(0x7F4A7C159E3779B9))
        x ^= x >> np.uint64(29)
        x *= np.uint64(0xBF58476D1CE4E5B9)
        mixed: Keys = x ^ (x >> np.uint64(32))
    return mixed
