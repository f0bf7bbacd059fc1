"""A measure over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from polku.journeys.asking.calendar import Unit, day_of, edges, spans
from polku.stats import Estimate
from polku.surveys.results.measured import Measured
from polku.surveys.results.responses import Responses
from polku.surveys.results.visibility import Visibility, visibility


@dataclass(frozen=True, slots=True)
class PeriodResult:
    """A day, ISO week or month that begins on `start`, and those who answered in it."""

    start: date
    n: int
    estimate: Estimate
    visibility: Visibility


def by_period(
    responses: Responses, measured: Measured, *, unit: Unit, zone: ZoneInfo
) -> tuple[PeriodResult, ...]:
    """From the first answer to the last, also where nobody answered. Raises InvalidInput with more than 1,500 spans."""
    seconds = _seconds(responses.table["answered_at"])
    answered = measured.answered & (seconds >= 0)
    if not answered.any():
        return ()
    first, last = (day_of(int(s), zone) for s in (seconds[answered].min(), seconds[answered].max()))
    starts = spans(first, last, unit)
    of = np.searchsorted(np.array(edges(starts, unit, zone)), seconds, side="right") - 1
    told = []
    for i, start in enumerate(starts):
        at = answered & (of == i)
        n = int(at.sum())
        told.append(PeriodResult(start, n, measured.estimate(at), visibility(n)))
    return tuple(told)


def _seconds(times: pa.ChunkedArray) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Since 1970; −1 where it is not known."""
    whole = pc.floor_temporal(times, unit="second").cast(pa.timestamp("s", times.type.tz)).cast(pa.int64())
    found: np.ndarray[tuple[int], np.dtype[np.int64]] = pc.fill_null(whole, -1).to_numpy().astype(np.int64)
    return found
