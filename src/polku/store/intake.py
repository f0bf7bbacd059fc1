"""Intake: what is added to incoming events (number, keys, identifiers, edges), and which are duplicates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from xxhash import xxh3_64_intdigest

from polku.store.keys import Keys, event_hashes, identifier_key, identifier_keys, pair_hashes
from polku.store.schema import EDGES, EVENTS, IDENTIFIERS, LABEL_TYPES, REJECTED
from polku.store.seen import SeenHashes
from polku.store.snapshot import Snapshot

_CONTENT = ("type", "name", "user_id", "anonymous_id", "properties")
CONTRADICTION = "duplicate_id"
_IDENTIFYING = {"source", "event_id", *_CONTENT}
_FOREMOST = ("user_id", "email", "anonymous_id")


@dataclass(frozen=True, slots=True)
class Taken:
    """What one batch added to each table; `duplicates` were there already, with the same content."""

    tables: dict[str, pa.Table]
    duplicates: int

    @property
    def accepted(self) -> int:
        rows: int = self.tables["events"].num_rows
        return rows


class Intake:
    """Numbers events and knows which events, identifiers and edges have been seen. For one thread."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.next_seq = snapshot.next_seq
        self._events = SeenHashes(_column(snapshot, "events", "id_hash"))
        edges = snapshot.columns("edges", ["a", "b"])
        self._edges = SeenHashes(pair_hashes(edges["a"].to_numpy(), edges["b"].to_numpy()))
        self._contradictions = SeenHashes(_told_contradictions(snapshot))
        named = snapshot.columns("identifiers", ["key", "type", "value"])
        self._identifiers = SeenHashes(_identifier_hashes(named))

    def take(self, incoming: pa.Table, snapshot: Snapshot) -> Taken:
        """Number the events that are new; `snapshot` is what is stored so far."""
        hashes = event_hashes(incoming["source"], incoming["event_id"])
        first = np.zeros(len(hashes), np.bool_)
        first[np.unique(hashes, return_index=True)[1]] = True
        new = first & ~self._events.contains(hashes)
        rejected, duplicates = REJECTED.empty_table(), 0
        if not new.all():
            compared = _compare(incoming, hashes, new, snapshot)
            duplicates = compared.same
            new[compared.collisions] = True
            rejected = self._contradicting(incoming.take(pa.array(compared.contradictions, pa.int64())))
            duplicates += len(compared.contradictions) - rejected.num_rows
        if not new.all():
            incoming, hashes = incoming.filter(pa.array(new)), hashes[new]
        self._events.add(np.unique(hashes))
        seqs = np.arange(self.next_seq, self.next_seq + len(hashes), dtype=np.int64)
        self.next_seq += len(hashes)
        keys, identifiers, edges = self._who(incoming, seqs)
        events = pa.table(
            [pa.array(seqs), pa.array(keys), pa.array(hashes), *incoming.columns], schema=EVENTS
        )
        tables = {"events": events, "identifiers": identifiers, "edges": edges, "rejected": rejected}
        return Taken(tables, duplicates)

    def _contradicting(self, events: pa.Table) -> pa.Table:
        """Events whose id holds other content, as rejected rows; each content is told once."""
        hashes = np.fromiter((_content_hash(e) for e in events.to_pylist()), np.uint64, events.num_rows)
        events = events.filter(pa.array(self._contradictions.add_new(hashes)))
        detail = (
            "Event id '{event_id}' already holds other content; the first was kept. Send it with a new id."
        )
        return rejections(events, reason=CONTRADICTION, detail=detail)

    def _who(self, incoming: pa.Table, seqs: npt.NDArray[np.int64]) -> tuple[Keys, pa.Table, pa.Table]:
        """Each event's foremost key, and the identifiers and edges that are new."""
        user = identifier_keys("user_id", incoming["user_id"])
        anonymous = identifier_keys("anonymous_id", incoming["anonymous_id"])
        keys = np.where(user != 0, user, anonymous)
        kinds = incoming["type"].to_numpy()
        found = [
            _identifiers("user_id", user, incoming["user_id"], seqs),
            _identifiers("anonymous_id", anonymous, incoming["anonymous_id"], seqs),
        ]
        both = (user != 0) & (anonymous != 0)
        edges = [_edges(user[both], anonymous[both], kinds[both], seqs[both])]
        more = pc.indices_nonzero(incoming["identifiers"].is_valid()).to_pylist()
        if more:
            texts = incoming["identifiers"].take(more).to_pylist()
            extra, links = self._extra(dict(zip(more, texts, strict=True)), keys, kinds, seqs)
            found.append(extra)
            edges.append(links)
        identifiers = pa.concat_tables(found)
        identifiers = identifiers.filter(pa.array(self._identifiers.add_new(_identifier_hashes(identifiers))))
        links = pa.concat_tables(edges)
        pairs = pair_hashes(links["a"].to_numpy(), links["b"].to_numpy())
        return keys, identifiers, links.filter(pa.array(self._edges.add_new(pairs)))

    def _extra(
        self, texts: dict[int, str], keys: Keys, kinds: npt.NDArray[np.uint8], seqs: npt.NDArray[np.int64]
    ) -> tuple[pa.Table, pa.Table]:
        """Identifiers beyond user and anonymous ids; sets `keys` of events that have neither."""
        found: list[tuple[int, str, str, int]] = []
        links: list[tuple[int, int, int, int]] = []
        for row, text in texts.items():
            given: Sequence[tuple[str, str]] = msgspec.json.decode(text)
            pairs = [(self._resolved(t, v), v) for t, v in given]
            linking = [(t, v) for t, v in pairs if t not in LABEL_TYPES]
            if not keys[row] and linking:
                keys[row] = identifier_key(*min(linking, key=_rank))
            seq, owner = int(seqs[row]), int(keys[row])
            for type_, value in pairs:
                key = owner if type_ in LABEL_TYPES else identifier_key(type_, value)
                found.append((key, type_, value, seq))
                if key != owner and type_ not in LABEL_TYPES:
                    links.append((owner, key, int(kinds[row]), seq))
        return _table(found, IDENTIFIERS), _table(links, EDGES)

    def _resolved(self, type_: str, value: str) -> str:
        """An alias's previous id is a user id if such a user is known, else an anonymous id."""
        if type_ != "previous_id":
            return type_
        known = _identifier_hashes(
            _table([(identifier_key("user_id", value), "user_id", value, 0)], IDENTIFIERS)
        )
        return "user_id" if self._identifiers.contains(known)[0] else "anonymous_id"


