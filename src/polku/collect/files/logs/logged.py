"""What a log says, as events of customers: judged, told apart, and kept on disk until all of it has been read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import reduce
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from polku.collect.files.limits import LONGEST_NAME, LONGEST_USER_ID, MOST_PROPERTIES
from polku.collect.identifiers import BLOCKED
from polku.store import EventType
from polku.store.keys import identifier_keys, pair_hashes

Keys = npt.NDArray[np.uint64]

LOGGED: Final = pa.schema(
    [
        pa.field("type", pa.uint8(), nullable=False),  # EventType: track or identify
        ("name", pa.string()),
        ("occurred_at", pa.int64()),  # microseconds since 1970
        ("user_id", pa.string()),
        ("properties", pa.string()),  # JSON object
        pa.field("key", pa.uint64(), nullable=False),  # a hash of all that makes it the event it is
        ("reason", pa.string()),  # why it is no event; null: it is one
        ("written", pa.string()),  # its time as it is written, where that matters
        ("row", pa.int64()),  # of what is no event: where it stands,
        ("content", pa.string()),  # and what
    ]
)

DAY_US: Final = 86_400_000_000
EARLIEST_US: Final = 365 * DAY_US
"""Times before it, and more than a day ahead, are mistakes."""


def reasons(events: dict[str, Any], *, now_us: int, named: bool) -> npt.NDArray[np.object_]:
    """Why each event (columns of LOGGED, as Arrow arrays; `named` if it needs a name) is none; None where it is one."""
    name, user = events["name"], events["user_id"]
    known = events["occurred_at"].is_valid().to_numpy(zero_copy_only=False)
    at = events["occurred_at"].fill_null(EARLIEST_US).to_numpy()
    checks = (
        ("no_time", ~known & events["written"].is_null().to_numpy(zero_copy_only=False)),
        ("bad_time", ~known),
        ("time_out_of_range", (at < EARLIEST_US) | (at > now_us + DAY_US)),
        ("no_identifier", user.is_null().to_numpy(zero_copy_only=False)),
        ("no_name", _where(name, lambda texts: pc.equal(texts, ""), null=True) & named),
        (
            "row_too_large",
            _where(name, lambda texts: pc.greater(pc.utf8_length(texts), LONGEST_NAME))
            | _where(user, lambda texts: pc.greater(pc.utf8_length(texts), LONGEST_USER_ID))
            | pc.greater(pc.binary_length(events["properties"]), MOST_PROPERTIES).to_numpy(
                zero_copy_only=False
            ),
        ),
    )
    found = np.full(len(at), None, np.object_)
    for reason, fails in reversed(checks):
        found[fails] = reason
    return found


def _where(column: Any, holds: Callable[[Any], Any], *, null: bool = False) -> npt.NDArray[np.bool_]:
    """Where something holds of a text that comes often: each distinct one is looked at once."""
    encoded = column.dictionary_encode()
    held = np.append(holds(encoded.dictionary).to_numpy(zero_copy_only=False).astype(np.bool_), null)
    of: npt.NDArray[np.bool_] = held[encoded.indices.fill_null(len(held) - 1).to_numpy()]
    return of


def trimmed(column: Any) -> Any:
    """Texts that come often, without the blanks around them."""
    encoded = column.dictionary_encode()
    return pc.utf8_trim_whitespace(encoded.dictionary).take(encoded.indices)


def customers(cases: Any) -> Any:
    """User ids of cases: their names; one that would mean nobody ('0', 'unknown') has 'case' before it."""
    plain = pc.utf8_trim_whitespace(cases)
    nobody = pc.or_(
        pc.is_in(pc.utf8_lower(plain), pa.array(sorted(BLOCKED))), pc.equal(pc.utf8_trim(plain, "0-"), "")
    )
    named = pc.if_else(nobody, pc.binary_join_element_wise("case", plain, " "), plain)
    return pc.if_else(pc.equal(plain, ""), pa.scalar(None, pa.string()), named)


def text_keys(column: Any) -> Keys:
    """A hash of each text of an array; 0 where it is null."""
    return identifier_keys("", pa.chunked_array([column]))


def mixed(*keys: Keys) -> Keys:
    """One hash of several of each row."""
    return reduce(pair_hashes, keys)


_AT_ONCE: Final = 50_000


class Spool:
    """Batches of LOGGED in a file, until it is certain that all can be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sink = pa.OSFile(str(path), "wb")
        self._writer = pa.ipc.new_file(self._sink, LOGGED)
        self._keys: list[Keys] = []
        self.rows: Counter[int] = Counter()
        """How many rows of each type."""
        self.names: Counter[str] = Counter()
        """How often each name comes among what are events."""

    def add(self, batch: pa.Table) -> None:
        self._writer.write_table(batch)
        self._keys.append(batch["key"].to_numpy())
        types = pc.value_counts(batch["type"])
        self.rows.update({r["values"].as_py(): r["counts"].as_py() for r in types})
        good = batch.filter(pc.and_(pc.is_null(batch["reason"]), pc.equal(batch["type"], EventType.TRACK)))
        self.names.update({r["values"].as_py(): r["counts"].as_py() for r in pc.value_counts(good["name"])})

    def batches(self) -> Iterator[pa.Table]:
        """What was added, with the column event_id: alike in every import of the same log."""
        self._writer.close()
        self._sink.close()
        occurrence = _occurrences(np.concatenate([np.zeros(0, np.uint64), *self._keys]))
        first = 0
        with pa.memory_map(str(self._path)) as source:
            reader = pa.ipc.open_file(source)
            waiting: list[pa.RecordBatch] = []
            for number in range(reader.num_record_batches):
                waiting.append(reader.get_batch(number))
                rows = sum(b.num_rows for b in waiting)
                if rows >= _AT_ONCE or number + 1 == reader.num_record_batches:
                    batch = pa.Table.from_batches(waiting)
                    nth = occurrence[first : first + rows] if occurrence is not None else None
                    yield batch.append_column("event_id", _ids(batch["key"].to_numpy(), nth))
                    first, waiting = first + rows, []


def _occurrences(keys: Keys) -> npt.NDArray[np.int64] | None:
    """For each key how many equal ones stand before it; None if none do. Alike events of a log are several events."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    again = np.concatenate([np.zeros(1, np.bool_), ordered[1:] == ordered[:-1]])[: len(keys)]
    if not again.any():
        return None
    places = np.arange(len(keys))
    starts = np.maximum.accumulate(np.where(again, 0, places))
    nth = np.empty(len(keys), np.int64)
    nth[order] = places - starts
    return nth


def _ids(keys: Keys, nth: npt.NDArray[np.int64] | None) -> pa.Array[Any]:
    """Keys as 16 digits; of the second alike event '#2' behind them, and so on."""
    octets = np.ascontiguousarray(keys.astype(">u8")).view(np.uint8).reshape(-1, 8)
    digits = np.frombuffer(b"0123456789abcdef", np.uint8)
    pairs = np.stack([digits[octets >> 4], digits[octets & 15]], axis=2).reshape(-1)
    offsets = np.arange(len(keys) + 1, dtype=np.int32) * 16
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(pairs))]
    made: pa.Array[Any] = pa.Array.from_buffers(pa.string(), len(keys), buffers)
    if nth is None or not nth.any():
        return made
    suffix = pa.array([f"#{n + 1}" if n else "" for n in nth.tolist()])
    both: pa.Array[Any] = pc.binary_join_element_wise(made, suffix, "")
    return both
