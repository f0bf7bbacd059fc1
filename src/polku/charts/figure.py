"""A chart with all that belongs to it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Final

from markupsafe import Markup, escape

from polku.charts.drawing import Specification, svg
from polku.charts.theme import NARROW, WIDE, Frame, Theme, literal
from polku.i18n import current_language, day, gettext, moment, number

_DRAWING: Final = ThreadPoolExecutor(1, thread_name_prefix="drawing")

Cell = str | float | date | None
VEGALITE = "application/vnd.vegalite.v5+json"


@dataclass(frozen=True, slots=True)
class Figure:
    """A title, a text that says what the picture shows, the chart, and the table of its numbers.

    `chart` makes the Vega-Lite specification, data within, for a frame; `columns` and `table` are what a
    reader of the table sees, `write` how it writes a number. Words are in the language of the moment the
    figure was made.
    """

    title: str
    description: str
    chart: Callable[[Frame], Specification] = field(repr=False)
    columns: tuple[str, ...]
    table: tuple[tuple[Cell, ...], ...] = field(repr=False)
    write: Callable[[float], str] = number

    def to_svg(self, theme: Theme | None = "light", frame: Frame = WIDE) -> str:
        """The picture alone in the theme's own colours, for reports and files; None: in those of the page around it."""
        drawn = svg(self.chart(frame), current_language())
        return literal(drawn, theme) if theme else drawn

    def to_html(self) -> Markup:
        """The figure for a page: a drawing for wide and one for narrow screens, then the table, folded."""
        parts = Markup(
            '<figure class="chart"><figcaption>{title}</figcaption>{wide}{narrow}'
            "<details><summary>{show}</summary>"
            '<div class="frame" role="region" tabindex="0" aria-label="{title}">{table}</div>'
            "</details></figure>"
        )
        return parts.format(
            title=self.title,
            wide=self._drawn(WIDE, "chart-wide"),
            narrow=self._drawn(NARROW, "chart-narrow"),
            show=gettext("Show as a table"),
            table=self._table(),
        )

    def to_html_ahead(self) -> Future[Markup]:
        """`to_html` in the background, in the language of now, while a page finds out what else it shows."""
        return _DRAWING.submit(copy_context().run, self.to_html)

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """In a notebook: the picture, or where it knows Vega-Lite the chart itself."""
        chart = self.chart(WIDE) | {"title": self.title, "description": self.description}
        return {VEGALITE: chart, "image/svg+xml": self.to_svg(), "text/plain": self.description}

    def _drawn(self, frame: Frame, css_class: str) -> Markup:
        start = Markup('<svg class="{}" role="img" aria-label="{}"').format(css_class, self.description)
        # Vega escapes the text it draws; the rest of the drawing is numbers and our own colours.
        return start + Markup(svg(self.chart(frame), current_language()).removeprefix("<svg"))  # noqa: S704

    def _table(self) -> Markup:
        kinds = [' class="number"' if self._is_numeric(i) else "" for i in range(len(self.columns))]
        written = cache(self._written)  # numbers repeat, and locales write them slowly
        head = "".join(
            f'<th scope="col"{kind}>{escape(c)}</th>' for kind, c in zip(kinds, self.columns, strict=True)
        )
        body = "".join(
            f'<tr><th scope="row">{written(row[0])}</th>'
            + "".join(f"<td{kind}>{written(c)}</td>" for kind, c in zip(kinds[1:], row[1:], strict=True))
            + "</tr>"
            for row in self.table
        )
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return Markup(table)  # noqa: S704  every cell is escaped

    def _is_numeric(self, column: int) -> bool:
        return any(isinstance(row[column], int | float) for row in self.table)

    def _written(self, cell: Cell) -> str:
        if cell is None:
            return "–"
        if isinstance(cell, datetime):
            return moment(cell)
        if isinstance(cell, date):
            return day(cell)
        return escape(cell) if isinstance(cell, str) else self.write(cell)
