"""From an answer to a closed case over HTTP, in both languages; what an anonymous survey never tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from polku.app import create_app
from polku.cases.opening import Opening
from polku.cases.tables import CaseAnswerRow, CaseRow
from polku.cli.main import root
from polku.collect import ensure_source
from polku.i18n import use_language
from polku.library import open_workspace
from polku.mail.outbox import messages
from polku.profiles import Identities
from polku.settings import read_settings
from polku.store import kernels
from polku.surveys.known import KnownSurveys
from polku.web import entrance
from polku.web.store import add_user
from polku.workspace import Workspace
from tests.cases.conftest import MONDAY, answered, ruled
from tests.events import incoming
from tests.folders import empty_folder
from tests.surveys.over_http import published, sent
from tests.web.visits import ADMIN, log_in
from tests.web.visits import post as post_on

HERE = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    settings = replace(
        read_settings(empty_folder(tmp_path_factory.mktemp("case pages"))),
        smtp_host="127.0.0.1", mail_from="palvelu@kauppa.example.fi",
    )  # fmt: skip
    with open_workspace(settings) as workspace:
        kernels.compile_all()
        workspace.part(Identities).current().profile(1)
        yield workspace


@pytest.fixture(scope="module")
def browser(workspace: Workspace) -> TestClient:
    entrance.log_in_attempts.__init__(most=50, within=entrance.log_in_attempts.within)  # type: ignore[misc]
    browser = TestClient(create_app(workspace), base_url=HERE, follow_redirects=False)
    assert post_on(browser, "/setup", {**ADMIN, "language": "en"}).status_code == 303
    return browser


@pytest.fixture(scope="module")
def agent(browser: TestClient) -> TestClient:
    """One of customer service, who reads Finnish."""
    given = {
        "name": "Aino",
        "email": "aino@example.fi",
        "role": "agent",
        "language": "fi",
        "password": ADMIN["password"],
    }
    assert post(browser, "/settings/users/new", given).status_code == 303
    client = TestClient(browser.app, base_url=HERE, follow_redirects=False)
    assert log_in(client, given).status_code == 303
    return client


@pytest.fixture(scope="module")
def stranger(browser: TestClient) -> TestClient:
    return TestClient(browser.app, base_url=HERE, follow_redirects=False)


def post(browser: TestClient, path: str, data: dict[str, str] | None = None) -> Any:
    return post_on(browser, path, data or {}, on="/settings/account")


def rows(workspace: Workspace) -> list[CaseRow]:
    with workspace.db.session(read_only=True) as session:
        return list(session.query(CaseRow).order_by(CaseRow.id))


def opened(workspace: Workspace) -> CaseRow:
    """The case that what was answered a moment ago opens."""
    workspace.store.flush()
    assert workspace.part(Opening).catch_up() == 1
    return rows(workspace)[-1]


@pytest.fixture(scope="module")
def survey(workspace: Workspace, browser: TestClient) -> str:
    """A survey, and the ready rule, turned on by one click."""
    key = published(workspace, browser, "Tilauksen jälkeen")
    page = browser.get("/cases")
    assert "Turn on the ready rule" in page.text
    assert post(browser, "/cases/rules/ready").status_code == 303
    assert "From now on a low score opens a case." in browser.get("/cases/rules").text
    assert "No case waits for anybody" in browser.get("/cases").text
    return key


@pytest.fixture
def case(workspace: Workspace, stranger: TestClient, survey: str) -> CaseRow:
    who = f"asiakas-{uuid4()}"
    said = {"nps": 2, "why": "Soita 040 123 4567. <b>Märkä</b> paketti."}
    identified = {"user_id": who}
    assert sent(stranger, survey, said, language="fi", **identified).json()["finished"]
    return opened(workspace)


def once_on(page: Any, action: str) -> str:
    """The mark of a form that counts once."""
    form = page.text.split(f'action="{action}"')[1].split("</form>")[0]
    found = re.search(r'name="form" value="([0-9a-f]{32})"', form)
    assert found
    return found[1]


def state_of(case: CaseRow, **more: str) -> dict[str, str]:
    given = {"version": str(case.version), "status": case.status, "owner": str(case.owner_id or "")}
    return given | {"due_at": "2026-12-24T12:00", "priority": case.priority} | more


def test_an_agent_takes_contacts_and_closes_a_case(
    workspace: Workspace, agent: TestClient, case: CaseRow
) -> None:
    at = f"/cases/{case.id}"
    listed = agent.get("/cases")
    assert "NPS 2 / 10" in listed.text
    assert "[phone]" in listed.text
    assert "040 123 4567" not in listed.text
    page = agent.get(at)
    assert "Soita 040 123 4567. &lt;b&gt;Märkä&lt;/b&gt; paketti." in page.text, "as written, and as text"
    assert post(agent, f"{at}/take").status_code == 303
    form = once_on(page, f"{at}/note")
    for _ in range(2):
        assert (
            post(agent, f"{at}/note", {"kind": "call", "text": "Sovittiin", "form": form}).status_code == 303
        )
    shown = agent.get(at).text
    assert shown.count("Sovittiin") == 1
    assert "Vastuuhenkilö on nyt Aino" in shown
    assert "Tila on nyt: Työn alla" in shown
    now = rows(workspace)[-1]
    missing = post(agent, f"{at}/close", {"version": str(now.version), "outcome": "other"})
    assert missing.status_code == 422
    done = {
        "version": str(now.version),
        "outcome": "compensated",
        "words": "Uusi matkalla",
        "satisfied": "yes",
    }
    assert post(agent, f"{at}/close", done).status_code == 303
    closed = agent.get(at).text
    assert "Suljettu: Hyvitetty" in closed
    assert "Uusi matkalla" in closed
    assert f'href="{at}"' not in agent.get("/cases").text
    assert f'href="{at}"' in agent.get("/cases?state=closed").text
    assert post(agent, f"{at}/reopen").status_code == 303
    assert rows(workspace)[-1].status == "in_progress"


def test_two_who_change_a_case_at_once_lose_no_text(
    workspace: Workspace, browser: TestClient, agent: TestClient, case: CaseRow
) -> None:
    at = f"/cases/{case.id}"
    assert post(browser, at, state_of(case, priority="high")).status_code == 303
    late = {"version": str(case.version), "outcome": "other", "words": "Pitkä selitys", "satisfied": "no"}
    told = post(agent, f"{at}/close", late)
    assert told.status_code == 409
    assert "Joku toinen on sillä välin muuttanut tapausta" in told.text
    assert "Pitkä selitys" in told.text
    assert rows(workspace)[-1].status == "open"
    version = re.search(r'name="version" value="(\d+)"', told.text)
    assert version
    assert post(agent, f"{at}/close", late | {"version": version[1]}).status_code == 303
    assert rows(workspace)[-1].outcome_words == "Pitkä selitys"
    state = post(agent, at, state_of(case))
    assert state.status_code == 409


def test_a_due_time_that_is_not_touched_stays_to_the_second(
    workspace: Workspace, browser: TestClient, case: CaseRow
) -> None:
    shown = browser.get(f"/cases/{case.id}").text
    due = re.search(r'name="due_at"[^>]*value="([^"]+)"', shown)
    assert due
    assert (
        post(browser, f"/cases/{case.id}", state_of(case, due_at=due[1], priority="high")).status_code == 303
    )
    row = rows(workspace)[-1]
    assert (row.due_at, row.priority) == (case.due_at, "high")
    assert post(browser, f"/cases/{case.id}", state_of(row, due_at="soon")).status_code == 422


def test_a_case_of_one_who_left_stays_theirs_until_it_is_given_away(
    workspace: Workspace, browser: TestClient, case: CaseRow
) -> None:
    with workspace.db.session() as session:
        left = add_user(
            session, name="Left", email=f"{uuid4()}@example.fi", password=ADMIN["password"], role="agent",
            language="fi", now=MONDAY,
        )  # fmt: skip
        left.closed_at = MONDAY
        session.merge(case).owner_id = left.id
    page = browser.get(f"/cases/{case.id}").text
    assert f'<option value="{left.id}" selected>Left' in page
    row = rows(workspace)[-1]
    assert post(browser, f"/cases/{case.id}", state_of(row, priority="high")).status_code == 303
    assert (rows(workspace)[-1].owner_id, rows(workspace)[-1].priority) == (left.id, "high")


def test_a_letter_to_the_customer_goes_to_the_outbox_once(
    workspace: Workspace, stranger: TestClient, agent: TestClient, survey: str
) -> None:
    with workspace.db.session() as session:
        crm = ensure_source(session, name="CRM", kind="server", channel="web", public=False).id
    row = {
        "event_id": "crm-1",
        "source": crm,
        "user_id": "has-address",
        "received_at": MONDAY,
        "occurred_at": MONDAY,
    }
    workspace.store.append(incoming([row | {"identifiers": [["email", "asiakas@example.fi"]]}]))
    sent(stranger, survey, {"nps": 1}, user_id="has-address")
    case = opened(workspace)
    at = f"/cases/{case.id}"
    page = agent.get(at)
    assert "Vastaanottaja: asiakas@example.fi" in page.text
    given = {
        "subject": "Anteeksi",
        "said": "Hei!\nSoitan huomenna.",
        "reply_to": "me",
        "form": once_on(page, f"{at}/letter"),
    }
    empty = post(agent, f"{at}/letter", given | {"said": ""})
    assert empty.status_code == 422
    assert "Anteeksi" in empty.text
    for _ in range(2):
        assert post(agent, f"{at}/letter", given).status_code == 303
    with workspace.db.session(read_only=True) as session:
        (letter,) = messages(session, kind="case")
        assert letter.recipient == "asiakas@example.fi"
    shown = agent.get(at).text
    assert "Sähköposti asiakkaalle: Anteeksi (odottaa lähetystä)" in shown
    assert "Soitan huomenna." in shown


def test_an_anonymous_answer_opens_a_case_of_nobody(
    workspace: Workspace, browser: TestClient, stranger: TestClient, survey: str
) -> None:
    """Whatever a browser claims: there is nobody in the case, on its page or in the API."""
    key = published(workspace, browser, "Nimetön", anonymous=True)
    sent(stranger, key, {"nps": 0, "why": "Ei"}, user_id="secret-user", anonymous_id="secret-browser")
    case = opened(workspace)
    assert case.profile == ""
    page = browser.get(f"/cases/{case.id}").text
    assert "the survey is anonymous" in page
    assert "/profiles/" not in page
    told = browser.get("/api/v1/cases/show", params={"number": case.id}).json()
    assert told["case"]["profile"] is None
    with workspace.db.session(read_only=True) as session:
        stored = [str(r.__dict__) for t in (CaseRow, CaseAnswerRow) for r in session.query(t)]
    assert not any("secret" in row for row in stored)
    answered = post(browser, f"/cases/{case.id}/letter", {"subject": "A", "said": "B", "form": "a" * 32})
    assert answered.status_code == 422, "there is nobody to write to"


def test_an_anonymous_answer_whose_event_names_somebody_still_opens_a_case_of_nobody(
    workspace: Workspace, browser: TestClient, survey: str
) -> None:
    """Even if such an event came to be by a fault elsewhere."""
    key = published(workspace, browser, "Nimetön toinen", anonymous=True)
    rule = ruled(workspace, survey=key)
    answered(workspace, rule, 0, source=workspace.part(KnownSurveys).source(), user_id="by-a-fault")
    assert opened(workspace).profile == ""


def test_rules_are_made_changed_and_turned_off(
    workspace: Workspace, browser: TestClient, survey: str
) -> None:
    form = {
        "name": "Oma",
        "about": survey,
        "low": "threshold",
        "threshold": "3",
        "due": "8",
        "due_unit": "hours",
    }
    for wrong, said in (
        ({"threshold": ""}, "Give a number."),
        ({"about": ""}, "not on one scale"),
        ({"about": "no-such"}, "Choose one of these."),
        ({"due": "0"}, "Give at least 1."),
        ({"name": ""}, "Fill this in."),
    ):
        refused = post(browser, "/cases/rules/new", form | wrong)
        assert refused.status_code == 422, wrong
        assert said in refused.text, wrong
    assert post(browser, "/cases/rules/new", form).status_code == 303
    page = browser.get("/cases/rules").text
    assert "at most 3" in page
    assert "in 8 working hours" in page
    (id,) = re.findall(r'href="/cases/rules/(\d+)">Oma', page)
    assert 'value="3"' in browser.get(f"/cases/rules/{id}").text
    assert post(browser, f"/cases/rules/{id}", form | {"due": "9"}).status_code == 303
    assert "in 9 working hours" in browser.get("/cases/rules").text
    assert post(browser, f"/cases/rules/{id}/off").status_code == 303
    assert post(browser, f"/cases/rules/{id}/on").status_code == 303
    assert post(browser, f"/cases/rules/{id}/off").status_code == 303
    assert post(browser, f"/cases/rules/{id}/remove").status_code == 303
    assert "Oma" not in browser.get("/cases/rules").text


def test_an_agent_reads_the_rules_and_changes_none(agent: TestClient, survey: str) -> None:
    page = agent.get("/cases/rules")
    assert page.status_code == 200
    assert "/cases/rules/new" not in page.text
    for path in ("/cases/rules/ready", "/cases/rules/new", "/cases/rules/1", "/cases/rules/1/off"):
        assert post(agent, path).status_code == 403, path


def test_filters_and_the_report_tell_the_same_as_the_api(
    workspace: Workspace, browser: TestClient, case: CaseRow
) -> None:
    assert post(browser, f"/cases/{case.id}/take").status_code == 303
    for query, there in (
        ("owner=me", True), ("owner=nobody", False), ("state=overdue", False), ("state=closed", False),
        ("state=all", True), (f"rule={case.rule_id}", True), ("rule=4711", False), ("touchpoint=order", True),
    ):  # fmt: skip
        page = browser.get(f"/cases?{query}")
        assert page.status_code == 200
        assert (f'href="/cases/{case.id}"' in page.text) is there, query
    told = browser.get("/api/v1/cases/list", params={"state": "all", "limit": 1000}).json()
    assert told["total"] == len(rows(workspace))
    assert browser.get("/api/v1/cases/list", params={"owner": "nobody@example.fi"}).status_code == 400
    report = browser.get("/api/v1/cases/report").json()
    assert report["total"]["opened"] == told["total"]
    shown = browser.get("/cases/report")
    assert shown.status_code == 200
    assert "To closing, median" in shown.text
    table = browser.get("/api/v1/cases/report.csv", params={"table": "weeks"})
    assert table.status_code == 200
    assert (
        browser.get("/cases/report?since=2020-01-01&until=2020-12-31").text.count("No cases in this time")
        == 1
    )
    assert browser.get("/cases/4711").status_code == 404


@pytest.mark.parametrize("language", ["en", "fi"])
def test_the_command_line_has_them(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with use_language(language):
        told = CliRunner().invoke(root(), ["cases", "--help"])
    assert told.exit_code == 0
    assert {"list", "show", "report"} <= set(told.output.split())


def test_a_customer_s_page_tells_of_their_cases(browser: TestClient, case: CaseRow) -> None:
    page = browser.get(f"/profiles/{case.profile}")
    assert page.status_code == 200
    assert f'href="/cases/{case.id}"' in page.text
    path = re.search(r'href="(/profiles/[^"]+before=[^"]+)"', browser.get(f"/cases/{case.id}").text)
    assert path
    then = browser.get(path[1])
    assert "Märkä" in then.text, "the path up to the answer ends with it"
