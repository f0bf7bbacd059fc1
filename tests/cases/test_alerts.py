"""Who is told of what: each alert once, in the reader's language, and without saying who the customer is."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from zoneinfo import ZoneInfo

import pytest

from polku.cases import handling
from polku.cases.alerts import alerting, send_alerts, watch
from polku.cases.handling import Actor
from polku.cases.history import history
from polku.cases.tables import CaseAlertRow
from polku.cases.working_time import WorkingDays
from polku.jobs import Runner
from polku.mail.outbox import begin_next, counts, messages
from polku.web.store import user_by_id
from polku.webhooks import add
from polku.webhooks.tables import WebhookCall
from polku.workspace import Workspace
from tests.cases.conftest import MONDAY, all_cases, answered, beside, catch_up, ruled, user

KINDS = ("case.opened", "case.overdue", "case.closed")
DUE = MONDAY + timedelta(days=2)
BEFORE, SOON, OVER = (DUE - timedelta(hours=24), DUE - timedelta(hours=6), DUE + timedelta(minutes=1))


@pytest.fixture
def mailing(opened: Workspace, workspace: Workspace) -> Workspace:
    settings = replace(
        opened.settings,
        smtp_host="127.0.0.1",
        mail_from="polku@example.fi",
        public_url="https://polku.example.fi",
    )
    return replace(beside(opened, workspace.db), settings=settings, _parts={})


def letters(workspace: Workspace) -> list[tuple[str, str, str]]:
    """Recipient, subject and text of what is in the outbox, which is emptied."""
    found = []
    with workspace.db.session() as session:
        while one := begin_next(session, MONDAY + timedelta(days=400)):
            message = message_from_bytes(one.content, policy=default)
            text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
            found.append((one.recipient, str(message["Subject"]), text))
            session.flush()
    return found


def look(workspace: Workspace, now: datetime) -> list[tuple[str, str, str]]:
    watch(workspace, now)
    send_alerts(workspace, now)
    with workspace.db.session() as session:  # what has expired is looked at too
        for row in messages(session, limit=1000):
            row.expires_at = None
    return letters(workspace)


def test_owner_and_told_ones_hear_once_of_each_thing(mailing: Workspace) -> None:
    aino, ville = user(mailing, "Aino"), user(mailing, "Ville", language="fi")
    rule = ruled(mailing, owners=(aino,), told=(ville, aino))
    said = "Terveisin Maija Meikäläinen, maija@example.fi. Paketti oli märkä."
    answered(mailing, rule, 2, user_id="maija-17", said={"comment": said, "touchpoint": "delivery"})
    assert catch_up(mailing) == 1
    opened = look(mailing, MONDAY)
    assert [to for to, _, _ in opened] == ["aino@example.fi", "ville@example.fi"]
    assert [subject for _, subject, _ in opened] == ["New case: NPS 2 / 10", "Uusi tapaus: NPS 2 / 10"]
    number = all_cases(mailing)[0].id
    for _, _, text in opened:
        assert f"https://polku.example.fi/cases/{number}" in text
        assert "Paketti oli märkä." in text
        assert not any(secret in text for secret in ("maija@", "Meikäläinen", "maija-17"))
    assert "4 Mar 2026, 12:00" in opened[0][2]
    assert "4.3.2026 klo 12.00" in opened[1][2]
    assert look(mailing, BEFORE) == []
    assert [(to, subject) for to, subject, _ in look(mailing, SOON)] == [
        ("aino@example.fi", "A case is due soon: NPS 2 / 10")
    ]
    assert [(to, subject) for to, subject, _ in look(mailing, OVER)] == [
        ("aino@example.fi", "A case is overdue: NPS 2 / 10"),
        ("ville@example.fi", "Tapauksen määräaika on ylittynyt: NPS 2 / 10"),
    ]
    assert look(mailing, OVER + timedelta(days=30)) == []
    with mailing.db.session(read_only=True) as session:
        assert [e.kind for e in history(session, number)] == ["overdue", "opened"]


def test_a_new_due_time_is_told_of_anew_and_a_closed_case_no_more(mailing: Workspace) -> None:
    aino = user(mailing, "Aino")
    answered(mailing, ruled(mailing, owners=(aino,)))
    catch_up(mailing)
    assert len(look(mailing, OVER)) == 1, "that it was opened is old by now"
    (case,) = all_cases(mailing)
    by, working = Actor(None, "Ville"), WorkingDays(ZoneInfo("Europe/Helsinki"), "FI")
    with mailing.db.session() as session:
        wish = handling.Wish("waiting", aino, OVER + timedelta(days=1), "normal")
        handling.change(session, case.id, case.version, wish, by=by, now=OVER, working=working)
    assert look(mailing, OVER + timedelta(hours=1)) == []
    assert len(look(mailing, OVER + timedelta(hours=20))) == 1
    with mailing.db.session() as session:
        version = handling.case_of(session, case.id).version
        handling.close(
            session,
            case.id,
            version,
            outcome="solved",
            words="",
            satisfied=None,
            by=by,
            now=OVER + timedelta(hours=21),
        )
    assert look(mailing, OVER + timedelta(days=9)) == []


def test_a_flood_of_low_scores_is_one_letter(mailing: Workspace) -> None:
    rule = ruled(mailing, told=(user(mailing, "Aino"),))
    for i in range(30):
        answered(mailing, rule, 0, minutes=i % 7)
    assert catch_up(mailing) == 30
    (one,) = look(mailing, MONDAY)
    assert one[1] == "30 new cases"
    assert one[2].count("Open the case:") == 20
    assert "and 10 cases more" in one[2]


def test_while_e_mail_is_not_set_up_alerts_do_not_pile_up(workspace: Workspace, mailing: Workspace) -> None:
    rule = ruled(workspace, told=(user(workspace, "Aino"),))
    answered(workspace, rule)
    catch_up(workspace)
    assert send_alerts(workspace, MONDAY + timedelta(hours=1)) == 0
    answered(workspace, rule, minutes=60 * 24)
    catch_up(workspace, MONDAY + timedelta(hours=24))
    (one,) = look(mailing, MONDAY + timedelta(hours=25))
    assert one[1] == "New case: NPS 2 / 10", "that of yesterday is old"


def test_one_who_can_no_longer_log_in_is_told_nothing(mailing: Workspace) -> None:
    left, aino = user(mailing, "Left"), user(mailing, "Aino")
    answered(mailing, ruled(mailing, told=(left, aino)))
    catch_up(mailing)
    with mailing.db.session() as session:
        user_by_id(session, left).closed_at = MONDAY
    assert [to for to, _, _ in look(mailing, MONDAY)] == ["aino@example.fi"]
    with mailing.db.session() as session:
        assert session.query(CaseAlertRow).count() == 0


def test_many_who_send_at_once_send_each_alert_once(opened: Workspace, mailing: Workspace) -> None:
    rule = ruled(mailing, told=tuple(user(mailing, f"U{i}") for i in range(5)))
    answered(mailing, rule)
    catch_up(mailing, OVER)  # Polku was stopped meanwhile
    others = [replace(beside(opened, mailing.db), settings=mailing.settings, _parts={}) for _ in range(4)]
    begin, failed = threading.Barrier(4), []

    def work(one: Workspace) -> None:
        begin.wait()
        try:
            watch(one, OVER)
            send_alerts(one, OVER)
        except Exception as e:
            failed.append(e)

    threads = [threading.Thread(target=work, args=(one,)) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    with mailing.db.session() as session:
        send_again = [row.expires_at for row in messages(session, limit=100)]
        assert len(send_again) == 10, "opened and overdue, to five"
        assert counts(session)["queued"] == 10


def test_webhooks_hear_of_opened_overdue_and_closed_cases_once(mailing: Workspace) -> None:
    with mailing.db.session() as session:
        add(session, "CRM", "https://crm.example.fi/polku", KINDS, MONDAY)
    answered(mailing, ruled(mailing), said={"comment": "Soittakaa, Maija"}, user_id="hooked")
    catch_up(mailing)
    catch_up(mailing)
    watch(mailing, OVER)
    watch(mailing, OVER)
    (case,) = all_cases(mailing)
    with mailing.db.session() as session:
        handling.close(
            session, case.id, case.version, outcome="solved", words="Maija", satisfied=True,
            by=Actor(None, "Aino"), now=OVER,
        )  # fmt: skip
    with mailing.db.session(read_only=True) as session:
        bodies = [c.body for c in session.query(WebhookCall).order_by(WebhookCall.id)]
    told = [json.loads(body) for body in bodies if body]
    assert [t["type"] for t in told] == list(KINDS)
    assert [t["data"]["state"] for t in told] == ["open", "open", "closed"]
    assert (told[2]["data"]["outcome"], told[2]["data"]["satisfied"]) == ("solved", True)
    assert not any("Maija" in str(t) for t in told)


def test_the_job_does_it_every_minute(mailing: Workspace) -> None:
    answered(mailing, ruled(mailing, told=(user(mailing, "Aino"),)))
    catch_up(mailing, OVER)
    runner = Runner(mailing.db, [alerting(mailing, now=lambda: OVER)], now=lambda: OVER)
    runner.prepare()
    assert runner.run_due() == 1
    with mailing.db.session(read_only=True) as session:
        assert len(messages(session)) == 2
    assert runner.run_due() == 0
