"""CSV files into the stage."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb

from polku.collect.files.expressions import literal, quoted
from polku.collect.files.header import header_of
from polku.collect.files.job import CUT, LONGEST_ROW, Advance, Job
from polku.collect.files.staging import ROW, BadRow, add_rows, create_table, line_numbered, row_numbered
from polku.collect.files.text import DamagedFile, TextFile
from polku.errors import InvalidInput, Words, did_you_mean

_REASONS: Final = {
    "MISSING COLUMNS": ("too_few_columns", Words("The row has fewer columns than the header.")),
    "TOO MANY COLUMNS": ("too_many_columns", Words("The row has more columns than the header.")),
    "UNQUOTED VALUE": (
        "open_quote",
        Words("A quotation mark is opened and not closed, or text follows a closing one."),
    ),
    "LINE SIZE OVER MAXIMUM": (
        "row_too_long",
        Words("The row is longer than 8 MB: is a quotation mark left open?"),
    ),
    "INVALID ENCODING": ("bad_letters", Words("The row has bytes that are no letters.")),
}


def read_csv(job: Job, paths: Sequence[Path], advance: Advance) -> None:
    quote = '"' if job.reading.quote is None else job.reading.quote
    read: list[tuple[Path, TextFile, list[str], str]] = []
    for path in paths:
        text = job.ready(path)
        names, delimiter = header_of(text, delimiter=job.reading.delimiter, quote=quote)
        if job.spec.header:
            _check_width(job.spec.header, names, path)
            names = list(job.spec.header)
        read.append((path, text, names, delimiter))
    every = list(dict.fromkeys(n for _, _, names, _ in read for n in names))
    for name in job.spec.numbers:
        if name not in every:
            raise InvalidInput(
                "'numbers' of table '%(table)s' names column '%(column)s', which is not in %(file)s.%(hint)s "
                "Columns: %(columns)s.",
                table=job.table,
                column=name,
                file=paths[0].name,
                hint=did_you_mean(name, every),
                columns=", ".join(every),
            )
    create_table(job.stage, job.table, {n: "DOUBLE" if n in job.spec.numbers else "VARCHAR" for n in every})
    for path, text, names, delimiter in read:
        _load_csv(job, text, names, delimiter, quote)
        advance(path.stat().st_size)


def _check_width(header: Sequence[str], first: Sequence[str], path: Path) -> None:
    if len(header) != len(first):
        raise InvalidInput(
            "'header' names %(named)s columns, but %(file)s has %(there)s.",
            named=len(header),
            file=path.name,
            there=len(first),
        )


def _load_csv(job: Job, text: TextFile, names: Sequence[str], delimiter: str, quote: str) -> None:
    columns = "{" + ", ".join(f"{literal(n)}: 'VARCHAR'" for n in names) + "}"
    nulls = ", ".join(literal(n) for n in dict.fromkeys(["", *(job.reading.null or [])]))
    source = (
        f"read_csv({literal(str(text.path))}, auto_detect=false, compression='none', "
        f"columns={columns}, delim={literal(delimiter)}, "
        f"quote={literal(quote)}, escape={literal(quote)}, header={not job.spec.header}, nullstr=[{nulls}], "
        f"store_rejects=true, rejects_limit=0, max_line_size={LONGEST_ROW}, buffer_size={LONGEST_ROW * 4})"
    )
    # the text is read once: numbers are told apart afterwards
    raw = f"CREATE TEMP TABLE raw_text AS SELECT *, row_number() OVER () AS {ROW} FROM {source}"
    try:
        job.stage.database.execute(raw)
    except duckdb.Error as e:
        raise InvalidInput(
            "%(file)s cannot be read: %(why)s", file=text.name, why=str(e).splitlines()[0]
        ) from e
    _keep_rejects(job, text)
    bad = _bad_numbers(job, text, names)
    add_rows(job.stage, job.table, text.name, _numbers_read(job, names, bad), [])
    job.stage.database.execute("DROP TABLE raw_text")


def _numbers_read(job: Job, names: Sequence[str], bad: str) -> str:
    listed = [f"{_number(job, n)} AS {quoted(n)}" if n in job.spec.numbers else quoted(n) for n in names]
    return (
        f"SELECT {', '.join(listed)} FROM raw_text"
        + (f" WHERE NOT ({bad})" if bad else "")
        + f" ORDER BY {ROW}"
    )


def _number(job: Job, name: str) -> str:
    # spaces, also no-break and narrow ones, are thousands' separators everywhere; a true minus is a minus
    plain = f"replace(regexp_replace({quoted(name)}, '[\\s\u00a0\u202f]', '', 'g'), '\u2212', '-')"
    if job.reading.decimal == ",":
        plain = f"replace(replace({plain}, '.', ''), ',', '.')"
    return f"TRY_CAST({plain} AS DOUBLE)"


def _bad_numbers(job: Job, text: TextFile, names: Sequence[str]) -> str:
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
        detail = Words(
            "Column '%(column)s' is %(value)s, which is no number (decimal %(decimal)s).",
            column=column,
            value=repr(value),
            decimal=repr(decimal),
        )
        job.stage.bad_rows.append(BadRow(text.name, row_numbered(number), "bad_number", detail, content))
    return condition if found else ""


def _keep_rejects(job: Job, text: TextFile) -> None:
    """Set aside the rows that have the wrong shape. Raises DamagedFile if the file is cut."""
    database = job.stage.database
    found = database.execute(
        "SELECT line, error_type::VARCHAR, any_value(csv_line), max(byte_position) FROM reject_errors "
        "GROUP BY ALL ORDER BY line"
    ).fetchall()
    database.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    size = text.path.stat().st_size
    for line, kind, content, position in found:
        reason, detail = _REASONS.get(kind) or (
            "bad_row",
            Words("The row cannot be read (%(why)s).", why=kind.lower()),
        )
        ends_here = content is not None and _is_end(size, position, content)
        cut = reason in ("open_quote", "row_too_long") and ends_here
        cut = cut or (reason == "too_few_columns" and ends_here and not text.ends_whole)
        if cut and not job.keep_going:
            raise DamagedFile(
                "%(file)s seems cut. Of line %(line)s, its last: %(detail)s %(what_now)s",
                file=text.name,
                line=line,
                detail=detail,
                what_now=CUT,
            )
        job.stage.bad_rows.append(BadRow(text.name, line_numbered(line), reason, detail, content or ""))


def _is_end(size: int, position: int, content: str) -> bool:
    """Whether a row is the last one; the reader's position is somewhere in it."""
    return size - position <= len(content.encode()) + 2
