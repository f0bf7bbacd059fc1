from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        return set(wheel.namelist())


def test_wheel_carries_browser_code_with_its_licences(packed: set[str]) -> None:
    vendor = {Path(name).name for name in packed if name.startswith("polku/web/static/vendor/")}
    words = {name for name in vendor if name.startswith("survey.words.")}
    assert {"survey.words.fi.min.js", "survey.words.sv.min.js", "survey.words.ar.min.js"} <= words
    assert words == {f"{name}{packed}" for name in words if name.endswith(".js") for packed in ("", ".br")}
    assert vendor - words == {
        "htmx.min.js",
        "htmx.min.js.br",
        "htmx.LICENSE",
        "inter.woff2",
        "inter-ext.woff2",
        "inter.LICENSE",
        "survey.core.min.js",
        "survey.core.min.js.br",
        "survey-core.fontless.min.css",
        "survey-core.fontless.min.css.br",
        "survey-js-ui.min.js",
        "survey-js-ui.min.js.br",
        "surveyjs.LICENSE",
    }


def test_wheel_carries_every_source_file(packed: set[str]) -> None:
    files = (p for p in (ROOT / "src").rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    sources = {str(p.relative_to(ROOT / "src")) for p in files}
    assert sources <= packed


def test_wheel_carries_licence_and_notice(packed: set[str]) -> None:
    names = {Path(name).name for name in packed if ".dist-info/" in name}
    assert {"LICENSE", "NOTICE"} <= names
