from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import run
from tests.folders import demo_folder

__all__ = ["run"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_folder(tmp_path_factory.mktemp("shop") / "data")


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the locale of the machine is; a test may set another language."""
    monkeypatch.delenv("POLKU_LANGUAGE", raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
