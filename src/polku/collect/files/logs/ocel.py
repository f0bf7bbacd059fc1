"""Object-centric logs (OCEL 2.0) as events of customers: one type of object is the customer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from polku.collect.files.job import Advance
from polku.collect.files.logs import ocel_json, ocel_sqlite, ocel_xml
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
from polku.collect.files.logs.objects import ObjectLog
from polku.collect.files.logs.unpacking import LogFile
from polku.collect.files.staging import open_stage
from polku.errors import InvalidInput, Words, did_you_mean
from polku.store import EventType

_USUAL: Final = frozenset({"customer", "customers", "client", "clients", "asiakas", "asiakkaat"})
_AT_ONCE: Final = 50_000
_MEMORY: Final = "1GB"

_CUSTOMERS: Final = """
CREATE TABLE customer AS SELECT DISTINCT id FROM object WHERE type = $type;
CREATE TABLE theirs AS
    WITH direct AS (
        SELECT involved.event, customer.id AS customer, min(involved.qualifier) AS qualifier
        FROM involved JOIN customer ON customer.id = involved.object GROUP BY ALL
    ),
    hops AS (SELECT object, other FROM related UNION SELECT other, object FROM related)
    SELECT * FROM direct UNION ALL
    SELECT DISTINCT involved.event, customer.id, ''
    FROM involved JOIN hops ON hops.object = involved.object JOIN customer ON customer.id = hops.other
    WHERE involved.event NOT IN (SELECT event FROM direct);
"""
"""Whose each event is: of the customers it names; if it names none, of those whom the objects it names name."""

_EVENTS: Final = """
WITH others AS (
    SELECT theirs.event, theirs.customer, object.type, list(DISTINCT object.id ORDER BY object.id) AS ids
    FROM theirs JOIN involved ON involved.event = theirs.event JOIN object ON object.id = involved.object
    WHERE object.id <> theirs.customer GROUP BY ALL
),
packed AS (
    SELECT event, customer, string_agg(
        to_json(CASE WHEN type IN (SELECT unnest($attributes)) THEN type || ' (objects)' ELSE type END)::VARCHAR
        || ':' || CASE WHEN len(ids) = 1 THEN to_json(ids[1]) ELSE to_json(ids) END::VARCHAR, ',' ORDER BY type
    ) AS members FROM others GROUP BY ALL
)
SELECT event.nr, event.id, event.type AS name, event.time AS written, theirs.customer AS who,
    epoch_us(TRY_CAST(event.time AS TIMESTAMPTZ)) AS happened, '{' || concat_ws(',', nullif(event.attributes[2:-2], ''),
        packed.members, '"ocel:qualifier":' || to_json(nullif(theirs.qualifier, ''))::VARCHAR) || '}' AS said
FROM event JOIN theirs ON theirs.event = event.id LEFT JOIN packed
    ON packed.event = event.id AND packed.customer = theirs.customer
ORDER BY event.nr, theirs.customer
"""

_TRAITS: Final = """
WITH begun AS (
    SELECT customer, min(epoch_us(TRY_CAST(time AS TIMESTAMPTZ))) AS happened
    FROM theirs JOIN event ON event.id = theirs.event
    WHERE epoch_us(TRY_CAST(time AS TIMESTAMPTZ)) BETWEEN $earliest AND $latest GROUP BY ALL
),
said AS (
    SELECT change.nr, change.object, change.name, change.value, begun.happened AS first,
        epoch_us(TRY_CAST(change.time AS TIMESTAMPTZ)) AS changed
    FROM change JOIN begun ON begun.customer = change.object
),
latest AS (
    SELECT object, name, CASE WHEN changed >= $earliest THEN changed ELSE first END AS happened,
        arg_max(value, nr) AS value, min(nr) AS nr FROM said GROUP BY ALL
)
SELECT min(nr) AS nr, object AS id, '' AS name, NULL::VARCHAR AS written, object AS who, happened,
    '{' || string_agg(to_json(name)::VARCHAR || ':' || value, ',' ORDER BY nr) || '}' AS said
FROM latest GROUP BY object, happened ORDER BY 1
"""
"""What is said of customers: from the beginning on (OCEL writes 1970), which is their first event's time, and later."""


