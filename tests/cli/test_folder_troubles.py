"""A data folder or a database that cannot be used: a sentence that says what to do, and exit status 1."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from polku.store import FolderLock
from tests.commands import Ran
from tests.folders import empty_folder
from tests.ports import free_port

Run = Callable[..., Ran]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return empty_folder(tmp_path / "data")


@pytest.fixture
def read_only(folder: Path) -> Iterator[Path]:
    if os.geteuid():
        folder.chmod(0o500)
        yield folder
        folder.chmod(0o700)
        return
    binding = [["mount", "--bind", str(folder), str(folder)], ["mount", "-o", "remount,ro,bind", str(folder)]]
    if any(subprocess.run(b, capture_output=True).returncode for b in binding):
        pytest.skip("root may write everywhere here, and nothing can be mounted")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def says(done: Ran, *parts: str) -> None:
    assert done.code == 1
    assert done.out == ""
    assert done.err.startswith("polku: ")
    assert done.err.count("\n") == 1, "one sentence or two, no traceback"
    for part in parts:
        assert part in done.err


def test_port_taken(run: Run, tmp_path: Path, folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        new = tmp_path / "new"
        says(run("serve", "--data", new, "--port", port), f"127.0.0.1:{port}", "choose another port")
        assert not new.exists()
        says(run("serve", "--data", folder, "--port", port), "Address already in use")
    FolderLock(folder).release()


def test_second_process(run: Run, folder: Path) -> None:
    with FolderLock(folder):
        says(
            run("serve", "--data", folder, "--port", free_port()),
            "Another process has",
            str(folder),
            "Stop it",
        )
        says(run("demo", "--data", folder), "Another process has")
        says(run("journeys", "map", "--data", folder), "Another process has")


def test_read_only_folder(run: Run, read_only: Path) -> None:
    for command in ("serve", "demo"):
        says(run(command, "--data", read_only), "Cannot write in the data folder", "--data")
    says(run("journeys", "map", "--data", read_only), "Cannot write in the data folder")


def test_folder_that_is_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    says(run("init", tmp_path / "file"), "Cannot write in the data folder")


def test_folder_of_a_newer_version(run: Run, folder: Path) -> None:
    with sqlite3.connect(folder / "polku.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    says(run("journeys", "map", "--data", folder), "newer Polku (revision 9999)", "Install that version")
    with sqlite3.connect(folder / "polku.db") as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]
    database.close()


def test_damaged_database(run: Run, folder: Path) -> None:
    (folder / "polku.db").write_bytes(b"not a database" * 500)
    for rest in folder.glob("polku.db-*"):
        rest.unlink()
    says(run("journeys", "map", "--data", folder), "polku.db is damaged", "restore")


def test_damaged_manifest(run: Run, folder: Path) -> None:
    (folder / "events" / "manifest.json").write_text("{")
    says(run("serve", "--data", folder, "--port", free_port()), "manifest.json cannot be read", "restore")
    FolderLock(folder).release()


def test_postgres_that_is_down(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"postgresql://shop:secret@127.0.0.1:{free_port()}/polku"
    monkeypatch.setenv("POLKU_DATABASE_URL", url)
    done = run("journeys", "map", "--data", folder)
    says(done, "does not answer", "Connection refused", "POLKU_DATABASE_URL")
    assert "secret" not in done.err


@pytest.mark.parametrize(
    ("url", "message"),
    [("mysql://localhost/x", "Allowed: sqlite, postgresql"), ("no url", "The database URL cannot be read")],
)
def test_database_that_is_not_supported(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, url: str, message: str
) -> None:
    monkeypatch.setenv("POLKU_DATABASE_URL", url)
    says(run("journeys", "map", "--data", folder), message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("port = ", "is not valid TOML"),
        ("port = 70000", "Setting 'port' cannot be '70000'. Allowed: 1 to 65535"),
        ('timezone = "Mars/Base"', "Setting 'timezone' cannot be 'Mars/Base'"),
        ('language = "sv"', "Allowed: fi or en"),
        ('log_level = "loud"', "Allowed: debug, info"),
        ("prot = 80", "Unknown setting 'prot'"),
        ('port = "x"', "must be a whole number"),
    ],
)
def test_settings_that_cannot_be_read(run: Run, folder: Path, text: str, message: str) -> None:
    (folder / "polku.toml").write_text(text)
    says(run("journeys", "map", "--data", folder), message)
