"""`polku mail`: a letter to try with, and what is in the outbox."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from polku.cli.mail import send_trial
from polku.db import Database
from polku.errors import Conflict, InvalidInput
from polku.library import open_workspace
from polku.mail import put
from polku.mail.queries import Letters
from polku.settings import read_settings
from tests.folders import empty_folder
from tests.mail.postoffice import SENDER, PostOffice, letter_to, open_office, wait_for
from tests.server import serving


def settings_for(folder: Path, office: PostOffice):
    return read_settings(
        folder, smtp_host="127.0.0.1", smtp_port=office.port, smtp_security="none", mail_from="polku@example.fi",
        mail_name="Kävelykauppa", language="fi",
    )  # fmt: skip


def test_a_letter_to_try_with_arrives_and_the_server_s_words_are_told(tmp_path):
    with open_office() as office:
        assert send_trial(settings_for(tmp_path, office), "a@example.fi") == "250 taken"
    letter = office.letter("a@example.fi")
    assert letter["Subject"] == "Polun sähköposti toimii"
    assert letter["From"] == "Kävelykauppa <polku@example.fi>"


def test_what_stands_in_the_way_is_told(tmp_path):
    with pytest.raises(InvalidInput, match="smtp_host"):
        send_trial(read_settings(tmp_path), "a@example.fi")
    office = PostOffice(at_rcpt=lambda to: "550 5.1.1 no such user")
    with open_office(office):
        with pytest.raises(Conflict, match="no such user"):
            send_trial(settings_for(tmp_path, office), "a@example.fi")
        with pytest.raises(InvalidInput, match="no e-mail address"):
            send_trial(settings_for(tmp_path, office), "a@example")
    with pytest.raises(Conflict, match="cannot be reached"):
        send_trial(settings_for(tmp_path, office), "a@example.fi")


def test_the_outbox_is_listed(tmp_path):
    folder = empty_folder(tmp_path / "data")
    with open_workspace(read_settings(folder)) as workspace:
        with workspace.db.session() as session:
            put(session, letter_to("a@example.fi"), SENDER, kind="invitation", now=datetime.now(UTC))
        found = Letters.of({}).answer(workspace)
        assert (found.waiting, found.sent, [row.recipient for row in found.letters]) == (
            1,
            0,
            ["a@example.fi"],
        )
        assert Letters.of({"state": "sent"}).answer(workspace).letters == ()
        with pytest.raises(InvalidInput, match="Allowed: queued"):
            Letters.of({"state": "lost"}).answer(workspace)


def test_a_server_sends_what_waits_and_the_command_tells_of_it(tmp_path, run):
    folder = empty_folder(tmp_path / "data")
    database = Database(read_settings(folder).sqlalchemy_url)
    with database.session() as session:
        put(session, letter_to("a@example.fi"), SENDER, kind="test", now=datetime.now(UTC))
    database.close()
    with open_office() as office:
        environment = {
            "POLKU_SMTP_HOST": "127.0.0.1", "POLKU_SMTP_PORT": str(office.port), "POLKU_SMTP_SECURITY": "none",
            "POLKU_MAIL_FROM": "polku@example.fi",
        }  # fmt: skip
        with serving(folder, **environment):
            wait_for(lambda: office.taken, 20)
            told = json.loads(run("mail", "list", "--data", folder, "--json").out)
    assert (told["sent"], told["waiting"]) == (1, 0)
    assert [(row["recipient"], row["state"]) for row in told["letters"]] == [("a@example.fi", "sent")]
