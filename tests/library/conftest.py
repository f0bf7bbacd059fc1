from __future__ import annotations

from pathlib import Path

import pytest

import polku
from tests.commands import run
from tests.folders import demo_folder

__all__ = ["run"]


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shop = demo_folder(tmp_path_factory.mktemp("shop") / "data")
    with polku.open(shop) as opened:
        opened.feedback.comments()  # read once here, else a server would load its languages to do it
    return shop