def _rank(pair: tuple[str, str]) -> int:
    return _FOREMOST.index(pair[0]) if pair[0] in _FOREMOST else len(_FOREMOST)


@dataclass(frozen=True, slots=True)
class _Compared:
    """Rows of a batch whose hash is known: how many are stored already, which contradict what is stored under
    their id, and which merely share a hash with another id."""

    same: int
    contradictions: list[int]
    collisions: list[int]


def _compare(incoming: pa.Table, hashes: Keys, new: npt.NDArray[np.bool_], snapshot: Snapshot) -> _Compared:
    repeated = np.flatnonzero(~new)
    stored = _stored(snapshot, np.unique(hashes[repeated]))
    batch = incoming.select(["source", "event_id", *_CONTENT])
    for row in np.flatnonzero(new & np.isin(hashes, hashes[repeated])).tolist():
        first = batch.slice(row, 1).to_pylist()[0]
        stored.setdefault(_identity(first), first)
    found = _Compared(0, [], [])
    same = 0
    for row, event in zip(repeated.tolist(), batch.take(repeated).to_pylist(), strict=True):
        earlier = stored.get(_identity(event))
        if earlier is None:
            found.collisions.append(row)
        elif all(earlier[c] == event[c] for c in _CONTENT):
            same += 1
        else:
            found.contradictions.append(row)
    return _Compared(same, found.contradictions, found.collisions)


def _content_hash(event: Mapping[str, object]) -> int:
    return xxh3_64_intdigest(msgspec.json.encode([event[c] for c in ("source", "event_id", *_CONTENT)]))


