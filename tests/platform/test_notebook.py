"""The tutorial notebook: it is stored without outputs, and it runs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.folders import demo_folder

NOTEBOOK = Path(__file__).parents[2] / "docs" / "guide" / "journeys.ipynb"


def test_the_notebook_is_stored_without_what_it_printed() -> None:
    cells = [c for c in nbformat.read(NOTEBOOK, as_version=4).cells if c.cell_type == "code"]
    assert cells
    assert not [c for c in cells if c.outputs or c.execution_count]


def test_the_notebook_runs_and_shows_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLKU_DATA", str(demo_folder(tmp_path / "data")))
    for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    )
    client.execute()
    shown = [
        out.data["text/html"]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for out in cell.outputs
        if out.output_type == "execute_result" and "text/html" in out.data
    ]
    asked = [c.source for c in notebook.cells if c.cell_type == "code" and "p.journeys." in c.source]
    assert len(shown) == len(asked)
    assert all("<table>" in html for html in shown)
    assert all("data:image/svg+xml" in html for html in shown)
