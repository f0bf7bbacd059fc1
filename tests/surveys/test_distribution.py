"""From a mailing to a letter in the mailbox, and from its link to an event on the customer's path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from html import unescape
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from polku.app import create_app
from polku.collect import KnownSources, ensure_source
from polku.errors import InvalidInput
from polku.jobs import Runner
from polku.library import open_workspace
from polku.profiles import Identities
from polku.settings import read_settings
from polku.store import kernels
from polku.store.keys import identifier_key
from polku.surveys.distribution import asking
from polku.surveys.distribution.addresses import Entry, Fault, entries, lines_of, rows_of, typed_rows
from polku.surveys.distribution.jobs import look_for_events, send
from polku.surveys.distribution.rules import AskingRules, write_rules
from polku.surveys.distribution.store import mailings
from polku.surveys.inviting.ledger import invitations
from polku.web import entrance
from polku.workspace import Workspace
from tests.folders import empty_folder
from tests.mail.postoffice import PostOffice, open_office
from tests.sheets.workbooks import xlsx
from tests.surveys.distributing import ALWAYS, HERE, deliver, number, planned, post, published, states
from tests.surveys.over_http import events
from tests.surveys.test_anonymous import changes, dump
from tests.web.visits import ADMIN, token_on
from tests.web.visits import post as post_on


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    with open_office() as office:
        yield office


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, office: PostOffice) -> Iterator[Workspace]:
    settings = replace(
        read_settings(empty_folder(tmp_path_factory.mktemp("sending"))),
        smtp_host="127.0.0.1", smtp_port=office.port, smtp_security="none", mail_from="asiakas@kauppa.example.fi",
        mail_name="Kävelykauppa", mail_per_minute=0, public_url=HERE,
    )  # fmt: skip
    with open_workspace(settings) as workspace:
        with workspace.db.session() as session:
            write_rules(session, ALWAYS)
        kernels.compile_all()  # until then pages say that they are not ready
        workspace.part(Identities).current().profile(
            1
        )  # compiled here, else a page says that it is not ready yet
        yield workspace


@pytest.fixture(scope="module")
def browser(workspace: Workspace) -> TestClient:
    entrance.log_in_attempts.__init__(most=50, within=entrance.log_in_attempts.within)  # type: ignore[misc]
    browser = TestClient(create_app(workspace), base_url=HERE, follow_redirects=False)
    assert (
        post_on(
            browser, "/setup", {**ADMIN, "language": "en", "code": browser.app.state.setup_code}
        ).status_code
        == 303
    )
    return browser


@pytest.fixture(scope="module")
def stranger(browser: TestClient) -> TestClient:
    return TestClient(browser.app, base_url=HERE, follow_redirects=False)


def mail(browser: TestClient, key: str, addresses: str, **more: str) -> Any:
    form = {"name": "a", "addresses": addresses, "percent": "100"} | more
    looked = post(browser, f"/surveys/{key}/distribution/list", form)
    assert looked.status_code == 303
    sent = post(browser, f"/surveys/{key}/distribution/mailing/{number(looked)}/send")
    send(browser.app.state.workspace, datetime.now(UTC))  # as the job does every minute
    return sent


def letter(office: PostOffice, to: str) -> EmailMessage:
    """The newest to an address."""
    return replace(office, taken=list(reversed(office.taken))).letter(to)


def links(letter: EmailMessage) -> dict[str, str]:
    """Where the letter leads, by the score that is clicked; "" is without one, "stop" unsubscribes."""
    html = letter.get_body(("html",)).get_content()  # type: ignore[union-attr]
    found = {unescape(u) for u in re.findall(r'href="([^"]+/i/[^"]+)"', html)}
    scored = {m[1]: u for u in found if (m := re.search(r"score=(\d+)", u))}
    (stop,) = (u for u in found if u.endswith("/stop"))
    return scored | {"": stop.removesuffix("/stop"), "stop": stop}


def told(page: Any) -> dict[str, Any]:
    """What the page's script is given."""
    text = page.text.split('id="asked">')[1].split("</script>")[0]
    return dict(json.loads(text))


def answer(stranger: TestClient, link: str, answers: dict[str, Any], response: str = "", **more: Any) -> Any:
    body = {"version": 1, "answers": answers, "finished": True} | more
    return stranger.post(f"{link.split('?')[0]}/{response or uuid4()}?lang=fi", json=body)


