"""Reading CSV, JSON lines and Parquet into a stage."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from polku.collect.files.expressions import literal, quoted
from polku.collect.files.mapping import Mapping, Reading, TableSpec
from polku.collect.files.staging import FILE, ROW, BadRow, Stage, add_rows, create_table
from polku.collect.files.text import DamagedFile, TextFile, header_of, made_ready
from polku.errors import InvalidInput, nearest

_FORMATS: Final = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".parquet": "parquet", ".pq": "parquet",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
}  # fmt: skip
_REASONS: Final = {
    "MISSING COLUMNS": ("too_few_columns", "The row has fewer columns than the header."),
    "TOO MANY COLUMNS": ("too_many_columns", "The row has more columns than the header."),
    "UNQUOTED VALUE": (
        "open_quote",
        "A quotation mark is opened and not closed, or text follows a closing one.",
    ),
    "LINE SIZE OVER MAXIMUM": ("row_too_long", "The row is longer than 8 MB: is a quotation mark left open?"),
    "INVALID ENCODING": ("bad_letters", "The row has bytes that are no letters."),
}
_LONGEST_ROW: Final = 8 << 20
_CUT: Final = (
    "Nothing was imported. Get the whole file, or import what can be read with --keep-going; "
    "importing the whole file later adds only what is missing."
)


@dataclass(frozen=True, slots=True)
class _Job:
    """One table's files to be read."""

    stage: Stage
    table: str
    spec: TableSpec
    reading: Reading
    keep_going: bool


def read_files(
    stage: Stage, files: Sequence[Path], mapping: Mapping, *, keep_going: bool, advance: Callable[[int], None]
) -> None:
    """Read every table's files; `advance` is told bytes as they are done.

    Raises InvalidInput (also DamagedFile, unless `keep_going`), before anything is stored anywhere.
    """
    for table, paths in _by_table(stage, files, mapping).items():
        job = _Job(stage, table, mapping.table[table], mapping.reading(table), keep_going)
        formats = {job.spec.format or format_of(p) for p in paths}
        if len(formats) > 1:
            raise InvalidInput(
                f"The files of table '{table}' are of different kinds: {', '.join(sorted(formats))}."
            )
        _READERS[formats.pop()](job, paths, advance)


def format_of(path: Path) -> str:
    """csv, jsonl or parquet, by the file's name and first bytes. Raises InvalidInput."""
    with path.open("rb") as file:
        if file.read(4) == b"PAR1":
            return "parquet"
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    if suffix not in _FORMATS:
        raise InvalidInput(
            f'What kind of file is {path.name}? Say format = "csv", "jsonl" or "parquet" for its table. '
            f"Known by name: {', '.join(_FORMATS)}, each also with .gz."
        )
    return _FORMATS[suffix]


def _by_table(stage: Stage, files: Sequence[Path], mapping: Mapping) -> dict[str, list[Path]]:
    for path in files:
        if not path.is_file():
            raise InvalidInput(f"There is no file {path}.")
    wanted = {name: t for name, t in mapping.table.items() if not t.made_from}
    found: dict[str, list[Path]] = {}
    for name, spec in wanted.items():
        patterns = [spec.files] if isinstance(spec.files, str) else spec.files
        found[name] = [p for p in dict.fromkeys(files) if patterns is None or _matches(p.name, patterns)]
        if not found[name]:
            raise InvalidInput(_not_given(name, patterns or ["*"], files))
    used = {p for paths in found.values() for p in paths}
    stage.ignored = [p.name for p in files if p not in used]
    return found


def _matches(name: str, patterns: Sequence[str]) -> bool:
    folded = name.casefold()
    names = (folded, folded.removesuffix(".gz"))
    return any(fnmatchcase(n, p.casefold()) for n in names for p in patterns)


def _not_given(table: str, patterns: Sequence[str], files: Sequence[Path]) -> str:
    near = nearest(patterns[0], [f.name for f in files])
    hint = f" Is it '{near}'? Then correct 'files' in the mapping." if near else ""
    given = ", ".join(f.name for f in files[:10]) or "no file"
    return f"Table '{table}' needs a file named {' or '.join(patterns)}; given: {given}.{hint}"


# -- CSV


def _read_csv(job: _Job, paths: Sequence[Path], advance: Callable[[int], None]) -> None:
    quote = '"' if job.reading.quote is None else job.reading.quote
    read: list[tuple[Path, TextFile, list[str], str]] = []
    for path in paths:
        text = _ready(job, path)
        names, delimiter = header_of(text, delimiter=job.reading.delimiter, quote=quote)
        if job.spec.header:
            _check_width(job.spec.header, names, path)
            names = list(job.spec.header)
        read.append((path, text, names, delimiter))
    every = list(dict.fromkeys(n for _, _, names, _ in read for n in names))
    for name in job.spec.numbers:
        if name not in every:
            near = nearest(name, every)
            hint = f" Did you mean '{near}'?" if near else ""
            raise InvalidInput(
                f"'numbers' of table '{job.table}' names column '{name}', which is not in {paths[0].name}.{hint} "
                f"Columns: {', '.join(every)}."
            )
    create_table(job.stage, job.table, {n: "DOUBLE" if n in job.spec.numbers else "VARCHAR" for n in every})
    for path, text, names, delimiter in read:
        _load_csv(job, text, names, delimiter, quote)
        advance(path.stat().st_size)


