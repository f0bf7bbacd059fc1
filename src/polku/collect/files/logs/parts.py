"""What reading a XES file gives, piece by piece."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

EVENTS: Final = pa.schema(
    [
        ("trace", pa.int64()),  # its number in the file, from 0; −1: the event stands outside traces
        ("name", pa.string()),  # concept:name
        ("time", pa.int64()),  # time:timestamp, microseconds since 1970; null: none, or it cannot be read
        ("written", pa.string()),  # time:timestamp as it is written, unless it is read and says its zone
        ("identity", pa.string()),  # identity:id
        ("attributes", pa.string()),  # all others and identity:id, a JSON object
        ("at", pa.int64()),  # where in the file it begins
        ("behind", pa.int64()),  # and what comes behind it
    ]
)
TRACES: Final = pa.schema(
    [
        ("trace", pa.int64()),
        ("case", pa.string()),  # concept:name
        ("identity", pa.string()),
        ("attributes", pa.string()),
        ("at", pa.int64()),
        ("behind", pa.int64()),
    ]
)


@dataclass(frozen=True, slots=True)
class Part:
    """Some whole traces of a log: their events (schema EVENTS) and themselves (TRACES), in the file's order."""

    events: pa.Table
    traces: pa.Table
