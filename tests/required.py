from __future__ import annotations

import os
from typing import NoReturn

import pytest

REQUIRED = os.environ.get("POLKU_TEST_REQUIRE", "").split(",")
"""What no test may be skipped for want of ("postgres", "chromium"): set where both are installed."""


def missing(what: str, reason: str) -> NoReturn:
    """Skip the test, or fail it where `what` is required."""
    if what in REQUIRED:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