@pytest.mark.parametrize("language", ["en", "fi"])
def test_from_a_mailing_to_an_event_on_the_path(
    workspace: Workspace, browser: TestClient, stranger: TestClient, office: PostOffice, language: str
) -> None:
    key, address = published(workspace, browser, f"Koko tie {language}"), f"{language}.eero@example.fi"
    object.__setattr__(workspace.settings, "language", language)
    assert mail(browser, key, f"{address}\nrikki@@example\n").status_code == 303
    assert states(workspace, key) == {"queued": 1}
    deliver(workspace, office)
    assert states(workspace, key) == {"sent": 1}

    found = letter(office, address)
    assert found["Content-Language"] == language
    to = links(found)
    assert set(to) >= {str(n) for n in range(11)}
    page = stranger.get(to["9"])
    assert page.status_code == 200
    assert told(page)["chosen"] == {"nps": 9}
    assert told(page)["language"] == language
    workspace.store.flush()
    assert events(workspace, key) == [], "looking answers nothing"
    assert states(workspace, key) == {"sent": 1}
    with workspace.db.session(read_only=True) as session:
        assert invitations(session, survey=key)[0].opened_at is not None

    done = answer(stranger, to["9"], {"nps": 9}, user_id="somebody-else", channel="link")
    assert done.json() == {"finished": True, "problems": []}
    workspace.store.flush()
    (event,) = events(workspace, key)
    assert event["user_id"] is None
    assert event["key"] == identifier_key("email", address)
    assert event["properties"]["channel"] == "email"
    assert states(workspace, key) == {"answered": 1}
    profile = workspace.part(Identities).current().profile(identifier_key("email", address))
    shown = browser.get(f"/surveys/{key}/distribution")
    assert f"/profiles/{profile:016x}" in shown.text

    again = answer(stranger, to["3"], {"nps": 3})
    assert (again.status_code, again.json()["code"]) == (409, "already_answered")
    words = {"en": "answered this survey already", "fi": "vastannut tähän kyselyyn"}[language]
    spent = stranger.get(to["3"], headers={"accept-language": language})
    assert spent.status_code == 410
    assert words in spent.text
    workspace.store.flush()
    assert len(events(workspace, key)) == 1


def sent_to(
    workspace: Workspace, browser: TestClient, office: PostOffice, key: str, address: str
) -> dict[str, str]:
    """The links of a letter that has come."""
    assert mail(browser, key, address).status_code == 303
    deliver(workspace, office)
    return links(letter(office, address))


def test_the_letter_is_seen_before_any_goes(workspace: Workspace, browser: TestClient) -> None:
    key = published(workspace, browser, "Kirje ensin")
    page = planned(browser, key, {"name": "k", "addresses": "Aino@example.fi", "percent": "100"})
    (address,) = re.findall(r'<iframe name="letter"[^>]* src="([^"]+)"', page)
    looked = browser.get(unescape(address).replace("lang=en", "lang=fi"))
    assert "Suositteletko?" in looked.text
    assert "Kävelykauppa" in looked.text
    assert "/i/" not in looked.text
    assert "sandbox" in looked.headers["content-security-policy"]
    assert (
        "frame-src 'self'" in browser.get(f"/surveys/{key}/distribution").headers["content-security-policy"]
    )
    assert states(workspace, key) == {}


def test_the_ledger_calls_people_as_they_are_known(workspace: Workspace, browser: TestClient) -> None:
    key = published(workspace, browser, "Nimet")
    mail(browser, key, "vain.osoite@example.fi")
    row = browser.get(f"/surveys/{key}/distribution").text.split("<tbody>")[1].split("</tr>")[0]
    assert ">vain.osoite@example.fi</a>" in row


def test_a_forged_link_and_one_of_another_survey_lead_nowhere(
    workspace: Workspace, browser: TestClient, stranger: TestClient, office: PostOffice
) -> None:
    key, other = published(workspace, browser, "Oma"), published(workspace, browser, "Toinen")
    to = sent_to(workspace, browser, office, key, "forged@example.fi")
    for link in (f"{HERE}/s/{key}/i/{'A' * 22}", f"{HERE}/s/{key}/i/x", to[""].replace(key, other)):
        for language, words in (("fi", "Linkki ei johda mihinkään"), ("en", "This link leads nowhere")):
            page = stranger.get(link, headers={"accept-language": language})
            assert page.status_code == 404
            assert words in page.text
        assert answer(stranger, link, {"nps": 9}).status_code == 410
        assert stranger.post(f"{link}/stop").status_code == 404
    workspace.store.flush()
    assert events(workspace, key) == events(workspace, other) == []
    assert states(workspace, key) == {"sent": 1}


