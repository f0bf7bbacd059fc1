from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from polku.security import passwords


@pytest.fixture(autouse=True)
def _real_hashes(real_hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Here hashes are as slow as in production."""
    monkeypatch.setattr(passwords, "_hasher", real_hasher)
    passwords._nobody.cache_clear()
    yield
    passwords._nobody.cache_clear()
