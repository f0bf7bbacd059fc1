"""Who is who in a lake: the identifiers and edges of all collectors, joined by one folder's rules and decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from polku.profiles import IdentityRules
from polku.profiles.decisions import Decision, verdicts, version
from polku.profiles.graph import Graph
from polku.store import EDGES, IDENTIFIERS, LABEL_TYPES
from polku.store.keys import pair_hashes
from polku.store.lake.collectors import Collector, Damage
from polku.store.lake.place import Place

Keys = npt.NDArray[np.uint64]
_UNUSABLE: Final = (OSError, pa.ArrowException, ValueError)


@dataclass(frozen=True, slots=True)
class WhoIsWho:
    """The profile of each identifier key, and the files that could not be read."""

    keys: Keys
    profiles: Keys
    version: int
    damaged: tuple[Damage, ...]


def who_is_who(
    lake: Place, collectors: Sequence[Collector], rules: IdentityRules, decisions: Sequence[Decision]
) -> WhoIsWho:
    """As `profiles.Identities` would have it if all events had come to one folder in the order of their arrival:
    by the time at which they were received, then by collector, then as that numbered them."""
    damaged: list[Damage] = []
    identifiers = _rows(lake, collectors, "identifiers", ["key", "type", "value"], damaged)
    labels = pc.is_in(identifiers["type"], pa.array(sorted(LABEL_TYPES)))
    identifiers = _first(identifiers.filter(pc.invert(labels)), lambda t: t["key"].to_numpy())
    edges = _rows(lake, collectors, "edges", ["a", "b", "kind"], damaged)
    edges = _first(edges, lambda t: pair_hashes(t["a"].to_numpy(), t["b"].to_numpy()))
    arrived = _numbered(identifiers, edges)
    judged = verdicts(decisions)
    decided_at = {(*pair, d.after): d.decided_at for d in decisions for pair in d.pairs}
    approved = tuple((a, b, _after(arrived.times, decided_at[a, b, n])) for a, b, n in judged.approved)
    graph = Graph(rules, replace(judged, approved=approved))
    graph.add_identifiers(_with_numbers(identifiers, arrived.identifiers, IDENTIFIERS))
    graph.add_edges(_with_numbers(edges, arrived.edges, EDGES), up_to=len(arrived.times))
    keys = graph.keys().copy()
    return WhoIsWho(keys, graph.profiles(keys), version(rules, decisions), tuple(damaged))


@dataclass(frozen=True, slots=True)
class _Arrived:
    """Events numbered from 1 in order of arrival: those of each row, and when each number was received (µs)."""

    identifiers: npt.NDArray[np.int64]
    edges: npt.NDArray[np.int64]
    times: npt.NDArray[np.int64]


def _numbered(identifiers: pa.Table, edges: pa.Table) -> _Arrived:
    events, numbers = np.unique(np.concatenate([_event(identifiers), _event(edges)]), return_inverse=True)
    return _Arrived(numbers[: identifiers.num_rows] + 1, numbers[identifiers.num_rows :] + 1, events["at"])


def _event(table: pa.Table) -> npt.NDArray[Any]:
    """What tells events apart and puts them in order."""
    made = np.empty(table.num_rows, np.dtype([("at", np.int64), ("collector", np.int64), ("seq", np.int64)]))
    made["at"] = table["received_at"].cast(pa.int64()).to_numpy()
    made["collector"], made["seq"] = table["collector"].to_numpy(), table["seq"].to_numpy()
    return made


def _after(times: npt.NDArray[np.int64], moment: datetime) -> int:
    """The number of the last event that was there at a moment."""
    return int(np.searchsorted(times, int(moment.timestamp() * 1_000_000), side="right"))


def _with_numbers(table: pa.Table, numbers: npt.NDArray[np.int64], schema: pa.Schema) -> pa.Table:
    table = table.set_column(table.schema.get_field_index("seq"), "seq", pa.array(numbers))
    return table.take(pa.array(np.argsort(numbers, kind="stable"))).select(schema.names)


def _first(table: pa.Table, hashes: Any) -> pa.Table:
    """The first row of those that say the same, in order of arrival."""
    table = table.take(pa.array(np.argsort(_event(table), kind="stable", order=("at", "collector", "seq"))))
    return table.take(pa.array(np.sort(np.unique(hashes(table), return_index=True)[1])))


def _rows(
    lake: Place, collectors: Iterable[Collector], table: str, names: Sequence[str], damaged: list[Damage]
) -> pa.Table:
    schema = pa.schema(
        [f for f in (IDENTIFIERS if table == "identifiers" else EDGES) if f.name in (*names, "seq")]
    )
    schema = schema.append(pa.field("received_at", pa.timestamp("us", tz="UTC"))).append(
        pa.field("collector", pa.int16())
    )
    found = [schema.empty_table()]
    for number, collector in enumerate(collectors):
        for file in _files(collector, table):
            try:
                with lake.read(file) as source:
                    rows = pq.ParquetFile(source).read(columns=[*names, "seq", "received_at"])
            except _UNUSABLE as e:
                damaged.append(Damage(file, str(e).splitlines()[0]))
                continue
            rows = rows.append_column("collector", pa.array(np.full(rows.num_rows, number, np.int16)))
            found.append(rows.select(schema.names).cast(schema))
    return pa.concat_tables(found)


def _files(collector: Collector, table: str) -> Iterator[str]:
    for part in collector.parts:
        if table in part.files:
            yield f"{collector.place}/{part.files[table].name}"
