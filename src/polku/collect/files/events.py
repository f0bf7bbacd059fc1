"""An event of the mapping as one query: every row becomes an event, or a reason why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import duckdb

from polku.collect.files import details
from polku.collect.files.details import as_sql
from polku.collect.files.expressions import Columns, checked, literal, quoted
from polku.collect.files.limits import LONGEST_EVENT_ID, MOST_PROPERTIES
from polku.collect.files.mapping import EventSpec, Mapping, Response
from polku.collect.files.relations import Relations
from polku.collect.files.staging import FILE, ROW
from polku.collect.files.times import time_sql
from polku.collect.files.who import id_sql, identifiers_sql
from polku.errors import InvalidInput, Words
from polku.metrics import metric

DUPLICATE: Final = "same_again"
"""The reason of a row that is the same event as an earlier one: not an error, only counted."""

_NUMERIC: Final = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
                   "UBIGINT", "UHUGEINT")  # fmt: skip
_FRACTIONS: Final = ("DOUBLE", "FLOAT", "DECIMAL")


@dataclass(frozen=True, slots=True)
class _Field:
    """A checked expression with its type."""

    sql: str
    type: str

    @property
    def is_fraction(self) -> bool:
        return self.type.startswith(_FRACTIONS)

    @property
    def is_number(self) -> bool:
        return self.is_fraction or self.type in _NUMERIC

    @property
    def text(self) -> str:
        """As text; whole numbers without a fraction."""
        if self.is_fraction:
            # nine decimals: sums of fractions must not differ in the last bit from one import to the next
            rounded = f"CAST(round(CAST({self.sql} AS DOUBLE), 9) AS VARCHAR)"
            return f"CASE WHEN suffix({rounded}, '.0') THEN left({rounded}, -2) ELSE {rounded} END"
        if self.type == "JSON":
            return f"({self.sql} ->> '$')"
        return f"CAST({self.sql} AS VARCHAR)"

    @property
    def json(self) -> str:
        """As a piece of JSON; null when there is nothing."""
        if self.is_fraction:
            return f"CASE WHEN isfinite(CAST({self.sql} AS DOUBLE)) THEN {self.text} END"
        if self.is_number or self.type in ("BOOLEAN", "JSON"):
            return f"CAST({self.sql} AS VARCHAR)"
        if self.type.startswith("TIMESTAMP WITH"):
            return f"strftime({self.sql} AT TIME ZONE 'UTC', '\"%Y-%m-%dT%H:%M:%S.%gZ\"')"
        if self.type.startswith("TIMESTAMP"):
            return f"strftime({self.sql}, '\"%Y-%m-%dT%H:%M:%S\"')"
        return f"CAST(to_json({self.sql}) AS VARCHAR)"


@dataclass(frozen=True, slots=True)
class EventQuery:
    """A query whose rows are the columns of INCOMING that a file can say, with `reason`, `detail` and `payload`."""

    spec: EventSpec
    sql: str
    rows: int  # of the table
    waiting: int  # rows without a time: not happened yet


def event_query(relations: Relations, spec: EventSpec, *, now_us: int) -> EventQuery:
    """Make an event's query. Raises InvalidInput for a column that is not there and for expressions that fail."""
    columns, source = relations.columns(spec.table), relations.source(spec.table)
    make = _Fields(relations, spec, columns, source)
    where = make("when", spec.when).sql if spec.when else "true"
    at = make("at", spec.at)
    stage = relations.stage
    rows = stage.scalar(f"SELECT count(*) FROM {quoted(spec.table)}")
    waiting = stage.scalar(f"SELECT count(*) FROM ({source}) WHERE ({where}) AND {at.sql} IS NULL")
    fields = _mapped(make, relations.mapping, spec, at)
    unique, given_id = _id(make, relations, spec)
    inner = f"SELECT * FROM ({source}) WHERE ({where}) AND {at.sql} IS NOT NULL"
    listed = ", ".join(f"{sql} AS {name}" for name, sql in fields.items())
    original = ", ".join(f"{literal(c)}: {quoted(c)}" for c in columns.own)
    mapped = f"SELECT {listed}, {unique} AS own_id, {FILE}, {ROW}, {{{original}}} AS original FROM ({inner})"
    numbered, in_order = _told_apart(mapped, given_id=given_id, relations=relations)
    # of events in one second the file's order is kept; joins and windows would mix it
    order = "" if in_order and not relations.mapping.table[spec.table].join else f" ORDER BY {ROW}"
    reason, detail = _reason(spec, given_id, now_us)
    sql = (
        f"WITH numbered AS ({numbered}), judged AS (SELECT *, {reason} AS reason FROM numbered) "
        f"SELECT name || ':' || own_id AS event_id, name, make_timestamptz(at_us) AS occurred_at, user_id, "
        f"anonymous_id, identifiers, path, value, CAST(score AS FLOAT) AS score, properties, reason, "
        f"CASE WHEN reason IS NOT NULL THEN {detail} END AS detail, "
        f"CASE WHEN reason IS NOT NULL THEN CAST(to_json(original) AS VARCHAR) END AS payload, {FILE}, {ROW} "
        f"FROM judged{order}"
    )
    return EventQuery(spec, sql, rows, waiting)


