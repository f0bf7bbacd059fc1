"""Answers as a person reads them in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from polku.stats import Estimate

_MOST_ROWS = 50


def show(answer: Any) -> None:
    """Print a result: its plain fields as lines, lists of results as tables."""
    console = Console()
    if isinstance(answer, Sequence) and not isinstance(answer, str):
        _table(console, "", answer)
        return
    for field in fields(answer):
        value = getattr(answer, field.name)
        if isinstance(value, tuple | list) and value and is_dataclass(value[0]):
            _table(console, field.name, value)
        else:
            console.print(f"[dim]{field.name}[/dim] {_text(value)}", highlight=False)


def _table(console: Console, title: str, rows: Sequence[Any]) -> None:
    if not rows:
        console.print(f"[dim]{title}: none[/dim]")
        return
    table = Table(title=title, title_justify="left", box=None, header_style="dim")
    names = [f.name for f in fields(rows[0]) if not _is_nested(getattr(rows[0], f.name))]
    for name in names:
        number = isinstance(getattr(rows[0], name), int | float | Estimate)
        table.add_column(name, justify="right" if number else "left")
    for row in rows[:_MOST_ROWS]:
        table.add_row(*(_text(getattr(row, n)) for n in names))
    console.print(table)
    if len(rows) > _MOST_ROWS:
        console.print(f"[dim]… and {len(rows) - _MOST_ROWS} more; --json gives all[/dim]")


def _is_nested(value: Any) -> bool:
    return isinstance(value, tuple | list) and bool(value) and is_dataclass(value[0])


def _text(value: Any) -> str:
    match value:
        case None:
            return "–"
        case Estimate():
            if value.estimate is None or value.half_width is None:
                return f"– ({value.reason}, n {value.n})"
            return f"{value.estimate:.3g} ±{value.half_width:.2g} (n {value.n})"
        case float():
            return f"{value:.4g}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case tuple() | list():
            return ", ".join(_text(v) for v in value)
        case _ if is_dataclass(value):
            return ", ".join(f"{f.name} {_text(getattr(value, f.name))}" for f in fields(value))
        case _:
            return str(value)
