"""The API that imports use when a server has the folder open: events as an Arrow stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from polku.collect import store as sources
from polku.collect.files.mapping import Source, TouchpointPlan
from polku.collect.files.remote import ARROW
from polku.collect.files.target import Install, receive
from polku.errors import InvalidInput, TooLarge
from polku.store import INCOMING, REJECTED, EventType
from polku.web.visitor import require_analyst
from polku.workspace import Workspace

LARGEST_BODY: Final = 64 << 20
MOST_ROWS: Final = 250_000


@dataclass(frozen=True, slots=True)
class AppendedEvents:
    """What became of the events: duplicates were stored before; rejected have the id of another."""

    accepted: int
    duplicates: int
    rejected: int


@dataclass(frozen=True, slots=True)
class ImportSource:
    id: int


@dataclass(frozen=True, slots=True)
class InstalledTouchpoints:
    added: int


class _Touchpoints(BaseModel):
    source: Source
    touchpoints: list[TouchpointPlan]


def import_router(install: Install) -> APIRouter:
    """Routes under /api/v1; `install` adds an import's touchpoints."""
    router = APIRouter(tags=["imports"], dependencies=[Depends(require_analyst)])

    @router.post("/events", summary="Store events sent as an Arrow stream")
    async def store_events(request: Request, body: Annotated[bytes, Depends(_body)]) -> AppendedEvents:
        """The stream's schema is that of `polku.store.INCOMING` (events) or `REJECTED`; see the guide."""
        workspace: Workspace = request.app.state.workspace
        return await run_in_threadpool(_stored, workspace, body)

    @router.post("/imports/source", summary="The source of an import, made now if there is none")
    def import_source(request: Request, source: Source) -> ImportSource:
        with request.app.state.workspace.db.session() as session:
            made = sources.ensure_source(session, name=source.name, kind="file", channel=source.channel)
            return ImportSource(made.id)

    @router.post("/imports/touchpoints", summary="Add an import's touchpoints that are not there yet")
    def import_touchpoints(request: Request, given: _Touchpoints) -> InstalledTouchpoints:
        with request.app.state.workspace.db.session() as session:
            return InstalledTouchpoints(install(session, given.touchpoints, given.source))

    return router


async def _body(request: Request) -> bytes:
    """The whole body. Raises TooLarge as soon as it is, and InvalidInput if it is not called Arrow."""
    kind = request.headers.get("content-type", "").split(";")[0].strip()
    if kind != ARROW:
        raise InvalidInput(f"Content-Type is '{kind}'. Send an Arrow stream: Content-Type: {ARROW}")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise TooLarge(f"The stream is larger than {LARGEST_BODY >> 20} MB. {_in_parts()}")
    return bytes(body)


def _in_parts() -> str:
    return (
        f"Send it in parts of at most {MOST_ROWS:,} rows and {LARGEST_BODY >> 20} MB, each a stream and a request of "
        "its own; events that came twice are stored once."
    )


def _stored(workspace: Workspace, body: bytes) -> AppendedEvents:
    table = read_stream(body)
    with workspace.db.session(read_only=True) as session:
        known = {s.id for s in sources.sources(session)}
    check(table, known)
    done = receive(workspace.store, table)
    return AppendedEvents(done.accepted, done.duplicates, done.rejected)


def read_stream(body: bytes) -> pa.Table:
    """An Arrow stream as a table of INCOMING or REJECTED. Raises InvalidInput, and TooLarge."""
    try:
        with pa.ipc.open_stream(body) as reader:
            schema = reader.schema.remove_metadata()
            if not any(schema.equals(known) for known in (INCOMING, REJECTED)):
                raise InvalidInput(f"The stream's columns are not those of events: {_difference(schema)}")
            batches, rows = [], 0
            for batch in reader:
                # compressed batches may be far larger than the body
                rows += batch.num_rows
                if rows > MOST_ROWS:
                    raise TooLarge(f"The stream has more than {MOST_ROWS:,} rows. {_in_parts()}")
                batches.append(batch)
        table = pa.Table.from_batches(batches, schema=schema)
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError) as e:
        raise InvalidInput(f"The body is not a whole Arrow stream: {str(e).splitlines()[0]}") from e
    return table


def check(table: pa.Table, known_sources: set[int]) -> None:
    """Raises InvalidInput for what an honest collector does not send: the store believes what it is handed."""
    for field in table.schema:
        if not field.nullable and table[field.name].null_count:
            raise InvalidInput(f"Column '{field.name}' may not be null.")
    unknown = {int(s.as_py() or 0) for s in pc.unique(table["source"])} - known_sources
    if unknown:
        raise InvalidInput(f"There is no source with number {min(unknown)}. See: polku sources list")
    if table.schema.equals(REJECTED):
        return
    types = {int(t.as_py() or 0) for t in pc.unique(table["type"])} - {int(t) for t in EventType}
    if types:
        raise InvalidInput(f"Unknown event type {min(types)}. Allowed: 1 to 6.")
    for problem, condition in _PROBLEMS.items():
        row = _first_with(table, condition)
        if row is not None:
            raise InvalidInput(f"Event '{row}': {problem}")


_PAIR: Final = (
    "json_type(p) = 'ARRAY' AND json_array_length(p) = 2 "
    "AND json_type(p, '$[0]') = 'VARCHAR' AND json_type(p, '$[1]') = 'VARCHAR'"
)
_PROBLEMS: Final = {
    "an event id has 1 to 300 letters.": "length(event_id) NOT BETWEEN 1 AND 300",
    "'occurred_at' must be between 1971 and 2100.": "epoch(occurred_at) NOT BETWEEN 31536000 AND 4102444800",
    "'value' must be a number, not NaN or infinite.": "NOT isfinite(value)",
    "'score' must be between −100 and 100.": "NOT score BETWEEN -100 AND 100",
    "it is larger than 64 KB.": "strlen(properties) + strlen(coalesce(context, '')) > 65536",
    "'properties', 'context' and 'extra' must be JSON objects.": " OR ".join(
        f"({c} IS NOT NULL AND NOT CASE WHEN json_valid({c}) THEN json_type({c}) = 'OBJECT' ELSE false END)"
        for c in ("properties", "context", "extra")
    ),
    "'identifiers' must be a JSON list of [type, value], both texts.": (
        "identifiers IS NOT NULL AND NOT CASE WHEN json_valid(identifiers) THEN json_type(identifiers) = 'ARRAY' "
        f"AND len(list_filter(json_extract(identifiers, '$[*]'), lambda p: NOT ({_PAIR}))) = 0 ELSE false END"
    ),
}


def _first_with(table: pa.Table, condition: str) -> str | None:
    with duckdb.connect(":memory:", config={"threads": "1"}) as database:
        database.register("events", table)
        try:
            row = database.execute(f"SELECT event_id FROM events WHERE {condition} LIMIT 1").fetchone()  # noqa: S608 - ours
        except duckdb.Error as e:
            raise InvalidInput(f"The events hold what cannot be read: {str(e).splitlines()[0]}") from e
    return str(row[0]) if row else None


def _difference(schema: pa.Schema) -> str:
    for field in INCOMING:
        if field.name not in schema.names:
            return f"'{field.name}' is missing."
        if schema.field(field.name).type != field.type:
            return f"'{field.name}' is {schema.field(field.name).type}, it should be {field.type}."
    return f"they should be {', '.join(INCOMING.names)}, in this order, null where these may be."