def _told_contradictions(snapshot: Snapshot) -> Keys:
    told = snapshot.columns("rejected", ["reason", "payload"])
    told = told.filter(pc.equal(told["reason"], CONTRADICTION))
    hashes = []
    for payload in told["payload"].to_pylist():
        event = msgspec.json.decode(payload)
        if isinstance(event, dict) and event.keys() >= _IDENTIFYING:  # an importer's are rows of its file
            hashes.append(_content_hash(event))
    return np.array(hashes, np.uint64)


def _identity(event: dict[str, object]) -> tuple[object, object]:
    return event["source"], event["event_id"]


def _stored(snapshot: Snapshot, hashes: Keys) -> dict[tuple[object, object], dict[str, object]]:
    """Stored events with these hashes, newest segments first: a retried event is nearly always recent."""
    names = ["source", "event_id", *_CONTENT]
    found: list[pa.Table] = []
    left = len(hashes)
    for chunk in reversed(snapshot.tails["events"]):
        hit = chunk.filter(pa.array(np.isin(chunk["id_hash"].to_numpy(), hashes)))
        left -= hit.num_rows
        found.append(hit.select(names))
    for alone in reversed(replace(snapshot, tails={**snapshot.tails, "events": ()}).alone()):
        if left <= 0:
            break
        column = alone.columns("events", ["id_hash", "seq"])
        hit = column["seq"].to_numpy()[np.isin(column["id_hash"].to_numpy(), hashes)]
        if len(hit):
            left -= len(hit)
            found.append(alone.rows(hit, names).select(names))
    return {_identity(e): e for t in found for e in t.to_pylist()}


def rejections(events: pa.Table, *, reason: str, detail: str) -> pa.Table:
    """Events as rows of `rejected`; `{event_id}` in `detail` is each one's own."""
    rows = events.to_pylist()
    return pa.table(
        {
            "received_at": events["received_at"],
            "source": events["source"],
            "reason": pa.array([reason] * len(rows), pa.string()),
            "detail": pa.array([detail.replace("{event_id}", r["event_id"]) for r in rows], pa.string()),
            "payload": pa.array([msgspec.json.encode(r) for r in rows], pa.binary()),
        },
        schema=REJECTED,
    )


def _identifiers(type_: str, keys: Keys, values: pa.ChunkedArray, seqs: npt.NDArray[np.int64]) -> pa.Table:
    """The first appearance of each distinct identifier of a column."""
    distinct, first = np.unique(keys, return_index=True)
    first = first[distinct != 0]
    return pa.table(
        [
            pa.array(keys[first]),
            pa.array([type_] * len(first), pa.string()),
            values.take(pa.array(first)),
            pa.array(seqs[first]),
        ],
        schema=IDENTIFIERS,
    )


def _edges(a: Keys, b: Keys, kinds: npt.NDArray[np.uint8], seqs: npt.NDArray[np.int64]) -> pa.Table:
    first = np.sort(np.unique(pair_hashes(a, b), return_index=True)[1])
    return pa.table([pa.array(x[first]) for x in (a, b, kinds, seqs)], schema=EDGES)


def _identifier_hashes(table: pa.Table) -> Keys:
    """Hash of (key, type) — of a label also its value, since one profile may have had several names."""
    labels = pc.is_in(table["type"], pa.array(sorted(LABEL_TYPES))).to_numpy(zero_copy_only=False)
    hashes: Keys = table["key"].to_numpy().copy()
    if labels.any():
        rows = table.filter(pa.array(labels))
        owners, types, values = (rows[c].to_pylist() for c in ("key", "type", "value"))
        hashes[labels] = [
            identifier_key(f"{k}\x1f{t}", v) for k, t, v in zip(owners, types, values, strict=True)
        ]
    return hashes


def _column(snapshot: Snapshot, table: str, name: str) -> Keys:
    column: Keys = snapshot.columns(table, [name])[name].to_numpy()
    return column


def _table(rows: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)