def _check_width(header: Sequence[str], first: Sequence[str], path: Path) -> None:
    if len(header) != len(first):
        raise InvalidInput(f"'header' names {len(header)} columns, but {path.name} has {len(first)}.")


def _load_csv(job: _Job, text: TextFile, names: Sequence[str], delimiter: str, quote: str) -> None:
    columns = "{" + ", ".join(f"{literal(n)}: 'VARCHAR'" for n in names) + "}"
    nulls = ", ".join(literal(n) for n in dict.fromkeys(["", *(job.reading.null or [])]))
    source = (
        f"read_csv({literal(str(text.path))}, auto_detect=false, columns={columns}, delim={literal(delimiter)}, "
        f"quote={literal(quote)}, escape={literal(quote)}, header={not job.spec.header}, nullstr=[{nulls}], "
        f"store_rejects=true, rejects_limit=0, max_line_size={_LONGEST_ROW}, buffer_size={_LONGEST_ROW * 4})"
    )
    # the text is read once: numbers are told apart afterwards
    raw = f"CREATE TEMP TABLE raw_text AS SELECT *, row_number() OVER () AS {ROW} FROM {source}"
    try:
        job.stage.database.execute(raw)
    except duckdb.Error as e:
        raise InvalidInput(f"{text.name} cannot be read: {str(e).splitlines()[0]}") from e
    _keep_rejects(job, text)
    bad = _bad_numbers(job, text, names)
    add_rows(job.stage, job.table, text.name, _numbers_read(job, names, bad), [])
    job.stage.database.execute("DROP TABLE raw_text")


def _numbers_read(job: _Job, names: Sequence[str], bad: str) -> str:
    listed = [f"{_number(job, n)} AS {quoted(n)}" if n in job.spec.numbers else quoted(n) for n in names]
    return (
        f"SELECT {', '.join(listed)} FROM raw_text"
        + (f" WHERE NOT ({bad})" if bad else "")
        + f" ORDER BY {ROW}"
    )


def _number(job: _Job, name: str) -> str:
    # spaces, also no-break and narrow ones, are thousands' separators everywhere; a true minus is a minus
    plain = f"replace(regexp_replace({quoted(name)}, '[\\s\u00a0\u202f]', '', 'g'), '\u2212', '-')"
    if job.reading.decimal == ",":
        plain = f"replace(replace({plain}, '.', ''), ',', '.')"
    return f"TRY_CAST({plain} AS DOUBLE)"


def _bad_numbers(job: _Job, text: TextFile, names: Sequence[str]) -> str:
    """Set aside rows whose numbers are none; returns the condition that finds them, empty if there are none."""
    numbers = [n for n in names if n in job.spec.numbers]
    if not numbers:
        return ""
    one = {
        n: f"({quoted(n)} IS NOT NULL AND coalesce(NOT isfinite({_number(job, n)}), true))" for n in numbers
    }
    condition = " OR ".join(one.values())
    first = "CASE " + " ".join(f"WHEN {c} THEN {literal(n)}" for n, c in one.items()) + " END"
    row = f"{{{', '.join(f'{literal(n)}: {quoted(n)}' for n in names)}}}"
    found = job.stage.database.execute(
        f"SELECT {ROW}, {first}, to_json({row}) FROM raw_text WHERE {condition} ORDER BY {ROW}"
    ).fetchall()
    decimal = job.reading.decimal or "."
    for number, column, content in found:
        value = json.loads(content)[column]
        detail = f"Column '{column}' is {value!r}, which is no number (decimal {decimal!r})."
        job.stage.bad_rows.append(BadRow(text.name, f"row {number}", "bad_number", detail, content))
    return condition if found else ""


def _keep_rejects(job: _Job, text: TextFile) -> None:
    """Set aside the rows that have the wrong shape. Raises DamagedFile if the file is cut."""
    database = job.stage.database
    found = database.execute(
        "SELECT line, error_type::VARCHAR, any_value(csv_line), max(byte_position) FROM reject_errors "
        "GROUP BY ALL ORDER BY line"
    ).fetchall()
    database.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    size = text.path.stat().st_size
    for line, kind, content, position in found:
        reason, detail = _REASONS.get(kind, ("bad_row", f"The row cannot be read ({kind.lower()})."))
        ends_here = content is not None and _is_end(size, position, content)
        cut = reason in ("open_quote", "row_too_long") and ends_here
        cut = cut or (reason == "too_few_columns" and ends_here and not text.ends_whole)
        if cut and not job.keep_going:
            raise DamagedFile(
                f"{text.name} seems cut: on line {line}, its last, {detail[0].lower()}{detail[1:]} {_CUT}"
            )
        job.stage.bad_rows.append(BadRow(text.name, f"line {line}", reason, detail, content or ""))


