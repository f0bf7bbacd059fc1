"""Who may do what: every address of every slice, visited in every role."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from starlette.testclient import TestClient

from polku import library
from polku.app import create_app
from polku.settings import read_settings
from polku.web import navigation
from polku.web.roles import ROLES, covers, lesser
from polku.web.visitor import RULES
from tests.folders import empty_folder
from tests.web.visits import ADMIN, log_in, post, token_on

HERE = "http://127.0.0.1:8000"
PASSWORD = "polku vie perille"
FOR_EVERYONE = ("/login", "/logout", "/setup", "/preferences", "/", "/healthz", "/api/v1/openapi.json")
"""Addresses before log-in, and those that only lead on."""
PROGRAMS = ("/v1/", "/static", "/s/")
"""Where write keys open, not roles, and where customers answer surveys."""
FOR_AGENTS = {
    "/settings", "/settings/account", "/settings/account/password", "/settings/account/sessions/1/end", "/api",
    "/journeys/map", "/journeys/map/1", "/journeys/customers", "/journeys/funnel/dropouts",
    "/journeys/funnel/properties",
    "/touchpoints", "/profiles", "/profiles/1",
    "/feedback", "/feedback/comments", "/feedback/comments/1",
    "/surveys", "/surveys/1", "/surveys/1/preview", "/surveys/1/qr.svg", "/surveys/1/answers", "/surveys/1/compare",
    "/cases", "/cases/report", "/cases/rules", "/cases/1",
    "/cases/1/take", "/cases/1/note", "/cases/1/letter", "/cases/1/close", "/cases/1/reopen",
}  # fmt: skip
"""Besides the pages that analyse journeys."""


def addresses(app: FastAPI) -> Iterator[tuple[str, str, str]]:
    """Method, path with 1 where a value goes, and the least role that the route asks for."""
    for route in app.routes:
        included = getattr(route, "original_router", None)
        prefix = route.include_context.prefix if included else ""  # type: ignore[attr-defined]
        for one in included.routes if included else [route]:
            path = re.sub(r"\{.*?\}", "1", prefix + getattr(one, "path", ""))
            path = path.replace("/sources/1/1", "/sources/1/enable")
            if path in FOR_EVERYONE or path.startswith(PROGRAMS):
                continue
            asked = _asked(one.dependant)
            for method in sorted(one.methods - {"HEAD"}):
                yield method, path, asked


def _asked(dependant: Dependant) -> str:
    mine = [r for r, rule in RULES.items() if rule is dependant.call]
    found = [*mine, *(r for d in dependant.dependencies if (r := _asked(d)))]
    return next((r for r in ROLES if r in found), "")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    settings = read_settings(empty_folder(tmp_path_factory.mktemp("data")))
    with library.open_workspace(settings) as workspace:
        yield create_app(workspace)


@pytest.fixture(scope="module")
def browsers(app: FastAPI) -> dict[str, TestClient]:
    """A browser of each role, logged in; the agent reads Finnish."""
    admin = TestClient(app, base_url=HERE, follow_redirects=False)
    assert post(admin, "/setup", {**ADMIN, "language": "en"}).status_code == 303
    made = {"admin": admin}
    for role, language in (("analyst", "en"), ("agent", "fi")):
        user = {"name": role, "email": f"{role}@example.fi", "role": role, "language": language}
        user["password"] = PASSWORD
        assert post(admin, "/settings/users/new", user).status_code == 303
        made[role] = TestClient(app, base_url=HERE, follow_redirects=False)
        assert log_in(made[role], user).status_code == 303
    return made


@pytest.fixture(scope="module")
def keys(browsers: dict[str, TestClient]) -> dict[str, str]:
    """An API key of each role, made by the administrator."""
    return {role: _key(browsers["admin"], role) for role in ROLES}


def _key(browser: TestClient, role: str) -> str:
    made = post(browser, "/settings/api-keys", {"name": f"Report {role}", "role": role})
    assert made.status_code == 201, made.text
    return str(made.text.split('<code id="key">')[1].split("<")[0])


def test_every_address_has_a_rule(app: FastAPI) -> None:
    found = list(addresses(app))
    assert len(found) > 60
    without = [f"{m} {p}" for m, p, asked in found if not asked]
    assert not without, "let these ask for CurrentUser, CurrentAnalyst or CurrentAdmin"


def test_agents_read_customers_and_the_map_and_change_cases_and_their_account_only(app: FastAPI) -> None:
    found = list(addresses(app))
    pages = {p for m, p, asked in found if asked == "agent" and not p.startswith("/api/v1/")}
    analyses = {item.path for item in navigation.items(section="analyses", role="agent")}
    assert pages == FOR_AGENTS | analyses
    changing = {p for m, p, asked in found if asked == "agent" and m != "GET"}
    assert changing == {p for p in FOR_AGENTS if "account" in p or p.startswith("/cases/1")}


LAKE = ("/api/v1/lake/write", "/api/v1/lake/build")
OUTBOX = ("/api/v1/mail", "/api/v1/webhooks")  # addresses of everybody


def test_only_users_webhooks_the_look_the_lake_and_the_outbox_are_the_administrator_s_alone(
    app: FastAPI,
) -> None:
    alone = {p for _, p, asked in addresses(app) if asked == "admin"}
    assert {p for p in alone if not p.startswith(("/settings/users", "/settings/webhooks"))} == {
        "/style",
        *LAKE,
        *OUTBOX,
    }


@pytest.mark.parametrize("role", ROLES)
def test_pages_let_in_whom_they_may_and_tell_others_so(
    app: FastAPI, browsers: dict[str, TestClient], role: str
) -> None:
    browser = browsers[role]
    headers = {"X-CSRF-Token": token_on(browser, "/settings/account")}
    refused = 0
    for method, path, asked in addresses(app):
        if path.startswith("/api/v1/"):
            continue
        answer = browser.request(method, path, headers=headers)
        if covers(role, asked):
            assert answer.status_code not in (401, 403, 500), f"{method} {path}"
            continue
        refused += 1
        assert answer.status_code == 403, f"{method} {path}"
        title = "Sinulla ei ole oikeutta tähän" if role == "agent" else "You may not do this"
        assert title in answer.text, path
        told = (
            "vain analyytikko tai pääkäyttäjä|vain pääkäyttäjä"
            if role == "agent"
            else "Only an administrator"
        )
        assert re.search(told, answer.text, re.IGNORECASE), path
    assert bool(refused) is (role != "admin")


@pytest.mark.parametrize("role", ROLES)
def test_a_key_may_what_its_role_may(app: FastAPI, keys: dict[str, str], role: str) -> None:
    program = TestClient(app, base_url=HERE, headers={"Authorization": f"Bearer {keys[role]}"})
    refused = 0
    for method, path, asked in addresses(app):
        if not path.startswith("/api/v1/"):
            continue
        answer = program.request(method, path)
        assert (answer.status_code == 403) is not covers(role, asked), f"{method} {path}"
        refused += answer.status_code == 403
        if answer.status_code == 403:
            assert answer.json()["code"] == "not_allowed"
    assert bool(refused) is (role != "admin")


def test_a_key_may_never_more_than_who_made_it(app: FastAPI, browsers: dict[str, TestClient]) -> None:
    analyst, admin = browsers["analyst"], browsers["admin"]
    refused = post(analyst, "/settings/api-keys", {"name": "All", "role": "admin"})
    assert refused.status_code == 422
    assert "A key may not do more than you." in refused.text
    program = TestClient(app, base_url=HERE, headers={"Authorization": f"Bearer {_key(analyst, 'analyst')}"})
    assert program.get("/api/v1/sources").status_code == 200
    change = {"name": "analyst", "role": "agent"}
    users = admin.get("/settings/users").text
    number = re.search(r'/settings/users/(\d+)"[^>]*>analyst<', users)
    assert number, users
    where = f"/settings/users/{number[1]}"
    assert post(admin, where, change).status_code == 303
    assert program.get("/api/v1/sources").status_code == 403, "its maker may less now"
    assert post(admin, where, {**change, "role": "analyst"}).status_code == 303


def test_an_analyst_sees_and_revokes_only_own_keys(browsers: dict[str, TestClient]) -> None:
    analyst, admin = browsers["analyst"], browsers["admin"]
    mine, hers = _key(analyst, "agent"), _key(admin, "admin")
    page = analyst.get("/settings/api-keys").text
    assert mine[:10] in page
    assert hers[:10] not in page
    assert hers[:10] in admin.get("/settings/api-keys").text
    other = re.search(
        r"/settings/api-keys/(\d+)/revoke", admin.get("/settings/api-keys").text.split(hers[:10])[1]
    )
    assert other
    revoking = f"/settings/api-keys/{other[1]}/revoke"
    assert post(analyst, revoking, on="/settings/api-keys").status_code == 404
    assert post(admin, revoking, on="/settings/api-keys").status_code == 303


def test_the_menu_shows_only_what_one_may(app: FastAPI, browsers: dict[str, TestClient]) -> None:
    asked_of = {p: asked for m, p, asked in addresses(app) if m == "GET"}
    for role, browser in browsers.items():
        page = browser.get("/settings/account").text
        links = {h.split("?")[0] for h in re.findall(r'<a[^>]* href="(/[^"#]*)"', page)}
        for link in links & set(asked_of):
            assert covers(role, asked_of[link]), f"{role}: {link}"
        assert ("/sources" in links) is (role != "agent")
        assert ("/settings/users" in links) is (role == "admin")


def test_roles_are_in_order() -> None:
    assert covers("admin", "agent")
    assert not covers("agent", "analyst")
    assert not covers("", "agent")
    assert not covers("owner", "agent")
    assert lesser("admin", "agent") == lesser("agent", "admin") == "agent"
    assert lesser("owner", "admin") == "owner"
