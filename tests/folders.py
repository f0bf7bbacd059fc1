"""Data folders for tests of the product's edges: made once in a run, then copied."""

from __future__ import annotations

import shutil
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from polku.cli.demo import fill_demo
from polku.library import make_folder
from polku.settings import read_settings

DAY = date(2026, 6, 30)


def empty_folder(folder: Path) -> Path:
    """A folder as `polku init` makes it."""
    shutil.copytree(_made("empty").name, folder, dirs_exist_ok=True)
    return folder


def demo_folder(folder: Path) -> Path:
    """A year of a small demo shop of 120 customers, the same every time."""
    shutil.copytree(_made("demo").name, folder, dirs_exist_ok=True)
    return folder


@cache
def _made(what: str) -> TemporaryDirectory[str]:
    folder = TemporaryDirectory(prefix=f"polku-{what}-")
    if what == "demo":
        fill_demo(read_settings(Path(folder.name)), seed=1, customers=120, until=DAY)
    else:
        make_folder(read_settings(Path(folder.name)))
    return folder