class _Fields:
    """Checks expressions of one event and finds their types."""

    def __init__(self, relations: Relations, spec: EventSpec, columns: Columns, source: str) -> None:
        self.spec, self.columns = spec, columns
        self._relations, self._source = relations, source

    def __call__(self, what: str, text: str) -> _Field:
        where = Words("event '%(event)s', %(key)s", event=self.spec.label, key=what)
        sql = checked(text, self.columns, self._relations.stage.database, where=where)
        try:
            types = self._relations.stage.types(f"SELECT {sql} AS x FROM ({self._source})")
        except duckdb.Error as e:
            raise InvalidInput(
                "%(where)s: '%(text)s': %(why)s", where=where, text=text, why=str(e).splitlines()[0]
            ) from e
        return _Field(sql, types["x"])


def _mapped(make: _Fields, mapping: Mapping, spec: EventSpec, at: _Field) -> dict[str, str]:
    """The event's columns as SQL over the table's row, and what judging it needs."""
    reading = mapping.reading(spec.table)
    zone = spec.timezone or reading.timezone or "UTC"
    time = time_sql(at.sql, at.type, zone=zone, formats=spec.time_format or reading.time_format)
    value = make("value", spec.value) if spec.value else None
    score = make("response.score", spec.response.score) if spec.response else None
    return {
        "at_text": at.text,
        "at_us": f"epoch_us({time})",
        "name": _name(make, spec),
        "user_id": id_sql(make("user_id", spec.user_id).text) if spec.user_id else "NULL::VARCHAR",
        "anonymous_id": id_sql(make("anonymous_id", spec.anonymous_id).text)
        if spec.anonymous_id
        else "NULL::VARCHAR",
        "identifiers": identifiers_sql(
            {t: make(f"identifiers.{t}", e).text for t, e in spec.identifiers.items()}
        ),
        "path": make("path", spec.path).text if spec.path else "NULL::VARCHAR",
        "value_text": value.text if value else "NULL::VARCHAR",
        "value": _number(value) if value else "NULL::DOUBLE",
        "score_text": score.text if score else "NULL::VARCHAR",
        "score": _scaled(spec.response, score) if spec.response and score else "NULL::DOUBLE",
        "properties": _properties(make, spec, score),
    }


def _name(make: _Fields, spec: EventSpec) -> str:
    if spec.response:
        return literal("Survey Responded")
    if spec.name_from is None:
        return literal(spec.name or "")
    found = f"trim({make('name_from', spec.name_from).text})"
    if not spec.rename:
        return found
    cases = " ".join(f"WHEN {literal(old)} THEN {literal(new)}" for old, new in spec.rename.items())
    return f"CASE {found} {cases} ELSE {found} END"


def _number(field: _Field) -> str:
    sql = f"TRY_CAST({field.sql} AS DOUBLE)"
    return f"CASE WHEN isfinite({sql}) THEN round({sql}, 9) END"


def _scaled(response: Response, score: _Field) -> str:
    low, high = metric(response.metric).scale
    number = _number(score)
    return f"CASE WHEN {number} BETWEEN {low} AND {high} THEN ({number} - {low}) * 200.0 / {high - low} - 100 END"


def _properties(make: _Fields, spec: EventSpec, score: _Field | None) -> str:
    """A JSON object of what is not null."""
    if isinstance(spec.carried, str):
        whole = f"CAST({make('properties', spec.carried).json} AS JSON)"
        return f"CASE WHEN json_type({whole}) = 'OBJECT' THEN CAST({whole} AS VARCHAR) ELSE '{{}}' END"
    pieces = {n: make(f"properties.{n}", e).json for n, e in spec.carried.items()}
    if spec.response and score:
        r = spec.response
        fixed = {"survey": r.survey, "metric": r.metric, "language": r.language, "touchpoint": r.touchpoint}
        pieces |= {n: f"to_json({literal(t)})::VARCHAR" for n, t in fixed.items() if t}
        pieces["score"] = _Field(_number(score), "DOUBLE").json
        if r.comment:
            comment = make("response.comment", r.comment)
            pieces["comment"] = f"to_json(nullif(trim({comment.text}, E' \\t\\r\\n'), ''))::VARCHAR"
    parts = [f"coalesce({literal(',' + _json_key(n) + ':')} || {sql}, '')" for n, sql in pieces.items()]
    return f"'{{' || substr({' || '.join(parts)}, 2) || '}}'" if parts else "'{}'"


