from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collect.files.importing import StoreTarget, target_at


@pytest.fixture
def target(tmp_path: Path) -> Iterator[StoreTarget]:
    with target_at(tmp_path) as opened:
        yield opened
