"""The events of a lake by the numbers that its blocks have for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from polku.store.lake.building import SEQ_BITS
from polku.store.lake.collectors import Collector, Part
from polku.store.lake.place import Place
from polku.store.schema import EVENTS

Seqs = npt.NDArray[np.int64]


class LakeEvents:
    """Found in the files of the collectors `ids`, which are numbered by their places."""

    def __init__(self, lake: Place, ids: Sequence[str]) -> None:
        self._lake, self._ids = lake, ids

    def rows(self, seqs: Seqs, names: Sequence[str]) -> pa.Table:
        """The events with these numbers (those that are there): `seq` and these columns. Raises OSError."""
        wanted = list(dict.fromkeys(["seq", *names]))
        left = np.unique(seqs)
        numbers = left >> SEQ_BITS
        found = [pa.schema([EVENTS.field(n) for n in wanted]).empty_table()]
        for number in np.unique(numbers).tolist():
            if 0 <= number < len(self._ids):
                own = left[numbers == number] & ((1 << SEQ_BITS) - 1)
                collector = Collector.read(self._lake, self._ids[number])
                found += [_numbered(t, number) for t in self._of(collector, own, wanted)]
        return pa.concat_tables(found)

    def _of(self, collector: Collector, seqs: Seqs, names: Sequence[str]) -> Iterator[pa.Table]:
        for part in collector.parts:
            low, high = np.searchsorted(seqs, [part.first, part.last + 1])
            if low < high:
                yield _pick(
                    self._lake, f"{collector.place}/{part.files['events'].name}", part, seqs[low:high], names
                )


def _pick(lake: Place, file: str, part: Part, seqs: Seqs, names: Sequence[str]) -> pa.Table:
    """Rows of a part, whose numbers have no gaps: only the row groups that hold them are read."""
    with lake.read(file) as source:
        parquet = pq.ParquetFile(source)
        about = parquet.metadata
        ends = np.cumsum([about.row_group(i).num_rows for i in range(about.num_row_groups)])
        places = seqs - part.first
        groups = np.unique(np.searchsorted(ends, places, side="right"))
        rows: Any = parquet.read_row_groups(groups.tolist(), columns=list(names), use_threads=False)
        return rows.take(pa.array(np.searchsorted(rows["seq"].to_numpy(), seqs)))


def _numbered(events: pa.Table, collector: int) -> pa.Table:
    seqs = pa.array(events["seq"].to_numpy() | collector << SEQ_BITS)
    return events.set_column(events.schema.get_field_index("seq"), EVENTS.field("seq"), seqs)
