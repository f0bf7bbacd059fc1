"""Data folders for tests of the product's edges."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from polku.cli.demo import fill_demo
from polku.settings import read_settings

DAY = date(2026, 6, 30)


def demo_folder(folder: Path, *, customers: int = 120) -> Path:
    """A year of a small demo shop, the same every time."""
    fill_demo(read_settings(folder), seed=1, customers=customers, until=DAY)
    return folder
