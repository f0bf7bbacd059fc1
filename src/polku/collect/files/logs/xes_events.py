"""The traces of a XES file as events of customers: each trace is a customer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from polku.collect.files.job import Advance
from polku.collect.files.logs.logged import (
    DAY_US,
    EARLIEST_US,
    LOGGED,
    customers,
    mixed,
    reasons,
    text_keys,
    trimmed,
)
from polku.collect.files.logs.parts import Part
from polku.collect.files.logs.xes import XesReader
from polku.store import EventType

_LONGEST_CONTENT: Final = 4_000
_NEVER: Final = np.iinfo(np.int64).max


def logged(reader: XesReader, advance: Advance, *, now_us: int) -> Iterator[pa.Table]:
    """Batches of LOGGED: what happened, and of each trace what its attributes say of the customer, at its first
    event's time. Raises what the reader raises."""
    for part in reader.parts(advance):
        cases = pc.coalesce(part.traces["case"], part.traces["identity"]).combine_chunks()
        who = customers(cases)
        yield _events(reader, part, who, now_us)
        said = _traits(reader, part, who, now_us)
        if said.num_rows:
            yield said


def _events(reader: XesReader, part: Part, who: Any, now_us: int) -> pa.Table:
    events = part.events.combine_chunks()
    first = part.traces["trace"][0].as_py() if part.traces.num_rows else 0
    trace = events["trace"].to_numpy() - first
    loose = trace < 0
    identity, at = events["identity"].combine_chunks(), events["time"].combine_chunks()
    name, attributes = trimmed(events["name"].combine_chunks()), events["attributes"].combine_chunks()
    whose = np.append(text_keys(who), np.uint64(0))[np.where(loose, len(who), trace)]
    happened = at.fill_null(0).to_numpy().view(np.uint64)
    key = mixed(whose, text_keys(name), happened, text_keys(attributes))
    if identity.null_count < len(identity):
        key = np.where(identity.is_valid(), mixed(whose, text_keys(identity)), key)
    columns: dict[str, Any] = {
        "type": pa.repeat(pa.scalar(int(EventType.TRACK), pa.uint8()), len(events)),
        "name": name,
        "occurred_at": at,
        "user_id": who.take(pa.array(trace, mask=loose)),
        "properties": attributes,
        "key": pa.array(key),
        "written": events["written"].combine_chunks(),
    }
    reason = reasons(columns, now_us=now_us, named=True)
    return _table(columns, reason, *_contents(reader, events, np.flatnonzero(reason != None)))  # noqa: E711 - each


def _contents(reader: XesReader, rows: pa.Table, bad: Any) -> tuple[Any, Any]:
    """Line and text of what is no event, null for all others."""
    lines: list[int | None] = [None] * len(rows)
    texts: list[str | None] = [None] * len(rows)
    for i in bad.tolist():
        at, behind = rows["at"][i].as_py(), rows["behind"][i].as_py()
        lines[i] = reader.xml.line(at)
        texts[i] = reader.xml.text(at, min(behind, at + _LONGEST_CONTENT))
    return pa.array(lines, pa.int64()), pa.array(texts, pa.string())


def _traits(reader: XesReader, part: Part, who: Any, now_us: int) -> pa.Table:
    """What is said of the customers of traces that have events in possible times."""
    at = part.events["time"].fill_null(_NEVER).to_numpy()
    first = np.full(part.traces.num_rows, _NEVER)
    trace = part.events["trace"].to_numpy()
    if len(first):
        inside = (trace >= 0) & (at >= EARLIEST_US) & (at <= now_us + DAY_US)
        np.minimum.at(first, trace[inside] - part.traces["trace"][0].as_py(), at[inside])
    attributes, occurred = part.traces["attributes"].combine_chunks(), pa.array(first)
    columns: dict[str, Any] = {
        "type": pa.repeat(pa.scalar(int(EventType.IDENTIFY), pa.uint8()), len(first)),
        "name": pa.repeat(pa.scalar(""), len(first)),
        "occurred_at": occurred,
        "user_id": who,
        "properties": attributes,
        "written": pa.nulls(len(first), pa.string()),
        "key": pa.array(mixed(text_keys(who), first.view(np.uint64), text_keys(attributes))),
    }
    reason = reasons(columns, now_us=now_us, named=False)
    table = _table(columns, reason, *_contents(reader, part.traces, np.flatnonzero(reason != None)))  # noqa: E711
    # whoever has no events or no name has been told of, event by event
    told = np.isin(reason.astype(str), ["None", "row_too_large"])
    return table.filter(pc.and_(pa.array(told), pc.not_equal(attributes, "{}")))


def _table(columns: dict[str, Any], reason: Any, row: Any, content: Any) -> pa.Table:
    whole = columns | {"reason": pa.array(reason, pa.string()), "row": row, "content": content}
    return pa.table([whole[f.name] for f in LOGGED], schema=LOGGED)
