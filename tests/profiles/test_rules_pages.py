"""The page of the rules as a person uses it, the API, and where pages tell of rules that stand in the way."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from polku.profiles.identity import Identities
from polku.profiles.rules import IdentityRules
from polku.profiles.rules_trial import RulesTrials
from polku.store.keys import identifier_key
from polku.workspace import Workspace
from tests.profiles.happenings import event, happen
from tests.web.visits import VILLE, log_in, post, token_on

PATH = "/settings/identity"
API = "/api/v1/profiles/rules"
TILL = "kassa@kauppa.fi"
TYPES = ("anonymous_id", "email")
FORM: dict[str, Any] = {
    "limit": "5",
    "type": list(TYPES),
    "type_limit": ["", ""],
    "ranked": "1",
    "after": "0",
}


@pytest.fixture
def shop(workspace: Workspace) -> Workspace:
    """Maija on two devices; three cards with the till's address."""
    happen(workspace.store, event(user="maija", anonymous="phone"), event(user="maija", anonymous="laptop"))
    happen(workspace.store, event(anonymous="phone"), event(anonymous="laptop"))
    mail = [("email", TILL)]
    happen(workspace.store, *(event(anonymous=f"card-{i}", more=mail) for i in range(3)))
    workspace.engine.refresh()
    return workspace


def send(browser: TestClient, do: str = "save", *, path: str = PATH, htmx: str = "", **fields: Any) -> Any:
    headers = {"HX-Request": "true", "HX-Target": htmx} if htmx else {}
    form = {"csrf_token": token_on(browser, PATH), "do": do, **FORM, **fields}
    return browser.post(path, data=form, headers=headers)


def field(page: str, name: str) -> list[str]:
    """The values of a form's fields, in order."""
    tags = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
    return [found[1] if (found := re.search(r'value="([^"]*)"', tag)) else "" for tag in tags]


def in_force(shop: Workspace) -> IdentityRules:
    return shop.part(Identities).rules


def test_the_page_shows_what_holds(browser: TestClient, shop: Workspace) -> None:
    page = browser.get(PATH).text
    assert "How customers are joined" in page
    assert field(page, "type") == ["email", "anonymous_id"]
    assert field(page, "type_limit") == ["", ""]
    assert (field(page, "limit"), field(page, "ranked"), field(page, "after")) == (["5"], ["2"], ["0"])
    assert page.count("<small>always</small> <b>1</b>") == 1
    assert "5 known" in page
    assert "Earlier changes" not in page


def test_saving_changes_who_is_who_and_is_told_in_the_history(browser: TestClient, shop: Workspace) -> None:
    answer = send(browser, type_limit=["1", ""], blocked=f" {TILL} \n\n{TILL.upper()}\n")
    assert answer.headers["location"] == PATH
    assert in_force(shop) == IdentityRules(5, {"anonymous_id": 1}, ("user_id",), (TILL,))
    assert shop.engine.refresh().profiles == 5
    page = browser.get(PATH).text
    history = page.split('id="changes-title"')[1]
    assert "Browser or device: as others → 1" in history
    assert f"Left out: {TILL}" in history
    assert "Order: Customer number" in history
    assert "Anna Aalto" in history
    assert field(page, "after") == ["1"]
    again = send(browser, type_limit=["1", ""], blocked=TILL, after="1")
    assert again.status_code == 303
    assert len(browser.get(API).json()["earlier"]) == 1, "what holds already is not saved again"


def test_earlier_rules_are_shown_and_put_in_force_again(browser: TestClient, shop: Workspace) -> None:
    send(browser, type_limit=["1", "2"], blocked="abc*", ranked="3")
    page = browser.get(f"{PATH}?version=0").text
    assert "These are the rules that Polku comes with" in page
    assert field(page, "type_limit") == ["", ""]
    assert in_force(shop).blocked == ("abc*",), "looking changes nothing"
    send(browser, ranked="2", type=["email", "anonymous_id"], after="1")
    assert in_force(shop) == IdentityRules()
    older = browser.get(f"{PATH}?version=1").text
    assert "These are the rules of" in older
    assert field(older, "type_limit") == ["1", "2"]
    assert field(older, "after") == ["2"]
    assert ">abc*</textarea>" in older
    assert browser.get(f"{PATH}?version=9").status_code == 404


