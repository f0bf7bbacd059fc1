from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from polku.collect.files.command import import_command
from polku.errors import InvalidInput
from polku.i18n import use_language
from tests.collect.files.importing import VISITS, StoreTarget, written


@pytest.fixture
def command(target: StoreTarget) -> click.Command:
    @contextmanager
    def open_target(folder: str) -> Iterator[StoreTarget]:
        assert folder == "D"
        yield target

    return import_command(open_target, click.option("--data", "folder", default="data"), "Import events.")


@pytest.fixture
def log(tmp_path: Path) -> list[str]:
    mapping = written(tmp_path / "map.toml", VISITS)
    for day in (1, 2):
        written(tmp_path / f"log-{day}.csv", f"who,at\nanna,2026-01-0{day}\nliisa,?\n")
    return [str(tmp_path / "log-*.csv"), "--mapping", str(mapping)]


def run(command: click.Command, *arguments: str) -> str:
    done = CliRunner().invoke(command, arguments, catch_exceptions=False, terminal_width=200)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_imports_and_says_what_it_did(command: click.Command, log: list[str], target: StoreTarget):
    told = run(command, *log, "--data", "D")
    assert "'Test': 2 new events, 0 that were there already, 2 rows rejected" in told
    assert "Rejected: 2. A time cannot be read (bad_time)" in told
    assert "log-1.csv, row 2: The time '?' of at cannot be read." in told
    assert target.state() == (2, 2)
    assert "'Test': 0 new events, 2 that were there already" in run(command, *log, "--data", "D")


def test_a_dry_run_needs_no_data_folder(command: click.Command, log: list[str], target: StoreTarget):
    told = run(command, *log, "--dry-run", "--data", "nowhere")
    assert "The first events" in told
    assert "anna" in told
    assert "Nothing was stored: 2 events would come from 'Test', 2 rows would be rejected." in told
    assert target.state() == (0, 0)


def test_as_json_under_another_name(command: click.Command, log: list[str]):
    told = json.loads(run(command, *log, "--data", "D", "--json", "--source", "Winter"))
    assert told["source"] == "Winter"
    assert told["events"][0]["accepted"] == 2
    assert told["files"] == {"log-1.csv": 2, "log-2.csv": 2}
    assert told["rejections"][0]["reason"] == "bad_time"


def test_speaks_finnish(command: click.Command, log: list[str], tmp_path: Path):
    written(tmp_path / "log-3.csv", b"\xff\xfe" + "who,at\nanna,2026-01-03\n".encode("utf-16-le"))
    with use_language("fi"):
        told = run(command, *log, "--data", "D")
    assert "3 uutta tapahtumaa" in told
    assert "Hylätty: 2. Aikaa ei voi lukea (bad_time)" in told
    assert "log-1.csv, rivi 2: Aikaa ”?” sarakkeessa at ei voi lukea." in told
    assert "log-3.csv alkaa tavujärjestysmerkillä; luettu merkistönä utf-16." in told


def test_json_is_the_same_in_every_language(command: click.Command, log: list[str], tmp_path: Path):
    written(tmp_path / "log-3.csv", b"\xff\xfe" + "who,at\nanna,2026-01-03\n".encode("utf-16-le"))
    told = {}
    for language in ("fi", "en"):
        with use_language(language):
            told[language] = json.loads(run(command, *log, "--dry-run", "--json"))
        told[language].pop("seconds")
    assert told["fi"] == told["en"]
    assert told["fi"]["notes"] == ["log-3.csv starts with a byte order mark; read as utf-16."]
    assert told["fi"]["rejections"][0]["examples"][0].startswith(
        "log-1.csv, row 2: The time '?' of at cannot"
    )


def test_a_pattern_that_matches_nothing(command: click.Command, log: list[str], tmp_path: Path):
    with pytest.raises(InvalidInput, match=r"There is no file .*nothing\*\.csv"):
        run(command, str(tmp_path / "nothing*.csv"), *log[1:], "--data", "D")
