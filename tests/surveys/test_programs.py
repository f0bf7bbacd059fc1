"""Inviting and opting out by a program: the same as on the page, with a key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from polku.app import create_app
from polku.library import open_workspace
from polku.profiles import Identities
from polku.settings import read_settings
from polku.store import kernels
from polku.surveys.distribution import api
from polku.surveys.distribution.jobs import send
from polku.surveys.distribution.people import profiles_of
from polku.surveys.distribution.rules import write_rules
from polku.surveys.inviting.ledger import invitations
from polku.surveys.inviting.opting_out import address_hash, profile_key, wants_none
from polku.web import entrance
from polku.workspace import Workspace
from tests.folders import empty_folder
from tests.surveys.distributing import ALWAYS, HERE, customer, happened, published, states
from tests.web.visits import ADMIN
from tests.web.visits import post as post_on

OWNER = {"Authorization": "Bearer owner"}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    settings = replace(
        read_settings(empty_folder(tmp_path_factory.mktemp("programs"))),
        smtp_host="127.0.0.1", smtp_port=9, smtp_security="none", mail_from="a@example.fi", public_url=HERE,
    )  # fmt: skip
    with open_workspace(settings) as workspace:
        with workspace.db.session() as session:
            write_rules(session, ALWAYS)
        kernels.compile_all()
        workspace.part(Identities).current().profile(1)
        yield workspace


@pytest.fixture(scope="module")
def browser(workspace: Workspace) -> TestClient:
    entrance.log_in_attempts.__init__(most=50, within=entrance.log_in_attempts.within)  # type: ignore[misc]
    browser = TestClient(create_app(workspace, owner_token="owner"), base_url=HERE, follow_redirects=False)
    form = {**ADMIN, "language": "en", "code": browser.app.state.setup_code}
    assert post_on(browser, "/setup", form).status_code == 303
    happened(workspace, browser, [
        *customer("anna", "Order Completed", email="anna@example.fi", phone="+358401234567", plan="pro"),
        *customer("bo", "Order Completed", email="bo@example.fi", plan="pro"),
    ])  # fmt: skip
    return browser


@pytest.fixture(scope="module")
def program(browser: TestClient) -> TestClient:
    """Who has no cookie, only a key."""
    return TestClient(browser.app, base_url=HERE, headers=OWNER)


def test_a_list_is_the_body_and_a_segment_the_query(
    workspace: Workspace, browser: TestClient, program: TestClient
) -> None:
    key = published(workspace, browser, "Ohjelmalta")
    query = {"survey": key, "name": "a"}
    looked = program.post("/api/v1/surveys/invite", params=query, content=b"anna@example.fi\nrikki@\n")
    assert looked.status_code == 200, looked.text
    told = looked.json()
    assert (told["state"], told["total"], told["asked"], told["bad"]) == ("planned", 1, 1, 1)
    assert states(workspace, key) == {}
    gone = program.post("/api/v1/surveys/invite", params={**query, "who": ["plan=pro"], "go": True}).json()
    assert (gone["state"], gone["total"], gone["asked"]) == ("done", 2, 2)
    assert states(workspace, key) == {"waiting": 2}


@pytest.mark.parametrize(
    ("query", "content", "status", "why"),
    [
        ({}, b"", 400, "Give either a list"),
        ({"who": ["plan=pro"]}, b"a@example.fi", 400, "Give either a list"),
        ({}, b"nobody\n", 400, "no address that can be written to"),
        ({}, b"PK\x03\x04 and no more", 400, "no whole spreadsheet"),
        ({"survey": "none"}, b"a@example.fi", 404, "no survey 'none'"),
        ({"percent": 101}, b"a@example.fi", 400, "percent"),
        ({"odd": 1}, b"a@example.fi", 400, "odd"),
        ({}, b"a" * 2_000, 413, "at most"),
    ],
)
def test_what_cannot_be_asked_says_why(
    workspace: Workspace, browser: TestClient, program: TestClient, monkeypatch: pytest.MonkeyPatch,
    query: dict[str, object], content: bytes, status: int, why: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(api, "LARGEST_LIST", 1_000)
    key = published(workspace, browser, "Ei onnistu")
    answer = program.post("/api/v1/surveys/invite", params={"survey": key, **query}, content=content)
    assert (answer.status_code, why in answer.text) == (status, True), answer.text
    assert states(workspace, key) == {}
    assert list((workspace.settings.folder / "mailings").glob("*")) == []


def test_nothing_without_a_key(browser: TestClient) -> None:
    stranger = TestClient(browser.app, base_url=HERE)
    assert stranger.post("/api/v1/surveys/invite", params={"survey": "a"}).status_code == 401
    assert stranger.post("/api/v1/surveys/opt-outs", json={"to": "a@example.fi"}).status_code == 401


def test_who_answers_stop_is_asked_nothing_any_more_by_any_way(
    workspace: Workspace, browser: TestClient, program: TestClient
) -> None:
    key = published(workspace, browser, "Stop")
    listed = b"anna@example.fi\nbo@example.fi\nnew@example.fi\n"
    query = {"survey": key, "name": "a", "go": True}
    assert program.post("/api/v1/surveys/invite", params=query, content=listed).json()["asked"] == 3
    for to in ("040 123 4567", " New@Example.fi "):
        for _ in range(2):
            told = program.post("/api/v1/surveys/opt-outs", json={"to": to})
            assert (told.status_code, told.content) == (204, b"")
    send(workspace, datetime.now(UTC))
    with workspace.db.session(read_only=True) as session:
        reasons = {i.profile: (i.state, i.reason) for i in invitations(session, survey=key)}
    anna = profiles_of(workspace, ["anna@example.fi"], "email")["anna@example.fi"]
    assert reasons[profile_key(anna)] == ("suppressed", "opted_out"), "by her number, of which she is known"
    assert sorted(reasons.values()) == [
        ("queued", ""),
        ("suppressed", "opted_out"),
        ("suppressed", "opted_out"),
    ]
    later = program.post(
        "/api/v1/surveys/invite", params={**query, "name": "b", "go": False}, content=listed
    ).json()
    assert {r["reason"]: r["count"] for r in later["not_asked"]} == {"opted_out": 2}
    with workspace.db.session(read_only=True) as session:
        assert wants_none(session, "", address_hash("+358401234567"))
        assert not wants_none(session, "", address_hash("bo@example.fi"))


@pytest.mark.parametrize("to", ["", "12", "anna", "anna@", "+358401234567890123"])
def test_what_nobody_can_be_written_to_at_is_refused(program: TestClient, to: str) -> None:
    answer = program.post("/api/v1/surveys/opt-outs", json={"to": to})
    assert answer.status_code == 400
    assert "neither an e-mail address nor a phone number" in answer.text