@pytest.mark.parametrize(
    ("typed", "marked", "says"),
    [
        ({"type_limit": ["many", ""]}, "limit-1-error", "Give a whole number from 1 to 100."),
        ({"type_limit": ["", "101"]}, "limit-2-error", "Give a whole number from 1 to 100."),
        ({"limit": ""}, "f-limit-error", "Give a whole number from 1 to 100."),
        ({"limit": "-1"}, "f-limit-error", "Give a whole number from 1 to 100."),
        ({"blocked": "x*"}, "f-blocked-error", "“x*” would block too much."),
        ({"blocked": "x" * 201}, "f-blocked-error", "A value has at most 200 characters"),
        ({"blocked": "\n".join(map(str, range(201)))}, "f-blocked-error", "At most 200 values."),
    ],
)
def test_what_cannot_be_kept_is_told_beside_its_field(
    browser: TestClient, shop: Workspace, typed: dict[str, Any], marked: str, says: str
) -> None:
    answer = send(browser, **typed)
    assert answer.status_code == 422
    told = answer.text.split(f'id="{marked}"')[1].split("</p>")[0]
    assert says in told
    assert answer.text.count('aria-invalid="true"') == 1
    for value in (v for vs in typed.values() for v in ([vs] if isinstance(vs, str) else vs) if v):
        assert value in answer.text, "what was typed stays"
    assert in_force(shop) == IdentityRules()
    part = send(browser, "preview", path=f"{PATH}/preview", htmx="rules-preview", **typed)
    assert part.status_code == 200
    assert says in part.text


def test_the_order_is_changed_without_script(browser: TestClient, shop: Workspace) -> None:
    happen(shop.store, event(user="maija", more=[("phone", "040")]))
    types = ["email", "anonymous_id", "phone"]
    page = send(browser, "up:phone", type=types, type_limit=["2", "", "7"], ranked="2").text
    assert field(page, "type") == ["email", "phone", "anonymous_id"]
    assert field(page, "type_limit") == ["2", "7", ""]
    assert field(page, "ranked") == ["4"]
    assert in_force(shop) == IdentityRules(), "nothing is saved yet"
    stays = send(browser, "up:email", type=types, type_limit=["", "", ""], ranked="2").text
    assert field(stays, "type") == types
    assert stays.index("<small>always") < stays.index('value="email"'), "the customer number stays first"
    send(browser, type=["phone", "email", "anonymous_id"], type_limit=["", "", ""], ranked="3")
    assert in_force(shop).priority == ("user_id", "phone", "email")


def test_a_preview_comes_as_a_part_of_the_page_and_changes_nothing(
    browser: TestClient, shop: Workspace
) -> None:
    typed = {"type_limit": ["1", ""], "blocked": f"{TILL}\nmuu@kauppa.fi"}
    part = send(browser, "preview", path=f"{PATH}/preview", htmx="rules-preview", **typed).text
    assert "<html" not in part
    assert '<span class="muted">2 →</span> 5 customers <small>+3</small>' in part
    assert "2 customers would come apart" in part
    maija = f"/profiles/{identifier_key('user_id', 'maija'):016x}"
    assert f'<a href="{maija}">maija</a> <b>becomes 2</b>' in part
    assert "seen with 3 others" in part
    assert "not in the data so far" in part
    assert "<html" in send(browser, "preview", **typed).text, "the button works without a script too"
    assert in_force(shop) == IdentityRules()
    same = send(
        browser, "preview", path=f"{PATH}/preview", htmx="rules-preview", ranked="2", type=TYPES[::-1]
    )
    assert "These rules change nothing" in same.text


def test_a_value_that_is_seen_with_very_many_can_be_left_out(browser: TestClient, shop: Workspace) -> None:
    mail = [("email", TILL)]
    happen(shop.store, *(event(anonymous=f"card-{i}", more=mail) for i in range(3, 20)))
    part = send(browser, "preview", path=f"{PATH}/preview", htmx="rules-preview", blocked="abc")
    assert f'value="block:{TILL}"' in part.text
    assert "seen with 20 others" in part.text
    page = send(browser, f"block:{TILL}", blocked="abc").text
    assert f">abc\n{TILL}</textarea>" in page
    assert in_force(shop) == IdentityRules(), "nothing is saved yet"


