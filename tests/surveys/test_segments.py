"""Asking a segment: at once, after a touchpoint, by text message; and consent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from polku.app import create_app
from polku.journeys.saved.store import save
from polku.library import open_workspace
from polku.profiles import Identities
from polku.settings import read_settings
from polku.store import kernels
from polku.surveys.distribution.composing import text_timing
from polku.surveys.distribution.jobs import look_for_events, send, send_reminders
from polku.surveys.distribution.people import consent
from polku.surveys.distribution.rules import AskingRules, read_rules, write_rules
from polku.surveys.inviting import SMS, note_call
from polku.surveys.inviting.ledger import invitations
from polku.web import entrance
from polku.webhooks import Caller, add
from polku.webhooks.store import remove
from polku.workspace import Workspace
from tests.folders import empty_folder
from tests.mail.postoffice import PostOffice, open_office
from tests.surveys.distributing import (
    ALWAYS,
    HERE,
    customer,
    deliver,
    happened,
    planned,
    post,
    published,
    sent,
    states,
)
from tests.web.visits import ADMIN
from tests.web.visits import post as post_on
from tests.webhooks.receiver import Receiver, receiving


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    with open_office() as office:
        yield office


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, office: PostOffice) -> Iterator[Workspace]:
    settings = replace(
        read_settings(empty_folder(tmp_path_factory.mktemp("segments"))),
        smtp_host="127.0.0.1", smtp_port=office.port, smtp_security="none", mail_from="asiakas@kauppa.example.fi",
        mail_name="Kävelykauppa", mail_per_minute=0, public_url=HERE, language="fi",
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
    browser = TestClient(create_app(workspace), base_url=HERE, follow_redirects=False)
    form = {**ADMIN, "language": "en", "code": browser.app.state.setup_code}
    assert post_on(browser, "/setup", form).status_code == 303
    happened(workspace, browser, [
        *customer("anna", "Product Viewed", "Order Completed", email="anna@example.fi", plan="pro", news="yes"),
        *customer("bo", "Product Viewed", email="bo@example.fi", plan="pro"),
        *customer("cilla", "Order Completed", email="cilla@example.fi", plan="free", news="no"),
        *customer("dan", "Order Completed", plan="pro"),
    ])  # fmt: skip
    return browser


@pytest.fixture
def rules(workspace: Workspace) -> Iterator[AskingRules]:
    yield ALWAYS
    with workspace.db.session() as session:
        write_rules(session, ALWAYS)


def test_a_segment_is_asked_once_and_it_is_told_who_is_left_out(
    workspace: Workspace, browser: TestClient, office: PostOffice
) -> None:
    key = published(workspace, browser, "Segmentti")
    page = planned(browser, key, {"name": "a", "who": "plan=pro"}, "segment")
    assert "2 letters would go." in page
    assert "There is no address to ask at: 1" in page, "of one nobody knows where to write"
    assert "anna@example.fi" in page
    assert states(workspace, key) == {}, "nothing has been written"
    sent(browser, key, {"name": "a", "who": "plan=pro"}, "segment")
    assert states(workspace, key) == {"waiting": 2, "suppressed": 1}
    again = planned(browser, key, {"name": "a", "who": "plan=pro"}, "segment")
    assert "Decided on before in a mailing of this name: 3" in again
    send(workspace, datetime.now(UTC))
    deliver(workspace, office)
    assert {to for to, _ in office.taken} >= {"anna@example.fi", "bo@example.fi"}


def test_a_segment_is_a_stage_a_saved_analysis_and_conditions_together(
    workspace: Workspace, browser: TestClient
) -> None:
    key = published(workspace, browser, "Vaihe")
    page = planned(browser, key, {"name": "s", "stage": "acquisition"}, "segment")
    assert "2 letters would go." in page, "whose latest touchpoint is an order"
    with workspace.db.session() as session:
        saved = save(
            session, name="Maksavat", address="/journeys/map?who=plan%3Dpro&period=30", on_board=False,
            saved_by="T", now=datetime.now(UTC),
        )  # fmt: skip
    form = {"name": "b", "stage": "acquisition", "segment": str(saved.id), "who": "news=yes"}
    page = planned(browser, key, form, "segment")
    assert "1 letter would go." in page
    assert "anna@example.fi" in page
    for bad, words in (
        ({"segment": "999"}, "not there any more"),
        ({"who": "palan=pro"}, "Nobody has a trait"),
        ({"who": "met:oredr"}, "Did you mean"),
        ({"stage": "moon"}, "There is no stage"),
        ({}, "Choose a stage or a segment"),
        ({"who": "plan=golden"}, "Nobody is in this segment"),
    ):
        refused = post(browser, f"/surveys/{key}/distribution/segment", {"name": "x"} | bad)
        assert (refused.status_code, words in refused.text) == (422, True), (bad, refused.text[:2000])


def test_consent_is_a_rule_and_what_is_not_known_too(
    workspace: Workspace, browser: TestClient, rules: AskingRules
) -> None:
    key = published(workspace, browser, "Suostumus")
    told = {k: str(v) for k, v in asdict(rules).items()} | {"weekends": "on", "consent_trait": "news"}
    for unknown, letters in (("on", 2), ("", 1)):
        form = {k: v for k, v in told.items() if k != "ask_unknown"} | (
            {"ask_unknown": "on"} if unknown else {}
        )
        assert post(browser, f"/surveys/{key}/distribution/rules", form).status_code == 303
        page = planned(browser, key, {"name": "c", "who": "plan"}, "segment")
        assert f"{letters} letter" in page
        assert "Has not consented to be asked: 1" in page
        assert ("Whether they consent to be asked is not known" in page) is not unknown
    sent(browser, key, {"name": "c", "who": "plan"}, "segment")
    with workspace.db.session(read_only=True) as session:
        reasons = sorted(i.reason for i in invitations(session, survey=key))
    assert reasons == ["", "consent_unknown", "consent_unknown", "no_consent"]
    happened(workspace, browser, customer("anna", news="no"))
    send(workspace, datetime.now(UTC))
    assert states(workspace, key) == {"suppressed": 4}, "who says no before the letter goes gets none"


@pytest.mark.parametrize(
    ("value", "agreed"),
    [
        ("true", True),
        ("Kyllä", True),
        (" 1 ", True),
        ("False", False),
        ("ei", False),
        ("0", False),
        ("maybe", None),
    ],
)
def test_what_a_trait_says_of_consent(value: str, agreed: bool | None) -> None:
    assert consent(value) is agreed


def test_a_trigger_asks_who_is_in_the_segment_when_the_letter_would_go(
    workspace: Workspace, browser: TestClient
) -> None:
    key = published(workspace, browser, "Laukaisin")
    form = {"touchpoint": "order", "after_days": "3", "percent": "100", "who": "plan=pro", "channel": "email"}
    trial = post(browser, f"/surveys/{key}/distribution/trigger", form)
    assert trial.status_code == 200
    assert "Is not in the segment: 1" in trial.text
    assert post(browser, f"/surveys/{key}/distribution/trigger/save", form).status_code == 303
    happened(workspace, browser, [
        *customer("erik", "Order Completed", email="erik@example.fi", plan="free"),
        *customer("frida", "Order Completed", email="frida@example.fi", plan="pro"),
    ])  # fmt: skip
    look_for_events(workspace, datetime.now(UTC))
    assert states(workspace, key) == {"waiting": 2}
    happened(workspace, browser, [*customer("erik", plan="pro"), *customer("frida", plan="free")])
    send(workspace, datetime.now(UTC) + timedelta(days=3, minutes=1))
    with workspace.db.session(read_only=True) as session:
        found = {i.state: i for i in invitations(session, survey=key)}
    assert set(found) == {"queued", "suppressed"}
    assert found["suppressed"].reason == "not_in_segment"


# -- text messages


@pytest.fixture(scope="module")
def gateway() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def test_without_a_webhook_the_page_says_where_to_add_one(workspace: Workspace, browser: TestClient) -> None:
    key = published(workspace, browser, "Ilman")
    page = browser.get(f"/surveys/{key}/distribution").text
    assert "add a webhook that sends them" in page
    assert 'href="/settings/webhooks"' in page
    refused = post(
        browser,
        f"/surveys/{key}/distribution/list",
        {"name": "a", "addresses": "0401234567", "channel": "sms"},
    )
    assert (refused.status_code, "Add a webhook" in refused.text) == (409, True)


def test_a_text_message_goes_to_a_gateway_and_its_link_is_answered_by(
    workspace: Workspace, browser: TestClient, gateway: Receiver
) -> None:
    key = published(workspace, browser, "Tekstiviesti")
    with workspace.db.session() as session:
        webhook = add(session, "Yhdyskäytävä", gateway.url, [SMS], datetime.now(UTC)).id
    numbers = "040 123 4567\n+46 70 123 45 67\n12\n(040) 1234567\n"
    form = {"name": "a", "addresses": numbers, "channel": "sms"}
    page = planned(browser, key, form)
    assert "2 text messages would go." in page
    assert "Line 3: <code>12</code>" in page
    assert "Each is 1 piece of a text message" in page
    assert "GSM-7" in page
    polish = form | {"words": "Ł{company}: {link} {stop}"}
    assert "UCS-2" in planned(browser, key, polish)
    bad = post(browser, f"/surveys/{key}/distribution/list", form | {"words": "No link {stop}"})
    assert (bad.status_code, "must have {link}" in bad.text) == (422, True)
    sent(browser, key, form)
    send(workspace, datetime.now(UTC))
    assert states(workspace, key) == {"queued": 2}
    caller = Caller(workspace.db, notify=note_call)
    assert caller.make_due() == 2
    assert states(workspace, key) == {"sent": 2}
    told = [b["data"] for b in gateway.bodies()]
    assert {t["to"] for t in told} == {"+358401234567", "+46701234567"}
    assert all(t["reference"].startswith("invitation:") and "STOP" in t["text"] for t in told)
    assert "Miten meni" in told[0]["text"]
    link = told[0]["text"].split("/i/")[1].split()[0]
    stranger = TestClient(browser.app, base_url=HERE, follow_redirects=False)
    body = {"version": 1, "answers": {"nps": 9}, "finished": True}
    response = "11111111-1111-4111-8111-111111111111"
    assert stranger.post(f"/s/{key}/i/{link}/{response}", json=body).status_code == 200
    assert states(workspace, key) == {"sent": 1, "answered": 1}
    workspace.store.flush()
    rows = workspace.store.snapshot.sql(
        "SELECT properties FROM events WHERE event_id = $id", {"id": response}
    )
    assert json.loads(rows["properties"][0].as_py())["channel"] == "sms"
    with workspace.db.session() as session:
        remove(session, webhook)


def test_a_message_that_the_gateway_refuses_is_told_in_the_ledger(
    workspace: Workspace, browser: TestClient, gateway: Receiver
) -> None:
    key = published(workspace, browser, "Ei mennyt")
    with workspace.db.session() as session:
        webhook = add(session, "Yhdyskäytävä", gateway.url, [SMS], datetime.now(UTC)).id
    sent(browser, key, {"name": "a", "addresses": "0409876543", "channel": "sms"})
    send(workspace, datetime.now(UTC))
    gateway.answers.append(410)
    Caller(workspace.db, notify=note_call).make_due()
    with workspace.db.session(read_only=True) as session:
        (row,) = invitations(session, survey=key)
    assert (row.state, row.reason, row.channel) == ("failed", "call_failed", "sms")
    with workspace.db.session() as session:
        remove(session, webhook)


def test_a_message_that_is_tried_again_waits_for_the_morning_and_says_until_when_it_may_be_delivered(
    workspace: Workspace, browser: TestClient, gateway: Receiver
) -> None:
    key = published(workspace, browser, "Yöllä")
    with workspace.db.session() as session:
        webhook = add(session, "Yhdyskäytävä", gateway.url, [SMS], datetime.now(UTC)).id
        before = read_rules(session)
    sent(browser, key, {"name": "a", "addresses": "0401112223", "channel": "sms"})
    send(workspace, datetime.now(UTC))
    with workspace.db.session() as session:
        write_rules(session, replace(before, opens=9, closes=20))
    day = datetime.now(ZoneInfo("Europe/Helsinki")).date() + timedelta(days=1)

    def at(hour: int, days: int = 0) -> datetime:
        when = datetime.combine(day + timedelta(days=days), time(hour), ZoneInfo("Europe/Helsinki"))
        return when.astimezone(UTC)

    gateway.calls.clear()
    gateway.answers.append(503)
    made = []
    for now in (at(19), at(20), at(23), at(8, 1), at(9, 1)):
        caller = Caller(
            workspace.db, timings=[text_timing(workspace)], notify=note_call, now=lambda now=now: now
        )
        made.append(caller.make_due())
    assert made == [1, 0, 0, 0, 1]
    first, again = (b["data"] for b in gateway.bodies())
    assert (first["send_until"], again["send_until"]) == (at(20).isoformat(), at(20, 1).isoformat())
    assert first | {"send_until": ""} == again | {"send_until": ""}
    assert states(workspace, key) == {"sent": 1}
    with workspace.db.session() as session:
        write_rules(session, before)
        remove(session, webhook)


# -- reminders by hand and the ledger as a file


def test_reminders_by_hand_respect_rules(
    workspace: Workspace, browser: TestClient, office: PostOffice
) -> None:
    key = published(workspace, browser, "Muistutus")
    sent(browser, key, {"name": "a", "addresses": "x@example.fi\ny@example.fi"})
    now = datetime.now(UTC)
    send(workspace, now)
    deliver(workspace, office)
    with workspace.db.session() as session:
        for row in invitations(session, survey=key):
            row.sent_at = now - timedelta(hours=30)
    remind = f"/surveys/{key}/distribution/remind"
    assert post(browser, remind).status_code == 303
    deliver(workspace, office)
    assert office.times["x@example.fi"] == 2
    assert post(browser, remind).status_code == 303
    send_reminders(workspace, now + timedelta(days=9))  # those of other surveys
    deliver(workspace, office)
    assert office.times["x@example.fi"] == 2
    flash = browser.get(f"/surveys/{key}/distribution").text
    assert "0 reminders go." in flash


def test_the_ledger_is_taken_away_without_formulas(workspace: Workspace, browser: TestClient) -> None:
    key = published(workspace, browser, "Kirja")
    sent(browser, key, {"name": "=1+1", "addresses": "z@example.fi"})
    file = browser.get(f"/surveys/{key}/distribution/ledger.csv")
    assert file.headers["content-disposition"].endswith('-ledger.csv"')
    heading, row = file.text.lstrip("\ufeff").splitlines()
    assert heading.startswith('"customer","mailing","channel"')
    assert '"\'=1+1"' in row
    assert "z@example.fi" not in file.text
