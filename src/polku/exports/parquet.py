"""Paths as a Parquet file."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from polku.exports.paths import PATHS, Paths

MEDIA_TYPE = "application/vnd.apache.parquet"
_ROW_GROUP = 100_000


def pieces(paths: Paths) -> Iterator[bytes]:
    """The file, piece by piece."""
    sink = _Pieces()
    with pq.ParquetWriter(pa.PythonFile(sink, mode="w"), PATHS, compression="zstd") as writer:
        for batch in paths.batches():
            writer.write_table(batch, row_group_size=_ROW_GROUP)
            yield sink.taken()
    yield sink.taken()


class _Pieces(io.RawIOBase):
    """A file that is written to and taken away."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        octets = bytes(memoryview(piece))  # type: ignore[arg-type]  # a buffer of Arrow's
        self._written.append(octets)
        return len(octets)

    def taken(self) -> bytes:
        whole = b"".join(self._written)
        self._written.clear()
        return whole
