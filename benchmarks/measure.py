"""Timing, and the table of what was measured."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure beside its target and, where there is one, a baseline measured in the same run."""

    name: str
    value: float
    unit: str
    target: float | None = None
    more_is_better: bool = False
    baseline: float | None = None
    baseline_name: str = ""

    @property
    def met(self) -> bool | None:
        if self.target is None:
            return None
        return self.value >= self.target if self.more_is_better else self.value <= self.target

    def line(self) -> str:
        told = f"{self.name:<58} {_short(self.value):>10} {self.unit:<9}"
        if self.target is not None:
            sign, verdict = "≥" if self.more_is_better else "≤", "met" if self.met else "MISSED"
            told += f" target {sign} {_short(self.target):<9} {verdict}"
        if self.baseline is not None:
            a, b = (self.value, self.baseline) if self.more_is_better else (self.baseline, self.value)
            told += f"   {_short(a / b)}× {self.baseline_name} ({_short(self.baseline)} {self.unit})"
        return told


def _short(x: float) -> str:
    return f"{x:,.0f}" if abs(x) >= 100 else f"{x:.3g}"


def median_seconds(function: Callable[[], object], runs: int = 5) -> float:
    """Median of `runs` calls after one that is not counted."""
    function()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