def test_too_late_is_told_in_the_readers_language(
    workspace: Workspace, browser: TestClient, stranger: TestClient, office: PostOffice
) -> None:
    key = published(workspace, browser, "Myöhässä")
    to = sent_to(workspace, browser, office, key, "late@example.fi")
    with workspace.db.session() as session:
        invitations(session, survey=key)[0].expires_at = datetime.now(UTC) - timedelta(seconds=1)
    for language, words in (("fi", "Vastausaika on päättynyt"), ("en", "The time to answer is over")):
        page = stranger.get(to["5"], headers={"accept-language": language})
        assert (page.status_code, words in page.text) == (410, True)
    assert answer(stranger, to[""], {"nps": 5}).status_code == 410
    workspace.store.flush()
    assert events(workspace, key) == []


def test_opting_out_is_a_post_and_shown_by_a_get(
    workspace: Workspace, browser: TestClient, stranger: TestClient, office: PostOffice
) -> None:
    key, address = published(workspace, browser, "Lopetus"), "stop@example.fi"
    to = sent_to(workspace, browser, office, key, address)
    found = letter(office, address)
    assert found["List-Unsubscribe"] == f"<{to['stop']}>"
    for _ in range(2):
        page = stranger.get(to["stop"], headers={"accept-language": "fi"})
        assert (page.status_code, "Etkö halua" in page.text) == (200, True)
    assert states(workspace, key) == {"sent": 1}, "looking opts nobody out"
    done = stranger.post(
        to["stop"], data={"List-Unsubscribe": "One-Click"}, headers={"accept-language": "fi"}
    )
    assert (done.status_code, "Sinulta ei enää kysytä" in done.text) == (200, True)
    assert states(workspace, key) == {"refused": 1}
    assert stranger.get(to["9"]).status_code == 410
    another = published(workspace, browser, "Muu")
    assert "Does not want to be asked: 1" in planned(browser, another, {"name": "b", "addresses": address})
    assert mail(browser, another, address).status_code == 303
    assert states(workspace, another) == {"suppressed": 1}


def test_problems_keep_the_link_and_answers_as_one_goes_are_not_an_answer(
    workspace: Workspace, browser: TestClient, stranger: TestClient, office: PostOffice
) -> None:
    key, response = published(workspace, browser, "Kesken"), str(uuid4())
    to = sent_to(workspace, browser, office, key, "begun@example.fi")
    assert answer(stranger, to[""], {"nps": 3}, response, finished=False).status_code == 200
    assert answer(stranger, to[""], {"nps": 11}, response).status_code == 422
    assert states(workspace, key) == {"sent": 1}
    assert answer(stranger, to[""], {"nps": 3}, response).status_code == 200
    assert states(workspace, key) == {"answered": 1}


def test_many_at_once_by_one_link_are_one_answer(
    workspace: Workspace, browser: TestClient, stranger: TestClient, office: PostOffice
) -> None:
    key = published(workspace, browser, "Yhtaikaa")
    to = sent_to(workspace, browser, office, key, "atonce@example.fi")
    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda n: answer(stranger, to[""], {"nps": n}).status_code, range(8)))
    assert sorted(codes) == [200] + [409] * 7
    workspace.store.flush()
    assert len(events(workspace, key)) == 1


def test_of_an_anonymous_survey_the_event_has_nothing_of_the_person(
    workspace: Workspace, browser: TestClient, stranger: TestClient, office: PostOffice
) -> None:
    key, response = published(workspace, browser, "Nimetön", anonymous=True), str(uuid4())
    address = "secret.person@example.fi"
    to = sent_to(workspace, browser, office, key, address)
    token = to[""].rpartition("/")[2]
    stranger.get(to["4"])
    answer(stranger, to[""], {"nps": 4}, response, finished=False)
    with workspace.db.session(read_only=True) as session:
        kept = session.execute(text("SELECT * FROM survey_answers")).mappings().all()
        (asked,) = invitations(session, survey=key)
        of_the_person = [address, token, asked.profile, asked.address_hash, str(int(asked.profile, 16))]
        assert asked.opened_at is None
    assert [k["response"] for k in kept] == [response]
    before = dump(workspace.db)
    assert answer(stranger, to[""], {"nps": 4}, response, user_id="x").status_code == 200
    workspace.store.flush()
    (event,) = events(workspace, key)
    assert (event["user_id"], event["anonymous_id"], event["identifiers"], event["key"]) == (
        None,
        None,
        None,
        0,
    )
    for said in (json.dumps(event, default=str), json.dumps([dict(k) for k in kept], default=str)):
        assert [p for p in of_the_person if p in said] == []
    after = dump(workspace.db)
    gone = before.pop("survey_answers"), after.pop("survey_answers")
    assert [len(g) for g in gone] == [1, 0]
    assert set(changes(before, after)) == {("invitation", "state"), ("invitation", "answered_on")}


