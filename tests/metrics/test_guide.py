"""The guide's page defines every metric of the catalogue, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from polku.metrics import metrics

GUIDE = Path(__file__).parents[2] / "docs" / "guide"


@pytest.mark.parametrize("language", ["en", "fi"])
def test_every_metric_is_defined_with_its_scale(language: str) -> None:
    page = (GUIDE / language / "metrics.md").read_text()
    rows = dict(re.findall(r"^\| `([\w-]+)` [^|]*\| ([^|]+) \|", page, re.MULTILINE))
    assert set(rows) == {m.key for m in metrics().values()}
    for m in metrics().values():
        assert f"{m.items[0].low}–{m.items[0].high}" in rows[m.key]
