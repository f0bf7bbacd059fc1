"""How long a chart takes: python -m benchmarks charts"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from statistics import median

from benchmarks.measure import Figure
from polku.charts import NARROW, WIDE, Frame, Point, Series, time_series, warm


def year(names: str, shift: int) -> list[Series]:
    days = [date(2025, 1, 1) + timedelta(i) for i in range(365)]
    return [Series(n, [Point(d, (i * 37 + shift) % 900) for i, d in enumerate(days)]) for n in names]


def milliseconds(work: Callable[[int], object], times: int = 11) -> float:
    """Median time of `work`, called with numbers that make each chart a new one."""
    taken = []
    for i in range(times):
        began = time.perf_counter()
        work(i)
        taken.append(time.perf_counter() - began)
    return 1000 * median(taken)


def drawn(names: str, frame: Frame) -> float:
    return milliseconds(
        lambda i: time_series(title="t", description="d", series=year(names, i)).to_svg(frame=frame)
    )


def figures() -> Iterator[Figure]:
    began = time.perf_counter()
    warm().join()
    yield Figure("first drawing (in the background at start)", 1000 * (time.perf_counter() - began), "ms")
    yield Figure("one series of 365 days, wide", drawn("a", WIDE), "ms")
    yield Figure("one series of 365 days, narrow", drawn("a", NARROW), "ms")
    yield Figure("four series of 365 days, wide", drawn("abcd", WIDE), "ms")
    again = time_series(title="t", description="d", series=year("a", 0))
    again.to_html()
    yield Figure("figure seen before, with its table", milliseconds(lambda _: again.to_html()), "ms")