def test_a_trigger_asks_once_about_each_event_and_reminds(
    workspace: Workspace, browser: TestClient, stranger: TestClient, office: PostOffice
) -> None:
    key = published(workspace, browser, "Laukaisin")
    form = {"touchpoint": "order", "after_days": "3", "percent": "100"}
    assert post(browser, f"/surveys/{key}/distribution/trigger", form).status_code == 200
    assert post(browser, f"/surveys/{key}/distribution/trigger/save", form).status_code == 303
    ordered(workspace, browser, "liisa", "liisa@example.fi")
    at = [datetime.now(UTC)]
    runner = Runner(workspace.db, asking(workspace, lambda: at[0]), now=lambda: at[0])
    runner.prepare()
    for _ in range(3):
        runner.run_due()
        at[0] += timedelta(minutes=1)
    assert states(workspace, key) == {"waiting": 1}, "three days later, and once"
    at[0] += timedelta(days=3)
    runner.run_due()
    assert states(workspace, key) == {"queued": 1}
    deliver(workspace, office, at[0])
    assert letter(office, "liisa@example.fi")["Content-Language"] == "fi"
    at[0] += timedelta(days=4)
    runner.run_due()
    deliver(workspace, office, at[0])
    assert office.times["liisa@example.fi"] == 1
    at[0] += timedelta(days=1, minutes=15)
    runner.run_due()
    deliver(workspace, office, at[0])
    assert office.times["liisa@example.fi"] == 2, "reminded"
    assert answer(stranger, links(letter(office, "liisa@example.fi"))["7"], {"nps": 7}).status_code == 200
    workspace.store.flush()
    (event,) = events(workspace, key)
    assert event["user_id"] == "liisa"
    assert event["properties"]["touchpoint"] == "order"
    assert event["properties"]["about_event"] > 0


def ordered(workspace: Workspace, browser: TestClient, user: str, address: str) -> None:
    """Somebody who has bought, and whose address is known."""
    with workspace.db.session() as session:
        source = ensure_source(session, name="Kauppa", kind="server", channel="web")
    workspace.part(KnownSources).refresh()
    sent = [
        {"type": "identify", "userId": user, "traits": {"email": address, "language": "fi-FI"}},
        {"type": "track", "userId": user, "event": "Order Completed", "properties": {"revenue": 20}},
    ]
    auth = (source.write_key, "")
    assert browser.post("/v1/batch", json={"batch": sent}, auth=auth).status_code == 200
    workspace.store.flush()


def test_without_a_mail_server_the_page_says_what_to_set(tmp_path: Path) -> None:
    with open_workspace(read_settings(empty_folder(tmp_path))) as workspace:
        local = "http://127.0.0.1:8000"
        browser = TestClient(create_app(workspace), base_url=local, follow_redirects=False)
        assert post_on(browser, "/setup", {**ADMIN, "language": "fi"}).status_code == 303
        key = published(workspace, browser, "Ilman")
        page = browser.get(f"/surveys/{key}/distribution").text
        for name in ("smtp_host", "mail_from", "public_url"):
            assert f"<code>{name}</code>" in page
        assert (
            post(
                browser, f"/surveys/{key}/distribution/list", {"name": "a", "addresses": "a@example.fi"}
            ).status_code
            == 409
        )


def test_a_list_is_read_from_a_table_and_broken_lines_do_not_stop_it() -> None:
    table = "nimi;sähköposti\nEero;Eero@Example.fi\nLiisa;\nX;rikki@@x\nEero;eero@example.fi\n"
    assert list(entries(typed_rows(table.splitlines()))) == [
        Entry(2, "eero@example.fi"),
        Fault(4, "rikki@@x"),
    ]
    plain = "a@example.fi\n\nb@example.fi, Bea\n".splitlines(keepends=True)
    assert [e.address for e in entries(typed_rows(plain)) if isinstance(e, Entry)] == [
        "a@example.fi",
        "b@example.fi",
    ]
    with pytest.raises(InvalidInput, match="no list of addresses"):
        list(rows_of(BytesIO(b"a@example.fi\0")))
    with pytest.raises(InvalidInput, match="no whole spreadsheet"):
        list(rows_of(BytesIO(b"PK\x03\x04\0")))
    for content in ("Jääskeläinen\n".encode("cp1252"), "Jääskeläinen\n".encode("utf-8-sig")):
        assert list(lines_of(BytesIO(content))) == ["Jääskeläinen\n"]