def _is_end(size: int, position: int, content: str) -> bool:
    """Whether a row is the last one; the reader's position is somewhere in it."""
    return size - position <= len(content.encode()) + 2


# -- JSON lines


def _read_jsonl(job: _Job, paths: Sequence[Path], advance: Callable[[int], None]) -> None:
    texts = [(p, _ready(job, p)) for p in paths]
    database = job.stage.database
    database.execute("CREATE TEMP TABLE json_lines (file INTEGER, number BIGINT, line VARCHAR)")
    for i, (path, text) in enumerate(texts):
        _load_lines(job, i, text)
        advance(path.stat().st_size)
    row = database.execute("SELECT json_group_structure(line::JSON)::VARCHAR FROM json_lines").fetchone()
    shape = json.loads(row[0]) if row and row[0] else {}
    if not isinstance(shape, dict):
        raise InvalidInput(f'{paths[0].name} should hold one JSON object a line, like {{"order": 1}}.')
    leaves = _leaves(shape)
    create_table(job.stage, job.table, {name: type_ for name, _, type_ in leaves})
    for i, (_, text) in enumerate(texts):
        read = ", ".join(f"{_json_read(path, type_)} AS {quoted(name)}" for name, path, type_ in leaves)
        lines = f"SELECT {read} FROM json_lines WHERE file = {i} ORDER BY number"
        add_rows(job.stage, job.table, text.name, lines, [])
    database.execute("DROP TABLE json_lines")


def _load_lines(job: _Job, file: int, text: TextFile) -> None:
    database = job.stage.database
    source = (
        f"read_csv({literal(str(text.path))}, auto_detect=false, columns={{'line': 'VARCHAR'}}, delim='\x01', "
        f"quote='', escape='', header=false, max_line_size={_LONGEST_ROW}, buffer_size={_LONGEST_ROW * 4})"
    )
    try:
        database.execute(
            f"CREATE TEMP TABLE raw_text AS SELECT row_number() OVER () AS number, line FROM {source}"
        )
    except duckdb.Error as e:
        raise InvalidInput(f"{text.name} cannot be read: {str(e).splitlines()[0]}") from e
    last = job.stage.scalar("SELECT max(number) FROM raw_text")
    good = "json_valid(line) AND json_type(line) = 'OBJECT'"
    blank = "coalesce(trim(line), '') = ''"
    bad = database.execute(
        f"SELECT number, line FROM raw_text WHERE NOT ({blank}) AND NOT ({good}) ORDER BY number"
    ).fetchall()
    for number, line in bad:
        if number == 1 and line.lstrip().startswith("["):
            raise InvalidInput(
                f"{text.name} is one JSON list, not one object a line. Convert it: jq -c '.[]' < file"
            )
        if number == last and not text.ends_whole and not job.keep_going:
            raise DamagedFile(f"{text.name} seems cut: its last line, {number}, is not whole JSON. {_CUT}")
        detail = "The line is not a JSON object."
        job.stage.bad_rows.append(BadRow(text.name, f"line {number}", "bad_json", detail, line))
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


# -- Parquet


def _read_parquet(job: _Job, paths: Sequence[Path], advance: Callable[[int], None]) -> None:
    whole = [p for p in paths if _is_whole_parquet(job, p)]
    if not whole:
        raise DamagedFile(f"No file of table '{job.table}' can be read.")
    listed = ", ".join(literal(str(p)) for p in whole)
    try:
        types = job.stage.types(f"SELECT * FROM read_parquet([{listed}], union_by_name=true)")
        create_table(job.stage, job.table, {n: t for n, t in types.items() if n not in (FILE, ROW)})
        for path in whole:
            add_rows(job.stage, job.table, path.name, f"SELECT * FROM read_parquet({literal(str(path))})", [])
            advance(path.stat().st_size)
    except duckdb.Error as e:
        raise DamagedFile(
            f"The Parquet files of table '{job.table}' cannot be read: {str(e).splitlines()[0]}"
        ) from e


def _is_whole_parquet(job: _Job, path: Path) -> bool:
    try:
        pq.read_metadata(path)
    except (pa.ArrowException, OSError) as e:
        problem = f"{path.name} is not a whole Parquet file (its end is missing or damaged)."
        if not job.keep_going:
            raise DamagedFile(f"{problem} {_CUT}") from e
        job.stage.note(f"{problem} Nothing of it could be read.")
        return False
    return True


def _ready(job: _Job, path: Path) -> TextFile:
    text = made_ready(
        path, job.stage.folder / "text", encoding=job.reading.encoding, keep_going=job.keep_going
    )
    for note in (*text.notes, *([f"{text.name} is damaged: {text.damage}"] if text.damage else [])):
        job.stage.note(note)
    return text


_READERS: Final = {"csv": _read_csv, "jsonl": _read_jsonl, "parquet": _read_parquet}
