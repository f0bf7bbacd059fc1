"""`polku lake …`, by itself and through a server that has the folder open."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from polku.app import create_app
from polku.lake import Keeper
from polku.library import open_workspace
from polku.settings import read_settings
from polku.workspace import Workspace
from tests.commands import Ran
from tests.events import visits
from tests.folders import demo_folder, empty_folder

Run = Callable[..., Ran]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_folder(tmp_path_factory.mktemp("shop") / "data")


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("POLKU_LANGUAGE", "POLKU_LAKE", "POLKU_ENGINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def test_writing_listing_compacting(run: Run, shop: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    first = json.loads(run("lake", "write", "--data", shop, "--lake", lake, "--json").out)
    assert first["events"] == first["total"] > 1000
    assert json.loads(run("lake", "write", "--data", shop, "--lake", lake, "--json").out)["events"] == 0
    listed = json.loads(run("lake", "list", "--lake", lake, "--json").out)
    assert [c["events"] for c in listed["collectors"]] == [first["total"]]
    assert "Verkkokauppa" in listed["collectors"][0]["sources"]
    assert listed["damaged"] == []
    told = run("lake", "list", "--lake", lake)
    assert "Events" in told.out
    compacted = json.loads(run("lake", "compact", "--lake", lake, "--json").out)
    assert compacted == {"before": first["files"], "after": first["files"]}  # one part: nothing to merge


def test_it_speaks_finnish(run: Run, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLKU_LANGUAGE", "fi")
    assert "Kerääjä" in run("lake", "write", "--data", shop, "--lake", tmp_path / "lake").out
    assert "tietoaltaaseen" in run("lake", "--help").out
    assert "Tietoallasta ei ole nimetty" in run("lake", "list").err


def test_what_is_missing_is_said(
    run: Run, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No lake is named" in run("lake", "write", "--data", shop).err
    assert "There is no lake in" in run("lake", "list", "--lake", tmp_path / "none").err
    lake = tmp_path / "lake"
    run("lake", "write", "--data", shop, "--lake", lake)
    assert "POLKU_ENGINE=spark://" in run("lake", "build", "--data", shop, "--lake", lake).err
    monkeypatch.setenv("POLKU_ENGINE", "spark://127.0.0.1:1")
    monkeypatch.setitem(__import__("sys").modules, "pyspark", None)  # as where it is not installed
    monkeypatch.setenv("POLKU_LAKE", str(lake))
    assert "pip install 'polku[spark]'" in run("journeys", "map", "--data", shop).err


@pytest.fixture
def open_folder(tmp_path: Path) -> Iterator[Workspace]:
    folder = empty_folder(tmp_path / "data")
    with open_workspace(read_settings(folder, lake=str(tmp_path / "lake"))) as workspace:
        workspace.store.append(visits(3, 4))
        yield workspace


def test_a_server_writes_what_has_just_come(open_folder: Workspace, tmp_path: Path) -> None:
    owner = {"Authorization": "Bearer owner"}
    with TestClient(create_app(open_folder, owner_token="owner")) as client:
        done = client.post("/api/v1/lake/write", json={}, headers=owner)
        assert done.json()["events"] == 12
        assert (tmp_path / "lake" / "collectors" / done.json()["collector"] / "manifest.json").exists()
        elsewhere = client.post("/api/v1/lake/write", json={"lake": str(tmp_path / "other")}, headers=owner)
        assert elsewhere.json()["events"] == 12
        refused = client.post("/api/v1/lake/build", json={}, headers=owner)
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid_input")
        assert client.post("/api/v1/lake/write", json={}).status_code in (401, 403)


def test_a_server_keeps_writing_by_itself_and_survives_a_lake_that_is_full(
    open_folder: Workspace, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = Keeper(open_folder)
    keeper.keep()
    manifest = next((tmp_path / "lake" / "collectors").glob("*/manifest.json"))
    assert len(json.loads(manifest.read_text())["parts"]) == 1
    (tmp_path / "file").write_text("")
    Keeper(replace(open_folder, settings=replace(open_folder.settings, lake=str(tmp_path / "file")))).keep()
    assert "lake_not_kept" in caplog.text


def test_a_keeper_starts_only_where_there_is_a_lake_to_keep(open_folder: Workspace, tmp_path: Path) -> None:
    for settings in (replace(open_folder.settings, lake=""), replace(open_folder.settings, lake_minutes=0)):
        keeper = Keeper(replace(open_folder, settings=settings))
        keeper.start()
        keeper.stop()
    assert not (tmp_path / "lake").exists()
    keeper = Keeper(open_folder)
    keeper.start()
    deadline = time.monotonic() + 60
    while not (tmp_path / "lake" / "collectors").exists() and time.monotonic() < deadline:
        time.sleep(0.01)  # one that is stopped before it began writes nothing
    keeper.stop()
    assert (tmp_path / "lake" / "collectors").exists()
