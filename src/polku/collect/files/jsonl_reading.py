"""Files of JSON lines into the stage."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from polku.collect.files.expressions import literal, quoted
from polku.collect.files.job import CUT, LONGEST_ROW, Advance, Job
from polku.collect.files.staging import BadRow, add_rows, create_table, line_numbered
from polku.collect.files.text import DamagedFile, TextFile
from polku.errors import InvalidInput, Words


def read_jsonl(job: Job, paths: Sequence[Path], advance: Advance) -> None:
    texts = [(p, job.ready(p)) for p in paths]
    database = job.stage.database
    database.execute("CREATE TEMP TABLE json_lines (file INTEGER, number BIGINT, line VARCHAR)")
    for i, (path, text) in enumerate(texts):
        _load_lines(job, i, text)
        advance(path.stat().st_size)
    row = database.execute("SELECT json_group_structure(line::JSON)::VARCHAR FROM json_lines").fetchone()
    shape = json.loads(row[0]) if row and row[0] else {}
    if not isinstance(shape, dict):
        raise InvalidInput(
            '%(file)s should hold one JSON object a line, like {"order": 1}.', file=paths[0].name
        )
    leaves = _leaves(shape)
    create_table(job.stage, job.table, {name: type_ for name, _, type_ in leaves})
    for i, (_, text) in enumerate(texts):
        read = ", ".join(f"{_json_read(path, type_)} AS {quoted(name)}" for name, path, type_ in leaves)
        lines = f"SELECT {read} FROM json_lines WHERE file = {i} ORDER BY number"
        add_rows(job.stage, job.table, text.name, lines, [])
    database.execute("DROP TABLE json_lines")


def _load_lines(job: Job, file: int, text: TextFile) -> None:
    database = job.stage.database
    source = (
        f"read_csv({literal(str(text.path))}, auto_detect=false, compression='none', "
        f"columns={{'line': 'VARCHAR'}}, delim='\x01', "
        f"quote='', escape='', header=false, max_line_size={LONGEST_ROW}, buffer_size={LONGEST_ROW * 4})"
    )
    try:
        database.execute(
            f"CREATE TEMP TABLE raw_text AS SELECT row_number() OVER () AS number, line FROM {source}"
        )
    except duckdb.Error as e:
        raise InvalidInput(
            "%(file)s cannot be read: %(why)s", file=text.name, why=str(e).splitlines()[0]
        ) from e
    last = job.stage.scalar("SELECT max(number) FROM raw_text")
    good = "CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' ELSE false END"
    blank = "coalesce(trim(line), '') = ''"
    bad = database.execute(
        f"SELECT number, line FROM raw_text WHERE NOT ({blank}) AND NOT ({good}) ORDER BY number"
    ).fetchall()
    for number, line in bad:
        if number == 1 and line.lstrip().startswith("["):
            raise InvalidInput(
                "%(file)s is one JSON list, not one object a line. Convert it: jq -c '.[]' < file",
                file=text.name,
            )
        if number == last and not text.ends_whole and not job.keep_going:
            raise DamagedFile(
                "%(file)s seems cut: its last line, %(line)s, is not whole JSON. %(what_now)s",
                file=text.name,
                line=number,
                what_now=CUT,
            )
        detail = Words("The line is not a JSON object.")
        job.stage.bad_rows.append(BadRow(text.name, line_numbered(number), "bad_json", detail, line))
    database.execute(
        f"INSERT INTO json_lines SELECT {file}, number, line FROM raw_text WHERE NOT ({blank}) AND ({good})"
    )
    database.execute("DROP TABLE raw_text")


def _leaves(shape: dict[str, Any], prefix: str = "", path: str = "$") -> list[tuple[str, str, str]]:
    """Columns of JSON objects: (name, path, type); of an object in an object also `outer.inner`."""
    found: list[tuple[str, str, str]] = []
    for key, kind in shape.items():
        name, at = prefix + key, f'{path}."{key}"'
        if isinstance(kind, dict):
            found.append((name, at, "JSON"))
            found.extend(_leaves(kind, f"{name}.", at))
        elif isinstance(kind, list):
            found.append((name, at, "JSON"))
        else:
            known = {"UBIGINT": "HUGEINT", "BIGINT": "HUGEINT", "DOUBLE": "DOUBLE", "BOOLEAN": "BOOLEAN"}
            found.append((name, at, known.get(kind, "JSON" if kind == "JSON" else "VARCHAR")))
    return found


def _json_read(path: str, type_: str) -> str:
    text = f"json_extract_string(line, {literal(path)})"
    if type_ == "JSON":
        whole = f"json_extract(line, {literal(path)})"
        return f"CASE WHEN json_type({whole}) = 'NULL' THEN NULL ELSE {whole} END"
    return f"nullif({text}, '')" if type_ == "VARCHAR" else f"CAST({text} AS {type_})"
