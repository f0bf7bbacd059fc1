from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import run
from tests.folders import demo_folder

__all__ = ["run"]


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_folder(tmp_path_factory.mktemp("shop") / "data")
