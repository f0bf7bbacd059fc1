"""Having the drawing engine ready before somebody waits for a chart."""

from __future__ import annotations

import threading
from datetime import date, timedelta

from polku.charts.time_series import Point, Series, time_series


def warm() -> threading.Thread:
    """Start the drawing engine in the background: it takes half a second to start, and draws its first charts of
    a kind at a third of its later speed."""
    thread = threading.Thread(target=_draw, name="warm-charts", daemon=True)
    thread.start()
    return thread


def _draw() -> None:
    days = [date(2026, 1, 1) + timedelta(weeks=n) for n in range(40)]
    for kind in range(3):
        series = [
            Series(str(n), [Point(d, float(n + kind), 0.0, 9.0) for d in days]) for n in range(1 + 4 * kind)
        ]
        time_series(title="", description="", series=series).to_html()
