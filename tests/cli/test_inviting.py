"""`polku surveys invite`, as it is typed: first what would come of it, then asked, by a server or without one."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from polku.library import make_folder, open_workspace
from polku.settings import read_settings
from polku.surveys import store
from polku.surveys.distribution.rules import AskingRules, write_rules
from polku.surveys.distribution.store import mailings
from polku.surveys.inviting.ledger import counts, invitations
from polku.surveys.ready import ready_survey
from tests.commands import Ran
from tests.server import serving
from tests.sheets.workbooks import xlsx

Run = Callable[..., Ran]
PEOPLE = "nimi;sähköposti\nAnna;anna@example.fi\nBo;bo@@\nCilla;cilla@example.fi\nAnna;ANNA@example.fi\n"
SETTINGS = (
    'smtp_host = "127.0.0.1"\nsmtp_port = 9\nsmtp_security = "none"\nmail_from = "a@example.fi"\n'
    'public_url = "https://polku.example.fi"\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an open survey, a way to send, and a draft."""
    folder = tmp_path / "data"
    make_folder(read_settings(folder))
    (folder / "polku.toml").write_text(SETTINGS)
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    now, nps = datetime.now(UTC), dict(ready_survey("nps").json)
    with open_workspace(read_settings(folder)) as workspace, workspace.db.session() as session:
        write_rules(session, AskingRules(0, 0, 0, 0, 3650, 0, 24, True, 14, 5, 1))
        for name in ("NPS", "Draft"):
            key = store.create(
                session, name=name, definition=nps, tags={}, anonymous=False, touchpoint="", by="T", now=now
            ).key
            if name == "NPS":
                store.publish(session, key, by="T", now=now)
    return folder


def asked(folder: Path) -> dict[str, int]:
    with open_workspace(read_settings(folder)) as workspace, workspace.db.session() as session:
        return {state: n for state, n in counts(session, "nps").items() if n}


def test_a_list_is_looked_at_first_and_asked_when_one_says_so(run: Run, folder: Path, tmp_path: Path) -> None:
    command = (
        "surveys",
        "invite",
        "nps",
        "--list",
        tmp_path / "people.csv",
        "--data",
        folder,
        "--name",
        "Spring",
    )
    looked = run(*command, "--json")
    assert looked.code == 0, looked.err
    told = json.loads(looked.out)
    assert (told["survey"], told["name"], told["state"]) == ("nps", "Spring", "planned")
    assert (told["total"], told["asked"], told["bad"], told["not_asked"]) == (2, 2, 1, [])
    assert told["faults"] == [{"line": 3, "given": "bo@@"}]
    assert [e["reason"] for e in told["examples"]] == ["", ""]
    assert asked(folder) == {}
    with open_workspace(read_settings(folder)) as workspace, workspace.db.session() as session:
        assert mailings(session, "nps") == [], "what was only looked at leaves nothing behind"
    gone = json.loads(run(*command, "--json", "--go").out)
    assert (gone["state"], gone["asked"]) == ("done", 2)
    assert asked(folder) == {"waiting": 2}
    again = json.loads(run(*command, "--json", "--go").out)
    assert (again["asked"], again["asked_before"]) == (0, 2)
    assert asked(folder) == {"waiting": 2}


def test_a_spreadsheet_and_words_in_finnish(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "people.xlsx"
    file.write_bytes(xlsx({"Ihmiset": [["Sähköposti"], ["anna@example.fi"], ["bo@@"]]}))
    monkeypatch.setenv("POLKU_LANGUAGE", "fi")
    told = run("surveys", "invite", "nps", "--list", file, "--data", folder)
    assert told.code == 0, told.err
    assert "bo@@" in told.out
    file.write_bytes(xlsx({"A": [["a@example.fi"]], "B": [["b@example.fi"]]}))
    several = run("surveys", "invite", "nps", "--list", file, "--data", folder)
    assert several.code == 1
    assert "Useilla välilehdillä on sisältöä: A, B." in several.err


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (["nps"], "Give either a list of addresses or a segment"),
        (["nps", "--list", "PEOPLE", "--who", "plan=pro"], "Give either a list of addresses or a segment"),
        (["nps", "--list", "nowhere.csv"], "There is no file nowhere.csv"),
        (["nps", "--segment", "Maksavat"], "There is no segment 'Maksavat'"),
        (["npss", "--list", "PEOPLE"], "no survey 'npss'"),
        (["draft", "--list", "PEOPLE"], "draft"),
        (["nps", "--list", "PEOPLE", "--channel", "sms"], "webhook"),
        (["nps", "--list", "PEOPLE", "--words", "without a link"], "{link}"),
        (["nps", "--list", "PEOPLE", "--percent", "0"], "percent"),
    ],
)
def test_what_cannot_be_asked_says_why_and_nothing_is_kept(
    run: Run, folder: Path, tmp_path: Path, given: list[str], why: str
) -> None:
    given = [str(tmp_path / "people.csv") if g == "PEOPLE" else g for g in given]
    failed = run("surveys", "invite", *given, "--go", "--data", folder)
    assert failed.code != 0
    assert why in failed.err
    assert asked(folder) == {}
    assert list(folder.glob("mailings/*")) == []


def test_a_server_that_has_the_folder_open_does_it(run: Run, folder: Path, tmp_path: Path) -> None:
    command = ("--list", tmp_path / "people.csv", "--data", folder, "--go", "--json")
    with serving(folder):
        told = run("surveys", "invite", "nps", *command)
        until = time.monotonic() + 60
        while "Try again in a moment" in told.err and time.monotonic() < until:  # kernels are being loaded
            time.sleep(0.2)
            told = run("surveys", "invite", "nps", *command)
        assert told.code == 0, told.err
        assert json.loads(told.out)["asked"] == 2
        failed = run("surveys", "invite", "npss", *command)
        assert failed.code == 1
        assert "no survey 'npss'" in failed.err
    with open_workspace(read_settings(folder)) as workspace, workspace.db.session() as session:
        assert {i.channel for i in invitations(session, survey="nps")} == {"email"}
    assert sum(asked(folder).values()) == 2