def test_a_list_is_read_from_a_spreadsheet_as_from_csv() -> None:
    sheet = xlsx(
        {"Ihmiset": [["nimi", "Puhelin"], ["Eero", 358401234567], [], ["Liisa", "040 123 4567"], ["X", 12]]}
    )
    found = list(entries(chain(rows_of(BytesIO(sheet)), typed_rows(["+46701234567"])), "sms"))
    assert found == [Entry(2, "+358401234567"), Fault(5, "12"), Entry(1, "+46701234567")]
    several = xlsx({"A": [["a@example.fi"]], "Tyhjä": [], "B": [["b@example.fi"]]})
    with pytest.raises(InvalidInput, match="Several sheets hold something: A, B"):
        list(rows_of(BytesIO(several)))
    hidden = xlsx({"A": [["a@example.fi"]], "B": [["b@example.fi"]]}, hidden=("B",))
    assert list(entries(rows_of(BytesIO(hidden)))) == [Entry(1, "a@example.fi")]


def test_rules_are_shown_before_anything_goes(
    workspace: Workspace, browser: TestClient, office: PostOffice
) -> None:
    first, second = published(workspace, browser, "Eka"), published(workspace, browser, "Toka")
    assert mail(browser, first, "often@example.fi").status_code == 303
    rules = {k: str(v) for k, v in asdict(AskingRules(opens=0, closes=24)).items()} | {"weekends": "on"}
    assert post(browser, f"/surveys/{second}/distribution/rules", rules | {"closes": "0"}).status_code == 422
    assert post(browser, f"/surveys/{second}/distribution/rules", rules).status_code == 303
    form = {"name": "a", "addresses": "often@example.fi\nseldom@example.fi\nbad@\n", "percent": "100"}
    page = planned(browser, second, form)
    assert "1 letter would go." in page
    assert "Was asked a short time ago: 1" in page
    assert "The address cannot be written to: 1" in page
    assert "Line 3: <code>bad@</code>" in page
    assert states(workspace, second) == {}, "nothing has been written"
    assert mail(browser, second, form["addresses"]).status_code == 303
    assert states(workspace, second) == {"queued": 1, "suppressed": 1}
    ledger = browser.get(f"/surveys/{second}/distribution?state=suppressed").text
    assert "Was asked a short time ago" in ledger
    none = planned(browser, second, form | {"percent": "0.0001", "name": "b"})
    assert "0 letters would go." in none
    assert "Not in the sample" in none
    with workspace.db.session() as session:
        write_rules(session, ALWAYS)


def test_a_trigger_that_is_off_asks_nothing_and_not_about_what_was_then(
    workspace: Workspace, browser: TestClient
) -> None:
    key = published(workspace, browser, "Pois")
    form = {"touchpoint": "order", "after_days": "0", "percent": "100"}
    assert post(browser, f"/surveys/{key}/distribution/trigger/save", form).status_code == 303
    with workspace.db.session(read_only=True) as session:
        (mailing,) = mailings(session, key)
    turn = f"/surveys/{key}/distribution/trigger/{mailing.id}"
    assert post(browser, f"{turn}/off").status_code == 303
    ordered(workspace, browser, "otso", "otso@example.fi")
    look_for_events(workspace, datetime.now(UTC))
    assert post(browser, f"{turn}/on").status_code == 303
    look_for_events(workspace, datetime.now(UTC))
    assert states(workspace, key) == {}
    ordered(workspace, browser, "oona", "oona@example.fi")
    look_for_events(workspace, datetime.now(UTC))
    assert states(workspace, key) == {"waiting": 1}
    assert post(browser, turn.replace(key, "eka") + "/off").status_code == 404


def test_a_file_can_be_sent_instead(workspace: Workspace, browser: TestClient) -> None:
    key = published(workspace, browser, "Tiedosto")
    form = {"csrf_token": token_on(browser, "/settings/account"), "name": "a", "percent": "100"}
    path, table = f"/surveys/{key}/distribution/list", "nimi,email\nJääskeläinen,file@example.fi\n,bad@\n"
    for content in (table.encode("cp1252"), table.encode("utf-8-sig")):
        looked = browser.post(path, data=form, files={"file": ("list.csv", content, "text/csv")})
        assert looked.status_code == 303
        page = browser.get(looked.headers["location"])
        assert "1 letter would go." in page.text
        assert "Line 3: <code>bad@</code>" in page.text
    page = browser.post(path, data=form, files={"file": ("list.xlsx", b"PK\x03\x04\0", "text/csv")})
    assert (page.status_code, "This is no whole spreadsheet" in page.text) == (422, True)