def _json_key(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _id(make: _Fields, relations: Relations, spec: EventSpec) -> tuple[str, bool]:
    """What tells this event from others of its name, and whether the mapping says it."""
    if spec.id:
        return f"nullif(trim({make('id', spec.id).text}), '')", True
    keys = relations.key_columns(spec.table)
    text = " || '\x1f' || ".join(f"coalesce(CAST({quoted(k)} AS VARCHAR), '\x1e')" for k in keys)
    return f"md5({text})", False


def _told_apart(mapped: str, *, given_id: bool, relations: Relations) -> tuple[str, bool]:
    """Rows with `again` (0 for the first with its id) and whether they say the same as the first.

    Also whether they come in the file's order.
    """
    twice = relations.stage.scalar(
        f"SELECT count(*) - count(DISTINCT hash(name, own_id)) FROM ({mapped}) WHERE own_id IS NOT NULL"
    )
    if not twice:
        return f"SELECT *, 0 AS again, true AS alike FROM ({mapped})", True
    if not given_id:
        # identical rows of one file are several events; the same row in two files is one
        order = f"row_number() OVER (PARTITION BY name, own_id, {FILE} ORDER BY {ROW})"
        counted = f"SELECT *, {order} AS occurrence FROM ({mapped})"
        named = (
            "SELECT * REPLACE (own_id || CASE WHEN occurrence > 1 THEN '#' || occurrence ELSE '' END AS own_id) "
            f"FROM ({counted})"
        )
        again = f"row_number() OVER (PARTITION BY name, own_id ORDER BY {ROW}) - 1"
        return f"SELECT *, {again} AS again, true AS alike FROM ({named})", False
    said = "hash(at_us, user_id, anonymous_id, identifiers, value, score, properties)"
    over = f"OVER (PARTITION BY name, own_id ORDER BY {ROW})"
    told = (
        f"SELECT *, CASE WHEN own_id IS NULL THEN 0 ELSE row_number() {over} - 1 END AS again, "
        f"{said} = first_value({said}) {over} AS alike FROM ({mapped})"
    )
    return told, False


_LIMITS: Final = {
    "bytes": literal(f"{MOST_PROPERTIES:,}"),
    "letters": literal(str(LONGEST_EVENT_ID)),
}
_EARLIEST_US: Final = 86_400_000_000 * 365


def _reason(spec: EventSpec, given_id: bool, now_us: int) -> tuple[str, str]:
    """Why a row is no event (null: it is one), and that in words."""
    day_us = 86_400_000_000
    checks: list[tuple[str, str, str]] = [
        (
            "bad_time",
            "at_us IS NULL",
            as_sql(details.UNREADABLE_TIME, time="at_text", column=literal(spec.at)),
        ),
        (
            "time_out_of_range",
            f"at_us < {_EARLIEST_US} OR at_us > {now_us + day_us}",
            as_sql(details.IMPOSSIBLE_TIME, time="at_text"),
        ),
        (
            "no_identifier",
            "user_id IS NULL AND anonymous_id IS NULL AND identifiers IS NULL",
            as_sql(details.NOBODY),
        ),
    ]
    if spec.event_type <= 3:
        checks.append(("no_name", "coalesce(name, '') = ''", as_sql(details.NO_NAME)))
    if spec.value:
        no_number = as_sql(details.NO_NUMBER, value="value_text")
        checks.append(("bad_value", "value IS NULL AND value_text IS NOT NULL", no_number))
    if spec.response:
        low, high = (f"{limit:g}" for limit in metric(spec.response.metric).scale)
        off = as_sql(
            details.OFF_SCALE, score="coalesce(score_text, '')", low=literal(low), high=literal(high)
        )
        checks.append(("bad_score", "score IS NULL", off))
    if given_id:
        checks.append(("no_id", "own_id IS NULL", as_sql(details.NO_ID, column=literal(spec.id or ""))))
    large = f"strlen(properties) > {MOST_PROPERTIES} OR length(name || ':' || own_id) > {LONGEST_EVENT_ID}"
    checks.append(("row_too_large", large, as_sql(details.TOO_LARGE, **_LIMITS)))
    checks.append((DUPLICATE, "again > 0 AND alike", as_sql(details.AGAIN)))
    checks.append(("duplicate_id", "again > 0", as_sql(details.CONTRADICTING, id="own_id")))
    reason = " ".join(f"WHEN {condition} THEN '{code}'" for code, condition, _ in checks)
    detail = " ".join(f"WHEN '{code}' THEN {text}" for code, _, text in checks)
    return f"CASE {reason} END", f"CASE reason {detail} END"