def test_one_does_not_overwrite_what_another_saved_meanwhile(browser: TestClient, shop: Workspace) -> None:
    shop.part(Identities).change_rules(IdentityRules(limit=3), who="Ville")
    answer = send(browser, type_limit=["1", ""])
    assert answer.status_code == 409
    assert "Ville has changed the rules meanwhile" in answer.text
    assert in_force(shop) == IdentityRules(limit=3)
    assert field(answer.text, "type_limit") == ["1", ""], "what was typed stays"
    assert send(browser, type_limit=["1", ""], after=field(answer.text, "after")[0]).status_code == 303
    assert in_force(shop).limits == {"anonymous_id": 1}


def test_a_preview_that_has_to_wait_too_long_says_so(
    browser: TestClient, shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("polku.profiles.rules_trial.PATIENCE_S", 0.01)
    with shop.part(RulesTrials).alone:
        part = send(browser, "preview", path=f"{PATH}/preview", htmx="rules-preview")
    assert part.status_code == 200
    assert "Other previews are still being counted" in part.text


def test_the_api_asks_tries_and_changes(browser: TestClient, shop: Workspace) -> None:
    headers = {"X-CSRF-Token": token_on(browser, PATH)}
    held = browser.get(API).json()
    assert held["rules"] == {"limit": 5, "limits": {}, "priority": ["user_id", "email"], "blocked": []}
    body = {"limits": {"anonymous_id": 1}, "blocked": [TILL]}
    tried = browser.post(f"{API}/preview", json=body, headers=headers).json()
    assert (tried["customers_now"], tried["customers_then"], tried["split"]) == (2, 5, 2)
    assert browser.get(API).json() == held
    changed = browser.put(API, json=body, headers=headers).json()
    assert (changed["number"], changed["changed_by"]) == (1, "Anna Aalto")
    assert changed["rules"]["limits"] == {"anonymous_id": 1}
    assert shop.engine.refresh().profiles == 5
    wrong = browser.put(API, json={"limits": {"email": 0}}, headers=headers)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_input")
    assert wrong.json()["details"]["fields"] == {"limits.email": "Give a whole number from 1 to 100."}
    assert browser.put(API, json={"limit": "many"}, headers=headers).status_code == 400
    assert browser.put(API, json={"regex": ".*"}, headers=headers).status_code == 400
    described = browser.get("/api/v1/openapi.json").json()["paths"]
    assert {"get", "put"} <= set(described["/api/v1/profiles/rules"])
    assert "post" in described["/api/v1/profiles/rules/preview"]


def test_a_customers_page_says_why_something_stayed_out(browser: TestClient, shop: Workspace) -> None:
    shop.part(Identities).change_rules(IdentityRules(limits={"anonymous_id": 1}, blocked=(TILL,)), who="Anna")
    happen(shop.store, event(user="maija", more=[("email", TILL)]))
    happen(shop.store, event(user="matti", anonymous="phone"))
    told = browser.get("/profiles/maija").text.split("Seen together, not joined")[1].split("</ul>")[0]
    texts = re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", told))
    assert re.findall(r"kassa@kauppa\.fi E-mail · .*? Means nobody · Rules : kassa", texts)
    assert re.findall(r"laptop Browser or device · .*? The limit is met: Browser or device · Rules", texts)
    assert told.count(f'href="{PATH}"') == 2
    assert browser.get("/api/v1/profiles/show?id=maija").json()["left_out_total"] == 3, "Matti too"
    matti = browser.get("/profiles/matti").text.split("Seen together, not joined")[1].split("</ul>")[0]
    assert "Another known customer" in matti
    assert 'href="/reviews"' in matti
    happen(shop.store, *(event(user="maija", anonymous=f"device-{i}") for i in range(4)))
    many = browser.get("/profiles/maija").text.split("Seen together, not joined")[1].split("</ul>")[0]
    assert many.count('<p class="value">') == 5
    assert "and 2 more" in many
    assert many.index("device-3") < many.index("device-0"), "the newest first"
    nobody = browser.get(f"/profiles/{TILL}").text
    assert "This value means nobody" in nobody
    assert "Seen together, not joined" not in nobody
    assert f'href="{PATH}"' in browser.get("/reviews").text


def test_an_agent_sees_reasons_but_not_the_rules(browser: TestClient, shop: Workspace) -> None:
    shop.part(Identities).change_rules(IdentityRules(limits={"anonymous_id": 1}), who="Anna")
    agent = VILLE | {"role": "agent"}
    assert post(browser, "/settings/users/new", agent).status_code == 303
    other = TestClient(browser.app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    assert log_in(other, agent).status_code == 303
    page = other.get("/profiles/maija").text
    assert "The limit is met" in page
    assert PATH not in page
    assert other.get(PATH).status_code == 403
