"""What a notebook shows of a table: an estimate in one column, what has a name in both languages by the reader's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from html import escape
from typing import Any, Final

import pyarrow as pa

from polku.i18n import LANGUAGES, current_language

Row = dict[str, Any]

ESTIMATE: Final = {"": "estimate", "_low": "low", "_high": "high", "_n": "n"}
"""The columns of an estimate, by what follows its name, and its field that each holds."""

SHOWN_ROWS: Final = 20


def html_table(table: pa.Table) -> str:
    """The first rows of a table."""
    columns = _read_columns(table.column_names)
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(read(row))}</td>" for read in columns.values()) + "</tr>"
        for row in table.slice(0, SHOWN_ROWS).to_pylist()
    )
    more = f"<p>… {table.num_rows - SHOWN_ROWS}</p>" if table.num_rows > SHOWN_ROWS else ""
    told = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div style="overflow-x:auto;white-space:nowrap">{told}</div>{more}'


def _read_columns(names: list[str]) -> dict[str, Callable[[Row], str]]:
    """The columns to show, and what each says of a row."""
    left = dict.fromkeys(names)
    columns: dict[str, Callable[[Row], str]] = {}
    for name in names:
        if name not in left:
            continue
        stem = name.removesuffix("key") if name.endswith("key") else f"{name}_"
        if all(name + end in left for end in ESTIMATE):
            columns[name] = partial(_shown_estimate, name)
            parts = [name + end for end in ESTIMATE]
        elif all(stem + f"name_{language}" in left for language in LANGUAGES):
            columns[name] = partial(_shown_name, name, stem + f"name_{current_language()}")
            parts = [
                name,
                *(stem + of for of in ("channel", *(f"name_{language}" for language in LANGUAGES))),
            ]
        else:
            columns[name], parts = partial(_shown_cell, name), [name]
        for part in parts:
            left.pop(part, None)
    return columns


def _shown_cell(name: str, row: Row) -> str:
    return _shown(row[name])


def _shown_name(key: str, name: str, row: Row) -> str:
    return "–" if row[key] is None else f"{row[name]} ({row[key]})"


def _shown_estimate(name: str, row: Row) -> str:
    value, low, high, n = (row[name + end] for end in ESTIMATE)
    if value is None or low is None or high is None:
        return f"– (n {n})" if n is not None else "–"
    half = (high - low) / 2
    return f"{_shown(value)} ± {_shown(half) if half >= 1000 else f'{half:.2g}'} (n {n})"


def _shown(value: Any) -> str:
    match value:
        case None:
            return "–"
        case float():
            return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case list():
            return ", ".join(map(_shown, value))
        case _:
            return str(value)