class ObjectCentric:
    """An OCEL log that has been read. Raises InvalidInput if it cannot be, or which objects are customers is open."""

    def __init__(self, file: LogFile, folder: Path, customer_type: str | None, advance: Advance) -> None:
        self.notes: list[Words] = []
        self._file = file
        self._stage = open_stage(folder, memory_limit=_MEMORY, threads=2)
        self._log = ObjectLog(self._stage.database)
        if file.form == "ocel-xml":
            ocel_xml.read(file, self._log, advance)
        else:
            (ocel_json.read if file.form == "ocel-json" else ocel_sqlite.read)(file, self._log)
            advance(file.path.stat().st_size)
        type_ = self._customer_type(customer_type)
        for statement in _CUSTOMERS.split(";"):
            if statement.strip():
                self._stage.database.execute(statement, {"type": type_} if "$type" in statement else {})
        self._tell(type_)

    def logged(self, *, now_us: int) -> Iterator[pa.Table]:
        """Batches of LOGGED: events of customers, and what is said of them."""
        attributes = {"attributes": sorted(self._log.attributes)}
        for kind, query, values in (
            (EventType.TRACK, _EVENTS, attributes),
            (EventType.IDENTIFY, _TRAITS, {"earliest": EARLIEST_US, "latest": now_us + DAY_US}),
        ):
            for batch in self._stage.database.execute(query, values).to_arrow_reader(_AT_ONCE):
                yield _logged(pa.table(batch).combine_chunks(), kind, now_us)
        self._stage.close()

    def _customer_type(self, wanted: str | None) -> str:
        rows = self._stage.database.execute("SELECT type, count(*) FROM object GROUP BY 1 ORDER BY 2 DESC, 1")
        counts: dict[str, int] = dict(rows.fetchall())
        listed = ", ".join(f"{type_} ({objects:,})" for type_, objects in counts.items())
        if wanted is not None and wanted in counts:
            return wanted
        if wanted:
            raise InvalidInput(
                "%(file)s has no objects of type '%(type)s'.%(hint)s Types and how many objects: %(types)s.",
                file=self._file.name,
                type=wanted,
                hint=did_you_mean(wanted, counts),
                types=listed or "–",
            )
        usual = [type_ for type_ in counts if type_.lower() in _USUAL]
        if len(counts) == 1 or len(usual) == 1:
            return usual[0] if usual else next(iter(counts))
        raise InvalidInput(
            "Which objects of %(file)s are the customers? Say --customer-type TYPE. Types and how many objects: "
            "%(types)s.",
            file=self._file.name,
            types=listed or "–",
        )

    def _tell(self, type_: str) -> None:
        scalar, file = self._stage.scalar, self._file.name
        customers = scalar("SELECT count(*) FROM customer")
        self.notes.append(
            Words(
                "%(file)s: the customers are the objects of type '%(type)s': %(count)s.",
                file=file,
                type=type_,
                count=f"{customers:,}",
            )
        )
        if nobodys := scalar("SELECT count(*) FROM event WHERE id NOT IN (SELECT event FROM theirs)"):
            self.notes.append(
                Words(
                    "%(file)s: events left out since they belong to no customer: %(count)s.",
                    file=file,
                    count=f"{nobodys:,}",
                )
            )
        if idle := scalar("SELECT count(*) FROM customer WHERE id NOT IN (SELECT customer FROM theirs)"):
            self.notes.append(
                Words(
                    "%(file)s: customers left out since they have no events: %(count)s.",
                    file=file,
                    count=f"{idle:,}",
                )
            )
        lost = scalar(
            "SELECT count(DISTINCT object) FROM involved WHERE object NOT IN (SELECT id FROM object)"
        )
        if lost:
            self.notes.append(
                Words(
                    "%(file)s: objects that events name and that are not in the log: %(count)s.",
                    file=file,
                    count=f"{lost:,}",
                )
            )


def _logged(rows: pa.Table, kind: EventType, now_us: int) -> pa.Table:
    column = {name: rows[name].combine_chunks() for name in rows.column_names}
    at, who = column["happened"], customers(column["who"])
    happened = at.fill_null(0).to_numpy().view(np.uint64)
    if kind is EventType.TRACK:  # an event's id is enough: what else is said of it may be corrected
        key = mixed(text_keys(who), text_keys(column["id"]))
    else:
        key = mixed(text_keys(who), happened, text_keys(column["said"]))
    columns: dict[str, Any] = {
        "type": pa.repeat(pa.scalar(int(kind), pa.uint8()), rows.num_rows),
        "name": trimmed(column["name"]),
        "occurred_at": at,
        "user_id": who,
        "properties": column["said"],
        "key": pa.array(key),
        "written": column["written"],
        "row": column["nr"],
    }
    reason = pa.array(reasons(columns, now_us=now_us, named=kind is EventType.TRACK), pa.string())
    content = pc.if_else(
        reason.is_valid(), pc.binary_join_element_wise(column["id"], column["said"], " "), None
    )
    columns |= {"reason": reason, "content": content}
    return pa.table([columns[f.name] for f in LOGGED], schema=LOGGED)
