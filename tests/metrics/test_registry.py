"""A metric of another package is found by its entry point, and counts wherever Polku's own do."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from polku.collect.figures import score
from polku.collect.refusal import Refusal
from polku.errors import InvalidInput
from polku.metrics import metric, metrics
from polku.metrics import registry as of_registry

SMILES = """
from polku.metrics import Item, Measure, Metric, Wording, as_it_is

_TEXT = Wording("How was it?", "Miltä tuntui?")
METRIC = Metric(
    key="{key}",
    name=Wording("Smiles", "Hymyt"),
    description=Wording("The mean smile.", "Hymyjen keskiarvo."),
    source="tests",
    items=(Item("smile", _TEXT, 1, 3, Wording("sad", "surullinen"), Wording("glad", "iloinen")),),
    measures=(Measure("{key}", Wording("Mean", "Keskiarvo"), "mean", 1, 3, as_it_is),),
    low=1,
    high=3,
)
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with an installed package that names `smiles:METRIC`."""
    named = tmp_path / "smiles-1.0.dist-info"
    named.mkdir()
    (named / "METADATA").write_text("Metadata-Version: 2.1\nName: smiles\nVersion: 1.0\n")
    (named / "entry_points.txt").write_text("[polku.metrics]\nsmiles = smiles:METRIC\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    metrics.cache_clear()
    yield tmp_path
    metrics.cache_clear()
    sys.modules.pop("smiles", None)


def test_a_metric_comes_by_entry_point(package: Path) -> None:
    (package / "smiles.py").write_text(SMILES.format(key="smiles"))
    assert list(metrics())[-1] == "smiles"
    assert metric("smiles").estimate([3, 3, 2, 1, 3]).estimate == pytest.approx(2.4)
    assert score({"metric": "smiles", "score": 3}) == 100
    with pytest.raises(Refusal, match="Allowed: 1 to 3"):
        score({"metric": "smiles", "score": 4})


def test_two_of_one_name_and_no_metric_at_all(package: Path) -> None:
    (package / "smiles.py").write_text(SMILES.format(key="nps"))
    with pytest.raises(InvalidInput, match="two metrics 'nps'"):
        metrics()
    sys.modules.pop("smiles")
    (package / "smiles.py").write_text("METRIC = 'a text'\n")
    sys.modules.pop("smiles", None)
    with pytest.raises(InvalidInput, match="is no metric"):
        metrics()


def test_every_file_of_the_catalogue_is_a_metric() -> None:
    folder = Path(next(iter(of_registry.catalogue.__path__)))
    files = {p.stem for p in folder.glob("*.py")} - {"__init__"}
    assert {m.key.replace("-", "_") for m in metrics().values()} >= files
