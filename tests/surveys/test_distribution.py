"""From a mailing to a letter in the mailbox, and from its link to an event on the customer's path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from polku.app import create_app
from polku.jobs import Runner
from polku.library import open_workspace
from polku.mail import Postman
from polku.profiles import Identities
from polku.settings import read_settings
from polku.store import kernels
from polku.store.keys import identifier_key
from polku.surveys import store
from polku.surveys.distribution import asking
from polku.surveys.distribution.rules import AskingRules, write_rules
from polku.surveys.inviting import note_outcome
from polku.surveys.inviting.ledger import counts, invitations
from polku.web import entrance
from polku.workspace import Workspace
from tests.folders import empty_folder
from tests.mail.postoffice import PostOffice, open_office
from tests.surveys.test_answering import RAW, events
from tests.web.visits import ADMIN
from tests.web.visits import post as post_on

HERE = "https://polku.example.fi"
ALWAYS = AskingRules(0, 0, 0, 0, 3650, 0, 24, True, 14, 5, 1)
"""Rules that let everything through at any hour."""


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
    kernels.compile_all()  # else a page says that it is not ready yet
    with open_workspace(settings) as workspace:
        with workspace.db.session() as session:
            write_rules(session, ALWAYS)
        yield workspace


@pytest.fixture(scope="module")
def browser(workspace: Workspace) -> TestClient:
    entrance.log_in_attempts.__init__(most=50, within=entrance.log_in_attempts.within)  # type: ignore[misc]
    browser = TestClient(create_app(workspace), base_url=HERE, follow_redirects=False)
    assert post_on(
        browser, "/setup", {**ADMIN, "language": "en", "code": browser.app.state.setup_code}
    ).status_code == 303
    return browser


@pytest.fixture(scope="module")
def stranger(browser: TestClient) -> TestClient:
    return TestClient(browser.app, base_url=HERE, follow_redirects=False)


def published(workspace: Workspace, browser: TestClient, name: str, *, anonymous: bool = False) -> str:
    with workspace.db.session() as session:
        key = store.create(
            session, name=name, definition=RAW, tags={"nps": store.Tags("nps")}, anonymous=anonymous,
            touchpoint="order", by="T", now=datetime.now(UTC),
        ).key  # fmt: skip
    assert post(browser, f"/surveys/{key}/publish").status_code == 303
    return key


def post(browser: TestClient, path: str, data: dict[str, str] | None = None) -> Any:
    return post_on(browser, path, data or {}, on="/settings/account")


def mail(browser: TestClient, key: str, addresses: str, **more: str) -> Any:
    form = {"name": "a", "addresses": addresses, "percent": "100"} | more
    assert post(browser, f"/surveys/{key}/distribution/list", form).status_code == 200
    return post(browser, f"/surveys/{key}/distribution/send", form)


def deliver(workspace: Workspace, office: PostOffice) -> None:
    Postman(workspace.db, office.server, "asiakas@kauppa.example.fi", notify=note_outcome).deliver()


def letter(office: PostOffice, to: str) -> EmailMessage:
    """The newest to an address."""
    return replace(office, taken=list(reversed(office.taken))).letter(to)


def links(letter: EmailMessage) -> dict[str, str]:
    """Where the letter leads, by the score that is clicked; "" is without one, "stop" unsubscribes."""
    html = letter.get_body(("html",)).get_content()  # type: ignore[union-attr]
    found = {unescape(u) for u in re.findall(r'href="([^"]+/i/[^"]+)"', html)}
    scored = {m[1]: u for u in found if (m := re.search(r"score=(\d+)", u))}
    plain = {"": u for u in found if "?" not in u and not u.endswith("/stop")}
    return scored | plain | {"stop": next(u for u in found if u.endswith("/stop"))}


def told(page: Any) -> dict[str, Any]:
    """What the page's script is given."""
    text = page.text.split('id="asked">')[1].split("</script>")[0]
    return dict(json.loads(text))


def answer(stranger: TestClient, link: str, answers: dict[str, Any], response: str = "", **more: Any) -> Any:
    body = {"version": 1, "answers": answers, "finished": True} | more
    return stranger.post(f"{link.split('?')[0]}/{response or uuid4()}?lang=fi", json=body)


def states(workspace: Workspace, key: str) -> dict[str, int]:
    with workspace.db.session(read_only=True) as session:
        return {s: n for s, n in counts(session, key).items() if n}


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
    assert again.status_code == 410
    words = {"en": "answered this survey already", "fi": "vastannut tähän kyselyyn"}[language]
    spent = stranger.get(to["3"], headers={"accept-language": language})
    assert spent.status_code == 410
    assert words in spent.text
    workspace.store.flush()
    assert len(events(workspace, key)) == 1
