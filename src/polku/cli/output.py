"""Answers as a person reads them in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from polku.cli.headings import REASONS, heading
from polku.i18n import current_language, duration, gettext
from polku.stats import Estimate, TimeTaken

_MOST_ROWS = 50


def show(answer: Any) -> None:
    """Print a result: its plain fields as lines, lists of results as tables."""
    console = Console()
    if isinstance(answer, Sequence) and not isinstance(answer, str):
        _table(console, "", answer)
        return
    for field in fields(answer):
        value = getattr(answer, field.name)
        if _is_nested(value):
            _table(console, heading(field.name), value)
        else:
            console.print(Text.assemble((heading(field.name), "dim"), " ", _text(value)))


def _table(console: Console, title: str, rows: Sequence[Any]) -> None:
    if not rows:
        console.print(Text(gettext("%(title)s: none", title=title), "dim"))
        return
    table = Table(title=Text(title), title_justify="left", box=None, header_style="dim")
    names = [f.name for f in fields(rows[0]) if not _is_nested(getattr(rows[0], f.name))]
    for name in names:
        number = isinstance(getattr(rows[0], name), int | float | Estimate)
        table.add_column(Text(heading(name)), justify="right" if number else "left")
    for row in rows[:_MOST_ROWS]:
        table.add_row(*(Text(_cell(n, getattr(row, n))) for n in names))
    console.print(table)
    if len(rows) > _MOST_ROWS:
        more = gettext("… and %(more)s more; --json gives all", more=len(rows) - _MOST_ROWS)
        console.print(Text(more, "dim"))


def _is_nested(value: Any) -> bool:
    """Whether it is a table of its own; several estimates fit in a cell."""
    return (
        isinstance(value, tuple | list)
        and bool(value)
        and is_dataclass(value[0])
        and not isinstance(value[0], Estimate)
    )


def _cell(name: str, value: Any) -> str:
    return str(REASONS[value]) if name == "reason" and value in REASONS else _text(value)


def _text(value: Any) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return gettext("yes") if value else gettext("no")
        case Estimate():
            if value.estimate is None or value.half_width is None:
                reason = str(REASONS.get(value.reason or "", value.reason))
                return f"– ({reason}, n {value.n})"
            return f"{_number(value.estimate, 3)} ±{_number(value.half_width, 2)} (n {value.n})"
        case TimeTaken():
            return _time_taken(value)
        case float():
            return _number(value, 4)
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case tuple() | list():
            return ", ".join(_text(v) for v in value)
        case dict():
            return ", ".join(f"{k} {_text(v)}" for k, v in value.items())
        case _ if is_dataclass(value):
            return _in_a_line(value)
        case _:
            return str(value)


def _time_taken(value: TimeTaken) -> str:
    """How long it takes, e.g. 2.8 d (2.1 d … 3.3 d, n 98)."""
    if value.estimate is None or value.low is None:
        return f"– ({REASONS.get(value.reason or '', value.reason)}, n {value.n})"
    times = (value.estimate, value.low, *(() if value.high is None else (value.high,)))
    told, low, *high = (duration(timedelta(seconds=t)) for t in times)
    return f"{told} ({low} … {''.join(high)}, n {value.n})"


def _in_a_line(value: Any) -> str:
    """A part of an answer in a cell: what has a name in both languages by the reader's, other things field by field."""
    if hasattr(value, "name_fi") and hasattr(value, "key"):
        return f"{value.name_fi if current_language() == 'fi' else value.name_en} ({value.key})"
    return ", ".join(f"{heading(f.name)} {_text(getattr(value, f.name))}" for f in fields(value))


def _number(value: float, digits: int) -> str:
    text = f"{value:.{digits}g}"
    return text.replace(".", ",") if current_language() == "fi" else text
