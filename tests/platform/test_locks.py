"""What is installed is pinned by hash, and locks do not say where it came from."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = [
    "requirements.lock",
    "requirements-dev.lock",
    "requirements-installer.lock",
    "requirements-spark.lock",
]


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_pinned_with_a_hash(name: str) -> None:
    text = (ROOT / name).read_text()
    entries = re.split(r"\n(?=[a-zA-Z0-9])", text.strip())
    assert entries
    for entry in entries:
        assert re.match(r"[\w.-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("name", LOCKS)
def test_requirements_hold_no_addresses(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.findall(r"\S*(?:://|--index|--find-links)\S*", text)


def test_browser_code_lock_holds_no_addresses() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, entry in packages.items() if "resolved" in entry] == []


def test_browser_code_has_integrity_hashes() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []


def test_runtime_lock_is_part_of_the_development_lock() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(), re.MULTILINE))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")
